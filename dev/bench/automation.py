"""How many orders per second automation takes from placed to paid, as ratios of what else does the same, in one run.

Against core's methods called one by one on bare Odoo; against the OCA's sale_automatic_workflow on the steps that it has;
two workers against one; batches of another size; beside a backlog of another company. Databases take turns, in rounds.
"""

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import _bench as bench
from _automation_desks import STEPS, STEPS_WITHOUT_DELIVERY, CoreDesk, OpponentDesk, QueueDesk, count_paid

_TURNS = "odoo.addons.oms_order_to_cash.models.engines.job.oms_job_turns"
_OPPONENT = "odoo-addon-sale_automatic_workflow==19.*"
_GOALS = {"core": 3.0, "opponent": 2.5, "two workers": 1.7, "large batch": 0.95, "backlog": 0.95}
_WARM_UP = 10  # orders
_SHARED = (
    2  # times as many orders are shared by workers: at the beginning one waits until the other has something for it
)
_SMALL_BACKLOG = 1000  # jobs, enough for a batch
_FIRST_COMPANY_ID = 1
_PARTS = ("core", "opponent", "workers", "batch", "backlog")


def main():
    options = parse()
    bench.start(addons=[fetch_opponent()] if "opponent" in options.parts else [])
    if options.work:
        return work_as_told(options.work)
    figures, ratios = {}, {}
    for part in options.parts:
        started = time.perf_counter()
        figures[part], measured = globals()[f"measure_{part}"](options)
        ratios.update(measured)
        bench.say(f"{part}: took {time.perf_counter() - started:.0f} s")
    tell(options, figures, ratios)
    return None


def parse():
    parser = argparse.ArgumentParser(prog="./oms bench automation", description=__doc__)
    parser.add_argument("--orders", type=int, default=100, help="orders per round (%(default)s)")
    parser.add_argument("--slow", type=int, default=25, help="of who works one by one, per round (%(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="of which the median counts (%(default)s)")
    parser.add_argument("--batch", type=int, default=1000, help="size of the large batch (%(default)s)")
    parser.add_argument("--backlog", type=int, default=100_000, help="jobs of the other company (%(default)s)")
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=_PARTS, help="what to measure (all)")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    return parser.parse_args()


# === COMPETITORS === #


def measure_core(options):
    names = {"bench_automation_core": "--bare", "bench_automation_queue": None}
    desks = [CoreDesk(make(names, 0)), QueueDesk(make(names, 1), STEPS)]
    return compete("core", desks, options)


def measure_opponent(options):
    names = {"bench_automation_opponent": "--bare", "bench_automation_short": None}
    make(names, 0)
    install_opponent("bench_automation_opponent")
    desks = [OpponentDesk("bench_automation_opponent"), QueueDesk(make(names, 1), STEPS_WITHOUT_DELIVERY)]
    return compete("opponent", desks, options)


def make(names, index):
    name, option = list(names.items())[index]
    bench.make_database(name, *filter(None, [option]))
    return name


def compete(title, desks, options):
    """Have two desks take turns; return their figures and the ratio of their speeds."""
    rounds, sizes = [], (options.slow, options.orders)
    calm_down()
    for desk in desks:
        take_round(desk, _WARM_UP)
    for number in range(options.rounds):
        pair = [(desk, size) for desk, size in zip(desks, sizes, strict=True)]
        spent = {desk: take_round(desk, size) for desk, size in (pair if number % 2 else reversed(pair))}
        rounds.append([spent[desk] for desk in desks])
    for desk in desks:
        drop(desk)
    return summarize(title, rounds)


def take_round(desk, number):
    """Place orders and have them worked on; return seconds, processor seconds and queries per order, and the refresh's."""
    with desk.transaction() as env:
        order_ids = desk.place(env, number)
    gc.collect()  # else the next desk would clear away the garbage of the one before
    spent = {figure: value / number for figure, value in desk.work(order_ids).items()}
    spent["refresh"] = desk.refresh()["seconds"] / number
    if (paid := count_paid(desk, order_ids)) != number:
        raise RuntimeError(f"{desk.name}: {paid} of {number} orders are paid")
    return spent


def summarize(title, rounds):
    figures = {}
    for figure in ("seconds", "cpu", "queries"):
        theirs, ours = ([pair[index][figure] for pair in rounds] for index in (0, 1))
        ratios = [left / right for left, right in zip(theirs, ours, strict=True)]
        figures[figure] = {"theirs": bench.median(theirs), "ours": bench.median(ours), "ratio": bench.median(ratios)}
        figures[figure]["spread"] = bench.spread(ratios)
    figures["refresh"] = bench.median([pair[1]["refresh"] for pair in rounds])
    with_refresh = [pair[0]["seconds"] / (pair[1]["seconds"] + pair[1]["refresh"]) for pair in rounds]
    figures["ratio with the refresh"] = bench.median(with_refresh)
    for figure, row in figures.items():
        bench.say(f"{title:<14}{figure:<24}{json.dumps(bench.rounded(row))}")
    return figures, {title: figures["seconds"]["ratio"], f"{title}, cpu": figures["cpu"]["ratio"]}


# === THE OPPONENT === #


def fetch_opponent():
    """Fetch the other automation into a folder of its own; return the folder of its addons."""
    target = Path(os.environ["OMS_CONF"]).parent / "opponent"
    addons = target / "odoo" / "addons"
    if not addons.exists():
        bench.say(f"fetching {_OPPONENT}")
        fresh = target.with_name("opponent_new")
        shutil.rmtree(fresh, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(fresh), _OPPONENT]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        fresh.rename(target)
    return addons


def install_opponent(name):
    paths = ",".join(bench.config["addons_path"])
    options = ["-d", name, "--addons-path", paths, "-i", "sale_automatic_workflow", "--stop-after-init", "--no-http"]
    command = [sys.executable, "-m", "odoo", "-c", os.environ["OMS_CONF"], *options, "--max-cron-threads", "0"]
    subprocess.run([*command, "--log-level", "warn"], check=True, stdout=sys.stderr)


# === WORKERS === #


def measure_workers(options):
    """Compare two workers, processes of their own, with one of them."""
    desk = make_desk("bench_automation_workers")
    workers = [Worker(desk.name) for _number in range(2)]
    rounds = []
    share(desk, workers, _WARM_UP)
    for number in range(options.rounds):
        counts = (1, 2) if number % 2 else (2, 1)
        speeds = {count: share(desk, workers[:count], _SHARED * options.orders) for count in counts}
        rounds.append([speeds[1], speeds[2]])
    for worker in workers:
        worker.stop()
    drop(desk)
    return summarize_workers(rounds)


class Worker:
    """A process that works on the queue when it is told to."""

    def __init__(self, name):
        command = [sys.executable, __file__, "--work", name, "--parts", "workers"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.hear()

    def tell(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def hear(self):
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def work_as_told(name):
    database = bench.Database(name)
    bench.say(json.dumps("ready"))
    for _line in sys.stdin:
        _result, spent = database.measure(lambda env: env["oms.job"]._cron_run(), user_id=1)
        bench.say(json.dumps(spent))


def share(desk, workers, number):
    """Have orders worked on by one worker or by several; return orders per second."""
    with desk.transaction() as env:
        order_ids = desk.place(env, number)
    desk.match()
    started = time.perf_counter()
    for worker in workers:
        worker.tell()
    spent = [worker.hear() for worker in workers]
    seconds = time.perf_counter() - started
    desk.refresh()
    if (paid := count_paid(desk, order_ids)) != number:
        raise RuntimeError(f"{paid} of {number} orders are paid; jobs: {desk.count_jobs()}")
    return {"speed": number / seconds, "workers": spent}


def summarize_workers(rounds):
    one, two = ([pair[index]["speed"] for pair in rounds] for index in (0, 1))
    ratios = [right / left for left, right in zip(one, two, strict=True)]
    figures = {"one": bench.median(one), "two": bench.median(two), "spread": bench.spread(ratios)}
    figures["busy"] = [
        [round(worker["cpu"] / worker["seconds"], 2) for worker in pair[1]["workers"]] for pair in rounds
    ]
    bench.say(f"workers       orders per second {json.dumps(bench.rounded(figures))}")
    return figures, {"two workers": bench.median(ratios)}


# === SIZES === #


def measure_batch(options):
    """Compare a large batch with batches of the usual size."""
    desk = make_desk("bench_automation_batch")
    take_round(desk, _WARM_UP)
    usual = take_round(desk, options.orders)
    with patch(f"{_TURNS}._BATCH", options.batch):
        large = take_round(desk, options.batch)
    drop(desk)
    figures = {"usual": usual, "large": large}
    bench.say(f"batch         per order {json.dumps(bench.rounded(figures))}")
    ratios = {
        f"large batch{suffix}": usual[figure] / large[figure] for suffix, figure in (("", "seconds"), (", cpu", "cpu"))
    }
    return figures, ratios


def measure_backlog(options):
    """Compare a company's speed and its queue beside another company's large backlog and beside a small one, in turns."""
    desk = make_desk("bench_automation_backlog")
    take_round(desk, _WARM_UP)
    company_id = desk.add_backlog(_SMALL_BACKLOG)
    claims, rounds = [desk.time_claim(_FIRST_COMPANY_ID)], []
    for number in range(2 * options.rounds):  # the difference is small, the noise is not
        pair = [(0, _SMALL_BACKLOG), (1, options.backlog)]
        spent = [None, None]
        for index, size in reversed(pair) if number % 2 else pair:
            desk.set_backlog(company_id, size)
            spent[index] = time_beside(desk, options.orders, company_id)
        rounds.append(spent)
    desk.set_backlog(company_id, options.backlog)
    claims.append(desk.time_claim(_FIRST_COMPANY_ID))
    left = desk.count_backlog(company_id)
    drop(desk)
    return summarize_backlog(rounds, claims, left)


def summarize_backlog(rounds, claims, left):
    figures, ratios = {"backlog left": left, "claim ms": claims}, {"claim": claims[0] / claims[1]}
    for figure, name in (("seconds", "backlog"), ("cpu", "backlog, cpu")):
        free, beside = ([pair[index][figure] for pair in rounds] for index in (0, 1))
        each = [left / right for left, right in zip(free, beside, strict=True)]
        ratios[name] = bench.median(each)
        figures[figure] = {
            "beside a small one": bench.median(free),
            "beside": bench.median(beside),
            "spread": bench.spread(each),
        }
    bench.say(f"backlog       per order {json.dumps(bench.rounded(figures))}")
    return figures, ratios


def make_desk(name):
    bench.make_database(name)
    desk = QueueDesk(name, STEPS)
    calm_down()
    return desk


def drop(desk):
    desk.close()
    bench.drop_database(desk.name)


def time_beside(desk, number, company_id):
    """Work until the first company is served; return the time spent on it, seconds and processor seconds per order."""
    with desk.transaction() as env:
        order_ids = desk.place(env, number)
    desk.match()
    gc.collect()  # else the next round would clear away the garbage of the one before
    spent, served = {"seconds": 0.0, "cpu": 0.0}, 0
    with desk.registry.cursor() as cr:
        jobs, backend = bench.api.Environment(cr, 1, {})["oms.job"], bench.Backend(cr)
        while count_paid(desk, order_ids) < number:
            started, cpu = time.perf_counter(), time.process_time() + backend.get_spent()
            batch = jobs._claim(served)
            served = batch.company_id.id  # one company's, or this raises: the queue must not run dry before
            batch._run_claimed()
            if served != company_id:
                spent["seconds"] += time.perf_counter() - started
                spent["cpu"] += time.process_time() + backend.get_spent() - cpu
    desk.refresh()
    return {figure: value / number for figure, value in spent.items()}


def calm_down():
    """Leave out of each collection what stays in memory anyway: several registries would make each one long."""
    gc.collect()
    gc.freeze()


def tell(options, figures, ratios):
    for name, goal in _GOALS.items():
        if name in ratios:
            bench.say(f"{name:<14}{ratios[name]:.2f} of at least {goal}")
    bench.finish(
        "automation",
        figures=bench.rounded(figures),
        ratios=bench.rounded(ratios),
        goals=_GOALS,
        sizes={"orders": options.orders, "rounds": options.rounds, "batch": options.batch, "backlog": options.backlog},
    )


if __name__ == "__main__":
    main()

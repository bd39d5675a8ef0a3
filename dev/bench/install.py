"""How fast the addon reads the orders that were there before it.

On a database of very many orders the addon is installed; its reading of the orders is killed halfway, goes on
in another process, and what it stored is compared with the documents. Then come, as they do in the background, the
first look for issues at all unfinished orders, and the past of all orders. The database is kept for the benchmarks
of the cockpit and of issues.
"""

import argparse
import json
import subprocess
import sys
import time

import _bench as bench
import seed

_GOAL = 2000
_SAMPLE = 5000
_WORKERS = 2  # as many scheduled actions look for issues


def main():
    options = parse()
    bench.start()
    if options.fill:
        fill(bench.Database(options.fill))
        return
    if options.look:
        help_to_look(options.look)
        return
    figures = {}
    name = install(options.orders, figures)
    read_halfway(name, options.orders, figures)
    database = bench.Database(name)
    read_rest(database, figures)
    differences = audit(database, figures, options.audit_all)
    figures["first_look"] = look_at_all(database)
    figures["past"] = read_past(database)
    whole = (
        figures["orders"] / figures["orders_per_second"] + figures["first_look"]["seconds"] + figures["past"]["seconds"]
    )
    figures["orders_per_second_with_issues_and_past"] = figures["orders"] / whole
    bench.finish(
        "install",
        figures=bench.rounded(figures, 1),
        ratios={"of the goal": bench.rounded(figures["orders_per_second"] / _GOAL)},
        goal=_GOAL,
        sizes={"orders": figures["orders"], "audited": figures["audited"]},
    )
    sys.exit(bool(differences))


def parse():
    parser = argparse.ArgumentParser(prog="./oms bench install", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000, help="orders in the database (%(default)s)")
    parser.add_argument("--audit-all", action="store_true", help=f"compare all orders, not {_SAMPLE} of them")
    for name in ("--fill", "--look"):
        parser.add_argument(name, metavar="DATABASE", help=argparse.SUPPRESS)
    return parser.parse_args()


def get_name(number):
    return f"bench_flow_{number}"


def install(number, figures):
    """Make a database of so many orders and install the addon; return its name."""
    source, name = seed.ensure(number), get_name(number)
    bench.copy_database(source, name)
    started = time.monotonic()
    bench.oms("odoo", "-d", name, "-i", bench.ADDON, "--stop-after-init", "--no-http", "--log-level", "warn")
    figures["install_seconds"] = time.monotonic() - started
    bench.say(f"installed in {figures['install_seconds']:.0f} s")
    return name


def read_halfway(name, number, figures):
    """Let another process read orders, and kill it when half of them are stored."""
    process = subprocess.Popen([sys.executable, __file__, "--fill", name])
    try:
        with bench.connection(name) as cr:
            first, started = count_flows(cr), time.monotonic()
            while process.poll() is None and (stored := count_flows(cr)) < number / 2:
                if stored == first:
                    started = time.monotonic()  # Odoo is still starting
                time.sleep(1)
    finally:
        process.kill()
        process.wait()
    with bench.connection(name) as cr:
        figures["before_the_kill"] = count_flows(cr)
    seconds = time.monotonic() - started
    bench.say(f"killed after {figures['before_the_kill']} orders, {seconds:.1f} s after the first of them were stored")


def count_flows(cr):
    cr.execute("SELECT COUNT(*) FROM oms_flow")
    return cr.fetchone()[0]


def read_rest(database, figures):
    started = time.monotonic()
    done, cpu = fill(database)
    seconds = time.monotonic() - started
    with bench.connection(database.name) as cr:
        figures["orders"] = count_flows(cr)
    figures.update(resumed=done, orders_per_second=done / seconds, orders_per_processor_second=done / cpu)
    bench.say(
        f"resumed: {done} orders in {seconds:.1f} s, {done / seconds:.0f} a second"
        f" ({done / cpu:.0f} a second of processor); {figures['orders']} in all"
    )


def fill(database):
    """Read the orders that have no flow yet, a commit per batch; return their number and the processor seconds."""
    with database.transaction(user_id=1) as env:

        def commit(_done, remaining):
            env.cr.commit()
            return True

        backend, started = bench.Backend(env.cr), time.process_time()
        done = env["oms.flow"]._fill(commit=commit)
        return done, time.process_time() - started + backend.get_spent()


def look_at_all(database, workers=_WORKERS):
    """Run the regular look at all unfinished orders in so many processes, this one among them; return what it took."""
    helpers = [Helper(database.name) for _number in range(workers - 1)]
    started = time.monotonic()
    orders, planned = database.measure(plan_look, user_id=1)
    spent = [planned]
    for helper in helpers:
        helper.go()
    spent.append(look(database))
    spent += [helper.hear() for helper in helpers]
    seconds = time.monotonic() - started
    with bench.connection(database.name) as cr:
        cr.execute("SELECT COUNT(*) FROM oms_issue WHERE state = 'open'")
        issues = cr.fetchone()[0]
    cpu, queries = (sum(part[key] for part in spent) for key in ("cpu", "queries"))
    bench.say(
        f"{orders} orders looked at by {workers} in {seconds:.1f} s ({cpu:.1f} s of processor), {issues} issues open,"
        f" {orders / seconds:.0f} orders a second"
    )
    return {
        "cpu": cpu,
        "queries": queries,
        "seconds": seconds,
        "workers": workers,
        "orders": orders,
        "issues": issues,
    }


def plan_look(env):
    """Begin a look; return the number of its orders."""
    env["oms.issue"]._plan_look()
    return sum(len(batch.order_ids) for batch in env["oms.issue.batch"].search([]))


def look(database):
    """Take part in the running look until nothing is left, a commit per batch; return what it took."""

    def take_part(env):
        def commit(_done, remaining):
            env.cr.commit()
            return True

        env["oms.issue"]._look(commit)

    return database.measure(take_part, user_id=1)[1]


class Helper:
    """Another process that takes part in a look."""

    def __init__(self, name):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, __file__, "--look", name], **pipes)
        self.hear()  # Odoo has started

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def hear(self):
        return json.loads(self.process.stdout.readline())


def help_to_look(name):
    """Be a :class:`Helper`."""
    database = bench.Database(name)
    bench.say(json.dumps({"ready": True}))
    sys.stdin.readline()
    bench.say(json.dumps(look(database)))


def read_past(database):
    """Reconstruct the past of all orders, a commit per batch; return what it took."""
    with database.transaction(user_id=1) as env:

        def commit(_done, remaining):
            env.cr.commit()
            return True

        backend, started, clock = bench.Backend(env.cr), time.process_time(), time.monotonic()
        done = env["oms.event"]._fill_past(commit=commit)
        spent = {"cpu": time.process_time() - started + backend.get_spent(), "seconds": time.monotonic() - clock}
    bench.say(f"past of {done} orders: {spent['seconds']:.1f} s ({spent['cpu']:.1f} s of processor)")
    return {**spent, "orders": done}


def audit(database, figures, all_orders):
    """Compare stored flows with the documents; return the differences."""
    with database.transaction(user_id=1) as env:
        domain = []
        if not all_orders:
            env.cr.execute("SELECT id FROM sale_order ORDER BY MD5(id::text) LIMIT %s", [_SAMPLE])
            domain = [("id", "in", [order_id for (order_id,) in env.cr.fetchall()])]
        started = time.monotonic()
        differences = env["oms.flow"]._audit(domain)
    figures["audit_seconds"] = time.monotonic() - started
    figures["audited"] = figures["orders"] if all_orders else min(_SAMPLE, figures["orders"])
    figures["differences"] = len(differences)
    bench.say(f"audit of {figures['audited']} orders: {len(differences)} differences, {figures['audit_seconds']:.1f} s")
    for difference in differences[:10]:
        bench.say(f"  {difference}")
    return differences


if __name__ == "__main__":
    main()

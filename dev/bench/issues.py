"""How long it takes to find what is wrong with every unfinished order, and what the screens take with issues on.

On the database of the cockpit's benchmark: the regular look at all unfinished orders by two workers, cold (each issue is
raised) and warm (next to nothing changes), and by one alone; the refresh of single orders, as after a click; then the
cockpit's screens and the list of issues against core's list of orders.
"""

import argparse

import _bench as bench
import cockpit
import install

_GOAL_SECONDS = 60
_GOAL_OPEN = 100_000
_CLICKS = 50


def main():
    options = parse()
    bench.start()
    name = cockpit.ensure(options)
    database = bench.Database(name)
    forget(name)
    figures = {
        "cold": install.look_at_all(database),
        "warm": install.look_at_all(database),
        "warm_alone": install.look_at_all(database, workers=1),
    }
    vacuum(name)
    figures["click_seconds"] = bench.median([click(database) for _number in range(_CLICKS)])
    figures["screen"] = cockpit.measure_screens(database, options.rounds)
    figures["issues"] = tell_issues(database)
    sizes = {key: figures["warm"][key] for key in ("orders", "issues")}
    per_goal = figures["warm"]["seconds"] / max(sizes["orders"], 1) * _GOAL_OPEN
    bench.finish(
        "issues",
        figures=bench.rounded(figures),
        ratios={
            "of the goal": bench.rounded(per_goal / _GOAL_SECONDS),
            "screen to core's orders": bench.rounded(
                figures["screen"]["screen"]["seconds"] / figures["screen"]["orders"]["seconds"]
            ),
        },
        goals={"seconds for 100,000 open orders": _GOAL_SECONDS},
        sizes=sizes,
    )


def forget(name):
    """Leave a database as it is before the first look."""
    with bench.connection(name) as cr:
        cr.execute("TRUNCATE oms_issue, oms_issue_batch, oms_flow_dirty")
        cr.execute("""
            UPDATE oms_flow SET issue_count = 0, issue_score = 0, issue_rank = 0, issue_type_id = NULL, issue_band = NULL
             WHERE issue_count > 0""")
    vacuum(name)


def vacuum(name):
    with bench.connection(name) as cr:
        for table in ("oms_flow", "oms_issue", "oms_issue_batch"):
            cr.execute(f"VACUUM (ANALYZE) {table}")


def parse():
    parser = argparse.ArgumentParser(prog="./oms bench issues", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000, help="orders in the database (%(default)s)")
    parser.add_argument("--rounds", type=int, default=21, help="times each screen is opened (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="make the database anew, do not only upgrade the addon")
    return parser.parse_args()


def click(database):
    """Refresh one open order, as happens after a click on it; return the seconds."""
    with bench.connection(database.name) as cr:
        cr.execute("SELECT order_id FROM oms_flow WHERE issue_count > 0 ORDER BY RANDOM() LIMIT 1")
        order_id = cr.fetchone()[0]
    _result, figures = database.measure(lambda env: env["oms.flow"]._refresh([order_id]) and None, user_id=1)
    return figures["seconds"]


def tell_issues(database):
    """Return how many issues of each type are open, and what their list takes."""
    with database.transaction() as env:
        read = cockpit.get_list(env, "oms.issue", "oms_order_to_cash.oms_issue_view_list", [("state", "=", "open")])
    seconds = [database.measure(read)[1]["seconds"] for _round in range(7)][2:]
    with bench.connection(database.name) as cr:
        cr.execute("""
            SELECT type.code, COUNT(*) FROM oms_issue issue JOIN oms_issue_type type ON type.id = issue.type_id
             WHERE issue.state = 'open' GROUP BY type.code ORDER BY type.code""")
        by_type = dict(cr.fetchall())
    bench.say(f"list of issues: {bench.median(seconds):.4f} s; " + ", ".join(f"{k} {v}" for k, v in by_type.items()))
    return {"list_seconds": bench.median(seconds), "by_type": by_type}


if __name__ == "__main__":
    main()

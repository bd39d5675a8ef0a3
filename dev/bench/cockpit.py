"""How fast the cockpit's screen is where there are very many orders, against core's own list of orders.

In one process, on one database, in turns: the tiles, the chips of issues and the first page of the cockpit, and the first page of
core's list, each with the specification that the web client makes of the view. Then the refresh of marked
orders, and the audit if asked for.
"""

import argparse
import sys

import _bench as bench
import install
from lxml import etree

_PAGE, _COUNT_LIMIT = 80, 10_001  # what the web client asks for
_MARKS = 10_000
_GOAL_SECONDS, _GOAL_RATIO = 0.15, 3


def main():
    options = parse()
    bench.start()
    name = ensure(options)
    database = bench.Database(name)
    figures = {"screen": measure_screens(database, options.rounds), "refresh": measure_refresh(database)}
    differences = []
    if options.audit or options.audit_all:
        figures["audit"] = {"orders": count(database, "oms_flow")}
        differences = install.audit(database, figures["audit"], options.audit_all)
    screen = figures["screen"]
    bench.finish(
        "cockpit",
        figures=bench.rounded(figures),
        ratios={
            list_: bench.rounded(screen["screen"]["seconds"] / screen[list_]["seconds"])
            for list_ in ("orders", "quotations")
        },
        goals={"seconds": _GOAL_SECONDS, "ratio": _GOAL_RATIO},
        sizes={
            "orders": count(database, "oms_flow"),
            "open": count(database, "oms_flow", _OPEN),
            "issues": count(database, "oms_issue", "state = 'open'"),
        },
    )
    sys.exit(bool(differences))


def parse():
    parser = argparse.ArgumentParser(prog="./oms bench cockpit", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000, help="orders in the database (%(default)s)")
    parser.add_argument("--rounds", type=int, default=21, help="times each screen is opened (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="make the database anew, do not only upgrade the addon")
    parser.add_argument("--audit", action="store_true", help="compare some stored flows with the documents")
    parser.add_argument("--audit-all", action="store_true", help="compare all of them")
    return parser.parse_args()


def ensure(options):
    """Return the name of the database with the addon as it is now, all flows read."""
    name = install.get_name(options.orders)
    if options.fresh or not bench.exists(name):
        install.install(options.orders, {})
    else:
        bench.oms("odoo", "-d", name, "-u", bench.ADDON, "--stop-after-init", "--no-http", "--log-level", "warn")
    database = bench.Database(name)
    install.fill(database)
    if not count(database, "oms_issue"):
        install.look_at_all(database)
    with bench.connection(name) as cr:
        cr.execute("VACUUM (ANALYZE) oms_flow")
        cr.execute("VACUUM (ANALYZE) oms_issue")
    return name


_OPEN = "stage NOT IN ('closed', 'cancelled')"


def count(database, table, condition="TRUE"):
    with bench.connection(database.name) as cr:
        cr.execute(f"SELECT COUNT(*) FROM {table} WHERE {condition}")
        return cr.fetchone()[0]


# === SCREENS === #


def measure_screens(database, rounds):
    """Open each screen in turns; return {part: {figure: median}}, ``screen`` being tiles and list together."""
    with database.transaction() as env:
        stages = [
            stage
            for stage, _label in env["oms.flow"]._fields["stage"].selection
            if stage not in ("closed", "cancelled")
        ]
        parts = {
            "tiles": lambda env: env["oms.cockpit"].get_strip([], ["open"]),
            "list": get_list(env, "oms.flow", "oms_order_to_cash.oms_flow_view_list", [("stage", "in", stages)]),
            "orders": get_list(
                env, "sale.order", "sale.sale_order_list_upload", [("state", "not in", ("draft", "sent", "cancel"))]
            ),
            "quotations": get_list(env, "sale.order", "sale.view_quotation_tree_with_onboarding", []),
        }
    found = {part: [] for part in parts}
    for round_ in range(rounds + 2):
        for part, function in parts.items():
            _result, figures = database.measure(function)
            if round_ >= 2:  # caches are warm, as they are in a server that runs
                found[part].append(figures)
    found["screen"] = [
        {key: tiles[key] + list_[key] for key in tiles}
        for tiles, list_ in zip(found["tiles"], found["list"], strict=True)
    ]
    return tell_screens(found)


def tell_screens(found):
    bench.say(f"{'':<12}{'seconds':>9}  {'quartiles':<17}{'processor':>9}{'queries':>9}{'':>4}medians")
    figures = {}
    for part, rows in found.items():
        seconds = [row["seconds"] for row in rows]
        low, high = bench.spread(seconds)
        figures[part] = {key: bench.median([row[key] for row in rows]) for key in rows[0]} | {"quartiles": [low, high]}
        row = figures[part]
        bench.say(f"{part:<12}{row['seconds']:>9.4f}  {low:.4f} - {high:.4f}  {row['cpu']:>9.4f}{row['queries']:>9.0f}")
    return figures


def get_list(env, model, view, domain):
    """Return a function that reads the first page of a list as the web client does."""
    specification = get_specification(env, model, env.ref(view).id)

    def read(env):
        return env[model].web_search_read(domain, specification, limit=_PAGE, count_limit=_COUNT_LIMIT)

    return read


def get_specification(env, model, view_id):
    """Return what the web client asks for: the fields of the view, and of related records the name and the color."""
    views = env[model].get_views([(view_id, "list")])
    fields = views["models"][model]["fields"]
    specification = {}
    for node in etree.fromstring(views["views"]["list"]["arch"]).findall("field"):
        name, part = node.get("name"), {}
        if fields[name]["type"] == "many2one":
            part = {"fields": {"display_name": {}}}
        elif fields[name]["type"] in ("many2many", "one2many"):
            part = {"fields": {"display_name": {}, "color": {}} if node.get("widget") == "many2many_tags" else {}}
        specification[name] = part
    return specification


# === REFRESH === #


def measure_refresh(database):
    """Refresh marked orders, open ones first, a commit per batch; then the orders short of some products."""
    marks = {
        "orders": f"""
            INSERT INTO oms_flow_dirty (order_id)
            SELECT order_id FROM oms_flow ORDER BY {_OPEN} DESC, MD5(id::text) LIMIT {_MARKS}""",
        "products": """
            INSERT INTO oms_flow_dirty (product_id)
            SELECT DISTINCT product_id FROM stock_move WHERE state = 'confirmed' ORDER BY product_id DESC LIMIT 20""",
    }
    return {kind: drain(database, kind, query) for kind, query in marks.items()}


def drain(database, kind, query):
    with bench.connection(database.name) as cr:
        cr.execute("DELETE FROM oms_flow_dirty")
        cr.execute(query)
        number = cr.rowcount
        if kind == "products":
            cr.execute("""
                SELECT COUNT(DISTINCT sol.order_id) FROM stock_move move
                  JOIN sale_order_line sol ON sol.id = move.sale_line_id
                 WHERE move.state = 'confirmed' AND move.product_id IN (SELECT product_id FROM oms_flow_dirty)""")
            number = cr.fetchone()[0]
    spent = {"flows": number, "seconds": 0.0, "cpu": 0.0}
    taken = True
    while taken:
        taken, figures = database.measure(lambda env: env["oms.flow"]._drain(), user_id=1)
        for key in ("seconds", "cpu"):
            spent[key] += figures[key]
    spent["per_second"], spent["per_processor_second"] = number / spent["seconds"], number / spent["cpu"]
    bench.say(
        f"refresh of {number} flows by marked {kind}: {spent['seconds']:.2f} s, {spent['per_second']:.0f} a second"
        f" ({spent['per_processor_second']:.0f} a second of processor)"
    )
    return spent


if __name__ == "__main__":
    main()

"""Make a database of very many orders without the addon, with all their documents: one in ten open, in all their
states.

It is made once and kept; the benchmarks of the installation and of the cockpit work on copies of it. So are the
real orders that it is multiplied from.
"""

import argparse
import time

import _bench as bench
import _multiply as multiply
import _seed_orders as orders

SEEDS = "bench_orders_seeds"
_OPEN_SHARE = 0.1


def main():
    parser = argparse.ArgumentParser(prog="./oms bench seed", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000, help="how many (%(default)s)")
    options = parser.parse_args()
    bench.start()
    started = time.monotonic()
    name = ensure(options.orders)
    with bench.connection(name) as cr:
        cr.execute("SELECT COUNT(*), pg_database_size(%s) / 1e9 FROM sale_order", [name])
        number, size = cr.fetchone()
    seconds = round(time.monotonic() - started, 1)
    bench.say(f"{name}: {number} orders, {size:.1f} GB")
    bench.finish("seed", figures={"seconds": seconds, "gigabytes": round(float(size), 2)}, sizes={"orders": number})


def ensure(number):
    """Return the name of the database of so many orders, which is made if it isn't there."""
    name = f"bench_orders_{number}"
    if not bench.exists(name):
        ensure_seeds()
        bench.copy_database(SEEDS, f"{name}_new")
        fill(f"{name}_new", number)
        bench.rename_database(f"{name}_new", name)
    return name


def ensure_seeds():
    if bench.exists(SEEDS):
        return
    started = time.monotonic()
    bench.make_database(f"{SEEDS}_new", "--bare")
    database = bench.Database(f"{SEEDS}_new")
    with database.transaction() as env:
        make_seeds(env)
    database.close()
    bench.rename_database(f"{SEEDS}_new", SEEDS)
    bench.say(f"real orders made, {time.monotonic() - started:.0f} s")


def make_seeds(env):
    """Make the real orders, and note which rows belong to orders of which kind."""
    seeder = orders.Seeder(env)
    seeder.make_catalogue()
    env.cr.execute("CREATE TABLE bench_seed (kind text, name text, id int, PRIMARY KEY (name, id))")
    env.cr.execute("CREATE TABLE bench_rotation (name text, first int, size int, number int)")
    for kind in orders.OPEN + orders.CLOSED:
        for records in multiply.collect(seeder.make_orders(kind)).values():
            rows = [(kind.name, records._table, row_id) for row_id in records.ids]
            if rows:
                env.cr.execute_values("INSERT INTO bench_seed VALUES %s", rows)
        bench.say(f"real orders: {kind.name}")
    ids = sorted(row_id for family in seeder.families.values() for row_id in family.ids)
    if ids != list(range(ids[0], ids[0] + len(ids))):
        raise RuntimeError("the products' ids have gaps")
    rows = [
        ("res_partner", min(seeder.customers.ids), orders.CUSTOMERS, 1),
        ("product_product", ids[0], orders.FAMILY, len(seeder.families)),
    ]
    env.cr.execute_values("INSERT INTO bench_rotation VALUES %s", rows)


def fill(name, number):
    """Multiply the real orders up to this number."""
    started = time.monotonic()
    with bench.connection(name) as cr:
        multiply.Multiplier(cr, get_copies(number)).run()
        reserve(cr)
        bench.say(f"vacuum, after {time.monotonic() - started:.0f} s")
        cr.execute("VACUUM (ANALYZE)")
    bench.say(f"{name} is made, {time.monotonic() - started:.0f} s")


def get_copies(number):
    """Return how often each real order of a kind is copied, for so many orders in all."""
    copies = {}
    for kinds, share in ((orders.OPEN, _OPEN_SHARE), (orders.CLOSED, 1 - _OPEN_SHARE)):
        weights = sum(kind.weight for kind in kinds)
        for kind in kinds:
            copies[kind.name] = round(number * share * kind.weight / weights / orders.REPEAT) - 1
    return copies


def reserve(cr):
    """Make the stock agree with what the copied transfers hold."""
    cr.execute("""
        UPDATE stock_quant quant SET reserved_quantity = held.quantity FROM (
            SELECT product_id, location_id, SUM(quantity_product_uom) AS quantity FROM stock_move_line
             WHERE state NOT IN ('done', 'cancel') GROUP BY product_id, location_id
        ) held WHERE held.product_id = quant.product_id AND held.location_id = quant.location_id""")


if __name__ == "__main__":
    main()

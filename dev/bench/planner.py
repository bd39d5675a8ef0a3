"""How long a whole run of reordering takes, reading from PostgreSQL and writing to it.

One product with a past is multiplied set-based: its sales, its purchases and its stock. Then a company is planned as the
scheduled action does it, twice: the first run makes every policy, the second finds them. Last, what the run proposes
for the first thousand is written to reordering rules.
"""

import argparse
import resource
import time

import _bench as bench

from odoo import fields
from odoo.fields import Command

_NAME = "bench_planner"
_BATCH = 1000


def main():
    options = parse()
    bench.start()
    if not options.database:
        bench.make_database(_NAME)
    database = bench.Database(options.database or _NAME)
    with database.transaction(user_id=1) as env:
        if not env["product.product"].search_count([("name", "=", "Bench Product")]):
            multiply(env, options.pairs, options.rows)
    figures = {name: measure(database, name) for name in ("first", "second")}
    figures["write"] = measure_write(database)
    database.close()
    if not options.keep and not options.database:
        bench.drop_database(_NAME)
    figures["megabytes"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    bench.say(f"highest memory use of the process: {figures['megabytes']:,} MB")
    bench.finish("planner", figures=bench.rounded(figures, 2), sizes={"pairs": options.pairs, "rows": options.rows})


def parse():
    parser = argparse.ArgumentParser(prog="./oms bench planner", description=__doc__)
    parser.add_argument("--pairs", type=int, default=100_000, help="products, in one warehouse (%(default)s)")
    parser.add_argument("--rows", type=int, default=40, help="days with demand per product in a year (%(default)s)")
    parser.add_argument("--database", help="an existing database to fill and plan, instead of a new one")
    parser.add_argument("--keep", action="store_true", help="keep the database")
    return parser.parse_args()


# === THE PAST === #


def multiply(env, pairs, rows):
    """Make products with a past: sales, three purchases each, stock."""
    started = time.perf_counter()
    product, sale, purchase = make_one(env)
    env.flush_all()
    copier = Copier(env.cr)
    template = copier.copy("product_template", product.product_tmpl_id.id, pairs)
    products = copier.copy("product_product", product.id, pairs, product_tmpl_id=f"{template} + n")
    copier.copy(
        "product_supplierinfo", product.seller_ids.id, pairs, product_tmpl_id=f"{template} + n", product_id="NULL"
    )
    of = f"{products} + 1 + (n - 1) %% {pairs}"
    quant = env["stock.quant"].search(
        [("product_id", "=", product.id), ("location_id.usage", "=", "internal")], limit=1
    )
    copier.copy("stock_quant", quant.id, pairs, product_id=of, quantity=str(100 + rows))
    when = "now() AT TIME ZONE 'UTC' - (1 + abs(hashint4(n)) %% 360) * INTERVAL '1 day'"
    size = "1 + abs(hashint4(n + 1)) %% 6"
    quantities = dict.fromkeys(("product_qty", "product_uom_qty", "quantity"), size)
    copier.copy("stock_move", sale.id, pairs * rows, product_id=of, date=when, create_date=when, **quantities)
    copy_purchases(copier, purchase, pairs * 3, of)
    env.cr.execute("ANALYZE")
    bench.say(f"{pairs:,} products with {pairs * rows:,} moves in {time.perf_counter() - started:.0f} s")


def copy_purchases(copier, purchase, number, of):
    asked = "now() AT TIME ZONE 'UTC' - (40 + abs(hashint4(n)) %% 300) * INTERVAL '1 day'"
    order = copier.copy("purchase_order", purchase.id, number, name="'BENCH' || n", date_approve=asked)
    line = copier.copy("purchase_order_line", purchase.order_line.id, number, order_id=f"{order} + n", product_id=of)
    received = f"{asked} + (7 + n %% 9) * INTERVAL '1 day'"
    copier.copy(
        "stock_move",
        purchase.order_line.move_ids.id,
        number,
        product_id=of,
        purchase_line_id=f"{line} + n",
        date=received,
        create_date=asked,
    )


def make_one(env):
    """Return a product, one sale of it and one purchase, received."""
    vendor = env["res.partner"].create({"name": "Bench Vendor"})
    product = env["product.product"].create(
        {
            "name": "Bench Product",
            "type": "consu",
            "is_storable": True,
            "list_price": 20,
            "standard_price": 12,
            "seller_ids": [Command.create({"partner_id": vendor.id, "price": 12, "delay": 10})],
        }
    )
    line = Command.create({"product_id": product.id, "product_qty": 30})
    purchase = env["purchase.order"].create({"partner_id": vendor.id, "order_line": [line]})
    purchase.button_confirm()
    purchase.date_approve = fields.Datetime.now()
    finish(purchase.order_line.move_ids)
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    sale = env["stock.move"].create(
        {
            "product_id": product.id,
            "product_uom_qty": 1,
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": env.ref("stock.stock_location_customers").id,
        }
    )
    finish(sale)
    return product, sale, purchase


def finish(moves):
    moves._action_confirm()
    for move in moves:
        move.write({"quantity": move.product_uom_qty, "picked": True})
    moves._action_done()


class Copier:
    """Copies one row of a table many times, by one statement."""

    def __init__(self, cr):
        self.cr = cr
        cr.execute("SELECT current_setting('is_superuser') = 'on'")
        [may_skip] = cr.fetchone()
        if may_skip:
            # Whose foreign keys the copies have, the row has that they are of; to check each takes longer than to copy.
            cr.execute("SET LOCAL session_replication_role = replica")

    def copy(self, table, source_id, number, **values):
        """Return the id before that of the first copy; ``values`` are SQL, in which ``n`` counts from 1."""
        self.cr.execute(f"SELECT MAX(id) FROM {table}")
        [last] = self.cr.fetchone()
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        columns = {name: f's."{name}"' for (name,) in self.cr.fetchall()}
        columns.update(values, id=f"{last} + n")
        names = ", ".join(f'"{name}"' for name in columns)
        indexes = self._drop_indexes(table)
        self.cr.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())}"
            f" FROM {table} s, generate_series(1, %s) n WHERE s.id = %s",
            [number, source_id],
        )
        self.cr.execute(f"SELECT setval('{table}_id_seq', %s)", [last + number])
        for definition in indexes:
            self.cr.execute(definition)
        return last

    def _drop_indexes(self, table):
        """Drop the indexes that are no constraints, and return what makes them again: all at once is faster."""
        self.cr.execute(
            "SELECT i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = %s::regclass AND NOT i.indisunique",
            [table],
        )
        found = self.cr.fetchall()
        for name, _definition in found:
            self.cr.execute(f"DROP INDEX {name}")
        return [definition for _name, definition in found]


# === RUNS === #


def measure(database, name):
    """Plan the company to the end, and say what it took."""

    def plan(env):
        # Else a second process of PostgreSQL would help with some statements, and its time would not be counted.
        env.cr.execute("SET max_parallel_workers_per_gather = 0")
        run = env["oms.reorder.run"].create({"company_id": env.company.id})
        env.cr.commit()
        while run._work() == "time":
            pass
        return run.state, run.planned, run.pending, run.error

    (state, planned, pending, error), cost = database.measure(plan, user_id=1)
    bench.say(
        f"{name} run: {planned:,} planned, {pending:,} proposals, {cost['seconds']:.1f} s, {cost['cpu']:.1f} s on"
        f" processors (Odoo's and PostgreSQL's) {state} {error or ''}"
    )
    return {**cost, "planned": planned, "proposals": pending}


def measure_write(database):
    """Accept a batch of proposals; return what it took."""

    def accept(env):
        proposals = env["oms.reorder.policy"].search([("is_pending", "=", True)], limit=_BATCH)
        return env["oms.reorder.run"]._apply(proposals, by_hand=True)

    written, cost = database.measure(accept, user_id=1)
    bench.say(f"{written:,} proposals written to reordering rules: {cost['seconds']:.1f} s, {cost['cpu']:.1f} s")
    return {**cost, "written": written}


if __name__ == "__main__":
    main()

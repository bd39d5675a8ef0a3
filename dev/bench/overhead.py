"""What the addon costs people: orders from placed to paid with the addon against without it, paired in one run.

Two databases with the same data live in one process. Each step of each order is a transaction of its own, done
in one database and then in the other, in turns; then again with many orders in one transaction. The flows are
refreshed after the commit by a scheduled action, whose cost is told apart.
"""

import argparse
import gc

import _bench as bench

from odoo.fields import Command

STEPS = ("place", "confirm", "deliver", "invoice", "post", "pay")
FIGURES = ("seconds", "cpu", "queries")
_COUNTED = STEPS[1:]  # the goal speaks of confirm, deliver, invoice and pay
_PRODUCTS, _CUSTOMERS = 20, 20
_BATCHES = 12  # at least so many pairs: an even number, since who goes first alternates


def main():
    options = parse()
    bench.start()
    names = {"with": "bench_overhead_with", "bare": "bench_overhead_bare"}
    bench.make_database(names["with"])
    bench.make_database(names["bare"], "--bare")
    desks = {key: Desk(name) for key, name in names.items()}
    gc.collect()
    gc.freeze()  # two registries in memory would make each collection twice as long as it is for people
    one_by_one = run(desks, options.warm_up, [1] * options.orders, options.block)
    batches = run(desks, 0, [options.batch] * max(options.orders // options.batch, _BATCHES), 1)
    figures = {
        "one_by_one": summarize("one by one", one_by_one),
        "batch": summarize("in one batch", batches),
    }
    if not options.keep:
        for name in names.values():
            bench.drop_database(name)
    tell(options, figures)


def parse():
    parser = argparse.ArgumentParser(prog="./oms bench overhead", description=__doc__)
    parser.add_argument("--orders", type=int, default=60, help="orders per database and variant (%(default)s)")
    parser.add_argument("--batch", type=int, default=20, help="orders in one transaction, second variant (%(default)s)")
    parser.add_argument("--block", type=int, default=6, help="pairs per block, of which a ratio is made (%(default)s)")
    parser.add_argument("--warm-up", type=int, default=5, help="pairs before anything counts (%(default)s)")
    parser.add_argument("--keep", action="store_true", help="keep the two databases")
    return parser.parse_args()


class Desk(bench.Database):
    """A database and the people who work in it; each step is the method behind the button they press."""

    def __init__(self, name):
        super().__init__(name)
        with self.transaction() as env:
            self.products = self._make_products(env).ids
            self.customers = self._make_customers(env).ids
            self.has_addon = "oms.flow" in env
        with bench.connection(name) as cr:
            cr.execute("ANALYZE")
        self.placed = 0

    def _make_products(self, env):
        products = env["product.product"].create(
            [
                {"name": f"Bench {number}", "is_storable": True, "list_price": 10 + number, "invoice_policy": "order"}
                for number in range(_PRODUCTS)
            ]
        )
        location = env["stock.warehouse"].search([], limit=1).lot_stock_id
        env["stock.quant"].with_context(inventory_mode=True).create(
            [
                {"product_id": product.id, "location_id": location.id, "inventory_quantity": 1_000_000}
                for product in products
            ]
        ).action_apply_inventory()
        return products

    def _make_customers(self, env):
        return env["res.partner"].create(
            [
                {
                    "name": f"Bench {number}",
                    "email": f"bench{number}@example.com",
                    "country_id": env.company.country_id.id,
                }
                for number in range(_CUSTOMERS)
            ]
        )

    def place(self, env, number):
        orders = env["sale.order"].create([self._prepare_order(self.placed + index) for index in range(number)])
        self.placed += number
        return orders.ids

    def _prepare_order(self, index):
        products = [self.products[index % _PRODUCTS], self.products[(index + 7) % _PRODUCTS]]
        return {
            "partner_id": self.customers[index % _CUSTOMERS],
            "order_line": [Command.create({"product_id": product, "product_uom_qty": 2}) for product in products],
        }

    def confirm(self, env, order_ids):
        env["sale.order"].browse(order_ids).action_confirm()
        return order_ids

    def deliver(self, env, order_ids):
        pickings = env["sale.order"].browse(order_ids).picking_ids
        pickings.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if set(pickings.mapped("state")) != {"done"}:
            raise RuntimeError("a delivery is not done")
        return order_ids

    def invoice(self, env, order_ids):
        return env["sale.order"].browse(order_ids)._create_invoices().ids

    def post(self, env, invoice_ids):
        env["account.move"].browse(invoice_ids).action_post()
        return invoice_ids

    def pay(self, env, invoice_ids):
        invoices = env["account.move"].browse(invoice_ids)
        wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice_ids)
        wizard.create({"group_payment": False}).action_create_payments()
        if not set(invoices.mapped("payment_state")) <= {"paid", "in_payment"}:
            raise RuntimeError("an invoice is not paid")
        return invoice_ids

    def refresh(self):
        """Do what the scheduled action does after a commit; return what it took."""
        if not self.has_addon:
            return dict.fromkeys(FIGURES, 0)
        _taken, spent = self.measure(lambda env: env["oms.flow"]._drain(limit=100_000), user_id=1)
        with bench.connection(self.name) as cr:
            cr.execute("DELETE FROM ir_cron_trigger")  # the scheduler does it when it starts the action
        return spent


# === RUNNING === #


def run(desks, warm_up, sizes, block):
    """Take orders through all steps in both databases, in turns.

    :param sizes: number of orders per transaction, one item per pair
    :return: list of blocks, {database: {step: {figure: value per order}}}, "refresh" being a step
    """
    blocks = []
    for index, size in enumerate([1] * warm_up + list(sizes)):
        pair = take_pair(desks, size, reverse=index % 2)
        if index < warm_up:
            continue
        if (index - warm_up) % block == 0:
            blocks.append({key: {step: dict.fromkeys(FIGURES, 0.0) for step in (*STEPS, "refresh")} for key in desks})
        for key, spent in pair:
            for step, figures in spent:
                for figure, value in figures.items():
                    blocks[-1][key][step][figure] += value / block / size
    return blocks


def take_pair(desks, size, reverse):
    """Take as many orders through all steps in each database; return pairs (database, pairs (step, figures))."""
    keys = sorted(desks, reverse=bool(reverse))
    pair, subjects = {key: [] for key in keys}, dict.fromkeys(keys, size)
    for step in STEPS:
        for key in keys:
            desk = desks[key]
            if size > 1:
                gc.collect()  # else who comes next would clear away the garbage of who went before, and batches are few
            subjects[key], figures = desk.measure(getattr(desk, step), subjects[key])
            pair[key] += [(step, figures), ("refresh", desk.refresh())]
    return pair.items()


# === TELLING === #


def summarize(title, blocks):
    """Print a table of the steps and return its figures per order: medians of the blocks, and their ratios."""
    bench.say(f"\n{title}, {len(blocks)} pairs of blocks, per order")
    bench.say(f"{'':<20}{'seconds':^40}{'processor seconds':^40}{'queries':>14}")
    bench.say(f"{'':<20}" + f"{'bare':>8}{'with':>8}{'ratio':>8} {'quartiles':<15}" * 2 + f"{'bare':>7}{'with':>7}")
    rows = {step: (step,) for step in STEPS}
    rows |= {"confirm to pay": _COUNTED, "with the refresh": (*_COUNTED, "refresh"), "refresh": ("refresh",)}
    return {label: summarize_row(label, steps, blocks) for label, steps in rows.items()}


def summarize_row(label, steps, blocks):
    row, text = {}, f"{label:<20}"
    for figure in FIGURES:
        totals = {key: [sum(block[key][step][figure] for step in steps) for block in blocks] for key in blocks[0]}
        ratios = [with_ / bare for with_, bare in zip(totals["with"], totals["bare"], strict=True) if bare]
        row[figure] = part = {
            "bare": bench.median(totals["bare"]),
            "with": bench.median(totals["with"]),
            "ratio": bench.median(ratios),
            "quartiles": bench.spread(ratios),
        }
        if figure == "queries":
            text += f"{part['bare']:>7.1f}{part['with']:>7.1f}"
        elif ratios:
            low, high = part["quartiles"]
            text += f"{part['bare']:>8.4f}{part['with']:>8.4f}{part['ratio']:>8.3f} {low:.3f} - {high:.3f}  "
        else:
            text += f"{part['bare']:>8}{part['with']:>8.4f}{'':>24}"
    bench.say(text)
    return bench.rounded(row)


def tell(options, figures):
    bench.finish(
        "overhead",
        figures=figures,
        ratios={
            f"{variant} {figure}": rows["confirm to pay"][figure]["ratio"]
            for variant, rows in figures.items()
            for figure in FIGURES
        },
        goal=1.05,
        sizes={"orders": options.orders, "batch": options.batch, "block": options.block},
    )


if __name__ == "__main__":
    main()

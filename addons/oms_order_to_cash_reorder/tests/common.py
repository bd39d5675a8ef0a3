"""A product with a past: what was sold, when, and how long its vendor took."""

from datetime import timedelta

import numpy as np

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.oms_order_to_cash.tests.common import OmsCommon


class OmsReorderPast:
    """What was sold and found, so many days ago."""

    @classmethod
    def _hide_demo(cls):
        """Leave out the products of the demo company, and what was planned of them; those of the tests are named so."""
        for table in ("product_product", "product_template"):
            own = "product_tmpl_id" if table == "product_product" else "id"
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s p SET active = FALSE FROM product_template t"
                    " WHERE t.id = p.%s AND t.name->>'en_US' NOT LIKE 'Test %%'",
                    SQL.identifier(table),
                    SQL.identifier(own),
                )
            )
        cls.env.invalidate_all()
        cls.env["oms.reorder.policy"].search([]).unlink()
        cls.env["oms.reorder.run"].search([]).unlink()

    @classmethod
    def _make_moves(cls, product, quantities, source, dest, warehouse, **vals):
        """Do moves of so many days ago: {days: quantity}."""
        moves = cls.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": source.id,
                    "location_dest_id": dest.id,
                    "warehouse_id": warehouse.id,
                    "company_id": warehouse.company_id.id,
                    **vals,
                }
                for quantity in quantities.values()
            ]
        )
        moves._action_confirm(merge=False)
        for move in moves:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        moves._action_done()
        cls._date(moves, list(quantities))
        return moves

    @classmethod
    def _date(cls, moves, days):
        """Let moves have been made and done so many days ago."""
        cls.env.flush_all()
        for move, past in zip(moves, days, strict=True):
            moment = fields.Datetime.now() - timedelta(days=past)
            cls.env.cr.execute(
                "UPDATE stock_move SET date = %s, create_date = %s WHERE id = %s", [moment, moment, move.id]
            )
        cls.env.invalidate_all()

    @classmethod
    def _sell(cls, product, quantities, warehouse=None):
        warehouse = warehouse or cls.warehouse
        return cls._make_moves(
            product,
            quantities,
            warehouse.lot_stock_id,
            cls.env.ref("stock.stock_location_customers"),
            warehouse,
        )

    @classmethod
    def _stock_up(cls, product, quantity, days, warehouse=None):
        """Let goods have been found so many days ago."""
        warehouse = warehouse or cls.warehouse
        loss = cls.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "in", [warehouse.company_id.id, False])], limit=1
        )
        return cls._make_moves(product, {days: quantity}, loss, warehouse.lot_stock_id, warehouse)

    @classmethod
    def _make_year(cls, product, quantity=6, every=3, warehouse=None):
        """Sell so much every so many days of a year, from ample stock."""
        days = range(every, 364, every)
        cls._stock_up(product, quantity * (len(days) + 10), 370, warehouse)
        cls._sell(product, dict.fromkeys(days, quantity), warehouse)


@tagged("post_install", "-at_install")
class OmsReorderCommon(OmsReorderPast, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._hide_demo()
        cls.env.companies.write({"oms_reorder_by_abc": False, "horizon_days": 0})
        cls.seller = cls._prepare_seller(delay=10, price=20)
        cls.steady = cls._make_product("Steady", 50, seller_ids=[cls.seller])

    # === THE PAST === #

    def _buy_in(self, product, quantity, asked, received, warehouse=None):
        """Buy goods so many days ago and receive them so many days ago."""
        purchase = self._buy(product, quantity, warehouse)
        self._receive_purchase(purchase)
        self._date(purchase.order_line.move_ids, [received] * len(purchase.order_line.move_ids))
        purchase.date_approve = fields.Datetime.now() - timedelta(days=asked)
        return purchase

    # === RUNS === #

    def _run(self, company=None):
        """Plan a company to the end, in this transaction."""
        run = self.env["oms.reorder.run"].create({"company_id": (company or self.company).id})
        for _step in range(20):
            if run.state not in ("waiting", "planning", "applying"):
                break
            run._step()
        self.assertEqual(run.state, "done", run.error)
        self.env.flush_all()
        return run

    def _get_policy(self, product, warehouse=None):
        return self.env["oms.reorder.policy"].search(
            [("product_id", "=", product.id), ("warehouse_id", "=", (warehouse or self.warehouse).id)]
        )

    def _get_orderpoint(self, product, warehouse=None):
        return self.env["stock.warehouse.orderpoint"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", (warehouse or self.warehouse).lot_stock_id.id),
            ]
        )

    def _make_rule(self, product, minimum, maximum, warehouse=None):
        warehouse = warehouse or self.warehouse
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "warehouse_id": warehouse.id,
                "location_id": warehouse.lot_stock_id.id,
                "company_id": warehouse.company_id.id,
                "product_min_qty": minimum,
                "product_max_qty": maximum,
            }
        )

    def _read_pair(self, product, warehouse=None):
        """Return demand, receipts and terms of one policy as planning gets them."""
        policy = self._get_policy(product, warehouse)
        self.env.flush_all()
        ids = np.array(policy.ids)
        reader = self.env["oms.reorder.reader"]
        rows, whole, _measured = reader._read_past(policy.company_id, ids, 364)
        receipts = reader._read_receipts(policy.company_id, ids)
        terms, _orderpoints, _made = self.env["oms.reorder.terms"]._read_terms(policy, whole)
        return rows, receipts, terms

"""The orders that histories happen to, and how a history is run."""

import traceback

from .flow_case import FlowCase
from .history import OmsHistory
from .prepared import PreparedReads
from .properties import OmsProperties
from .till import OmsTill


def get_failure_kind(error):
    """Return what failed, and where a test says so, whichever order it was."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/tests/" in frame.filename]
    return type(error), [frame.name for frame in frames if frame.name.startswith("assert")][-1:]


class OmsHistoryCase(OmsHistory, OmsProperties, OmsTill, FlowCase):
    def setUp(self):
        super().setUp()
        self.patch(self.env.cr, "execute", PreparedReads(self.env.cr))
        self.company.oms_min_margin = 10
        if self._has_till():
            self._open_till()
        # Made now, as what a history makes is rolled back with it.
        self.orders = self._place_plain_order() + self._place_two_step_order() + self._place_foreign_order()
        self.assertPropertiesHold("before any step")

    def _place_plain_order(self):
        lines = [
            (self.goods, 8),
            {**self._prepare_line((self.delivered_goods, 4, 19.99)), "tax_ids": self.tax.ids},
            (self.service, 2),
        ]
        if "bom_line_id" in self.env["stock.move"]._fields:
            lines.append((self.kit, 4))
        return self._place_order(lines)

    def _place_two_step_order(self):
        return self._place_order(
            [
                {"product_id": self.goods.id, "product_uom_qty": 2, "product_uom_id": self.uom_dozen.id},
                (self.purchased, 3),
                (self.delivered_service, 4),
            ],
            warehouse_id=self.two_step_warehouse.id,
        )

    def _place_foreign_order(self):
        lines = [(self.delivered_goods, 5, 30), (self.to_order, 2, 90), (self.consumable, 3, 7)]
        if self.env.ref("stock_dropshipping.route_drop_shipping", raise_if_not_found=False):
            lines.append((self.dropshipped, 3, 50))
        order = self._place_order(lines, pricelist_id=self.foreign_pricelist.id)
        order.set_delivery_line(self.carrier, 10)
        return order

    def _start(self, names):
        """Do these steps to every order."""
        for name in names:
            for order in self.orders:
                self._run_step(name, order, 1.0)
        self.assertPropertiesHold(f"after {names}")

    # === A HISTORY === #

    def _check_history(self, start, history):
        """Do the steps of a history, or those that can be done instead, and check what holds after each.

        What was done is in ``taken`` as steps that ``_replay`` takes.
        """
        self.taken = []
        for number, (name, index, fraction) in enumerate(history, 1):
            order = self._run_some_step(name, index, fraction)
            # The slow oracles look at all orders now and then: a step on one may reach the others.
            is_all = not order or number % 4 == 0
            self.assertPropertiesHold(f"after {start} {self.taken}", None if is_all else order)
        self.assertAuditsEmpty([], f"after {start} {self.taken}")

    def _shorten(self, steps, error):
        """Leave out, one by one, those steps without which the others still fail alike."""
        for step in steps[-2::-1]:
            fewer = [other for other in steps if other is not step]
            found = self._find_error(fewer)
            if found and get_failure_kind(found) == get_failure_kind(error):
                steps, error = fewer, found
        return steps, error

    def _find_error(self, steps):
        """Do these steps, those that can be done, and return what fails in the end."""
        try:
            with self._aside():
                for name, index, fraction in steps:
                    self._run_step(name, self.orders[index], fraction)
                self.assertPropertiesHold()
        except Exception as error:  # noqa: BLE001 - what fails is what is looked for
            return error
        return None

    def _replay(self, start, *steps):
        """Do exactly these steps, and check what holds after each."""
        self._start(start)
        for number, (name, index, fraction) in enumerate(steps, 1):
            self.assertTrue(self._run_step(name, self.orders[index], fraction), f"{name} {index} can't be done")
            self.assertPropertiesHold(f"after {steps[:number]}")

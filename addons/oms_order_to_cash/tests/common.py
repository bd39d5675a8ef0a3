"""Base classes of the addon's tests: a catalogue of records, verbs on orders, and the flow as stored."""

from odoo.tests import HttpCase, TransactionCase, tagged

from .catalog import OmsCatalog
from .verbs import OmsVerbs

LANE_FIELDS = ("lane_order", "lane_supply", "lane_delivery", "lane_invoice", "lane_payment", "lane_return")

# No test of the flow reads the chatter, and it costs more than the rest.
_QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "tracking_disable": True,
}


class OmsMixin(OmsCatalog, OmsVerbs):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **_QUIET))
        cls._make_catalog()

    # === THE FLOW === #

    def _drain(self):
        """Refresh all flows that are marked, those of the running transaction too."""
        self.env.cr.flush()  # writes, and the marks that are written before a commit
        self.env["oms.flow"]._drain()

    def _get_flow(self, order):
        return self.env["oms.flow"].search([("order_id", "=", order.id)])

    def _read_flow(self, order):
        """Return the flow of an order as the next reader will see it."""
        self._drain()
        return self._get_flow(order)

    def assertFlow(self, order, stage, lanes, next_action=False, **values):
        """Check the stored flow of an order.

        :param str lanes: states of the six lanes (order, supply, delivery, invoice, payment, return), by spaces
        :param values: other fields of the flow
        """
        flow = self._read_flow(order)
        found = {field: flow[field] for field in ("stage", *LANE_FIELDS, "next_action", *values)}
        expected = {
            "stage": stage,
            **dict(zip(LANE_FIELDS, lanes.split(), strict=True)),
            "next_action": next_action,
            **values,
        }
        self.assertEqual(found, expected)
        return flow


@tagged("post_install", "-at_install")
class OmsCommon(OmsMixin, TransactionCase):
    """For everything but screens."""


@tagged("post_install", "-at_install")
class OmsHttpCommon(OmsMixin, HttpCase):
    """For screens and controllers."""

from datetime import timedelta
from unittest import SkipTest

from odoo import fields
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsWebCarts(OmsIssueCase):
    """A cart that no customer placed is no quotation to chase, to complete or to confirm."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "website_id" not in cls.env["sale.order"]._fields:
            raise SkipTest("no web shop is installed")
        cls.website = cls.env["website"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.stranger = cls.env["res.partner"].create({"name": "Somebody"})

    def _place_cart(self, **vals):
        return self._place_order(
            partner_id=self.stranger.id,
            website_id=self.website.id,
            validity_date=fields.Date.today() - timedelta(days=3),
            **vals,
        )

    def _get_codes(self, order):
        self._look(order)
        return {issue.code for issue in self._read_issues(order)} & {"Q1", "O1", "O5"}

    def test_a_cart_is_not_chased(self):
        cart, again = self._place_cart(), self._place_cart()
        self.assertEqual((self._get_codes(cart), self._get_codes(again)), (set(), set()))
        # What a person offers is, and so is what the customer placed.
        offer = self._place_cart()
        offer.website_id = False
        self.assertEqual(self._get_codes(offer), {"Q1", "O1"})
        again.action_quotation_sent()
        self.assertEqual(self._get_codes(again), {"Q1", "O1"})
        self.assertIssuesHold(cart + again + offer)

    def test_an_order_repeats_no_cart(self):
        self._place_cart()
        order = self._place_order(partner_id=self.stranger.id)
        self.assertEqual(self._get_codes(order), {"O1"})

    def test_no_rule_confirms_a_cart(self):
        self.env["oms.rule"].search([]).mode = "off"
        rule = self.env.ref("oms_order_to_cash.oms_rule_small_order")
        rule.write({"company_id": False, "grace_hours": 0})
        rule.action_live()
        cart, offer, paid = self._place_cart(), self._place_order(), self._place_cart()
        self._pay_online(paid, "authorized")
        for _round in range(3):
            self._drain()
            self._run_queue()
        self.assertEqual((cart.state, offer.state, paid.state), ("draft", "sale", "sale"))

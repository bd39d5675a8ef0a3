from odoo import api, fields, models

from ..asked import on_records


class ResPartner(models.Model):
    _inherit = "res.partner"

    oms_purchase_confirmation = fields.Selection(
        [("ceiling", "Up to an amount"), ("never", "By hand")],
        string="Confirm Purchases",
        company_dependent=True,
        prefetch=False,
        help="Whether purchases from this vendor, made for orders, are confirmed without a person. "
        "Empty: as set for the company.",
        groups="base.group_user",
    )
    oms_purchase_ceiling = fields.Float(
        string="Confirm Up To",
        company_dependent=True,
        prefetch=False,
        digits="Product Price",
        help="Total with taxes, in company currency.",
        groups="base.group_user",
    )
    oms_receipt_count = fields.Integer(
        string="Receipts to Judge By", compute="_compute_oms_score", groups="purchase.group_purchase_user"
    )
    oms_on_time_rate = fields.Float(
        string="On Time", compute="_compute_oms_score", digits=(16, 0), groups="purchase.group_purchase_user"
    )

    # === COMPUTE METHODS === #

    @api.depends_context("allowed_company_ids")
    def _compute_oms_score(self):
        groups = self.env["oms.vendor.performance"]._read_group(
            [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "in", self.env.companies.ids)],
            ["partner_id"],
            ["receipt_count:sum", "on_time_count:sum"],
        )
        counts = {partner.id: (receipts, on_time) for partner, receipts, on_time in groups}
        for partner in self:
            receipts, on_time = counts.get(partner.commercial_partner_id.id, (0, 0))
            partner.oms_receipt_count = receipts
            partner.oms_on_time_rate = 100.0 * on_time / receipts if receipts else 0.0

    # === ACTIONS === #

    @on_records
    def action_open_oms_score_card(self):
        """Open how this vendor delivered, per product."""
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_order_to_cash.oms_vendor_performance_action")
        return {**action, "domain": [("partner_id", "in", self.commercial_partner_id.ids)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "oms_purchase_confirmation", "oms_purchase_ceiling"]

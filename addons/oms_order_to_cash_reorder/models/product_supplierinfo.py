from odoo import api, models


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    @api.model_create_multi
    def create(self, vals_list):
        """Close what the purchase manager was asked for these products."""
        offers = super().create(vals_list)
        offers._oms_answer()
        return offers

    def _oms_answer(self):
        # Who adds a vendor may neither write policies nor close an activity of somebody else.
        asked = (
            self.env["oms.reorder.policy"]
            .sudo()
            .search(
                [
                    ("vendor_activity_id", "!=", False),
                    ("product_id.product_tmpl_id", "in", self.product_tmpl_id.ids),
                ]
            )
        )
        for offer in self if asked else ():
            answered = asked.filtered(offer._oms_is_answer)
            answered._end_asking(self.env._("%(vendor)s sells it.", vendor=offer.partner_id.name))
            asked -= answered

    def _oms_is_answer(self, policy):
        self.ensure_one()
        product = policy.product_id
        return (
            product.product_tmpl_id == self.product_tmpl_id
            and self.product_id in (product, product.browse())
            and self.company_id in (policy.company_id, policy.company_id.browse())
        )

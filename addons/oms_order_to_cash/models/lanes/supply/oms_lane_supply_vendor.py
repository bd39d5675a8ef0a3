from odoo import api, fields, models


class OmsLaneSupply(models.AbstractModel):
    """The vendor's price list entry that core would take."""

    _inherit = "oms.lane.supply"

    @api.model
    def _get_sellers(self, product, company):
        """Return the price list entries of a product that a company may buy at today; expired ones where there is no other."""
        sellers = product.sudo().with_company(company)._prepare_sellers(False)  # who sells it is no secret here
        sellers = sellers.filtered(lambda seller: not seller.company_id or seller.company_id == company)
        today = fields.Date.context_today(self)
        valid = sellers.filtered(
            lambda seller: (seller.date_start or today) <= today and (seller.date_end or today) >= today
        )
        return valid or sellers

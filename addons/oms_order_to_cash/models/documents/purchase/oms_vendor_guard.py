from odoo import api, fields, models
from odoo.tools import SQL


class OmsVendorGuard(models.Model):
    """One row per vendor and company that is updated before anything is bought for orders.

    Two that buy from one vendor at the same time would both find no open draft, and make one each. The later one fails
    here, starts again, and finds the draft of the first.
    """

    _name = "oms.vendor.guard"
    _description = "Vendor Guard"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    version = fields.Integer(required=True, default=1)

    _vendor_unique = models.UniqueIndex("(partner_id, company_id)")

    @api.model
    def _bump(self, pairs):
        """Make every other transaction that buys there at the same time fail and start again.

        :param pairs: set of (partner id, company id)
        """
        for partner_id, company_id in sorted(pairs):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO oms_vendor_guard (partner_id, company_id, version) VALUES (%s, %s, 1)
                   ON CONFLICT (partner_id, company_id) DO UPDATE SET version = oms_vendor_guard.version + 1""",
                    partner_id,
                    company_id,
                ),
                log_exceptions=False,
            )

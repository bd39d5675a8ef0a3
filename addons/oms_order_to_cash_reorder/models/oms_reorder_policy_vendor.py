"""Whether a vendor was asked for."""

from odoo import fields, models
from odoo.fields import Domain


class OmsReorderPolicy(models.Model):
    _inherit = "oms.reorder.policy"

    vendor_asked = fields.Date(readonly=True, help="When the purchase manager was asked for a vendor.")
    vendor_activity_id = fields.Many2one("mail.activity", readonly=True, index="btree_not_null", ondelete="set null")

    def _note_asking(self, activity):
        self.write({"vendor_asked": fields.Date.context_today(self), "vendor_activity_id": activity.id})

    def _end_asking(self, words):
        """Close what the purchase manager was asked for these, unless other policies still ask the same."""
        activities = self.vendor_activity_id
        others = self.search(Domain("vendor_activity_id", "in", activities.ids) & Domain("id", "not in", self.ids))
        closed = (activities - others.vendor_activity_id).filtered("active")
        if closed:
            closed.action_feedback(words)
        self.write({"vendor_asked": False, "vendor_activity_id": False})

from odoo import api, models


class MailActivity(models.Model):
    """A warning on a transfer says that its label failed."""

    _inherit = "mail.activity"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._oms_mark()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if not {"active", "activity_type_id"}.isdisjoint(vals):
            self._oms_mark()
        return result

    def unlink(self):
        self._oms_mark()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _oms_mark(self):
        picking_ids = [activity.res_id for activity in self if activity.res_model == "stock.picking"]
        self.env["oms.flow.dirty"]._mark("stock.picking", picking_ids)

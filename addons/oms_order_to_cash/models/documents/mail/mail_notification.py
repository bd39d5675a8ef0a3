from odoo import api, models


class MailNotification(models.Model):
    """Whether the mail with an invoice arrived."""

    _inherit = "mail.notification"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        notifications = super().create(vals_list)
        sent = notifications.filtered(lambda notification: notification.notification_type == "email")
        self.env["oms.flow.dirty"]._mark("mail.notification", sent._ids)
        return notifications

    def write(self, vals):
        result = super().write(vals)
        if "notification_status" in vals:
            self.env["oms.flow.dirty"]._mark("mail.notification", self._ids)
        return result

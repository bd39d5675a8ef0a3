from odoo import api, models
from odoo.tools import SQL


class OmsEvent(models.Model):
    _inherit = "oms.event"

    @api.model
    def _get_follow_up(self):
        """Put what a running rule waits for into their inbox, in the same statement."""
        events = self.env["oms.rule"]._get_running_events()
        if not events:
            return super()._get_follow_up()
        return SQL(
            """INSERT INTO oms_rule_inbox (order_id, event_id, event, detail, date)
               SELECT order_id, id, type, detail, date FROM noted WHERE type = ANY(%s)""",
            list(events),
        )

from odoo import api, fields, models
from odoo.tools import format_date


class OmsLaneOrder(models.AbstractModel):
    """From the quotation to an order that can be worked on."""

    _name = "oms.lane.order"
    _inherit = "oms.lane"
    _description = "Order Lane"

    @api.model
    def _get_state(self, fact):
        state, deadline = fact.header["state"], fact.header["validity_date"]
        if state == "cancel":
            return {"state": "none"}
        if fact.header["held"]:
            return {"state": "blocked", "stage": "check", "action": "release", "deadline": deadline}
        if state == "sale":
            if fact.header["address_missing"] and fact.outward_moves:
                return {"state": "blocked", "stage": "check", "action": "complete", "deadline": deadline}
            return {"state": "done"}
        if fact.header["accepted"]:
            return {"state": "blocked", "stage": "check", "action": self._get_offered(fact), "deadline": deadline}
        return {
            "state": "doing" if state == "sent" else "todo",
            "stage": "quotation",
            "action": self._get_offered(fact),
            "deadline": deadline,
        }

    @api.model
    def _get_offered(self, fact):
        """Return what a quotation needs next: it waits until something is sold, as a product, and is confirmed then."""
        is_complete = all(line["is_downpayment"] or line["policy"] for line in fact.lines)
        return "confirm" if fact.lines and is_complete else "wait"

    # === WORDS AND MAILS === #

    @api.model
    def _format_day(self, moment, company):
        """Return a day in words, as the company's clock shows it."""
        if not moment:
            return self.env._("no date")
        zone = company.sudo().partner_id.tz or self.env.context.get("tz") or company.sudo().resource_calendar_id.tz
        clock = self.with_context(tz=zone or "UTC")
        return format_date(self.env, fields.Datetime.context_timestamp(clock, fields.Datetime.to_datetime(moment)))

    @api.model
    def _get_mail_obstacle(self, order):
        """Return why the customer of an order can't be written to, in words."""
        if order.partner_id.email:
            return ""
        return self.env._("%(customer)s has no email address: add one first.", customer=order.partner_id.display_name)

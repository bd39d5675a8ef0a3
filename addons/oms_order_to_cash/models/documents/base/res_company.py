from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# From this distance to UTC on, noon UTC is a day later.
_FAR_EAST = timedelta(hours=12)
# Ten years: with more, a date can leave the calendar, and whoever reads it fails.
MOST_DAYS = 3650
_RANGES = {
    "oms_capital_cost_rate": (0, 1000),
    "oms_late_interest_rate": (0, 1000),
    "oms_reminder_days": (0, MOST_DAYS),
    "oms_quotation_reminder_days": (0, MOST_DAYS),
    "oms_credit_overdue_days": (0, MOST_DAYS),
    "oms_min_margin": (-100, 10000),
    "oms_max_discount": (0, 100),
}


# What orders are judged by of a company, beside its settings of this addon.
_READ = {"account_use_credit_limit", "partner_id", "resource_calendar_id"}


class ResCompany(models.Model):
    _inherit = "res.company"

    oms_invoice_on_confirmation = fields.Boolean(
        string="Invoice on Confirmation",
        help="Make and post the invoice of an order as soon as it is confirmed; "
        "what is invoiced on delivery follows on delivery.",
        groups="base.group_user",
    )
    oms_invoice_send = fields.Boolean(
        string="Send Invoices Automatically",
        help="Send the invoices made on confirmation to the customer.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_capital_cost_rate = fields.Float(
        string="Cost of Capital",
        default=10.0,
        help="Percent a year: what cash that comes later costs the company.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_late_interest_rate = fields.Float(
        string="Late-Payment Interest",
        default=10.0,
        help="Percent a year that a customer who pays late owes.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_reminder_days = fields.Integer(
        string="Remind Before Due",
        default=5,
        help="Days before the due date on which customers who use to pay late are reminded; 0 for never.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_quotation_reminder_days = fields.Integer(
        string="Quotation Unanswered After",
        default=7,
        help="Days after which a quotation that was sent counts as unanswered, and after a reminder again; 0 for never.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_credit_overdue_days = fields.Integer(
        string="Credit Hold When Overdue By",
        help="Days an invoice may be overdue before the customer's other orders raise a credit hold; 0 for never.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_min_margin = fields.Float(
        string="Minimum Margin",
        help="Percent above the product's cost that is the floor of a line's price.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_max_discount = fields.Float(
        string="Maximum Discount",
        help="Percent above which the discount of a line has to be approved; 0 for any.",
        prefetch="oms",
        groups="base.group_user",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        read = [name for name in vals if name.startswith("oms_") or name in _READ]
        companies = self.sudo()  # whoever may write a setting, orders read them all
        before = {company: [company[name] for name in read] for company in companies} if read else {}
        result = super().write(vals)
        # A settings screen writes all of them, whatever was changed.
        changed = [company.id for company, values in before.items() if values != [company[name] for name in read]]
        self.env["oms.flow.dirty"]._mark("company", changed)
        return result

    # === CONSTRAINS === #

    @api.constrains(*_RANGES)
    def _check_oms_ranges(self):
        self._oms_check_ranges(_RANGES)

    # === BUSINESS METHODS === #

    def _oms_check_ranges(self, ranges):
        """Refuse settings out of range.

        :param dict ranges: {name of a field of companies: (lowest, highest)}, and "%" behind them where the screen shows percent
        """
        for company in self:
            for name, (lowest, highest, *unit) in ranges.items():
                if not lowest <= company[name] <= highest:
                    factor = 100 if unit else 1
                    raise ValidationError(
                        self.env._(
                            "%(setting)s has to lie between %(lowest)s and %(highest)s%(unit)s.",
                            setting=self._fields[name]._description_string(self.env),
                            lowest=lowest * factor,
                            highest=highest * factor,
                            unit=" %" if unit else "",
                        )
                    )

    def _oms_get_noon(self, day):
        """Return a day without a time as a moment (UTC) that is this day for the people of the company; None for no day.

        Noon UTC is that day from UTC-12 to UTC+11; a company further east gets noon by its own clock.
        """
        if not day:
            return None
        noon = datetime.combine(fields.Date.to_date(day), time(12))
        # Orders of all companies are read in whoever's transaction.
        company = self.sudo()
        name = company.partner_id.tz or company.resource_calendar_id.tz
        distance = pytz.timezone(name).utcoffset(noon) if name else timedelta()
        return noon - distance if distance >= _FAR_EAST else noon

from odoo import api, fields, models
from odoo.tools import SQL

from ..handed import get_handed

# What a verb decides is nobody's to write by a call but of who may run the verb.
_DECIDED_BY = {
    **dict.fromkeys(("oms_credit_accepted", "oms_credit_accepted_on"), "account.group_account_manager"),
    **dict.fromkeys(
        ("oms_price_approved", "oms_price_approved_by_id", "oms_price_approved_on"), "sales_team.group_sale_manager"
    ),
}


class SaleOrder(models.Model):
    """What was agreed with the customer, and when we last spoke of it."""

    _inherit = "sale.order"

    oms_sent_on = fields.Datetime(string="Sent On", readonly=True, copy=False, prefetch="oms", groups="base.group_user")
    oms_reminded_on = fields.Datetime(
        string="Reminded On", readonly=True, copy=False, prefetch="oms", groups="base.group_user"
    )
    oms_payment_asked_on = fields.Datetime(
        string="Payment Link Sent On", readonly=True, copy=False, prefetch="oms", groups="base.group_user"
    )

    oms_credit_accepted = fields.Float(
        readonly=True,
        copy=False,
        help="Exposure in company currency when it was let go on.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_credit_accepted_on = fields.Datetime(readonly=True, copy=False, prefetch="oms", groups="base.group_user")
    oms_price_approved = fields.Char(
        readonly=True,
        copy=False,
        help="The prices that were approved, line by line.",
        prefetch="oms",
        groups="base.group_user",
    )
    oms_price_approved_by_id = fields.Many2one(
        "res.users",
        string="Prices Approved By",
        readonly=True,
        copy=False,
        prefetch="oms",
        groups="base.group_user",
    )
    oms_price_approved_on = fields.Datetime(
        string="Prices Approved On", readonly=True, copy=False, prefetch="oms", groups="base.group_user"
    )

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.get("state") == "sent":
            vals = {**vals, "oms_sent_on": fields.Datetime.now()}
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _has_field_access(self, field, operation):
        group = operation == "write" and _DECIDED_BY.get(field.name)
        if group and not self.env.su and not self.env.user.has_group(group):
            return False
        return super()._has_field_access(field, operation)

    def _oms_get_payment_asked(self):
        """Return what the mail with the link to pay says: ``link`` and ``amount``, in the order's currency."""
        self.ensure_one()
        asked = get_handed(self.env, "oms_payment_asked")
        return asked or {"link": self.get_base_url() + self.get_portal_url(), "amount": self.amount_total}

    @api.model
    def _oms_read_terms(self, order_ids):
        """Read of these orders what was offered, promised, asked for and paid online.

        :return: {order id: dict}; ``amount_paid`` and ``prepayment`` (what has to be paid to confirm) in the order's currency
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT so.id, so.oms_date_promised IS NULL AND so.commitment_date IS NULL AS is_unpromised,
                   COALESCE(so.oms_sent_on, so.date_order) AS sent_on, so.oms_reminded_on AS reminded_on,
                   so.require_payment, so.amount_total * COALESCE(so.prepayment_percent, 0) AS prepayment,
                   COALESCE(company.oms_quotation_reminder_days, 0) AS reminder_days,
                   COALESCE((
                       SELECT SUM(tx.amount) FROM sale_order_transaction_rel rel JOIN payment_transaction tx ON tx.id = rel.transaction_id
                        WHERE rel.sale_order_id = so.id AND tx.state IN ('done', 'authorized')), 0) AS amount_paid
              FROM sale_order so JOIN res_company company ON company.id = so.company_id
             WHERE so.id = ANY(%s)
            """,
                list(order_ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _oms_read_holds(self, order_ids):
        """Read what stops these orders now.

        :return: {order id: [dict ``id``, ``date_placed``, ``is_credit``]}
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT hold.order_id, hold.id, hold.date_placed, reason.is_credit IS TRUE AS is_credit
              FROM oms_hold hold JOIN oms_hold_reason reason ON reason.id = hold.reason_id
             WHERE hold.order_id = ANY(%s) AND hold.state = 'active'
          ORDER BY hold.id
            """,
                list(order_ids),
            )
        )
        holds = {}
        for row in self.env.cr.dictfetchall():
            holds.setdefault(row.pop("order_id"), []).append(row)
        return holds

    @api.model
    def _oms_read_approved(self, order_ids):
        """Return {order id: the prices that were approved}, as they were then."""
        if not order_ids:
            return {}
        self.env.cr.execute(SQL("SELECT id, oms_price_approved FROM sale_order WHERE id = ANY(%s)", list(order_ids)))
        return dict(self.env.cr.fetchall())

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ....const import STAGES
from ..transaction import PASSING

# As the index of open flows names them.
_OPEN = [code for code, _label in STAGES if code not in ("closed", "cancelled")]
# What a rule's own steps change of an order: it is asked before the first of them, and not again.
_CHANGED_BY_STEPS = {
    "amount_invoiced",
    "amount_to_invoice",
    "amount_unpaid",
    "delivery_status",
    "invoice_count",
    "invoice_ids",
    "invoice_status",
    "locked",
    "state",
}


class OmsRule(models.Model):
    """Which orders a rule is for."""

    _inherit = "oms.rule"

    match_count = fields.Integer(string="Open Orders Like This", compute="_compute_match_count")
    domain_error = fields.Text(
        string="Error in Its Orders",
        readonly=True,
        copy=False,
        help="Why its orders can't be read; until that is mended the rule does nothing, and what happens waits for it.",
    )
    date_missed = fields.Datetime(
        string="Events Wait Since", readonly=True, copy=False, help="What it could not look at, and will once it can."
    )

    # === COMPUTE METHODS === #

    @api.depends("domain", "company_id")
    def _compute_match_count(self):
        for rule in self:
            try:
                rule.match_count = rule._read(rule._count_open)
            except UserError:
                rule.match_count = 0  # half written; saving it is refused in words

    # === CONSTRAINS === #

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            if not rule.domain.strip():
                raise ValidationError(
                    self.env._("%(rule)s: say for which orders; [] stands for all of them.", rule=rule.name)
                )
            error = rule._get_reading_error()
            if error:
                raise ValidationError(error)
            rule.sudo().domain_error = False  # only the engine writes it

    # === BUSINESS METHODS === #

    def _get_order_domain(self):
        """Return the domain of this rule's orders: a cart in a web shop is none yet."""
        self.ensure_one()
        company = Domain("company_id", "=", self.company_id.id) if self.company_id else Domain.TRUE
        return company & self._get_own_domain() & ~self.env["sale.order"]._oms_get_cart_domain()

    def _get_own_domain(self):
        try:
            conditions = literal_eval(self.domain or "[]")
        except (SyntaxError, ValueError) as error:
            example = "[('amount_total', '<', 500)]"
            raise ValueError(self.env._("it is no list of conditions, such as %(example)s", example=example)) from error
        return Domain(conditions)

    def _get_lasting_domain(self):
        """Return the domain without what the rule's own steps change of an order."""
        domain = self._get_order_domain().optimize(self.env["sale.order"])  # conditions only, nothing negated
        return domain.map_conditions(
            lambda condition: Domain.TRUE if condition.field_expr.partition(".")[0] in _CHANGED_BY_STEPS else condition
        )

    def _filter_orders(self, order_ids, is_first=True):
        """Return the ids of those of these orders that the rule is for.

        :param bool is_first: before its first step; later what its own steps change is not asked again
        :raise UserError: when its domain can't be read (any more), in words
        """
        if not order_ids:
            return []
        return self._read(lambda: self._search_orders(order_ids, is_first))

    def _search_orders(self, order_ids, is_first):
        domain = self._get_order_domain() if is_first else self._get_lasting_domain()
        return self.env["sale.order"].search(domain & Domain("id", "in", list(order_ids))).ids

    def _count_open(self):
        orders = Domain("order_id", "any", self._get_order_domain())
        return self.env["oms.flow"].search_count(orders & Domain("stage", "in", _OPEN))

    def _read(self, read):
        """Return what ``read()`` reads of the rule's orders.

        :raise UserError: when its domain can't be read (any more), in words
        """
        self.env.flush_all()
        try:
            # Nothing is left to flush, and a form that is being filled in must not lose what it holds.
            with self.env.cr.savepoint(flush=False):
                return read()
        except PASSING:
            raise
        except Exception as error:  # half written, of a field that is gone, of a search that another addon gets wrong
            raise UserError(self._get_error_text(error)) from error

    def _get_reading_error(self):
        """Return why the rule's orders can't be read, in words; empty when they can."""
        self.ensure_one()
        try:
            self._read(lambda: self.env["sale.order"].search_count(self._get_order_domain(), limit=1))
        except UserError as error:
            return str(error)
        return ""

    def _get_error_text(self, error):
        return self.env._("The orders of %(rule)s can't be read: %(error)s", rule=self.name, error=error)

    def _report_error(self, text):
        """Say on the rule, once, that it does nothing any more and why; the other rules go on."""
        if self.domain_error != text:
            self.domain_error = text
            self._message_log(
                body=self.env._(
                    "%(error)s Until that is mended it does nothing, and what happens waits for it.", error=text
                )
            )

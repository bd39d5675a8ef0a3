from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_amount, format_date

_lt = LazyTranslate(__name__)


class OmsVerbMatch(models.AbstractModel):
    _name = "oms.verb.match"
    _inherit = "oms.verb"
    _description = "Match payments"

    _label = _lt("Match payments")
    _lane = "payment"
    _groups = "account.group_account_invoice"

    @api.model
    def _can(self, orders):
        open_moves = self._get_documents(orders)
        credits = self.env["oms.lane.payment"]._get_credits(self.env["account.move"].union(*open_moves.values()))
        return {order_id: self._get_match_obstacle(moves, credits) for order_id, moves in open_moves.items()}

    @api.model
    def _get_match_obstacle(self, moves, credits):
        if not moves:
            return self.env._("It has no open invoice.")
        if not any(self._sort_credits(credits, move) for move in moves):
            return self.env._("No payment and no credit note of the customer waits to be matched.")
        return ""

    @api.model
    def _sort_credits(self, credits, move):
        """Return the credits that may pay an invoice, those that name it or are of its amount in front, then the oldest."""
        accounts = self.env["oms.lane.payment"]._get_terms(move).account_id
        fitting = credits.filtered(
            lambda line: (
                not line.reconciled
                and line.account_id in accounts
                and line.partner_id == move.commercial_partner_id
                and line.company_id == move.company_id
            )
        )
        return fitting.sorted(
            lambda line: (
                line.move_id.reversed_entry_id != move,
                move.name not in f"{line.ref or ''} {line.name or ''}",
                move.company_currency_id.compare_amounts(-line.amount_residual, move.amount_residual_signed) != 0,
                line.date,
                line.id,
            )
        )

    @api.model
    def _preview(self, orders):
        open_moves = self._get_documents(orders)
        credits = self.env["oms.lane.payment"]._get_credits(self.env["account.move"].union(*open_moves.values()))
        return {
            order_id: [self._get_match_text(credit, moves) for credit in self._get_fitting(credits, moves)]
            for order_id, moves in open_moves.items()
        }

    @api.model
    def _get_fitting(self, credits, moves):
        return credits.browse(dict.fromkeys(line.id for move in moves for line in self._sort_credits(credits, move)))

    @api.model
    def _get_match_text(self, credit, moves):
        return self.env._(
            "Applies %(document)s of %(date)s, %(amount)s, to %(invoices)s, as far as it goes.",
            document=credit.move_id.name,
            date=format_date(self.env, credit.date),
            amount=format_amount(self.env, -credit.amount_residual_currency, credit.currency_id),
            invoices=", ".join(moves.mapped("name")),
        )

    @api.model
    def _get_documents(self, orders):
        """Return the open invoices of each order, those due first in front."""
        payable = self.env["oms.lane.payment"]._get_payable(orders)
        return {
            order_id: moves.sorted(lambda move: (move.invoice_date_due or fields.Date.today(), move.id))
            for order_id, moves in payable.items()
        }

    @api.model
    def _before(self, orders):
        """Keep which credits wait and what is matched, to know later what was matched by this."""
        open_moves = self._get_documents(orders)
        credits = self.env["oms.lane.payment"]._get_credits(self.env["account.move"].union(*open_moves.values()))
        return {
            order_id: {
                "credits": self._get_fitting(credits, moves).ids,
                "partials": moves.line_ids.matched_credit_ids.ids,
            }
            for order_id, moves in open_moves.items()
        }

    @api.model
    def _do(self, orders):
        """Apply the customers' open payments and credit notes to the open invoices of orders, the oldest first."""
        open_moves = self._get_documents(orders)
        credits = self.env["oms.lane.payment"]._get_credits(self.env["account.move"].union(*open_moves.values()))
        nothing = self.env._("Another order's invoice took what was there.")
        return {order_id: self._match(moves, credits) or nothing for order_id, moves in open_moves.items()}

    @api.model
    def _match(self, moves, credits):
        matched = moves.browse()
        for move in moves:
            for credit in self._sort_credits(credits, move):
                terms = (
                    self.env["oms.lane.payment"]
                    ._get_terms(move)
                    .filtered(lambda line, credit=credit: line.account_id == credit.account_id)
                )
                if terms and not credit.reconciled:
                    (credit + terms).reconcile()
                    matched |= move
        return matched

    @api.model
    def _can_undo(self, order, documents, before):
        return "" if self._get_made_partials(documents, before) else self.env._("it is unmatched already.")

    @api.model
    def _get_made_partials(self, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        return moves.line_ids.matched_credit_ids.filtered(
            lambda partial: (
                partial.credit_move_id.id in before.get("credits", []) and partial.id not in before.get("partials", [])
            )
        )

    @api.model
    def _undo(self, order, documents, before):
        self._get_made_partials(documents, before).unlink()

from odoo import api, fields, models
from odoo.tools import format_amount, format_date


class OmsLanePayment(models.AbstractModel):
    """Payments and credit notes of the customer that wait for an invoice."""

    _inherit = "oms.lane.payment"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "match": {
                "label": self.env._("Match payments"),
                "groups": "account.group_account_invoice",
                "documents": "_get_to_match",
            },
        }

    @api.model
    def _get_to_match(self, orders):
        """Return the open invoices of each order, those due first in front."""
        payable = self._get_payable(orders)
        return {
            order_id: moves.sorted(lambda move: (move.invoice_date_due or fields.Date.today(), move.id))
            for order_id, moves in payable.items()
        }

    @api.model
    def _get_terms(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )

    @api.model
    def _get_credits(self, moves):
        """Return the journal items that could pay these invoices: open credits of the same customers and accounts."""
        return self.env["account.move.line"].search(
            [
                ("account_id", "in", self._get_terms(moves).account_id.ids),
                ("partner_id", "in", moves.commercial_partner_id.ids),
                ("company_id", "in", moves.company_id.ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0),
            ],
            order="date, id",
        )

    @api.model
    def _sort_credits(self, credits, move):
        """Return the credits that may pay an invoice, those that name it or are of its amount in front, then the oldest."""
        accounts = self._get_terms(move).account_id
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

    # === MATCH === #

    @api.model
    def _can_match(self, orders):
        open_moves = self._get_to_match(orders)
        credits = self._get_credits(self.env["account.move"].union(*open_moves.values()))
        return {order_id: self._get_match_obstacle(moves, credits) for order_id, moves in open_moves.items()}

    @api.model
    def _get_match_obstacle(self, moves, credits):
        if not moves:
            return self.env._("It has no open invoice.")
        if not any(self._sort_credits(credits, move) for move in moves):
            return self.env._("No payment and no credit note of the customer waits to be matched.")
        return ""

    @api.model
    def _preview_match(self, orders):
        open_moves = self._get_to_match(orders)
        credits = self._get_credits(self.env["account.move"].union(*open_moves.values()))
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
    def _before_match(self, orders):
        """Keep which credits wait and what is matched, to know later what was matched by this."""
        open_moves = self._get_to_match(orders)
        credits = self._get_credits(self.env["account.move"].union(*open_moves.values()))
        return {
            order_id: {
                "credits": self._get_fitting(credits, moves).ids,
                "partials": moves.line_ids.matched_credit_ids.ids,
            }
            for order_id, moves in open_moves.items()
        }

    @api.model
    def _do_match(self, orders):
        """Apply the customers' open payments and credit notes to the open invoices of orders, the oldest first."""
        open_moves = self._get_to_match(orders)
        credits = self._get_credits(self.env["account.move"].union(*open_moves.values()))
        nothing = self.env._("Another order's invoice took what was there.")
        return {order_id: self._match(moves, credits) or nothing for order_id, moves in open_moves.items()}

    @api.model
    def _match(self, moves, credits):
        matched = moves.browse()
        for move in moves:
            for credit in self._sort_credits(credits, move):
                terms = self._get_terms(move).filtered(lambda line, credit=credit: line.account_id == credit.account_id)
                if terms and not credit.reconciled:
                    (credit + terms).reconcile()
                    matched |= move
        return matched

    @api.model
    def _get_made_partials(self, documents, before):
        moves = self.env["account.move"].browse(documents.get("account.move", [])).exists()
        return moves.line_ids.matched_credit_ids.filtered(
            lambda partial: (
                partial.credit_move_id.id in before.get("credits", []) and partial.id not in before.get("partials", [])
            )
        )

    @api.model
    def _can_undo_match(self, order, documents, before):
        return "" if self._get_made_partials(documents, before) else self.env._("it is unmatched already.")

    @api.model
    def _undo_match(self, order, documents, before):
        self._get_made_partials(documents, before).unlink()

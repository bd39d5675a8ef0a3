from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class OmsVerbCorrectDraft(models.AbstractModel):
    _name = "oms.verb.correct_draft"
    _inherit = "oms.verb"
    _description = "Correct draft invoice"

    _label = _lt("Correct draft invoice")
    _lane = "invoice"
    _groups = "sales_team.group_sale_salesman,account.group_account_invoice"

    @api.model
    def _can(self, orders):
        facts, obstacles = self._read_confirmed(orders)
        for order_id, fact in facts.items():
            drafted = any(invoice["state"] == "draft" for invoice in fact.invoices)
            right = (
                self.env._("Its draft invoice is right: post it.")
                if drafted
                else self.env._("It has no draft invoice.")
            )
            obstacles[order_id] = "" if self.env["oms.lane.invoice"]._get_draft_excess(fact) else right
        return obstacles

    @api.model
    def _is_done(self, fact):
        return not self.env["oms.lane.invoice"]._get_draft_excess(fact)

    @api.model
    def _preview(self, orders):
        return {
            order_id: [
                self.env._(
                    "%(quantity)g %(unit)s of %(product)s come off %(invoice)s.",
                    quantity=quantity,
                    unit=draft.product_uom_id.name,
                    product=draft.product_id.display_name,
                    invoice=draft.move_id.display_name,
                )
                for draft, quantity in lowered.items()
            ]
            for order_id, lowered in self._get_lowered(orders).items()
        }

    @api.model
    def _get_lowered(self, orders):
        """Return, per order, what to take off which draft invoice line, {invoice line: quantity in its unit}, newest first."""
        facts = self._read_facts(orders)
        return {
            order.id: {
                draft: quantity
                for line_id, excess in self.env["oms.lane.invoice"]._get_draft_excess(facts[order.id]).items()
                for draft, quantity in self._spread(self.env["sale.order.line"].sudo().browse(line_id), excess)
            }
            for order in orders
        }

    @api.model
    def _spread(self, line, excess):
        # A salesperson may make drafts of invoices, and may not read all of them.
        drafts = line.invoice_lines.filtered(
            lambda draft: draft.parent_state == "draft" and draft.move_id.move_type == "out_invoice"
        )
        for draft in drafts.sorted("id", reverse=True):
            unit = draft.product_uom_id or line.product_uom_id
            quantity = min(excess, unit._compute_quantity(draft.quantity, line.product_uom_id, round=False))
            if line.product_uom_id.compare(quantity, 0) > 0:
                excess -= quantity
                yield draft, line.product_uom_id._compute_quantity(quantity, unit, round=False)

    @api.model
    def _get_documents(self, orders):
        moves = self.env["account.move"]
        return {
            order_id: moves.browse(sorted({draft.move_id.id for draft in lowered}))
            for order_id, lowered in self._get_lowered(orders).items()
        }

    @api.model
    def _do(self, orders):
        """Take off drafts what is not to be invoiced any more; a draft left empty is deleted, or cancelled if it has a number."""
        corrected = {}
        for order_id, lowered in self._get_lowered(orders).items():
            moves = self.env["account.move"].sudo().union(*(draft.move_id for draft in lowered))
            for draft, quantity in lowered.items():
                if draft.product_uom_id.compare(draft.quantity, quantity) <= 0:
                    draft.unlink()
                else:
                    draft.quantity -= quantity
            empty = moves.filtered(lambda move: not move.invoice_line_ids.filtered("quantity"))
            numbered = empty.filtered("posted_before")
            numbered.button_cancel()
            (empty - numbered).unlink()
            gone = self.env._("Nothing was left of its draft invoice: it is deleted.")
            left = moves.exists().sudo(False)
            corrected[order_id] = left or (orders.browse(order_id), gone)
        return corrected

from odoo import api, models


class OmsLaneInvoice(models.AbstractModel):
    """Lowering drafts that say more than is to be invoiced by now: goods came back, or less is ordered."""

    _inherit = "oms.lane.invoice"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "correct_draft": {
                "label": self.env._("Correct draft invoice"),
                "groups": "sales_team.group_sale_salesman,account.group_account_invoice",
                "documents": "_get_excessive_drafts",
            },
        }

    @api.model
    def _get_draft_excess(self, fact):
        """Return by how much drafts are above what is to be invoiced, {line id: quantity in its unit}.

        Drafts of what is invoiced on delivery may be ahead of it on purpose: they are not once it came back.
        """
        excess = {}
        for line in fact.priced_lines:
            above = min(line["invoiced"] - line["credited"] - fact.get_target(line), line["invoiced_draft"])
            if line["policy"] == "delivery":
                above = min(above, line["returned"])
            if line["ordered"] >= 0 and fact.is_positive(above):
                excess[line["id"]] = above
        return excess

    @api.model
    def _get_lowered(self, orders):
        """Return, per order, what to take off which draft invoice line, {invoice line: quantity in its unit}, newest first."""
        facts = self._read_facts(orders.ids)
        return {
            order.id: {
                draft: quantity
                for line_id, excess in self._get_draft_excess(facts[order.id]).items()
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
    def _get_excessive_drafts(self, orders):
        moves = self.env["account.move"]
        return {
            order_id: moves.browse(sorted({draft.move_id.id for draft in lowered}))
            for order_id, lowered in self._get_lowered(orders).items()
        }

    @api.model
    def _can_correct_draft(self, orders):
        facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        for order_id, fact in facts.items():
            drafted = any(invoice["state"] == "draft" for invoice in fact.invoices)
            right = (
                self.env._("Its draft invoice is right: post it.")
                if drafted
                else self.env._("It has no draft invoice.")
            )
            obstacles[order_id] = "" if self._get_draft_excess(fact) else right
        return obstacles

    @api.model
    def _is_done_correct_draft(self, fact):
        return not self._get_draft_excess(fact)

    @api.model
    def _preview_correct_draft(self, orders):
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
    def _do_correct_draft(self, orders):
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

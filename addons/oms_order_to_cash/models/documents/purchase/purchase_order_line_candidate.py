from odoo import models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _find_candidate(self, *procurement):
        """Leave alone a draft's lines that are planned later than an order needs the goods: they keep their day."""
        needed = procurement[-1].get("oms_needed")
        lines = self.filtered(lambda line: line.date_planned.date() <= needed.date()) if needed else self
        return super(PurchaseOrderLine, lines)._find_candidate(*procurement)

from math import floor

from odoo import api, models
from odoo.tools import SQL, float_round

# What binary fractions lose of a whole kit.
_LEAST = 0.000001
# Rounding up a kit's parts must not count: they are asked for by the thousand.
_THOUSAND = 1000


class StockMove(models.Model):
    """Kits, sold as one and shipped as their parts."""

    _inherit = "stock.move"

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_shipped_kits(self, order_ids):
        """Read what :meth:`_oms_read_shipped` does, of lines whose moves carry the parts of a kit: whole kits.

        The least over its parts, rounded down; a part that stands on several lines of the bill of materials, or in several
        kits within the kit, is one part.
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT move.sale_line_id, move.product_id, move.bom_line_id,
                   COALESCE(SUM(step.shipped), 0)::float AS shipped, COALESCE(SUM(step.planned), 0)::float AS planned,
                   COALESCE(SUM(step.kept), 0)::float AS kept, BOOL_OR(move.state = 'done') AS is_done
              FROM sale_order_line sol
              JOIN stock_move move ON move.sale_line_id = sol.id AND move.bom_line_id IS NOT NULL
         LEFT JOIN (%(steps)s) step ON step.id = move.id
             WHERE sol.order_id = ANY(%(order_ids)s)
          GROUP BY move.sale_line_id, move.product_id, move.bom_line_id
            """,
                steps=self._oms_get_moved_query(order_ids),
                order_ids=list(order_ids),
            )
        )
        parts = {}
        for row in self.env.cr.dictfetchall():
            parts.setdefault(row["sale_line_id"], []).append(row)
        needs, shipped = {}, {}
        for line in (
            self.env["sale.order.line"].sudo().browse(parts)
        ):  # who reads an order need not read bills of materials
            bom = self._oms_get_kit(line, parts[line.id])
            if bom:
                key = (bom, line.product_id)
                needs[key] = needs.get(key) or self._oms_get_kit_needs(*key)
                ratio = bom.product_uom_id.factor / line.product_uom_id.factor
                shipped[line.id] = self._oms_count_kits(parts[line.id], needs[key], ratio)
        return shipped

    @api.model
    def _oms_get_kit(self, line, rows):
        """Return the bill of materials of a line by those of its moves; of kits within the kit, by its product."""
        boms = self.env["mrp.bom.line"].sudo().browse(row["bom_line_id"] for row in rows).bom_id
        found = boms.filtered(
            lambda bom: (
                bom.type == "phantom"
                and (
                    bom.product_id == line.product_id
                    or (not bom.product_id and bom.product_tmpl_id == line.product_id.product_tmpl_id)
                )
            )
        )
        if found or "phantom" not in boms.mapped("type"):
            return found[:1]
        return boms._bom_find(line.product_id, company_id=line.company_id.id, bom_type="phantom")[line.product_id]

    @api.model
    def _oms_get_kit_needs(self, bom, product):
        """Return the parts of one kit.

        :return: list of (product id, id of its line in the bill of materials, quantity in its reference unit)
        """
        _boms, lines = bom.explode(product, _THOUSAND)
        return [
            (line.product_id.id, line.id, values["qty"] * line.product_uom_id.factor / _THOUSAND / bom.product_qty)
            for line, values in lines
            if line.product_id.type != "service" and values["qty"]
        ]

    @api.model
    def _oms_count_kits(self, rows, needs, ratio):
        """Return the kits that pieces make, as :meth:`_oms_read_shipped` does."""
        need = {}
        for product_id, _line_id, quantity in needs:
            need[product_id] = need.get(product_id, 0.0) + quantity
        pieces = {product_id: {"shipped": 0.0, "kept": 0.0, "planned": 0.0} for product_id in need}
        for row in rows:
            for key, total in pieces.get(row["product_id"], {}).items():
                pieces[row["product_id"]][key] = total + row[key]
        moved = {row["product_id"] for row in rows} & need.keys()

        def count(*keys):
            kits = (sum(pieces[product_id][key] for key in keys) / need[product_id] for product_id in moved)
            return floor(min(kits, default=0.0) + _LEAST) * ratio

        shipped = count("shipped")
        return {
            "shipped": shipped,
            "planned": count("shipped", "planned") - shipped,
            "kept": count("kept"),
            "counted": self._oms_count_kits_as_core(rows, needs) * ratio,
            "is_kit": True,
        }

    @api.model
    def _oms_count_kits_as_core(self, rows, needs):
        """Return the kits kept by the customer as core counts them: line by line of the bill of materials."""
        kept = {}
        for row in rows:
            if row["is_done"]:
                kept[row["bom_line_id"]] = kept.get(row["bom_line_id"], 0.0) + row["kept"]
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        kits = [
            float_round(kept[line_id] / quantity, precision_digits=digits) if line_id in kept else 0.0
            for _product_id, line_id, quantity in needs
        ]
        return min(kits, default=0.0) // 1

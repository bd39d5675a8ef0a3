from odoo import models

_MOST = 3


class OmsJob(models.Model):
    """What an undo could not bring back, in words."""

    _inherit = "oms.job"

    def _get_difference_texts(self, wrong):
        """Return sentences on {path: [as it should be, as it is]}."""
        texts = dict.fromkeys(
            self._get_difference_text(*path.split(":", 1), *values) for path, values in sorted(wrong.items())
        )
        return [*list(texts)[:_MOST], *(["..."] if len(texts) > _MOST else [])]

    def _get_difference_text(self, kind, owner, old, new):
        what, figures = self._get_what(kind, owner), (_get_figure(old), _get_figure(new))
        model = self._get_record_model(kind)
        is_number = not model or self.env[model]._fields[owner].type in ("float", "monetary")
        if not is_number or None in figures or figures[0] == figures[1]:
            return self.env._("%(what)s: not as before.", what=what)
        return self.env._("%(what)s: %(new)g instead of %(old)g.", what=what, new=figures[1], old=figures[0])

    def _get_record_model(self, kind):
        """Return the model of what is told field by field: the order, or what else it was done to."""
        return {"order": "sale.order", "subject": self.res_model}.get(kind.partition("/")[0])

    def _get_what(self, kind, owner):
        # Who undoes it may not see all that it changed, but has to know what is in the way.
        env = self.sudo().env
        if model := self._get_record_model(kind):
            return env[model]._fields[owner]._description_string(self.env)
        kind = kind.partition("/")[0]  # which of several orders is not told
        if kind in ("invoice", "payment"):
            move = env["account.move"].browse(int(owner)).exists()
            return move.display_name or self.env._("Invoice")
        if kind == "hold":
            return self.env._("Hold (%(reason)s)", reason=env["oms.hold.reason"].browse(int(owner)).name)
        if kind in env:
            return env[kind]._description
        if kind in ("line", "purchase", "resupply"):
            product = env["product.product"].browse(int(owner or 0)).exists()
        else:
            product = env["sale.order.line"].browse(int(owner)).exists().product_id
        return self._get_kind_text(kind, product.display_name or self.env._("a note"))

    def _get_kind_text(self, kind, name):
        return {
            "line": self.env._("Order lines of %(name)s", name=name),
            "transfer": self.env._("Transfers of %(name)s", name=name),
            "resupply": self.env._("Transfers of %(name)s from another warehouse", name=name),
            "reservation": self.env._("Reserved of %(name)s", name=name),
            "purchase": self.env._("Purchases of %(name)s", name=name),
            "billed": self.env._("Invoiced of %(name)s", name=name),
        }[kind]


def _get_figure(value):
    """Return the figure that stands for what documents say, None for none: of order lines the amount, else what comes first."""
    if isinstance(value, list):
        rows = value if value and isinstance(value[0], (dict, list)) else [value]
        firsts = [row.get("price_total", 0) if isinstance(row, dict) else row[0] for row in rows]
        return sum(firsts) if all(isinstance(first, (int, float)) for first in firsts) else None
    return 0 if value is None else value if isinstance(value, (int, float)) else None

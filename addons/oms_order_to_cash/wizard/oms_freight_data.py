from odoo import api, fields, models
from odoo.fields import Command

from ..models.documents.asked import on_one_record


class OmsFreightData(models.TransientModel):
    """Ask for what a freight carrier needs to know of the products of orders, and for nothing else."""

    _name = "oms.freight.data"
    _inherit = ("oms.window",)
    _description = "Freight Data of Products"

    order_ids = fields.Many2many("sale.order", readonly=True)
    line_ids = fields.One2many("oms.freight.data.line", "freight_id", string="Products")

    # === ACTIONS === #

    @on_one_record
    def action_save(self):
        """Write what was entered onto the products, and tell the result."""
        products = {
            str(line.product_id.id): values for line in self.line_ids if (values := line._prepare_product_vals())
        }
        params = {"products": products}
        return self.env["oms.runner"]._run("complete_freight", self.order_ids, "user", params)._get_notification()

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, orders):
        self.env.flush_all()
        incomplete = self.env["oms.lane.delivery"]._get_incomplete(orders)
        products = self.env["product.product"].union(*incomplete.values())
        freight = self.create(
            {
                "order_ids": [Command.set(orders.ids)],
                "line_ids": [Command.create(self._prepare_line_vals(product)) for product in products],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Freight data of products of %(orders)s", orders=", ".join(orders.mapped("name"))),
            "res_model": self._name,
            "res_id": freight.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _prepare_line_vals(self, product):
        return {
            "product_id": product.id,
            "weight": product.weight,
            "volume": product.volume,
            "freight_class": product.oms_freight_class,
        }

from odoo import fields, models


class OmsFreightDataLine(models.TransientModel):
    _name = "oms.freight.data.line"
    _inherit = ("oms.window",)
    _description = "Freight Data of a Product"

    freight_id = fields.Many2one("oms.freight.data", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    weight = fields.Float(digits="Stock Weight")
    weight_uom_name = fields.Char(related="product_id.weight_uom_name", related_sudo=False)
    volume = fields.Float(digits="Volume")
    volume_uom_name = fields.Char(related="product_id.volume_uom_name", related_sudo=False)
    freight_class = fields.Selection(
        selection=lambda self: self.env["product.template"]._fields["oms_freight_class"].selection,
    )

    def _prepare_product_vals(self):
        """Return what was entered, as values of the product."""
        entered = {"weight": self.weight, "volume": self.volume, "oms_freight_class": self.freight_class}
        return {name: value for name, value in entered.items() if value}

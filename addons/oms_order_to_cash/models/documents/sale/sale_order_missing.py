from odoo import api, models
from odoo.tools import SQL

_MISSING = """
             SELECT so.id, ARRAY_REMOVE(ARRAY[
                        CASE WHEN goods.yes AND COALESCE(ship.street, '') = '' THEN 'street' END,
                        CASE WHEN goods.yes AND COALESCE(ship.city, '') = '' THEN 'city' END,
                        CASE WHEN goods.yes AND country.zip_required AND COALESCE(ship.zip, '') = '' THEN 'zip' END,
                        CASE WHEN goods.yes AND ship.country_id IS NULL THEN 'country_id' END,
                        CASE WHEN COALESCE(bill.email, '') = ''
                              AND COALESCE(commercial.invoice_sending_method ->> so.company_id::text, 'email') = 'email' THEN 'email' END,
                        CASE WHEN position.vat_required AND COALESCE(commercial.vat, '') = '' THEN 'vat' END,
                        CASE WHEN goods.yes AND so.carrier_id IS NOT NULL AND NOT (%(serves)s) THEN 'carrier_id' END,
                        CASE WHEN (so.fiscal_position_id IS NULL OR EXISTS (
                            SELECT FROM account_fiscal_position_account_tax_rel rel
                             WHERE rel.account_fiscal_position_id = so.fiscal_position_id)) AND (
                            SELECT TRUE FROM sale_order_line sol
                              JOIN product_product product ON product.id = sol.product_id
                              JOIN product_taxes_rel rel ON rel.prod_id = product.product_tmpl_id
                              JOIN account_tax tax ON tax.id = rel.tax_id AND tax.company_id = so.company_id AND tax.active
                             WHERE sol.order_id = so.id AND sol.display_type IS NULL AND sol.is_downpayment IS NOT TRUE
                               AND NOT EXISTS (SELECT FROM account_tax_sale_order_line_rel used WHERE used.sale_order_line_id = sol.id)
                             LIMIT 1 -- by EXISTS it would be planned twice
                        ) THEN 'taxes' END,
                        CASE WHEN so.state IN ('draft', 'sent') AND (
                            SELECT TRUE FROM sale_order_line sol
                              JOIN product_product product ON product.id = sol.product_id
                              JOIN product_template template ON template.id = product.product_tmpl_id
                             WHERE sol.order_id = so.id AND sol.is_downpayment IS NOT TRUE AND sol.combo_item_id IS NULL
                               AND sol.is_delivery IS NOT TRUE AND (product.active IS NOT TRUE OR template.sale_ok IS NOT TRUE)
                             LIMIT 1
                        ) THEN 'product' END
                    ], NULL) AS missing
               FROM sale_order so
               JOIN res_partner partner ON partner.id = so.partner_id
               JOIN res_partner commercial ON commercial.id = partner.commercial_partner_id
               JOIN res_partner ship ON ship.id = so.partner_shipping_id
               JOIN res_partner bill ON bill.id = so.partner_invoice_id
          LEFT JOIN res_country country ON country.id = ship.country_id
          LEFT JOIN account_fiscal_position position ON position.id = so.fiscal_position_id
    CROSS JOIN LATERAL (SELECT EXISTS (
                 SELECT FROM sale_order_line sol
                   JOIN product_product product ON product.id = sol.product_id
                   JOIN product_template template ON template.id = product.product_tmpl_id AND template.type = 'consu'
                  WHERE sol.order_id = so.id AND sol.product_uom_qty > COALESCE(sol.qty_delivered, 0)
                 ) AS yes OFFSET 0) goods -- with an offset it is asked once, else for each use of it
              WHERE so.id = ANY(%(order_ids)s) AND so.state IN ('draft', 'sent', 'sale')
"""


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _oms_read_missing(self, order_ids):
        """Read which data these orders lack, as long as something of them is to be delivered or invoiced.

        ``street``, ``city``, ``zip``, ``country_id``: of the delivery address of goods; ``email``: of the invoice address, where
        invoices go by mail; ``vat``: of a customer whose fiscal position requires it; ``carrier_id``: the one set does not
        serve the address; ``taxes``: a line has none although its product has, and no fiscal position without taxes takes
        them off; ``product``: one on a quotation is archived or no longer sold.

        :return: {order id: list of these words}; orders that lack nothing left out
        """
        self.env.cr.execute(SQL(_MISSING, order_ids=list(order_ids), serves=self._oms_get_serves_query()))
        return {order_id: missing for order_id, missing in self.env.cr.fetchall() if missing}

    @api.model
    def _oms_get_serves_query(self):
        """Return, as SQL, whether the carrier of ``so`` serves the address ``ship``, as core's ``_match_address`` tells."""
        return SQL(
            """
            (NOT EXISTS (SELECT FROM delivery_carrier_country_rel rel WHERE rel.carrier_id = so.carrier_id)
             OR EXISTS (SELECT FROM delivery_carrier_country_rel rel
                         WHERE rel.carrier_id = so.carrier_id AND rel.country_id = ship.country_id))
            AND (NOT EXISTS (SELECT FROM delivery_carrier_state_rel rel WHERE rel.carrier_id = so.carrier_id)
             OR EXISTS (SELECT FROM delivery_carrier_state_rel rel
                         WHERE rel.carrier_id = so.carrier_id AND rel.state_id = ship.state_id))
            AND (NOT EXISTS (SELECT FROM delivery_zip_prefix_rel rel WHERE rel.carrier_id = so.carrier_id)
             OR EXISTS (SELECT FROM delivery_zip_prefix_rel rel JOIN delivery_zip_prefix prefix ON prefix.id = rel.zip_prefix_id
                         WHERE rel.carrier_id = so.carrier_id AND UPPER(ship.zip) ~ ('^' || prefix.name)))"""
        )

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class OmsDemo(models.AbstractModel):
    """Orders whose deliveries and returns are in trouble, one for each kind the tables can't tell."""

    _inherit = "oms.demo"

    @api.model
    def _make_delivery_issues(self):
        self._make_late_pick()
        self._make_waiting_step()
        self._make_held_back()
        self._make_lost_lot()
        self._make_no_carrier()
        self._make_failed_label()
        self._make_stalled_shipment()
        self._make_freight_gap()

    @api.model
    def _make_return_issues(self):
        order = self._make_troubled_order("R1-4101", "juniper", [("lamp", 4)], days=30, carrier="parcel")
        self._ship_troubled(order)
        step = self._prepare_troubled_step(order, days=15)
        self._order_announce([(order, step)])

    # === ORDERS === #

    @api.model
    def _make_troubled_order(self, ref, customer, goods, days, carrier=None, warehouse="main", **vals):
        """Confirm an order of so many days ago.

        :param goods: [(name of a demo product, or a product, quantity)]
        """
        place, ordered = self._get_warehouse(warehouse), self._get_moment(days)
        demo = self._in_company(self, place.company_id)
        order = demo.env["sale.order"].create(
            {
                "client_order_ref": ref,
                "company_id": place.company_id.id,
                "partner_id": self._get_record("partner", customer).id,
                "user_id": self._get_record("user", "salesmanager").id,
                "warehouse_id": place.id,
                "date_order": ordered,
                "commitment_date": self._get_due(3),
                "order_line": [
                    Command.create({"product_id": self._get_goods(product).id, "product_uom_qty": quantity})
                    for product, quantity in goods
                ],
                **vals,
            }
        )
        if carrier:
            demo._set_carrier(order, carrier)
        order.action_confirm()
        order.date_order = ordered
        order._oms_snapshot_promise()
        return order

    @api.model
    def _get_goods(self, product):
        return self._get_record("product", product) if isinstance(product, str) else product

    @api.model
    def _make_goods(self, name, quantity=0, **vals):
        """Make a product, of which so many lie in the main warehouse."""
        product = self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "delivery",
                "list_price": 140,
                **vals,
            }
        )
        if quantity:
            place = self._get_warehouse("main").lot_stock_id
            self.env["stock.quant"]._update_available_quantity(product, place, quantity)
        return product

    @api.model
    def _prepare_troubled_step(self, order, days):
        return self._read_steps(order, {"steps": f"ship@{days}", "ordered": days}, 0)[0]

    @api.model
    def _ship_troubled(self, order, days=25):
        self._order_ship([(order, self._prepare_troubled_step(order, days))])

    @api.model
    def _postpone_troubled(self, pickings, days):
        pickings.move_ids.date = fields.Datetime.now() - timedelta(days=days)

    # === ONE PER KIND === #

    @api.model
    def _make_late_pick(self):
        order = self._make_troubled_order("P1-3201", "evergreen", [("lamp", 6)], days=9, carrier="parcel")
        self._postpone_troubled(order.picking_ids, 2)
        late = self._make_troubled_order("D5-3209", "alder", [("lamp", 3)], days=12, carrier="parcel")
        late.oms_date_promised = self._get_due(-3)

    @api.model
    def _make_waiting_step(self):
        """Plan both steps at once, as older routes do: the second waits for the first."""
        order = self._make_troubled_order("P2-3202", "delmar", [("gloves", 8)], days=8, warehouse="reno")
        pick = order.picking_ids.move_ids
        customers = order.partner_shipping_id.property_stock_customer
        pick.copy(
            {
                "location_id": pick.location_dest_id.id,
                "location_dest_id": customers.id,
                "picking_type_id": order.warehouse_id.out_type_id.id,
                "picking_id": False,
                "procure_method": "make_to_order",
                "move_orig_ids": [Command.set(pick.ids)],
            }
        )._action_confirm(create_proc=False)
        self._postpone_troubled(pick.picking_id, 3)

    @api.model
    def _make_held_back(self):
        mats = self._make_goods("Anti-Fatigue Mat 90 x 60", 5)
        goods = [("lamp", 4), (mats, 12)]
        order = self._make_troubled_order("P3-3203", "pinnacle", goods, days=4, picking_policy="one")
        order.picking_ids.action_assign()

    @api.model
    def _make_lost_lot(self):
        sealant = self._make_goods("Fire Sealant, 310 ml", tracking="lot")
        place = self._get_warehouse("main").lot_stock_id
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": sealant.id} for name in ("FS-2401", "FS-2406")]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(sealant, place, 24, lot_id=lot)
        order = self._make_troubled_order("P4-3204", "granite", [(sealant, 12)], days=4)
        reserved = order.picking_ids.move_line_ids.lot_id
        # Damaged, and counted out after it was reserved.
        self.env["stock.quant"]._update_available_quantity(sealant, place, -24, lot_id=reserved)

    @api.model
    def _make_no_carrier(self):
        self._get_warehouse("hamburg").company_id.oms_carrier_required = True
        self._make_troubled_order("D1-3205", "klinik", [("lamp", 5)], days=2, warehouse="hamburg")

    @api.model
    def _make_failed_label(self):
        order = self._make_troubled_order("D2-3206", "kingsley", [("drill", 2)], days=6, carrier="parcel")
        self._ship_troubled(order, days=1)
        picking = order.picking_ids
        picking.carrier_tracking_ref = False
        note = picking._carrier_exception_note(self.env._("The carrier did not answer."))
        picking.activity_schedule("mail.mail_activity_data_warning", note=note)

    @api.model
    def _make_stalled_shipment(self):
        order = self._make_troubled_order("D4-3207", "orchard", [("lamp", 2)], days=14, carrier="parcel")
        self._ship_troubled(order, days=8)
        order.picking_ids.oms_record_delivery_state("stalled", self.env._("No scan since the depot in Reno."))

    @api.model
    def _make_freight_gap(self):
        """Send a product by a freight carrier that nobody has measured."""
        freight = self._make_goods("Modular Stage Deck 2 x 1 m", 6, weight=34)
        carrier = self._get_record("carrier", "freight").copy({"oms_is_freight": True, "sequence": 23})
        carrier.name = "Pallet Freight (LTL)"
        order = self._make_troubled_order("D3-3208", "bayview", [(freight, 4)], days=3)
        order.set_delivery_line(carrier, carrier.rate_shipment(order)["price"])

from unittest.mock import patch

from .flow_case import FlowCase
from .test_oms_issues_supply import SupplyIssueCase


class TestOmsFreeStock(SupplyIssueCase, FlowCase):
    """What is free for an order is what Odoo would reserve for it, for its issues, its verbs and what is bought alike."""

    def _put(self, quantity, place, product=None, **values):
        self.env["stock.quant"]._update_available_quantity(product or self.purchased, place, quantity, **values)

    def _get_reserved(self, order):
        return sum(order.order_line.move_ids.filtered(lambda move: move.state != "cancel").mapped("quantity"))

    # === ONE MEANING === #

    def test_what_stands_where_it_does_not_leave_from_is_bought(self):
        warehouse = self.two_step_warehouse
        self._put_in_stock(self.purchased, 4, warehouse)
        order = self._confirmed([(self.purchased, 4)], warehouse_id=warehouse.id)
        self._ship(order)
        self._cancel_transfers(order)
        self.assertFlow(order, "pick", "done done blocked todo todo none", "plan")
        self.assertJobs(self._run("plan", order), "done")
        self.assertCodes(order, "S1")
        self.assertEqual(
            self._get_chain(order, "S1")[2],
            "4 Units of Test Goods of a vendor stand in T2STP/Output, and it leaves from T2STP/Stock: move them there",
        )
        self.assertJobs(self._run("buy", order), "done")
        self.assertEqual(self._find_purchases(self.purchased, state="draft").order_line.product_qty, 4)
        self.assertCodes(order, "S2")
        self.assertJobs(
            self._run("buy", order), ("skipped", "What is short is there, on its way, or in a purchase to confirm.")
        )
        self.assertFlowsHold(order)
        self.assertIssuesHold(order)

    def test_what_is_moved_there_is_free(self):
        order = self._confirmed([(self.purchased, 4)])
        self._put(4, self.warehouse.wh_output_stock_loc_id)
        self.assertCodes(order, "S1")
        self._put(-4, self.warehouse.wh_output_stock_loc_id)
        self._put(4, self.warehouse.lot_stock_id)
        self.assertCodes(order, "S4")
        self.assertJobs(self._run("reserve", order), "done")
        self.assertCodes(order, "")
        self.assertIssuesHold(order)

    def test_what_is_to_be_put_away_is_on_its_way(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Test In", "code": "T2IN", "reception_steps": "two_steps"}
        )
        order = self._confirmed([(self.purchased, 4)], warehouse_id=warehouse.id)
        purchase = self._buy(self.purchased, 4, warehouse)
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")
        receipt = self._receive_purchase(purchase)
        self.assertCodes(order, "")
        self.assertFlow(order, "supply", "done doing todo todo todo none", "wait")
        self.assertEqual(self._run("buy", order).state, "skipped")
        self._validate(receipt.move_ids.move_dest_ids.picking_id)
        self.assertFlow(order, "pick", "done done doing todo todo none", "deliver")
        self.assertFlowsHold(order)
        self.assertIssuesHold(order)

    def test_a_step_takes_what_the_one_before_brought(self):
        warehouse = self.two_step_warehouse
        self._put_in_stock(self.purchased, 4, warehouse)
        order = self._confirmed([(self.purchased, 4)], warehouse_id=warehouse.id)
        self._ship(order)
        ship = self._get_open_pickings(order)
        ship.do_unreserve()
        self._put(3, warehouse.wh_output_stock_loc_id)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve")
        quants = self.env["stock.quant"]._gather(self.purchased, warehouse.wh_output_stock_loc_id)
        quants.with_context(inventory_mode=True).inventory_quantity = 0
        quants.action_apply_inventory()
        self._put(3, warehouse.lot_stock_id)
        self.assertFlow(order, "supply", "done blocked todo todo todo none", "purchase")
        self.assertFlowsHold(order)
        self._put(2, warehouse.wh_output_stock_loc_id)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve")
        self.assertJobs(self._run("reserve", order), "done")
        self.assertEqual(ship.move_ids.quantity, 2)
        # Two more that the step before did not bring are for others.
        self.assertFlowsHold(order)
        self.assertIssuesHold(order)

    def test_owned_by_others_counts_as_core_counts_it(self):
        order = self._confirmed([(self.purchased, 4)])
        self._put(3, self.warehouse.lot_stock_id, owner_id=self.vendor)
        self.assertCodes(order, "S4 S7")
        self.assertJobs(self._run("reserve", order), "done")
        self.assertEqual(self._get_reserved(order), 3)

    def test_less_than_nothing_in_one_place_takes_from_the_others(self):
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.warehouse.lot_stock_id.id} for name in ("Test A", "Test B")]
        )
        order = self._confirmed([(self.purchased, 4)])
        self._put(3, shelves[0])
        self._put(-3, shelves[1])
        self.assertCodes(order, "S1")
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self._lotted.id, "company_id": self.company.id} for name in ("A", "B")]
        )
        self._put(3, shelves[0], self._lotted, lot_id=lots[0])
        self._put(-3, shelves[1], self._lotted, lot_id=lots[1])
        other = self._confirmed([(self._lotted, 4)])
        self._unreserve(other)
        self.assertCodes(other, "S4 S7")
        self.assertFlowsHold(order + other)

    @property
    def _lotted(self):
        product = self.env["product.product"].search([("name", "=", "Test Goods with lots")], limit=1)
        return product or self._make_product("Goods with lots", 15, tracking="lot")

    def test_whole_packages_only(self):
        package = self.uom_dozen
        self.purchased.categ_id = self.env["product.category"].create(
            {"name": "Test Packed", "packaging_reserve_method": "full"}
        )
        order = self._confirmed([{"product_id": self.purchased.id, "product_uom_qty": 2, "product_uom_id": package.id}])
        self._put(11, self.warehouse.lot_stock_id)
        self.assertCodes(order, "S1")
        self.assertFlowsHold(order)
        self.purchased.categ_id.packaging_reserve_method = "partial"
        self.assertIn("S4", self._get_codes(order))
        self.purchased.categ_id.packaging_reserve_method = "full"
        self._put(2, self.warehouse.lot_stock_id)
        self.assertEqual(
            self.runner._get_preview("reserve", order)[order.id],
            ["Reserves 12 Units of Test Goods of a vendor from TMAIN/Stock."],
        )
        self.assertJobs(self._run("reserve", order), "done")
        self.assertEqual(self._get_reserved(order), 12)
        self.assertFlowsHold(order)

    def test_a_category_marks_products_that_its_editor_does_not_see(self):
        category = self.env["product.category"].create({"name": "Test Packed"})
        self.purchased.categ_id = category
        order = self._confirmed([(self.purchased, 2)])
        self.purchased.active = False
        self._drain()
        category.packaging_reserve_method = "partial" if category.packaging_reserve_method == "full" else "full"
        self.env.cr.flush()
        self.env.cr.execute("SELECT product_id FROM oms_flow_dirty")
        self.assertIn((self.purchased.id,), self.env.cr.fetchall())
        self.assertFlowsHold(order)

    def test_goods_that_are_not_counted_are_always_there(self):
        order = self._confirmed([(self.consumable, 3)])
        self._unreserve(order)
        self.assertFlow(order, "supply", "done todo todo todo todo none", "reserve")
        self.assertCodes(order, "S4")
        self.assertJobs(self._run("reserve", order), "done")
        self.assertCodes(order, "")
        self.assertFlowsHold(order)

    def test_a_shelf_that_leaves_the_warehouse(self):
        shelf = self.env["stock.location"].create({"name": "Test A", "location_id": self.warehouse.lot_stock_id.id})
        order = self._confirmed([(self.purchased, 4)])
        self._put(4, shelf)
        self.assertCodes(order, "S4")
        shelf.location_id = self.warehouse.view_location_id
        self.assertCodes(order, "S1")
        self.assertIssuesHold(order)

    # === WHAT WAS DONE === #

    def test_done_is_said_of_what_was_reserved(self):
        orders = self._confirmed([(self.purchased, 4)]) + self._confirmed([(self.purchased, 4)])
        self._put(5, self.warehouse.lot_stock_id)
        self.env.flush_all()
        only = f"Only 1 of 4 Units of Test Goods of a vendor could be reserved for {orders[1].picking_ids.name}."
        self.assertJobs(self._run("reserve", orders), "done", ("done", only))
        self.assertEqual([self._get_reserved(order) for order in orders], [4, 1])

    def test_nothing_reserved_is_not_done(self):
        order = self._confirmed([(self.purchased, 4)])
        self._put(5, self.warehouse.lot_stock_id)
        self.env.flush_all()
        nothing = ("skipped", "Nothing was free for it any more.")
        with patch.object(self.env.registry["stock.move"], "_action_assign", lambda moves, force_qty=False: None):
            for verb in ("reserve", "allocate"):
                self.assertJobs(self._run(verb, order), nothing)
        self.assertJobs(self._run("allocate", order), "done")
        self.assertEqual(self._get_reserved(order), 4)

    # === MORE THAN ONE PLACE === #

    def test_what_is_on_its_way_is_counted_once_for_two_places(self):
        self._buy(self.purchased, 3)
        orders = self._confirmed([(self.purchased, 3)]) + self._confirmed([(self.purchased, 2)])
        orders[1].picking_ids.move_ids.location_id = self.warehouse.wh_output_stock_loc_id
        orders[1].picking_ids.location_id = self.warehouse.wh_output_stock_loc_id
        self.env.flush_all()
        plan = self.env["oms.verb.buy"]._plan_buy(self.env["oms.lane.supply"]._read_short_facts(orders))
        self.assertEqual(sum(quantity for plans in plan.values() for _shortage, quantity in plans), 2)

    def test_an_order_for_which_all_is_free_buys_nothing(self):
        first, second = self._confirmed([(self.purchased, 4)]), self._confirmed([(self.purchased, 4)])
        self._put(4, self.warehouse.lot_stock_id)
        self.env.flush_all()
        self.assertJobs(
            self._run("buy", first + second),
            ("skipped", "What is short is there, on its way, or in a purchase to confirm."),
            "done",
        )
        self.assertEqual(self._find_purchases(self.purchased, state="draft").order_line.product_qty, 4)

    def _find_purchases(self, product, **values):
        domain = [("order_line.product_id", "=", product.id), *((name, "=", value) for name, value in values.items())]
        return self.env["purchase.order"].search(domain)

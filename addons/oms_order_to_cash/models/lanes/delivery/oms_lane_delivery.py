from collections import defaultdict

from odoo import api, models


class OmsLaneDelivery(models.AbstractModel):
    """What still has to leave for the customer, or to be performed."""

    _name = "oms.lane.delivery"
    _inherit = "oms.lane"
    _description = "Delivery Lane"

    @api.model
    def _get_state(self, fact):
        if not fact.is_confirmed():
            return {"state": "none"}
        moves, goods, services = fact.outward_moves, fact.goods_lines, fact.service_lines
        if not fact.has_goods() and not any(fact.is_positive(line["ordered"]) for line in services):
            return {"state": "none"}
        unshipped = [line for line in goods if fact.is_positive(line["ordered"] - line["shipped"])]
        to_perform = [line for line in services if fact.is_positive(line["ordered"] - line["delivered"])]
        if not moves and not unshipped and not to_perform:
            return {"state": "done"}
        is_unplanned = not moves and any(
            fact.is_positive(line["ordered"] - line["shipped"] - line["planned"]) and not fact.made_for.get(line["id"])
            for line in unshipped
        )
        return {
            "state": "blocked" if is_unplanned else "doing" if self._is_started(fact) else "todo",
            "stage": self._get_stage(moves, unshipped),
            "action": self._get_action(fact, is_unplanned, unshipped),
            "deadline": self._get_deadline(fact),
        }

    @api.model
    def _is_ready(self, move):
        return move["state"] in ("assigned", "partially_available")

    @api.model
    def _is_started(self, fact):
        if any(self._is_ready(move) for move in fact.outward_moves):
            return True
        return any(fact.is_positive(line["shipped"]) for line in fact.goods_lines + fact.service_lines)

    @api.model
    def _get_stage(self, moves, unshipped):
        if moves:
            return (
                "ship" if all(move["picked"] or (move["last_step"] and move["started"]) for move in moves) else "pick"
            )
        return "pick" if unshipped else "ship"

    @api.model
    def _get_action(self, fact, is_unplanned, unshipped):
        if is_unplanned:
            return "wait" if fact.header["locked"] else "plan"  # nothing is planned of a locked order
        if any(self._is_ready(move) and move["picking_state"] == "assigned" for move in fact.outward_moves):
            return "deliver"
        return "wait" if fact.outward_moves or unshipped else "perform"

    @api.model
    def _get_deadline(self, fact):
        """Return when the first open move has to leave, else the promise."""
        return min((move["deadline"] for move in fact.outward_moves), default=fact.header["date_promised"])

    @api.model
    def _read_signals(self, facts):
        moves = [move for fact in facts.values() for move in fact.outward_moves]
        self._read_transfer_signals(facts, moves)
        self._read_lot_signals(facts, moves)
        self._read_carrier_signals(facts)

    @api.model
    def _read_transfer_signals(self, facts, moves):
        transfers = self.env["stock.picking"]._oms_read_transfers({move["picking_id"] for move in moves} - {None})
        waiting = [move["id"] for move in moves if move["state"] == "waiting" and move["fed_inside"]]
        feeding = self.env["stock.move"]._oms_read_feeding(waiting)
        hours = self._read_company_setting(facts, "oms_chase_hours")
        for fact in facts.values():
            fact.signals["transfers"] = {
                move["picking_id"]: transfers[move["picking_id"]]
                for move in fact.outward_moves
                if move["picking_id"] in transfers
            }
            fact.signals["feeding"] = {
                move["id"]: feeding[move["id"]] for move in fact.outward_moves if move["id"] in feeding
            }
            fact.signals["chase_hours"] = hours[fact.header["company_id"]]

    @api.model
    def _read_company_setting(self, facts, name):
        """Return a setting of the orders' companies, as {company id: value}."""
        company_ids = {fact.header["company_id"] for fact in facts.values()}
        # The scan reads orders of all companies, whoever's click it runs in.
        return {company.id: company[name] for company in self.env["res.company"].sudo().browse(company_ids)}

    @api.model
    def _read_carrier_signals(self, facts):
        leaving = [order_id for order_id, fact in facts.items() if self._get_last_steps(fact)]
        carriers = self.env["delivery.carrier"]._oms_read_carriers(leaving)
        freight = [order_id for order_id, carrier in carriers.items() if carrier["is_freight"]]
        gaps = self.env["product.template"]._oms_read_freight_gaps(freight)
        shipments = defaultdict(list)
        for shipment in self.env["stock.picking"]._oms_read_shipments(list(facts)):
            shipments[shipment["order_id"]].append(shipment)
        for order_id, fact in facts.items():
            fact.signals["carrier"] = carriers.get(order_id)
            fact.signals["freight_gaps"] = gaps.get(order_id, [])
            fact.signals["shipments"] = shipments.get(order_id, [])

    # === D1: NO CARRIER OR NO RATE === #

    @api.model
    def _get_last_steps(self, fact):
        """Return the ids of the open transfers that take the order's goods to the customer from a place of ours."""
        return {
            move["picking_id"]
            for move in fact.outward_moves
            if move["last_step"] and move["source_usage"] != "supplier" and move["picking_id"]
        }

    # === D3: FREIGHT DATA MISSING === #

    @api.model
    def _get_freight_gaps(self, product):
        """Return in words what a freight carrier asks for and a product has not."""
        wanted = [
            (product.weight, self.env._("weight")),
            (product.volume, self.env._("volume")),
            (product.oms_freight_class, self.env._("freight class")),
        ]
        return [name for value, name in wanted if not value]

    @api.model
    def _read_lot_signals(self, facts, moves):
        reserved = [move["id"] for move in moves if self._is_ready(move)]
        bad = defaultdict(list)
        for line in self.env["stock.move.line"]._oms_read_bad_lots(reserved):
            bad[line["move_id"]].append(line)
        for fact in facts.values():
            fact.signals["bad_lots"] = [line for move in fact.outward_moves for line in bad.get(move["id"], ())]

    @api.model
    def _get_incomplete(self, orders):
        """Return, per order that goes with a freight carrier, its products that lack something."""
        # Who keeps products need not be one who sells them; carriers are for those.
        freight = orders.sudo().filtered("carrier_id.oms_is_freight")
        gaps = self.env["product.template"]._oms_read_freight_gaps(freight.ids)
        return {order.id: self.env["product.product"].browse(gaps.get(order.id, [])) for order in orders}

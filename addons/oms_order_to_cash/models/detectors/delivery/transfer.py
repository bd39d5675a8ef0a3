from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime


class OmsDetectorTransfer(models.AbstractModel):
    """What detectors of transfers in trouble have in common."""

    _name = "oms.detector.transfer"
    _inherit = "oms.detector"
    _description = "Transfer"

    @api.model
    def _get_day_start(self):
        """Return when today began (UTC): what is due today is late only tomorrow, whatever hour core gave it."""
        return fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)

    @api.model
    def _get_pickings(self, issue):
        # A salesperson sees how a transfer stands; who may not open it gets words alone.
        return self.env["stock.picking"].sudo().browse((issue.data or {}).get("pickings", [])).exists()

    @api.model
    def _find_shipments(self, facts, problems, turn):
        findings = {}
        for order_id, fact in facts.items():
            shipments = [shipment for shipment in fact.signals["shipments"] if shipment["problem"] in problems]
            if shipments:
                since = min(shipment["date_done"] for shipment in shipments)
                findings[order_id] = self._prepare_late(fact, turn, shipments, since)
        return findings

    @api.model
    def _prepare_late(self, fact, turn, transfers, since, **values):
        """Return what is told of transfers that are in trouble since a moment; it hurts by the promise."""
        return self._prepare_finding(
            fact,
            turn,
            deadline=fact.header["date_promised"] or since,
            since=since,
            pickings=[transfer["id"] for transfer in transfers],
            **values,
        )


class OmsDetectorD5(models.AbstractModel):
    _name = "oms.detector.d5"
    _inherit = "oms.detector.transfer"
    _description = "Past its promise, not shipped"

    @api.model
    def _find(self, facts):
        """Find orders whose goods should be with the customer by now and have not all left."""
        today, findings = self._get_day_start(), {}
        for order_id, fact in facts.items():
            promised = fact.header["date_promised"]
            if promised and promised < today and self._is_unshipped(fact):
                findings[order_id] = self._prepare_finding(
                    fact,
                    "warehouse"
                    if any(self.env["oms.lane.delivery"]._is_ready(move) for move in fact.outward_moves)
                    else "purchasing",
                    deadline=promised,
                    since=promised,
                    critical=True,
                )
        return findings

    @api.model
    def _is_unshipped(self, fact):
        return fact.is_confirmed() and any(
            fact.is_positive(line["ordered"] - line["shipped"]) for line in fact.goods_lines
        )

    @api.model
    def _explain(self, issue):
        order = issue.order_id
        promised = order.oms_date_promised or order.commitment_date
        chain = [
            self._link(
                self.env._("Promised for %(date)s", date=format_date(self.env, promised or issue.date_since)), order
            )
        ]
        facts = self.env["oms.lane"]._read_facts(order.ids)[order.id]
        pickings = self.env["stock.picking"].browse({move["picking_id"] for move in facts.outward_moves} - {None})
        if not pickings:
            chain.append(self._link(self.env._("No transfer takes the rest of it to the customer"), None, "danger"))
        labels = dict(pickings._fields["state"]._description_selection(self.env))
        for picking in pickings.sudo().sorted("id"):  # who may not open it gets words alone
            text = self.env._(
                "%(transfer)s: %(state)s, due %(date)s",
                transfer=picking.name,
                state=labels[picking.state],
                date=format_date(self.env, picking.scheduled_date),
            )
            chain.append(self._link(text, picking, "warning" if picking.state == "assigned" else "danger"))
        return chain


class OmsDetectorP1(models.AbstractModel):
    _name = "oms.detector.p1"
    _inherit = "oms.detector.transfer"
    _description = "Ready, past its pick date"

    @api.model
    def _find(self, facts):
        """Find transfers that are ready and should have left already, unless somebody holds the order."""
        findings = {}
        for order_id, fact in facts.items():
            late = [] if fact.header["held"] else self._get_late_ready(fact)
            if late:
                since = min(transfer["scheduled_date"] for transfer in late)
                # Once somebody has it all in a batch, it only has to be done.
                severity = "low" if all(transfer["is_taken"] for transfer in late) else None
                findings[order_id] = self._prepare_late(fact, "warehouse", late, since, severity=severity)
        return findings

    @api.model
    def _get_late_ready(self, fact):
        today, transfers = self._get_day_start(), fact.signals["transfers"]
        ready = {
            move["picking_id"]
            for move in fact.outward_moves
            # What a vendor sends to the customer is his to get ready.
            if self.env["oms.lane.delivery"]._is_ready(move)
            and move["source_usage"] != "supplier"
            and move["picking_id"] in transfers
        }
        return [
            transfers[picking_id]
            for picking_id in sorted(ready)
            if transfers[picking_id]["state"] == "assigned" and transfers[picking_id]["scheduled_date"] < today
        ]

    @api.model
    def _explain(self, issue):
        return [link for picking in self._get_pickings(issue) for link in self._explain_late(picking)]

    @api.model
    def _explain_late(self, picking):
        date = format_datetime(self.env, picking.scheduled_date)
        text = self.env._("%(transfer)s is ready and was to leave on %(date)s", transfer=picking.name, date=date)
        chain = [self._link(text, picking, "danger")]
        batch = picking.batch_id
        if batch:
            who = batch.user_id.name or self.env._("nobody is responsible")
            text = self.env._("It is in %(batch)s, %(who)s", batch=batch.name, who=who)
            chain.append(self._link(text, batch, "" if batch.user_id else "warning"))
        return chain


class OmsDetectorP2(models.AbstractModel):
    _name = "oms.detector.p2"
    _inherit = "oms.detector.transfer"
    _description = "Waits for another operation too long"

    @api.model
    def _find(self, facts):
        """Find steps that wait for an earlier one of the same order which is late by more than the company allows."""
        findings = {}
        for order_id, fact in facts.items():
            late = self._get_late_feeders(fact)
            if late:
                since = min(transfer["scheduled_date"] for transfer in late)
                findings[order_id] = self._prepare_late(fact, "warehouse", late, since)
        return findings

    @api.model
    def _get_late_feeders(self, fact):
        """Return the transfers others wait for that are late; one that itself waits for another is not to blame."""
        if not fact.signals["feeding"]:
            return []
        limit = fields.Datetime.now() - timedelta(hours=fact.signals["chase_hours"])
        transfers = fact.signals["transfers"]
        feeders = {move_id for move_ids in fact.signals["feeding"].values() for move_id in move_ids}
        pickings = {
            move["picking_id"]
            for move in fact.outward_moves
            if move["id"] in feeders and not move["fed_inside"] and move["picking_id"] in transfers
        }
        return [
            transfers[picking_id] for picking_id in sorted(pickings) if transfers[picking_id]["scheduled_date"] < limit
        ]

    @api.model
    def _explain(self, issue):
        chain = []
        for picking in self._get_pickings(issue):
            waiting = picking.move_ids.move_dest_ids.picking_id.filtered(lambda after: after.state == "waiting")
            chain += [self._link(self.env._("%(transfer)s waits", transfer=after.name), after) for after in waiting]
            chain.append(
                self._link(
                    self.env._(
                        "for %(transfer)s, due since %(date)s, %(who)s",
                        transfer=picking.name,
                        date=format_datetime(self.env, picking.scheduled_date),
                        who=picking.user_id.name or self.env._("nobody is responsible"),
                    ),
                    picking,
                    "danger",
                )
            )
        return chain


class OmsDetectorP3(models.AbstractModel):
    _name = "oms.detector.p3"
    _inherit = "oms.detector.transfer"
    _description = "Partly ready, ships all at once"

    @api.model
    def _find(self, facts):
        """Find transfers of which a part is reserved while the policy to ship all at once keeps it back."""
        findings = {}
        for order_id, fact in facts.items():
            held_back = self._get_held_back(fact)
            if held_back:
                dates = [transfer["scheduled_date"] for transfer in held_back]
                findings[order_id] = self._prepare_finding(
                    fact,
                    "warehouse",
                    deadline=fact.header["date_promised"] or min(dates),
                    since=None,
                    pickings=[transfer["id"] for transfer in held_back],
                )
        return findings

    @api.model
    def _get_held_back(self, fact):
        transfers = fact.signals["transfers"]
        moves = [move for move in fact.outward_moves if move["picking_id"] in transfers]
        ready = {move["picking_id"] for move in moves if self.env["oms.lane.delivery"]._is_ready(move)}
        short = {move["picking_id"] for move in moves if move["state"] != "assigned"}
        return [
            transfers[picking_id]
            for picking_id in sorted(ready & short)
            if transfers[picking_id]["move_type"] == "one"
            and transfers[picking_id]["state"] in ("confirmed", "waiting")
        ]

    @api.model
    def _explain(self, issue):
        chain = []
        for picking in self._get_pickings(issue):
            chain.append(
                self._link(self.env._("%(transfer)s ships all at once", transfer=picking.name), picking, "warning")
            )
            for move in picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel")):
                is_ready = move.product_uom.compare(move.quantity, move.product_uom_qty) >= 0
                chain.append(
                    self._link(
                        self.env._(
                            "%(product)s: %(ready)g of %(wanted)g %(unit)s ready",
                            product=move.product_id.display_name,
                            ready=move.quantity,
                            wanted=move.product_uom_qty,
                            unit=move.product_uom.name,
                        ),
                        None,
                        "success" if is_ready else "danger",
                    )
                )
        return chain

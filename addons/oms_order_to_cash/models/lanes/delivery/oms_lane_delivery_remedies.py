from collections import defaultdict

from odoo import api, fields, models

_CHASE = "oms_order_to_cash.oms_chase_activity"


class OmsLaneDelivery(models.AbstractModel):
    """Remedies for transfers that do not leave: batch, chase, split."""

    _inherit = "oms.lane.delivery"

    @api.model
    def _get_verbs(self):
        return {
            **super()._get_verbs(),
            "batch": {
                "label": self.env._("Put in a batch"),
                "groups": "stock.group_stock_user",
                "documents": "_get_batchable",
            },
            "chase": {
                "label": self.env._("Chase the earlier step"),
                "groups": "stock.group_stock_user,sales_team.group_sale_salesman",
            },
            "split": {
                "label": self.env._("Ship what is ready"),
                "groups": "stock.group_stock_user",
                "documents": "_get_splittable",
            },
        }

    @api.model
    def _get_open_pickings(self, orders):
        """Return, per order, the open transfers that take its goods towards the customer."""
        return {
            order_id: self.env["stock.picking"]
            .browse(sorted({move["picking_id"] for move in fact.outward_moves if move["picking_id"]}))
            .with_env(self.env)
            for order_id, fact in self._read_facts(orders.ids).items()
        }

    @api.model
    def _get_open_documents(self, documents, model):
        """Return what a job made or changed and still exists."""
        return self.env[model].browse(documents.get(model, [])).exists()

    # === BATCH === #

    @api.model
    def _get_batchable(self, orders):
        """Return, per order, the ready transfers that nobody has in a batch; Odoo makes batches by itself, too."""
        return {
            order_id: pickings.filtered(lambda picking: not picking.batch_id.user_id)
            for order_id, pickings in self._get_ready_transfers(orders).items()
        }

    @api.model
    def _can_batch(self, orders):
        _facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        free, ready = self._get_batchable(orders), self._get_ready_transfers(orders)
        return {
            order.id: obstacles.get(order.id) or self._get_batch_obstacle(free[order.id], ready[order.id])
            for order in orders
        }

    @api.model
    def _get_batch_obstacle(self, free, ready):
        if free:
            return ""
        if ready:
            batches = ", ".join(ready.batch_id.mapped("name"))
            return self.env._("It is in %(batches)s already: validate it there.", batches=batches)
        return self.env._("No transfer is ready: reserve its goods first.")

    @api.model
    def _get_batch_key(self, picking):
        return picking.picking_type_id, picking.company_id, picking.carrier_id

    @api.model
    def _get_draft_batches(self, pickings):
        """Return the user's own draft batches these transfers may join, as {kind: batch}."""
        batches = self.env["stock.picking.batch"].search(
            [
                ("state", "=", "draft"),
                ("is_wave", "=", False),
                ("user_id", "=", self.env.uid),
                ("picking_type_id", "in", pickings.picking_type_id.ids),
                ("company_id", "in", pickings.company_id.ids),
            ],
            order="id desc",
        )
        # One of mixed carriers is not of any kind; the oldest is filled first.
        return {
            (batch.picking_type_id, batch.company_id, batch.picking_ids.carrier_id): batch
            for batch in batches
            if batch.picking_ids and len({picking.carrier_id for picking in batch.picking_ids}) == 1
        }

    @api.model
    def _preview_batch(self, orders):
        free = self._get_batchable(orders)
        existing = self._get_draft_batches(self.env["stock.picking"].union(*free.values()))
        return {
            order_id: [
                self._get_batch_text(picking, existing.get(self._get_batch_key(picking))) for picking in pickings
            ]
            for order_id, pickings in free.items()
        }

    @api.model
    def _get_batch_text(self, picking, batch):
        if batch:
            return self.env._("%(transfer)s joins %(batch)s.", transfer=picking.name, batch=batch.name)
        kind = " / ".join(filter(None, (picking.picking_type_id.display_name, picking.carrier_id.name)))
        return self.env._("%(transfer)s goes into a new batch: %(kind)s.", transfer=picking.name, kind=kind)

    @api.model
    def _before_batch(self, orders):
        return {
            order_id: {
                "users": {str(picking.id): picking.user_id.id for picking in pickings},
                "batches": {str(picking.id): picking.batch_id.id for picking in pickings},
            }
            for order_id, pickings in self._get_batchable(orders).items()
        }

    @api.model
    def _do_batch(self, orders):
        """Put the ready transfers into a batch of the user per kind of transfer, company and carrier."""
        free = self._get_batchable(orders)
        pickings = self.env["stock.picking"].union(*free.values())
        batches = self._get_draft_batches(pickings)
        for key, of_kind in pickings.grouped(self._get_batch_key).items():
            picking_type, company, _carrier = key
            batch = batches.get(key) or self.env["stock.picking.batch"].create(
                {"picking_type_id": picking_type.id, "company_id": company.id, "user_id": self.env.uid}
            )
            of_kind.batch_id = batch
        return free

    @api.model
    def _can_undo_batch(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        gone = pickings.filtered(lambda picking: picking.state in ("done", "cancel"))
        if gone:
            return self.env._("%(transfers)s has left meanwhile.", transfers=", ".join(gone.mapped("name")))
        started = pickings.batch_id.filtered(lambda batch: batch.state == "in_progress")
        if started:
            return self.env._("%(batches)s is started: take it out there.", batches=", ".join(started.mapped("name")))
        return "" if pickings.batch_id else self.env._("it is in no batch any more.")

    @api.model
    def _undo_batch(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        batches = pickings.batch_id
        for picking in pickings:
            former = batches.browse(before["batches"].get(str(picking.id))).exists()
            # The batch it came from is cancelled if nothing was left in it.
            picking.batch_id = former if former.state in ("draft", "in_progress") else False
            picking.user_id = before["users"].get(str(picking.id))
        batches.filtered(lambda batch: batch.state == "draft" and not batch.picking_ids).unlink()

    # === CHASE === #

    @api.model
    def _get_blocking(self, facts):
        """Return, per order, the earlier steps that others of it wait for; the first ones of a chain."""
        waiting = [
            move["id"]
            for fact in facts.values()
            for move in fact.outward_moves
            if move["state"] == "waiting" and move["fed_inside"]
        ]
        feeding = self.env["stock.move"]._oms_read_feeding(waiting)
        feeders = {move_id for move_ids in feeding.values() for move_id in move_ids}
        return {
            order_id: self.env["stock.picking"].browse(
                sorted(
                    {
                        move["picking_id"]
                        for move in fact.outward_moves
                        if move["id"] in feeders and not move["fed_inside"] and move["picking_id"]
                    }
                )
            )
            for order_id, fact in facts.items()
        }

    @api.model
    def _can_chase(self, orders):
        facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        for order_id, pickings in self._get_blocking(facts).items():
            if not pickings:
                obstacles[order_id] = self.env._("None of its transfers waits for an earlier step.")
            elif pickings <= self._get_chased(pickings):
                obstacles[order_id] = self.env._("Somebody is asked already: the activity on it is still open.")
            else:
                obstacles[order_id] = ""
        return obstacles

    @api.model
    def _get_chased(self, pickings):
        """Return those of these transfers with an open activity to hurry them up."""
        return pickings.browse(pickings.activity_search([_CHASE]).mapped("res_id"))

    @api.model
    def _get_chased_user(self, picking):
        return picking.user_id or picking.batch_id.user_id or self.env.user

    @api.model
    def _preview_chase(self, orders):
        facts, _obstacles = self.env["oms.verb"]._read_confirmed(orders)
        return {
            order_id: [
                self.env._(
                    "%(user)s is asked to process %(transfer)s today.",
                    user=self._get_chased_user(picking).name,
                    transfer=picking.name,
                )
                for picking in pickings - self._get_chased(pickings)
            ]
            for order_id, pickings in self._get_blocking(facts).items()
        }

    @api.model
    def _do_chase(self, orders):
        """Ask the one responsible for an earlier step to process it, once."""
        blocking = self._get_blocking(self._read_facts(orders.ids))
        every = self.env["stock.picking"].union(*blocking.values())
        to_chase = every - self._get_chased(every)
        names = {order.id: order.name for order in orders}
        waiting = defaultdict(list)
        for order_id, pickings in blocking.items():
            for picking in pickings & to_chase:
                waiting[picking].append(names[order_id])
        for picking, order_names in waiting.items():
            picking.activity_schedule(
                _CHASE,
                date_deadline=fields.Date.context_today(self),
                summary=self.env._("%(orders)s waits for this transfer", orders=", ".join(order_names)),
                user_id=self._get_chased_user(picking).id,
            )
        nothing = self.env._("Somebody is asked already: the activity on it is still open.")
        return {order_id: (pickings & to_chase) or nothing for order_id, pickings in blocking.items()}

    @api.model
    def _can_undo_chase(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        if not pickings.activity_search([_CHASE]):
            return self.env._("the activity is done already.")
        return ""

    @api.model
    def _undo_chase(self, order, documents, before):
        self._get_open_documents(documents, "stock.picking").activity_unlink([_CHASE])

    # === SPLIT === #

    @api.model
    def _get_splittable(self, orders):
        """Return, per order, the transfers that wait to ship all at once while a part is reserved."""
        return {
            order_id: pickings.filtered(self._is_splittable)
            for order_id, pickings in self._get_open_pickings(orders).items()
        }

    @api.model
    def _is_splittable(self, picking):
        moves = picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        return (
            picking.move_type == "one"
            and picking.state in ("confirmed", "waiting")
            and any(move.quantity for move in moves)
            and any(move.product_uom.compare(move.quantity, move.product_uom_qty) < 0 for move in moves)
        )

    @api.model
    def _can_split(self, orders):
        _facts, obstacles = self.env["oms.verb"]._read_confirmed(orders)
        nothing = self.env._("None of its transfers is held back with a part of it ready.")
        splittable = self._get_splittable(orders)
        return {order.id: obstacles.get(order.id) or ("" if splittable[order.id] else nothing) for order in orders}

    @api.model
    def _preview_split(self, orders):
        return {
            order_id: [
                self.env._(
                    "%(transfer)s ships %(goods)s; the rest follows in a transfer of its own.",
                    transfer=picking.name,
                    goods=self._get_ready_goods(picking),
                )
                for picking in pickings
            ]
            for order_id, pickings in self._get_splittable(orders).items()
        }

    @api.model
    def _get_ready_goods(self, picking):
        return ", ".join(
            self.env._(
                "%(quantity)g %(unit)s of %(product)s",
                quantity=move.quantity,
                unit=move.product_uom.name,
                product=move.product_id.display_name,
            )
            for move in picking.move_ids
            if move.quantity and move.state not in ("done", "cancel")
        )

    @api.model
    def _do_split(self, orders):
        """Take what is short out of the transfers that ship all at once; what is ready may leave then."""
        made = {}
        for order_id, pickings in self._get_splittable(orders).items():
            before = pickings.backorder_ids
            for picking in pickings:
                picking.action_split_transfer()
            made[order_id] = pickings.backorder_ids - before
        return made

    @api.model
    def _can_undo_split(self, order, documents, before):
        pickings = self._get_open_documents(documents, "stock.picking")
        both = pickings + pickings.backorder_id
        gone = both.filtered(lambda picking: picking.state in ("done", "cancel"))
        if gone or not pickings:
            names = ", ".join(gone.mapped("name")) or self.env._("the transfer")
            return self.env._("%(transfers)s is done or cancelled.", transfers=names)
        return ""

    @api.model
    def _undo_split(self, order, documents, before):
        """Bring back what was taken out, line by line into the move it came from."""
        for picking in self._get_open_documents(documents, "stock.picking"):
            origin, moves = picking.backorder_id, picking.move_ids
            moves.picking_id = origin
            moves.move_line_ids.picking_id = origin
            moves._merge_moves()
            picking.unlink()

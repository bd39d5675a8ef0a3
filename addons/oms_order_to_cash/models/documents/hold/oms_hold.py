from odoo import api, fields, models


class OmsHold(models.Model):
    """A reason why an order is neither reserved nor shipped; several at once, each released by whoever may.

    Released holds stay, as the memory of who stopped the order and who let it go on.
    """

    _name = "oms.hold"
    _description = "Order Hold"
    _order = "id desc"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    reason_id = fields.Many2one("oms.hold.reason", required=True, readonly=True)
    note = fields.Char(readonly=True)
    state = fields.Selection(
        [("active", "Active"), ("released", "Released")], required=True, readonly=True, default="active"
    )
    date_until = fields.Date(string="Until", readonly=True, help="It is released by itself on this day.")
    placed_by_id = fields.Many2one("res.users", readonly=True)
    date_placed = fields.Datetime(string="Placed", readonly=True, default=fields.Datetime.now)
    released_by_id = fields.Many2one("res.users", readonly=True)
    date_released = fields.Datetime(string="Released", readonly=True)
    release_note = fields.Char(readonly=True)

    # The same reason stops an order once.
    _active_unique = models.UniqueIndex("(order_id, reason_id) WHERE state = 'active'")

    # === COMPUTE METHODS === #

    @api.depends("order_id", "reason_id")
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = f"{hold.order_id.name}: {hold.reason_id.name}"

    # === BUSINESS METHODS === #

    @api.model
    def _get_active(self, orders):
        """Return the active holds of these orders, whoever may see them: they stop everybody."""
        return self.sudo().search([("order_id", "in", orders.ids), ("state", "=", "active")], order="id")

    @api.model
    def _place(self, orders, reason, note=None, until=None):
        """Stop orders for a reason; those that it stops already stay as they are.

        :param until: date on which the hold is released by itself
        :return: the holds placed
        """
        stopped = self._get_active(orders).filtered(lambda hold: hold.reason_id == reason).order_id
        holds = self.sudo().create(  # nobody writes holds but their two verbs
            [
                {
                    "order_id": order.id,
                    "reason_id": reason.id,
                    "note": note,
                    "date_until": until,
                    "placed_by_id": self.env.uid,
                }
                for order in orders
                if order.id not in stopped.ids
            ]
        )
        holds._tell("held")
        for hold in holds.filtered("date_until"):
            hold._wake(hold.date_until)
        return holds

    def _release(self, note=None):
        """Let orders go on, as far as these holds stopped them."""
        holds = self.sudo().filtered(lambda hold: hold.state == "active")  # nobody writes holds but their two verbs
        holds.write(
            {
                "state": "released",
                "released_by_id": self.env.uid,
                "date_released": fields.Datetime.now(),
                "release_note": note,
            }
        )
        holds._tell("released")
        return holds

    def _filter_releasable(self):
        """Return those of these holds that the user may release."""
        if self.env.su:
            return self
        return self.filtered(lambda hold: hold.reason_id._get_group() in self.env.user.all_group_ids)

    def _tell(self, event):
        """Have the order's flow, its chatter and the rules of stock know that these holds changed."""
        self.flush_recordset()
        self.env.cr.precommit.data.pop("oms.hold", None)
        self.env["oms.flow.dirty"]._mark("sale.order", self.order_id.ids)
        self.env["oms.event"]._note(event, self)
        texts = {
            "held": lambda hold: self.env._("On hold: %(reason)s", reason=hold._get_text(hold.note)),
            "released": lambda hold: self.env._("Hold released: %(reason)s", reason=hold._get_text(hold.release_note)),
        }
        bodies = {}
        for hold in self:
            bodies.setdefault(hold.order_id.id, []).append(texts[event](hold))
        if bodies:
            self.order_id._message_log_batch(bodies={order_id: "\n".join(texts) for order_id, texts in bodies.items()})

    def _get_text(self, note):
        self.ensure_one()
        return f"{self.reason_id.name}. {note}" if note else self.reason_id.name

    # === THE CLOCK === #

    @api.model
    def _wake(self, day):
        cron = self.env.ref("oms_order_to_cash.oms_hold_cron", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(fields.Datetime.to_datetime(day))

    @api.model
    def _cron_release(self):
        """Release the holds whose day has come."""
        due = self.search([("state", "=", "active"), ("date_until", "<=", fields.Date.today())])
        if due:
            params = {"hold_ids": due.ids, "note": self.env._("Its day has come.")}
            self.env["oms.runner"]._run("release", due.order_id, "cron", params)

import datetime

from odoo import api, fields, models

from .documents.asked import check_id

_TONES = {
    "draft": "muted",
    "sent": "info",
    "sale": "success",
    "cancel": "muted",
    "waiting": "warning",
    "confirmed": "warning",
    "partially_available": "warning",
    "assigned": "info",
    "done": "success",
    "purchase": "success",
    "posted": "success",
    "in_process": "info",
    "paid": "success",
    "not_paid": "warning",
    "in_payment": "success",
    "partial": "warning",
    "reversed": "muted",
    "blocked": "danger",
    "canceled": "muted",
    "rejected": "danger",
    "to approve": "warning",
    "queued": "info",
    "running": "info",
    "failed": "danger",
}


class OmsCockpit(models.AbstractModel):
    _inherit = "oms.cockpit"

    @api.model
    def get_panel(self, flow_id):
        """Return one order's headline, timeline and documents, each only as far as the user may read it.

        :return: False when the flow is gone or out of the user's sight
        """
        flows = self.env["oms.flow"]
        flows.check_access("read")
        if not flow_id:
            return False
        check_id(self.env, flow_id)
        flows._catch_up()
        flow = flows.search([("id", "=", flow_id)])
        if not flow:
            return False
        sections = self._get_document_sections(flow)
        return {
            **self._prepare_headline(flow),
            "issues": self._prepare_issues(flow),
            "timeline": self._get_timeline(flow, sections),
            "documents": [
                {
                    "key": section["key"],
                    "label": section["label"],
                    "icon": section["icon"],
                    "items": [section["item"](record) for record in section["records"]],
                }
                for section in sections
                if section["records"]
            ],
        }

    # === SECTIONS === #

    @api.model
    def _get_document_sections(self, flow):
        """Return the kinds of document of an order; an addon with another kind adds its section.

        :return: list of dicts ``key``, ``label``, ``icon``, ``records``, and two functions of a record: ``item`` and ``events``
        """
        # Which documents hang on the order is no secret; what stands in them is, and each is filtered by the user's rights.
        order = flow.order_id.sudo()
        invoices = order.invoice_ids
        found = [
            ("purchases", self.env._("Purchases"), "fa-shopping-basket", order._get_purchase_orders()),
            ("transfers", self.env._("Transfers"), "fa-truck", order.picking_ids),
            (
                "invoices",
                self.env._("Invoices"),
                "fa-file-text-o",
                invoices.filtered(lambda m: m.move_type == "out_invoice"),
            ),
            (
                "credits",
                self.env._("Credit Notes"),
                "fa-undo",
                invoices.filtered(lambda m: m.move_type == "out_refund"),
            ),
            ("payments", self.env._("Payments"), "fa-credit-card", invoices.reconciled_payment_ids),
            ("jobs", self.env._("Actions not done"), "fa-exclamation-circle", self._get_open_jobs(order)),
        ]
        return [
            {
                "key": key,
                "label": label,
                "icon": icon,
                "records": self._filter_readable(records),
                "item": getattr(self, f"_prepare_{records._table}_item"),
                "events": getattr(self, f"_get_{records._table}_events"),
            }
            for key, label, icon, records in found
        ]

    @api.model
    def _get_open_jobs(self, order):
        """Return what was asked for this order and is not done, of each verb the last request."""
        jobs = self.env["oms.job"].sudo().search(order._get_oms_jobs_domain())
        last = jobs.browse(same[:1].id for same in jobs.grouped(lambda job: (job.verb, job.res_id)).values())
        return last.filtered(lambda job: job.state in ("queued", "running", "failed"))

    @api.model
    def _filter_readable(self, records):
        mine = records.sudo(False)
        return mine._filtered_access("read").sorted("id") if mine.has_access("read") else mine.browse()

    @api.model
    def _sort_events(self, events):
        """Put what happened before what is planned; what one click did, within a minute, keeps the order of the flow."""
        return sorted(events, key=lambda event: (not event["done"], event["moment"][: len("2026-11-24 10:05")]))

    # === DOCUMENTS === #

    @api.model
    def _prepare_item(self, record, state_field, date, amount=False, detail=""):
        state = record[state_field]
        return {
            **self._prepare_reference(record),
            "state": dict(record._fields[state_field]._description_selection(self.env)).get(state, ""),
            "tone": _TONES.get(state, "muted"),
            "date": self._to_text(date),
            "amount": self._can_see_amounts() and amount,
            "currency_id": "currency_id" in record and record.currency_id.id,
            "detail": detail or "",
        }

    @api.model
    def _prepare_purchase_order_item(self, purchase):
        return self._prepare_item(
            purchase,
            "state",
            purchase.date_planned or purchase.date_order,
            purchase.amount_total,
            purchase.partner_id.display_name,
        )

    @api.model
    def _prepare_stock_picking_item(self, picking):
        detail = " · ".join(filter(None, [picking.picking_type_id.name, picking.carrier_tracking_ref]))
        return self._prepare_item(picking, "state", picking.date_done or picking.scheduled_date, detail=detail)

    @api.model
    def _prepare_account_move_item(self, move):
        state = "payment_state" if move.state == "posted" else "state"
        return self._prepare_item(move, state, move.invoice_date or move.create_date, move.amount_total)

    @api.model
    def _prepare_account_payment_item(self, payment):
        return self._prepare_item(payment, "state", payment.date, payment.amount, payment.payment_method_line_id.name)

    @api.model
    def _prepare_oms_job_item(self, job):
        return self._prepare_item(job, "state", job.date_done or job.create_date, detail=job.message)

    # === TIMELINE === #

    @api.model
    def _prepare_event(self, label, date, record=None, done=True, created=None, **values):
        """Return one line of the timeline.

        :param created: when the record was made; lends its time to a date of the same day, to put a day's events in order
        """
        if not isinstance(date, datetime.datetime) and created and created.date() == date:
            date = created
        return {
            "label": label,
            "date": self._to_text(date),
            "moment": fields.Datetime.to_string(fields.Datetime.to_datetime(date)),
            "done": done,
            "icon": "fa-circle-o",
            "document": record and self._prepare_reference(record) or False,
            "amount": False,
            "currency_id": False,
            "actor": "",
            "job_id": False,
            "can_undo": False,
            **values,
        }

    @api.model
    def _get_order_events(self, flow):
        if not flow.promise_pending:
            return []
        label = self.env._("Promised to the customer")
        return [self._prepare_event(label, flow.date_promised, done=False, icon="fa-flag-o")]

    @api.model
    def _get_purchase_order_events(self, purchase):
        if purchase.state in ("purchase", "cancel"):
            return []
        label = self.env._("Purchase drafted")
        return [self._prepare_event(label, purchase.create_date, purchase, icon="fa-shopping-basket")]

    @api.model
    def _get_stock_picking_events(self, picking):
        if picking.state in ("done", "cancel"):
            return []
        label = {"outgoing": self.env._("To ship"), "incoming": self.env._("To receive")}.get(
            picking.picking_type_code
        ) or self.env._("%s planned", picking.picking_type_id.name)
        return [self._prepare_event(label, picking.scheduled_date, picking, done=False, icon="fa-truck")]

    @api.model
    def _get_account_move_events(self, move):
        refund = move.move_type == "out_refund"
        amount = {"amount": move.amount_total, "currency_id": move.currency_id.id}
        if move.state == "draft":
            label = self.env._("Credit note drafted") if refund else self.env._("Invoice drafted")
            icon = "fa-undo" if refund else "fa-file-text-o"
            return [self._prepare_event(label, move.create_date, move, icon=icon, **amount)]
        is_due = move.state == "posted" and move.payment_state in ("not_paid", "partial") and move.invoice_date_due
        if refund or not is_due:
            return []
        amount["amount"] = move.amount_residual
        label = self.env._("Payment due")
        return [self._prepare_event(label, move.invoice_date_due, move, done=False, icon="fa-bell-o", **amount)]

    @api.model
    def _get_account_payment_events(self, payment):
        if payment.state in ("canceled", "rejected"):
            return []
        label = self.env._("Refunded") if payment.payment_type == "outbound" else self.env._("Paid")
        return [
            self._prepare_event(
                label,
                payment.date,
                payment,
                created=payment.create_date,
                amount=payment.amount,
                currency_id=payment.currency_id.id,
                icon="fa-credit-card",
                type="paid",
            )
        ]

    @api.model
    def _get_oms_job_events(self, job):
        if job.state != "failed":
            return []
        return [
            self._prepare_event(
                self.env._("Action failed"), job.date_done or job.create_date, job, icon="fa-exclamation"
            )
        ]

    # === HELPERS === #

    @api.model
    def _prepare_reference(self, record):
        # The number of a posted invoice says enough; its display name repeats the order.
        posted = record._name == "account.move" and record.state == "posted"
        return {"model": record._name, "id": record.id, "name": record.name if posted else record.display_name}

    @api.model
    def _to_text(self, date):
        """Keep dates and moments apart: a date is the same day in every time zone."""
        if isinstance(date, datetime.datetime):
            return fields.Datetime.to_string(date)
        return fields.Date.to_string(date) if date else False

from odoo import api, models

_MINUTE = len("2026-11-24 10:05")


class OmsCockpit(models.AbstractModel):
    _inherit = "oms.cockpit"

    # === WHAT HAPPENED === #

    @api.model
    def _get_timeline(self, flow, sections):
        """Return what happened to an order, as its events tell, and what is planned, as its documents tell.

        :return: list of dicts, oldest first and plans at the end: ``label``; ``date``, a date or a moment (UTC); ``moment``, to
            sort by; ``done``, False of a plan; ``icon``; ``document`` ({model, id, name} or False); ``amount`` and
            ``currency_id`` (False where there is none or the user may not see it); ``actor``, the name of who did it (empty where
            nobody in person did); ``job_id``, the act of the runner behind it (or False); ``can_undo``, whether the user
            may offer to undo that act
        """
        planned = self._get_order_events(flow) + [
            event for section in sections for record in section["records"] for event in section["events"](record)
        ]
        # A payment is told with its amount; that an invoice is paid by it would be said twice.
        has_payments = any(section["key"] == "payments" and section["records"] for section in sections)
        happened = self._get_happened(flow, {"paid"} if has_payments else set())
        return self._sort_events(self._collapse(happened + planned))

    @api.model
    def _get_happened(self, flow, left_out):
        # Who sees the order sees what happened to it, as far as they may read the documents.
        shown = {code for code, kind in self.env["oms.event"]._get_kinds().items() if kind.icon} - left_out
        domain = [("order_id", "=", flow.order_id.id), ("type", "in", list(shown))]
        # An issue is dated by the second: it does not come before what raised it.
        events = (
            self.env["oms.event"]
            .sudo()
            .search(domain)
            .sorted(lambda event: (event.date.replace(microsecond=0), event.id))
        )
        records = self._read_event_records(events)
        lines = [self._prepare_happened(flow, event, records[event.res_model]) for event in events]
        return [line for line in lines if line]

    @api.model
    def _read_event_records(self, events):
        """Return {model: the documents of these events that the user may read}."""
        return {
            model: self._filter_readable(self.env[model].sudo().browse(set(same.mapped("res_id"))).exists())
            if model in self.env
            else self.env["oms.event"]
            for model, same in events.grouped("res_model").items()
        }

    @api.model
    def _prepare_happened(self, flow, event, readable):
        """Return the line of one event; nothing where the user may not read its document."""
        record = readable.filtered(lambda record: record.id == event.res_id)
        if not record and event.res_model not in (False, "sale.order"):
            return None
        label, document = self._get_event_label(event, record), self._get_event_document(event, record)
        amount = self._can_see_amounts() and event.amount or False
        return {
            **self._prepare_event(label, event.date, document, icon=event._get_kinds()[event.type].icon),
            "type": event.type,
            "verb": event.verb,
            "amount": amount,
            "currency_id": amount and flow.currency_id.id,
            "actor": self._get_actor(event),
            **(self._prepare_undo(record) if event.type == "act" else {}),
        }

    @api.model
    def _get_event_label(self, event, record):
        if event.type in ("act", "undone"):
            label = self._get_verb_labels().get(event.verb, event.verb)
            return label if event.type == "act" else self.env._("Undone: %(action)s", action=label)
        label = dict(event._fields["type"]._description_selection(self.env))[event.type]
        if record._name == "oms.issue":
            return f"{label}: {record.type_id.name}"
        if record._name == "oms.hold":
            return f"{label}: {record.reason_id.name}"
        if event.type == "picked":
            return self.env._("%s done", record.picking_type_id.name)
        return label

    @api.model
    def _get_verb_labels(self):
        return {code: verb._get_label() for code, verb in self.env["oms.runner"]._get_verbs().items()}

    @api.model
    def _get_event_document(self, event, record):
        """Return what a line links to: not the order itself, whose panel it is."""
        if event.type == "act":
            model, ids = next(iter((record.documents or {}).items()), (None, []))
            made = self.env[model].sudo().browse(ids).exists() if model in self.env else record.browse()
            record = self._filter_readable(made)[:1] if len(made) == 1 else record.browse()
        return False if record._name in ("sale.order", "oms.hold", "oms.job") else record

    @api.model
    def _get_actor(self, event):
        """Return the name of who did it; what runs by itself is named by what started it."""
        user = self.env["res.users"].sudo().browse(int(event.user_id) or []).exists()
        if user and not user._is_superuser():
            return user.name
        origins = dict(self.env["oms.job"]._fields["origin"]._description_selection(self.env))
        return origins.get(event.origin, "")

    @api.model
    def _prepare_undo(self, job):
        verb = self.env["oms.runner"]._get_verbs().get(job.verb)
        may = verb is not None and self.env.user.has_groups(verb._groups)
        # Who reads it is not who sees all: what they may not change is in their way.
        return {"job_id": job.id, "can_undo": may and job.can_undo and not job.sudo(False)._get_seen_obstacle()}

    # === ONE LINE FOR WHAT IS THE SAME === #

    @api.model
    def _collapse(self, lines):
        """Take away each act that only repeats a milestone of its minute; the milestone tells who did it, and is undone by it."""
        milestones = [line for line in lines if line.get("type") != "act"]
        verbs = self.env["oms.runner"]._get_verbs()
        kept = []
        for line in lines:
            kinds = verbs[line["verb"]]._milestones if line.get("type") == "act" and line["verb"] in verbs else ()
            same = next((other for other in milestones if self._is_repeated(line, other, kinds)), None)
            if same:
                same.update(actor=line["actor"], job_id=line["job_id"], can_undo=line["can_undo"])
            else:
                kept.append(line)
        return kept

    @api.model
    def _is_repeated(self, act, line, kinds):
        return line.get("type") in kinds and line["moment"][:_MINUTE] == act["moment"][:_MINUTE] and not line["job_id"]

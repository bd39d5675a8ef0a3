from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...documents.asked import on_one_record, on_records

# What is asked again under its reference was refused, or somebody has found out that it was not done.
_QUEUE = """
    INSERT INTO oms_outbox AS request (kind, reference, res_model, res_id, company_id, payload, state, is_asked, attempts,
                                       next_try, create_uid, create_date, write_uid, write_date) VALUES %s
    ON CONFLICT (kind, reference) DO UPDATE SET
        state = CASE WHEN request.state = 'failed' THEN 'queued' ELSE request.state END,
        attempts = CASE WHEN request.state = 'failed' THEN 0 ELSE request.attempts END,
        next_try = CASE WHEN request.state = 'failed' THEN EXCLUDED.next_try ELSE request.next_try END
    RETURNING id"""


class OmsOutbox(models.Model):
    """What another system is asked to do, once: the request is committed before the call and the answer after it.

    A kind of request is a key of :meth:`_get_kinds`. The model of the document has these methods:

    ``_send_<kind>(reference, payload)``
        asks the other system and returns its answer, a JSON-able dict. It runs after the request is committed, under no
        lock, and is given the same reference whenever it is asked again. ``UserError`` says that the other system
        refused: nothing was done, and a person has to look.
    ``_receive_<kind>(answer)``
        enters the answer into the document, in a short transaction that is started again where another was first.
    ``_miss_<kind>(message)``, optional
        tells people on the document that the request was refused, or that nobody knows whether it was done.
    ``_find_<kind>(reference, payload)``, optional
        returns the answer to an earlier request with this reference, ``{}`` where the other system knows nothing of it,
        None where it can't tell. Without it, or where it can't tell, what may have been done is never asked again by
        itself: a person decides.
    """

    _name = "oms.outbox"
    _description = "Request to Another System"
    _order = "id desc"
    _rec_name = "reference"

    kind = fields.Selection(selection="_selection_kind", required=True, readonly=True)
    reference = fields.Char(required=True, readonly=True, help="What the other system knows this request by.")
    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", required=True, readonly=True)
    document_name = fields.Char(compute="_compute_document_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    payload = fields.Json(readonly=True, groups="base.group_system")
    answer = fields.Json(readonly=True, groups="base.group_system")
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("calling", "Asking"),
            ("answered", "Answered"),
            ("done", "Done"),
            ("failed", "Refused"),
            ("unsure", "Unknown"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        help="Unknown: it was asked and gave no answer; look there whether it was done.",
    )
    is_asked = fields.Boolean(
        string="May Be Done", readonly=True, help="It was asked at least once, and did not say that it refuses."
    )
    message = fields.Text(string="Result", readonly=True)
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True, help="When it is asked again, unless an answer comes first.")
    date_done = fields.Datetime(string="Finished", readonly=True)

    _reference_unique = models.UniqueIndex("(kind, reference)")
    _due_idx = models.Index("(next_try, id) WHERE state IN ('queued', 'calling', 'answered')")
    _document_idx = models.Index("(res_model, res_id)")

    @api.model
    def _get_kinds(self):
        """Return what can be asked: {kind: dict} with ``label`` and ``groups``, who may ask again or give up."""
        return {}

    @api.model
    def _selection_kind(self):
        return [(kind, spec["label"]) for kind, spec in self._get_kinds().items()]

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for request in self:
            document = self.env[request.res_model].browse(request.res_id).exists()._filtered_access("read")
            request.document_name = document.display_name or ""

    # === ACTIONS === #

    @on_records
    def action_ask_again(self):
        """Ask again what was refused, or what somebody has found out not to have been done."""
        requests = self._lock_for_decision("failed", "unsure")
        if not requests:
            raise UserError(self.env._("Only what was refused, or is unknown, can be asked again."))
        requests.write({"state": "queued", "is_asked": False, "attempts": 0, "next_try": fields.Datetime.now()})
        requests._mark_documents()
        self._wake()

    @on_records
    def action_cancel(self):
        """Give up what waits, was refused or is unknown: it is not asked any more."""
        requests = self._lock_for_decision("queued", "failed", "unsure")
        if not requests:
            raise UserError(self.env._("It is being asked right now, or done."))
        requests.write({"state": "cancelled", "next_try": False, "date_done": fields.Datetime.now()})
        requests._mark_documents()

    @on_one_record
    def action_open_document(self):
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    # === BUSINESS METHODS === #

    def _lock_for_decision(self, *states):
        """Return those of these requests that are in such a state and that nobody works on, for a user who may decide."""
        self.check_access("read")
        kinds = self._get_kinds()
        for kind in set(self.mapped("kind")):
            if not self.env.su and not self.env.user.has_groups(kinds[kind]["groups"]):
                raise AccessError(self.env._("You may not decide about it: ask an administrator for the right."))
        # Nobody writes requests but the outbox.
        return self.sudo().try_lock_for_update().filtered(lambda request: request.state in states)

    @api.model
    def _queue(self, kind, documents, references, payloads=None):
        """Have another system asked about these documents once this transaction is committed.

        :param dict references: {document id: what the other system knows the request by}. The same again, it is not asked
            twice: the request that is there is returned.
        :param dict payloads: {document id: JSON-able dict}
        :return: the requests
        """
        if not documents:
            return self.browse()
        self.flush_model(["state", "attempts", "next_try"])
        now = fields.Datetime.now()
        rows = [
            SQL(
                "%s",
                (
                    *(kind, references[document.id], document._name, document.id, document.company_id.id),
                    self._fields["payload"].convert_to_column((payloads or {}).get(document.id), self),
                    *("queued", False, 0, now, self.env.uid, now, SUPERUSER_ID, now),
                ),
            )
            for document in documents.sorted("id")
        ]
        self.env.cr.execute(SQL(_QUEUE, SQL(", ").join(rows)))
        requests = self.browse(request_id for (request_id,) in self.env.cr.fetchall())
        requests.invalidate_recordset()
        requests._mark_documents()
        self._wake()
        return requests

    def _mark_documents(self):
        """Have the orders of these requests' documents read again."""
        dirty = self.env["oms.flow.dirty"]
        for model, requests in self.grouped("res_model").items():
            if model in dirty._get_mark_queries():
                dirty._mark(model, requests.mapped("res_id"))

    @api.model
    def _wake(self, at=None):
        """Have what waits be asked, now or at a moment."""
        cron = self.env.ref("oms_order_to_cash.oms_outbox_cron", raise_if_not_found=False)
        if cron:
            cron._trigger(at)

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .event_kind import KINDS

_NOTES = "oms.event"


class OmsEvent(models.Model):
    """What happened to an order, one row a milestone and act: written once, never changed.

    Documents note what happens (:meth:`_note`), one statement writes it before the commit. Only the system reads the table:
    the order's timeline shows it to those who may see the order.
    """

    _name = "oms.event"
    _description = "Order Event"
    _order = "date, id"
    _log_access = False

    # Plain integers: a foreign key would lock the order's row each time a document is saved.
    order_id = fields.Integer(required=True)
    company_id = fields.Integer(required=True)
    type = fields.Selection(selection="_selection_type", required=True)
    date = fields.Datetime(required=True)
    res_model = fields.Char(string="Document Model")
    res_id = fields.Integer(string="Document")
    user_id = fields.Integer(string="Actor")
    origin = fields.Char(help="Who asked for it: a click, a bulk action, automation, a scheduled action, the API.")
    verb = fields.Char(help="What an act did.")
    detail = fields.Char(help="The stage entered, or the type of the issue.")
    amount = fields.Float(help="In company currency, of an invoice or a credit note.")
    is_reconstructed = fields.Boolean(help="Read from the documents of an order that was there before the addon.")

    _order_idx = models.Index("(order_id, date)")
    _type_idx = models.Index("(type, date)")

    # === KINDS === #

    @api.model
    def _get_kinds(self):
        """Hook: return all that can happen to an order, {code: EventKind}; an addon adds its own."""
        return KINDS

    @api.model
    def _selection_type(self):
        return self._get_kind_words("label")

    @api.model
    def _get_kind_words(self, name):
        """Return [(code, words)] of the kinds of which this is said: ``label``, ``starts`` or ``meanwhile``."""
        return [(code, self.env._(words)) for code, kind in self._get_kinds().items() if (words := getattr(kind, name))]

    # === CRUD METHODS === #

    def write(self, vals):
        if vals:
            raise UserError(self.env._("What happened can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What happened can't be deleted; it goes with its order."))

    # === NOTING === #

    @api.model
    def _note(self, kind, records, **values):
        """Remember, until the transaction is flushed, that something happened to these documents.

        :param str kind: a key of :meth:`_get_kinds`
        :param records: of a model that :meth:`_get_order_queries` knows
        :param values: ``verb``, ``detail``, ``origin``
        """
        if not records.ids:
            return
        precommit = self.env.cr.precommit
        if _NOTES not in precommit.data:
            precommit.data[_NOTES] = []
            precommit.add(self.browse()._flush_notes)
        row = (kind, self.env.uid, values.get("origin"))
        precommit.data[_NOTES].append((*row, values.get("verb"), values.get("detail"), records._name, records.ids))

    @api.model
    def _flush_notes(self):
        """Write the transaction's notes, one statement for all of them."""
        notes = self.env.cr.precommit.data.pop(_NOTES, [])
        if notes:
            self.env.flush_all()
            self._insert(SQL(" UNION ALL ").join(self._get_note_query(*note) for note in notes))

    @api.model
    def _get_note_query(self, kind, user_id, origin, verb, detail, model, ids):
        return SQL(
            """SELECT doc.order_id, so.company_id, %s, %s::timestamp, %s, doc.res_id, %s::int, %s, %s, %s,
                      (%s)::float, FALSE
                 FROM (%s) doc JOIN sale_order so ON so.id = doc.order_id""",
            kind,
            self.env.cr.now(),  # the time that the transaction gives its documents
            model,
            user_id,
            origin,
            verb,
            detail,
            SQL("SELECT amount_total_signed FROM account_move WHERE id = doc.res_id")
            if model == "account.move"
            else SQL("NULL"),
            SQL(self._get_order_queries()[model], ids),
        )

    @api.model
    def _insert(self, query):
        """Write the events that a query returns, and keep for rules those that a running one waits for.

        :param SQL query: of order_id, company_id, type, date, res_model, res_id, user_id, origin, verb, detail, amount,
            is_reconstructed
        """
        self.env.cr.execute(
            SQL(
                """
            WITH noted AS (
                INSERT INTO oms_event (order_id, company_id, type, date, res_model, res_id, user_id, origin, verb, detail,
                                       amount, is_reconstructed) %s
                RETURNING id, order_id, type, detail, date
            ) %s""",
                query,
                self._get_follow_up(),
            )
        )

    @api.model
    def _get_follow_up(self):
        """Hook: the SQL that ends the statement, with what was ``noted`` at hand."""
        return SQL("SELECT FROM noted")

    @api.model
    def _get_order_queries(self):
        """Return, per model, the SQL that leads from its ids (``%s``) to rows (order_id, res_id).

        An addon that notes events of a document of its own, or whose verbs act on it, adds its query here.
        """
        return {
            "account.move": """
                SELECT DISTINCT sol.order_id, aml.move_id AS res_id FROM account_move_line aml
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
                  JOIN sale_order_line sol ON sol.id = rel.order_line_id
                 WHERE aml.move_id = ANY(%s)""",
            "oms.hold": "SELECT order_id, id AS res_id FROM oms_hold WHERE id = ANY(%s)",
            "oms.issue": "SELECT order_id, id AS res_id FROM oms_issue WHERE id = ANY(%s)",
            # Whatever else than an order a verb acts on belongs to orders of its own.
            "oms.job": """
                SELECT COALESCE(rel.order_id, job.order_id) AS order_id, job.id AS res_id
                  FROM oms_job job LEFT JOIN oms_job_order_rel rel ON rel.job_id = job.id
                 WHERE job.id = ANY(%s)""",
            "purchase.order": """
                SELECT DISTINCT sol.order_id, pol.order_id AS res_id FROM purchase_order_line pol
             LEFT JOIN stock_move_created_purchase_line_rel rel ON rel.created_purchase_line_id = pol.id
             LEFT JOIN stock_move move ON move.id = rel.move_id
                  JOIN sale_order_line sol ON sol.id IN (pol.sale_line_id, move.sale_line_id)
                 WHERE pol.order_id = ANY(%s)""",
            "sale.order": "SELECT id AS order_id, id AS res_id FROM sale_order WHERE id = ANY(%s)",
            "stock.picking": """
                SELECT DISTINCT sol.order_id, move.picking_id AS res_id FROM stock_move move
                  JOIN sale_order_line sol ON sol.id = move.sale_line_id
                 WHERE move.picking_id = ANY(%s)""",
        }

    # === READING === #

    @api.model
    def _read_order_ids(self, records):
        """Return {record id: the ids of its orders, sorted}, of documents that belong to any.

        What is of a model that :meth:`_get_order_queries` does not know belongs to none.
        """
        query = self._get_order_queries().get(records._name)
        if not query or not records:
            return {}
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT res_id, ARRAY_AGG(order_id ORDER BY order_id) FROM (%s) doc WHERE order_id IS NOT NULL GROUP BY res_id",
                SQL(query, records.ids),
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _oms_read_touched(self, order_ids):
        """Read when a person last ran a step on these orders; to have an automation tried again is none.

        :return: {order id: datetime}; orders no person touched left out
        """
        self.env.cr.execute(
            SQL(
                """SELECT order_id, MAX(date) FROM oms_event
                    WHERE order_id = ANY(%s) AND type = 'act' AND verb IS DISTINCT FROM 'retry'
                      AND origin IN ('user', 'bulk', 'api') GROUP BY order_id""",
                list(order_ids),
            )
        )
        return dict(self.env.cr.fetchall())

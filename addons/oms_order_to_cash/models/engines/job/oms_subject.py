from odoo import api, models
from odoo.tools import SQL

# Who changed it last, and when, is no part of what an undo brings back.
_LEFT_OUT = ["write_date", "write_uid"]


class OmsSubject(models.AbstractModel):
    """What a verb acts on: a sales order, or a document of any model, which may belong to several orders.

    Its model needs nothing of ours. What is used where it is there: ``company_id``; the chatter; its query in
    :meth:`oms.event._get_order_queries`, which says which orders a document belongs to; and ``_oms_read_snapshot(ids)``, of
    more than its own row that an undo is to bring back.
    """

    _name = "oms.subject"
    _description = "Subject of a Verb"

    # === WHICH IT IS === #

    @api.model
    def _read_order_ids(self, records):
        """Return {record id: the ids of its orders, sorted}."""
        if records._name == "sale.order":
            return {order_id: [order_id] for order_id in records.ids}
        return self.env["oms.event"]._read_order_ids(records)

    @api.model
    def _get_company(self, record):
        """Return the company that acts: its own, else that of who asks."""
        return ("company_id" in record and record.company_id) or self.env.company

    @api.model
    def _filter_there(self, records):
        """Leave out what was deleted meanwhile; an order takes its jobs along, so there is none to look for."""
        return records if records._name == "sale.order" else records.exists()

    # === LOCKS === #

    @api.model
    def _lock(self, records):
        """Lock records, their orders and those orders' lines; return the records nobody else holds any part of.

        What another holds is left out, not waited for: no two can ever wait for each other.
        """
        if records._name == "sale.order":
            return self._lock_orders(records)
        locked = records.try_lock_for_update(allow_referencing=True)
        order_ids = self._read_order_ids(locked)
        orders = self.env["sale.order"].browse(sorted(set().union(*order_ids.values())))
        free = set(self._lock_orders(orders).ids)
        return locked.filtered(lambda record: free.issuperset(order_ids.get(record.id, ())))

    @api.model
    def _lock_orders(self, orders):
        locked = orders.try_lock_for_update(allow_referencing=True)
        # A warehouse user may not read prices, but locks the lines all the same.
        lines = self.env["sale.order.line"].sudo().search([("order_id", "in", locked.ids)])
        held = lines - lines.try_lock_for_update(allow_referencing=True)
        return locked - held.order_id.with_env(self.env)

    @api.model
    def _bump(self, records):
        """Make every other transaction that acts on these at the same time fail and start again, see oms.order.guard."""
        if records._name != "sale.order" and records:
            # What is written anew, if only as it was, is what no older transaction may lock any more.
            query = SQL("UPDATE %s SET id = id WHERE id = ANY(%s)", SQL.identifier(records._table), records.ids)
            self.env.cr.execute(query, log_exceptions=False)
        order_ids = self._read_order_ids(records)
        self.env["oms.order.guard"]._bump(set().union(*order_ids.values()))

    # === WHAT IT SAYS === #

    @api.model
    def _read_snapshots(self, records):
        """Read these records and the documents of their orders, as :func:`compare` takes them: an undo is to leave the same."""
        if records._name == "sale.order":
            return records._oms_read_snapshot(records.ids)
        own, order_ids = self._read_own_snapshots(records), self._read_order_ids(records)
        of_orders = self.env["sale.order"]._oms_read_snapshot(sorted(set().union(*order_ids.values())))
        return {
            record.id: {
                **own.get(record.id, {}),
                **{
                    (f"{kind}/{order_id}", owner): content
                    for order_id in order_ids.get(record.id, ())
                    for (kind, owner), content in of_orders[order_id].items()
                },
            }
            for record in records
        }

    @api.model
    def _read_own_snapshots(self, records):
        if hasattr(records, "_oms_read_snapshot"):
            return records._oms_read_snapshot(records.ids)
        self.env.flush_all()
        table = SQL.identifier(records._table)
        self.env.cr.execute(
            SQL(
                "SELECT id, (to_jsonb(%s) - %s::text[])::text FROM %s WHERE id = ANY(%s)",
                table,
                _LEFT_OUT,
                table,
                records.ids,
            )
        )
        return {record_id: {("subject", ""): content} for record_id, content in self.env.cr.fetchall()}

    @api.model
    def _log(self, records, bodies):
        """Say something in the chatter of each of these records that has one.

        :param dict bodies: {record id: text}
        """
        if hasattr(records, "_message_log_batch"):
            records._message_log_batch(bodies=bodies)

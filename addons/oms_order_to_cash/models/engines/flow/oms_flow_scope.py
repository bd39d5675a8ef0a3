from odoo import api, models
from odoo.tools import SQL

# Each scope gets its share of what is read at once, however many there are.
_LEAST_SHARE = 5


class OmsFlow(models.Model):
    """To which orders a mark leads that names no order: they may be very many, and are read share by share."""

    _inherit = "oms.flow"

    @api.model
    def _get_scopes(self):
        """Return {scope: (SQL, filter)}.

        The SQL gives the ids of the orders of ``wanted.id``; ``filter``, or None, is a method that takes a set of them and returns
        those that have to be read again.
        """
        return {
            "product": (self.env["stock.move"]._oms_get_waiting_query(), None),
        }

    @api.model
    def _expand(self, scopes, limit):
        """Return the orders that these scopes lead to, about ``limit`` at most; the rest is put back on the queue.

        :param dict scopes: {(scope, id): list of (number of the mark, after_id)}
        """
        if not scopes:
            return set()
        share = max(limit // len(scopes), _LEAST_SHARE)
        found, rest = set(), []
        for scope, (query, keep) in self._get_scopes().items():
            marks = {scope_id: marks for (name, scope_id), marks in scopes.items() if name == scope}
            if marks:
                read = self._read_scope(query, marks, share + 1)
                rest += [(scope, *mark) for mark in self._get_rest(marks, read, share)]
                order_ids = {order_id for order_ids in read.values() for order_id in order_ids[:share]}
                found |= keep(order_ids) if keep else order_ids
        self.env["oms.flow.dirty"]._put_back(rest)
        return found

    @api.model
    def _read_scope(self, query, marks, limit):
        """Return {id: the next orders of each of these ids of a scope, ascending}."""
        starts = {scope_id: max(after_id for _mark_id, after_id in same) for scope_id, same in marks.items()}
        self.env.cr.execute(
            SQL(
                """
            SELECT wanted.id, found.order_id FROM UNNEST(%(ids)s::int[], %(starts)s::int[]) wanted (id, start)
        CROSS JOIN LATERAL (
                SELECT order_id FROM (%(query)s) every WHERE order_id > wanted.start
              GROUP BY order_id ORDER BY order_id LIMIT %(limit)s
              ) found
          ORDER BY wanted.id, found.order_id
            """,
                ids=list(starts),
                starts=list(starts.values()),
                query=SQL(query),
                limit=limit,
            )
        )
        read = {}
        for scope_id, order_id in self.env.cr.fetchall():
            read.setdefault(scope_id, []).append(order_id)
        return read

    @api.model
    def _get_rest(self, marks, read, share):
        """Yield (id, after_id, number of the mark) of what is left of a scope.

        What was marked again meanwhile begins anew only when the round before it has come to its end: else the orders at the
        end would never be read.
        """
        for scope_id, same in marks.items():
            numbers, starts = zip(*sorted(same), strict=True)
            order_ids = read.get(scope_id, [])
            if len(order_ids) > share:
                yield scope_id, order_ids[share - 1], numbers[0]
            if min(starts) < max(starts):
                yield scope_id, min(starts), numbers[-1]

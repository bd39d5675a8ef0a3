import json
import logging
from datetime import timedelta
from operator import itemgetter

from odoo import api, fields, models
from odoo.tools import SQL, float_round

from ....const import LANES
from ..transaction import PASSING, find_culprits, get_error_text

_logger = logging.getLogger(__name__)

_WORK = ("todo", "doing", "blocked")
_CLOSED = ("closed", "cancelled")
_KEY = ("order_id", "type_id")
_COMPARED = (
    "lane",
    "company_id",
    "partner_id",
    "salesperson_id",
    "severity",
    "band",
    "score",
    "score_severity",
    "score_urgency",
    "score_value",
    "score_customer",
    "rank",
    "amount",
    "cost_per_day",
    "turn",
    "data",
    "date_since",
    "date_deadline",
)
_get_compared = itemgetter(*_COMPARED)


class OmsIssue(models.Model):
    _inherit = "oms.issue"

    # === DETECTING === #

    @api.model
    def _find(self, facts):
        """Run all detectors on orders. Whatever an order makes fail is its own trouble: the others are looked at.

        :param dict facts: {order id: OrderFacts} whose lanes are read
        :return: list of (oms.issue.type, order id, finding), see ``oms.detector._prepare_finding``; and what nothing is known of:
            a set of (order id, type id)
        """
        watched = self._get_watched(facts)
        found, unknown = [], set()
        if not watched:
            return found, unknown
        types = self._get_types()
        detectors = {
            issue_type: detector for issue_type in types if (detector := issue_type._get_detector()) is not None
        }
        blind = self._read_signals(watched, detectors)
        for issue_type in types:
            readers = (issue_type.lane, issue_type.code)
            keys = {
                order_id: fact
                for order_id, fact in watched.items()
                if not any((order_id, reader) in blind for reader in readers)
            }
            # Of one whose addon is gone nothing is known.
            detector = detectors.get(issue_type)
            errors = dict.fromkeys(keys) if detector is None else self._detect(issue_type, detector, keys, found)
            unknown.update((order_id, issue_type.id) for order_id in watched.keys() - keys.keys() | errors.keys())
        return found, unknown

    @api.model
    def _get_types(self):
        """Return what to look for; that something else failed is looked for when all else was."""
        types = self.env["oms.issue.type"].search([("active", "=", True)])
        return types.sorted(lambda issue_type: issue_type.code == "X1")

    @api.model
    def _read_signals(self, watched, detectors):
        """Have lanes and detectors read what finding needs; one that fails leaves the others theirs.

        :param dict detectors: {oms.issue.type: detector}
        :return: set of (order id, lane or code of the detector) for which that failed
        """
        readers, blind = {code: self.env[f"oms.lane.{code}"] for code, _label in LANES}, set()
        readers.update(
            (issue_type.code, detector) for issue_type, detector in detectors.items() if detector._reads_signals()
        )
        try:
            with self.env.cr.savepoint(flush=False):
                for reader in readers.values():
                    reader._read_signals(watched)
            return blind
        except PASSING:
            raise
        except Exception:  # who is to blame is found out one by one
            _logger.info("Order issues: signals could not be read, they are read one by one", exc_info=True)
        for code, reader in readers.items():

            def read(order_ids, reader=reader):
                with self.env.cr.savepoint(flush=False):
                    reader._read_signals({order_id: watched[order_id] for order_id in order_ids})

            errors = find_culprits(read, watched)
            self._keep_failures(watched, errors, code)
            blind.update((order_id, code) for order_id in errors)
        return blind

    @api.model
    def _detect(self, issue_type, detector, facts, found):
        """Add what a detector finds; return {order id: what it raised} of those that it can't look at."""

        def look(order_ids):
            findings = detector._find({order_id: facts[order_id] for order_id in order_ids})
            found.extend((issue_type, order_id, finding) for order_id, finding in findings.items())

        errors = find_culprits(look, facts) if facts else {}
        self._keep_failures(facts, errors, issue_type.code)
        return errors

    @api.model
    def _keep_failures(self, facts, errors, name):
        for order_id, error in errors.items():
            facts[order_id].failures.append(f"{name}: {get_error_text(error)}")
        for error in {repr(error): error for error in errors.values()}.values():
            _logger.error("Order issues: %s broke for orders %s", name, [*errors][:10], exc_info=error)

    @api.model
    def _get_watched(self, facts):
        watched = {order_id: fact for order_id, fact in facts.items() if self._is_watched(fact)}
        over = facts.keys() - watched.keys()
        # A parcel that is lost is in trouble, paid or not.
        for shipment in self.env["stock.picking"]._oms_read_shipments(over) if over else ():
            watched[shipment["order_id"]] = facts[shipment["order_id"]]
        return watched

    @api.model
    def _is_watched(self, fact):
        """Tell whether an order can be in trouble at all: something of it is to be done, owed by anybody, or on its way.

        Nothing is meant by *closed* but that no lane has work: what was billed and paid may be wrong all the same.
        """
        if (
            fact.stage not in _CLOSED
            or fact.amount_open
            or fact.amount_owed
            or fact.bought
            or fact.header["has_failed_job"]
        ):
            return True
        if any(reading["state"] in _WORK for reading in fact.lanes.values()):
            return True
        return self.env["oms.lane.invoice"]._is_billed_otherwise(fact)

    # === STORING === #

    @api.model
    def _reconcile(self, facts, new_ids=()):
        """Raise, refresh and close issues of these orders, so that what is open is what their detectors find.

        :param new_ids: of orders whose flow is new, and has not been told of their issues
        :return: set of the orders' ids whose issues changed
        """
        found, unknown = self._find(facts)
        now = fields.Datetime.now()
        rows = [self._prepare_row(*scored, facts, now) for scored in self._get_scored(found, facts, now)]
        stored = self._read_stored(list(facts))
        changed = self._store_found([row for row in rows if not self._is_stored(row, stored)])
        gone = stored.keys() - {(row["order_id"], row["type_id"]) for row in rows}
        changed |= self._close_gone([stored[key][0] for key in gone - unknown])
        self._store_summary([*(changed | set(new_ids))])
        return changed

    @api.model
    def _get_scored(self, found, facts, now):
        """Yield what was found with its score."""
        scale = self.env["oms.issue.scale"]
        thresholds = scale._read()
        kinds = {
            issue_type: self._prepare_kind(issue_type) for issue_type in {issue_type for issue_type, *_rest in found}
        }
        for issue_type, order_id, finding in found:
            fact, kind = facts[order_id], kinds[issue_type]
            amount = finding["amount"]
            if amount is None:
                amount = fact.amount_open
            elif amount:
                amount = float_round(amount, precision_rounding=fact.header["rounding"])
            finding["amount"] = amount
            severity = finding["severity"] or kind["severity"]
            share = scale._get_percentile(thresholds.get(fact.header["company_id"]), amount) if amount else 0.0
            score = self._score(severity, finding, fact, share, now)
            yield kind, order_id, finding, {**score, "severity": severity}

    @api.model
    def _prepare_kind(self, issue_type):
        return {
            "type_id": issue_type.id,
            "lane": issue_type.lane,
            "severity": issue_type.severity,
            "sla": timedelta(hours=issue_type.sla_hours) if issue_type.sla_hours else None,
        }

    @api.model
    def _prepare_row(self, kind, order_id, finding, score, facts, now):
        header = facts[order_id].header
        cost = self._get_cost_per_day(kind["lane"], finding["amount"], facts[order_id])
        return {
            **score,
            "order_id": order_id,
            "type_id": kind["type_id"],
            "lane": kind["lane"],
            "company_id": header["company_id"],
            "partner_id": header["partner_id"],
            "salesperson_id": header["user_id"],
            "amount": finding["amount"],
            "cost_per_day": round(cost, 2),
            "turn": finding["turn"],
            "data": finding["data"],
            "date_since": finding["since"],
            "date_deadline": finding["deadline"],
            "date_raised": now,
            "date_sla": kind["sla"] and now + kind["sla"],
            "state": "open",
        }

    @api.model
    def _read_stored(self, order_ids):
        """Read what is open or dismissed of these orders: {(order id, type id): (id, order id, type id, what is compared)}."""
        columns = SQL(", ").join(map(SQL.identifier, ("id", *_KEY, *_COMPARED)))
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM oms_issue WHERE order_id = ANY(%s) AND state IN ('open', 'dismissed')",
                columns,
                order_ids,
            )
        )
        return {row[1:3]: row for row in self.env.cr.fetchall()}

    @api.model
    def _filter_having(self, order_ids, code):
        """Return the ids of those of these orders of which an issue of this type is open or dismissed."""
        self.env.cr.execute(
            SQL(
                """SELECT issue.order_id FROM oms_issue issue JOIN oms_issue_type type ON type.id = issue.type_id AND type.code = %s
                    WHERE issue.order_id = ANY(%s) AND issue.state IN ('open', 'dismissed')""",
                code,
                list(order_ids),
            )
        )
        return {order_id for (order_id,) in self.env.cr.fetchall()}

    @api.model
    def _is_stored(self, row, stored):
        """Tell whether a row would stay as it is: most do, and to leave them out costs less than to send them."""
        old = stored.get((row["order_id"], row["type_id"]))
        return bool(old) and old[3:] == _get_compared(row)

    @api.model
    def _store_found(self, rows):
        """Insert or update the rows of what was found; return the ids of the orders whose rows changed."""
        if not rows:
            return set()
        columns = (*_KEY, *_COMPARED, "date_raised", "date_sla", "state")
        query = f"""
            INSERT INTO oms_issue AS issue ({", ".join(columns)})
            SELECT {", ".join(columns)} FROM JSON_POPULATE_RECORDSET(NULL::oms_issue, %s)
            ON CONFLICT (order_id, type_id) WHERE state IN ('open', 'dismissed')
            DO UPDATE SET {", ".join(f"{column} = EXCLUDED.{column}" for column in _COMPARED)}
             WHERE ({", ".join(f"issue.{column}" for column in _COMPARED)})
                   IS DISTINCT FROM ({", ".join(f"EXCLUDED.{column}" for column in _COMPARED)})
            RETURNING id, order_id, xmax = 0"""
        # One document is made and read in a fraction of the time that a list of values takes.
        self.env.cr.execute(query, [json.dumps(rows, default=str)])
        returned = self.env.cr.fetchall()
        self._log_events([issue_id for issue_id, _order_id, is_new in returned if is_new], "issue_raised")
        return {order_id for _issue_id, order_id, _is_new in returned}

    @api.model
    def _close_gone(self, issue_ids):
        """Close issues whose cause is gone; return the ids of their orders."""
        if not issue_ids:
            return set()
        self.env.cr.execute(
            SQL(
                """
            UPDATE oms_issue SET state = 'closed', date_closed = %s, snoozed_until = NULL,
                   close_code = CASE WHEN state = 'dismissed' THEN close_code ELSE 'cleared' END
             WHERE id = ANY(%s) AND state IN ('open', 'dismissed')
         RETURNING id, order_id""",
                fields.Datetime.now(),
                issue_ids,
            )
        )
        closed = self.env.cr.fetchall()
        self._log_events([issue_id for issue_id, _order_id in closed], "issue_closed")
        return {order_id for _issue_id, order_id in closed}

    @api.model
    def _log_events(self, issue_ids, event):
        """Enter what is raised and closed into the orders' timelines."""
        if issue_ids:
            self.env["oms.event"]._insert(
                SQL(
                    """SELECT order_id, company_id, %s, %s::timestamp, 'oms.issue', id, NULL::int, NULL, NULL, type_id::text,
                              NULL::float, FALSE FROM oms_issue WHERE id = ANY(%s)""",
                    event,
                    fields.Datetime.now(),
                    issue_ids,
                )
            )

    @api.model
    def _store_summary(self, order_ids):
        """Keep on the flows how many issues ask for attention, and the worst one; snoozed ones wait."""
        if not order_ids:
            return
        self.env.cr.execute(
            SQL(
                """
            UPDATE oms_flow flow SET issue_count = found.number, issue_score = found.score, issue_rank = found.rank,
                   issue_type_id = found.type_id, issue_band = found.band
              FROM (
                SELECT orders.id AS order_id, COUNT(issue.id) AS number, COALESCE(MAX(issue.score), 0) AS score,
                       COALESCE(MAX(issue.rank), 0) AS rank,
                       (ARRAY_AGG(issue.type_id ORDER BY issue.band = 'critical' DESC, issue.score DESC, issue.id))[1] AS type_id,
                       (ARRAY_AGG(issue.band ORDER BY issue.band = 'critical' DESC, issue.score DESC, issue.id))[1] AS band
                  FROM UNNEST(%(order_ids)s::int[]) orders (id)
             LEFT JOIN oms_issue issue ON issue.order_id = orders.id AND issue.state = 'open'
                                      AND (issue.snoozed_until IS NULL OR issue.snoozed_until <= %(now)s)
              GROUP BY orders.id
              ) found
             WHERE flow.order_id = found.order_id
               AND (flow.issue_count, flow.issue_score, flow.issue_rank, flow.issue_type_id, flow.issue_band)
                   IS DISTINCT FROM (found.number, found.score, found.rank, found.type_id, found.band)
            """,
                order_ids=order_ids,
                now=fields.Datetime.now(),
            )
        )

import json
import logging
import time
from datetime import date, datetime

from odoo import api, models
from odoo.tools import SQL, float_round, gc, split_every

from ....const import LANES
from ..transaction import find_culprits, get_error_text

_logger = logging.getLogger(__name__)

# Orders read at once: more of them share the planning of queries.
_BATCH = 2000
# How far the first reading of all orders has come.
SCAN = "flows"
_MAIN_LANES = tuple(code for code, _label in LANES if code != "return")


class OmsFlow(models.Model):
    _inherit = "oms.flow"

    # === READING === #

    @api.model
    def _read_lanes(self, order_ids):
        """Read the facts of these orders, and all their lanes.

        :return: {order id: OrderFacts}
        """
        lanes = [(code, self.env[f"oms.lane.{code}"]) for code, _label in LANES]
        facts = self.env["oms.lane"]._read_facts(order_ids)
        for code, lane in lanes:
            for order_id, state in lane._get_states(facts).items():
                facts[order_id].lanes[code] = state
        for fact in facts.values():
            fact.stage = self._get_headline(fact)["stage"]
            rounding = fact.header["rounding"]
            fact.amount_open = float_round(self._get_amount_open(fact), precision_rounding=rounding)
            fact.amount_owed = float_round(
                self.env["oms.lane.payment"]._get_amount_owed(fact), precision_rounding=rounding
            )
        return facts

    @api.model
    def _prepare_rows(self, facts):
        return {order_id: self._prepare_row(fact) for order_id, fact in facts.items()}

    @api.model
    def _prepare_row(self, fact):
        header = fact.header
        headline = self._get_headline(fact)
        row = {
            key: header[key]
            for key in ("company_id", "partner_id", "user_id", "team_id", "warehouse_id", "date_order", "date_promised")
        }
        row.update({f"lane_{code}": reading["state"] for code, reading in fact.lanes.items()})
        row.update(
            order_id=header["id"],
            stage=headline["stage"],
            is_held=header["held"],
            next_action=headline.get("action"),
            next_deadline=self._get_moment(headline.get("deadline"), header["company_id"]),
            amount_total=float_round(self._get_amount_total(header), precision_rounding=header["rounding"]),
            amount_open=fact.amount_open,
            amount_owed=fact.amount_owed,
            read_error=None,
        )
        return row

    @api.model
    def _get_moment(self, deadline, company_id):
        """Return a lane's deadline as a moment: a day is kept at a noon that is that day for the company's people."""
        if isinstance(deadline, date) and not isinstance(deadline, datetime):
            return self.env["res.company"].browse(company_id)._oms_get_noon(deadline)
        return deadline

    @api.model
    def _get_headline(self, fact):
        """Return the reading of the least advanced lane that has work; a return waits beside and leads only a closed order."""
        if fact.is_cancelled():
            return {"stage": "cancelled", "action": self._get_last_action(fact, ("invoice", "return"))}
        for code in _MAIN_LANES:
            if fact.lanes[code].get("stage"):
                return fact.lanes[code]
        return {"stage": "closed", "action": self._get_last_action(fact, ("return",))}

    @api.model
    def _get_last_action(self, fact, codes):
        """Return what is left to do of an order that is over: what these lanes ask for, then to give the customer his money."""
        action = next((fact.lanes[code]["action"] for code in codes if fact.lanes[code].get("action")), None)
        return action or ("refund" if self.env["oms.lane.payment"]._is_refund_due(fact) else None)

    @api.model
    def _get_amount_total(self, header):
        """Return the order's total in company currency, at the order's rate."""
        return header["amount_total"] / header["currency_rate"]

    @api.model
    def _get_amount_open(self, fact):
        """Return the value at stake in company currency: the cash of this order that is not in yet, below 0 what is to go out."""
        if fact.header["state"] in ("draft", "sent"):
            return self._get_amount_total(fact.header)
        payment = self.env["oms.lane.payment"]
        amount = payment._get_amount_unpaid(fact) + self.env["oms.lane.invoice"]._get_amount_left(fact)
        return amount - payment._get_amount_spare(fact)

    # === WRITING === #

    @api.model
    def _refresh(self, order_ids, with_issues=True):
        """Read these orders again and store what changed of their flows and issues, in batches.

        :param with_issues: False where the regular look at all orders will find their issues
        :return: flows that changed or appeared
        """
        self.env.flush_all()
        changed = []
        for batch in split_every(_BATCH, sorted(order_ids)):
            # So many rows at once have Python search all of its objects for cycles, again and again: here are none.
            with gc.disabling_gc():
                changed += self._refresh_batch(batch, with_issues)
        if changed:
            self.env["oms.job"]._wake_waiting(self.browse(set(changed)).order_id.ids)
            self.invalidate_model(flush=False)
            self.env["oms.issue"].invalidate_model(flush=False)
        return self.browse(set(changed))

    @api.model
    def _refresh_batch(self, order_ids, with_issues):
        """Refresh these orders at once; those that can't be read keep what is known of them, and say so.

        :return: ids of the flows that changed
        """
        changed = []

        def refresh(batch):
            with self.env.cr.savepoint():
                read = self._refresh_readable(batch, with_issues)
            changed.extend(read)

        errors = find_culprits(refresh, order_ids)
        for order_id, error in errors.items():
            _logger.error("Order flows: order %s can't be read", order_id, exc_info=error)
        return changed + self._store_unread(errors)

    @api.model
    def _refresh_readable(self, order_ids, with_issues):
        facts = self._read_lanes(order_ids)
        rows = self._prepare_rows(facts)
        stored = self._read_stored(order_ids)
        self._note_transitions(rows, stored)
        changed = self._store_rows([row for row in rows.values() if not self._is_stored(row, stored)])
        if with_issues:
            of_orders = self.env["oms.issue"]._reconcile(facts, rows.keys() - stored.keys())
            changed += self.sudo().search([("order_id", "in", list(of_orders))]).ids
        self.env["oms.rule"]._take_events(order_ids)
        return changed

    @api.model
    def _store_rows(self, rows):
        """Insert or update rows; those that would stay as they are are not written.

        :return: ids of the flows written
        """
        if not rows:
            return []
        columns = sorted(rows[0])
        compared = [column for column in columns if column != "order_id"]
        # One document is made and read in a fraction of the time that a list of values takes.
        query = f"""
            INSERT INTO oms_flow ({", ".join(columns)}, stage_since, issue_count, issue_score, issue_rank)
            SELECT {", ".join(columns)}, date_order, 0, 0, 0 FROM JSON_POPULATE_RECORDSET(NULL::oms_flow, %s)
            ON CONFLICT (order_id) DO UPDATE SET {", ".join(f"{column} = EXCLUDED.{column}" for column in compared)},
                stage_since = CASE WHEN oms_flow.stage = EXCLUDED.stage THEN oms_flow.stage_since
                                   ELSE NOW() AT TIME ZONE 'UTC' END
             WHERE ({", ".join(f"oms_flow.{column}" for column in compared)})
                   IS DISTINCT FROM ({", ".join(f"EXCLUDED.{column}" for column in compared)})
            RETURNING id"""
        self.env.cr.execute(query, [json.dumps(rows, default=str)])
        return [flow_id for (flow_id,) in self.env.cr.fetchall()]

    @api.model
    def _is_stored(self, row, stored):
        """Tell whether a row would stay as it is: most do, and to leave them out costs less than to send them."""
        old = stored.get(row["order_id"])
        return bool(old) and old | row == old

    # === FIRST READING === #

    @api.model
    def _fill(self, commit=None, batch_size=2 * _BATCH):
        """Read every order that has no flow yet, so that it can stop anywhere and go on later.

        How far it came is kept, so that the orders read long ago are not looked through again.

        :param commit: called with (number done, remaining=) after each batch; returns whether time is left. Without it
            all is done in the running transaction, issues as well; with it they are left to the regular look at all
            unfinished orders, which is woken in the end.
        :return: number of orders read
        """
        self.env.flush_all()
        scan, done, started = self.env["oms.scan"].sudo(), 0, time.monotonic()
        last_id = scan._get_start(SCAN)
        while order_ids := scan._get_next(last_id, batch_size):
            unread, last_id = self._get_unread(order_ids), order_ids[-1]
            if not unread:
                continue
            self.sudo()._refresh(unread, with_issues=not commit)
            done += len(unread)
            scan._set_last_id(SCAN, last_id)
            self._log_progress(done, last_id, started)
            if commit and not commit(len(unread), remaining=len(scan._get_next(last_id, 1))):
                return done
        scan._set_last_id(SCAN, last_id)
        if done and commit:
            _logger.info("Order flows: all are read; issues and the past of these orders follow in the background.")
            self.env["oms.issue"]._wake()
        return done

    @api.model
    def _get_unread(self, order_ids):
        self.env.cr.execute(SQL("SELECT order_id FROM oms_flow WHERE order_id = ANY(%s)", order_ids))
        return sorted(set(order_ids) - {order_id for (order_id,) in self.env.cr.fetchall()})

    @api.model
    def _log_progress(self, done, last_id, started):
        rate = done / (time.monotonic() - started)
        _logger.info("Order flows: %s read, up to order %s, %.0f orders/s", done, last_id, rate)

    # === AUDIT === #

    @api.model
    def _audit(self, domain=()):
        """Compare the stored flows with the documents, once what is marked has been refreshed. There must be no difference.

        :param domain: of sale orders
        :return: list of dicts ``order_id``, ``field``, ``stored``, ``computed``; a missing row has ``field`` "order_id"
        """
        self.env.flush_all()
        order_ids = self.env["sale.order"].sudo().with_context(active_test=False).search(list(domain), order="id").ids
        differences = []
        for batch in split_every(_BATCH, order_ids):
            facts, unread = self._read_lanes_of_all(batch)
            computed, stored = self._prepare_rows(facts), self._read_stored(batch)
            differences += [
                {"order_id": order_id, "field": "read_error", "stored": None, "computed": get_error_text(error)}
                for order_id, error in unread.items()
                if not stored.get(order_id, {}).get("read_error")
            ]
            for order_id, row in computed.items():
                differences += self._compare(stored.get(order_id, {}), row)
        return differences

    @api.model
    def _read_stored(self, order_ids):
        self.env.cr.execute(SQL("SELECT * FROM oms_flow WHERE order_id = ANY(%s)", list(order_ids)))
        return {row["order_id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _compare(self, stored, computed):
        if not stored:
            return [
                {
                    "order_id": computed["order_id"],
                    "field": "order_id",
                    "stored": None,
                    "computed": computed["order_id"],
                }
            ]
        return [
            {"order_id": computed["order_id"], "field": key, "stored": stored[key], "computed": value}
            for key, value in computed.items()
            if (float(stored[key]) if key.startswith("amount") else stored[key]) != value
        ]

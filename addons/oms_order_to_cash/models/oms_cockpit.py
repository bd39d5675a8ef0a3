from psycopg2 import DataError, ProgrammingError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import LANES, STAGES
from .documents.asked import check_id

_CLOSED = ("closed", "cancelled")
_OPEN_STAGES = [stage for stage, _label in STAGES if stage not in _CLOSED]
# Closed orders pile up for ever: beyond this the tile says "more than", as Odoo's own pager does.
_COUNT_LIMIT = 10_000
# What a domain of a client raises that is none.
_NO_SEARCH = (AttributeError, DataError, LookupError, ProgrammingError, TypeError, ValueError)


class OmsCockpit(models.AbstractModel):
    """What the cockpit shows, shaped for display: one call per screen, nothing stored, no rule decided."""

    _name = "oms.cockpit"
    _description = "Order to Cash Cockpit"

    # === SCREENS === #

    @api.model
    def get_strip(self, domain=(), stages=(), bands=()):
        """Return what stands above the list: per stage how many orders match and the value at stake in them, and per
        severity how many are in trouble. Tiles count within the chosen severities, chips within the chosen stages.

        :param domain: the search's domain on ``oms.flow``, without its choice of stages and severities
        :param stages: keys of the chosen tiles, none for all orders
        :param bands: keys of the chosen severities, none for all orders
        :return: dict with ``tiles``, ``issues``, ``currency_id`` and ``converted``, the other currencies that were
            converted into it
        """
        flows = self.env["oms.flow"]
        flows.check_access("read")
        stages, bands = self._check_keys(stages), self._check_keys(bands)
        flows._catch_up()
        currency = self.env.company.currency_id
        groups = self._read_open(domain)
        shown = [group for group in groups if not bands or group[1] in bands]
        others = {company.currency_id.name for _stage, _band, company, *_rest in shown} - {currency.name}
        return {
            "tiles": [*self._prepare_tiles(shown), self._prepare_closed_tile(domain, bands)],
            "issues": self._prepare_chips(groups, stages),
            "currency_id": currency.id,
            "converted": sorted(others) if self._can_see_amounts() else [],
        }

    @api.model
    def _read_open(self, domain):
        """Read what is open by stage, worst severity and company: all tiles and chips add up from this one query.

        :return: list of (stage, severity, company, count, and where the user may see it the value at stake)
        """
        amounts = ["amount_open:sum"] if self._can_see_amounts() else []
        by = ["stage", "issue_band", "company_id"]
        try:
            wanted = Domain(domain or []) & self._get_tile_domain("open")
            return self.env["oms.flow"]._read_group(wanted, by, ["__count", *amounts])
        except _NO_SEARCH as error:
            raise UserError(self.env._("This is no search on orders: %(domain)s", domain=domain)) from error

    @api.model
    def get_order_strip(self, order_id):
        """Return the headline of one order for its form, or False where the user may not see its flow."""
        flows = self.env["oms.flow"]
        if not order_id or not flows.has_access("read"):
            return False
        check_id(self.env, order_id)
        flows._catch_up()
        flow = flows.search([("order_id", "=", order_id)])
        return bool(flow) and self._prepare_headline(flow)

    # === TILES === #

    @api.model
    def _get_tile_domain(self, key):
        """Return what a tile stands for; the search view's filter ``stage_<key>`` says the same."""
        if key == "open":
            # A credit owed for what came back is work still to be done, though the order itself is closed.
            return Domain("stage", "in", _OPEN_STAGES) | Domain("issue_band", "!=", False)
        return Domain("stage", "=", key)

    @api.model
    def _prepare_tiles(self, groups):
        totals, show_amounts = {stage: [0, 0.0] for stage, _label in STAGES}, self._can_see_amounts()
        currency, today = self.env.company.currency_id, fields.Date.context_today(self)
        for stage, _band, company, count, *amounts in groups:
            totals[stage][0] += count
            for amount in amounts:
                totals[stage][1] += company.currency_id._convert(amount, currency, self.env.company, today, round=False)
        labels = self._get_labels("stage")
        rows = [("open", self.env._("All open"), [sum(column) for column in zip(*totals.values(), strict=True)])]
        rows += [(stage, labels[stage], totals[stage]) for stage in _OPEN_STAGES]
        return [
            {
                "key": key,
                "label": label,
                "count": count,
                "more": False,
                "amount": show_amounts and currency.round(amount),
            }
            for key, label, (count, amount) in rows
        ]

    @api.model
    def _prepare_closed_tile(self, domain, bands):
        wanted = Domain(domain or []) & self._get_tile_domain("closed")
        if bands:
            wanted &= self._get_bands_domain(bands)
        count = self.env["oms.flow"].search_count(wanted, limit=_COUNT_LIMIT + 1)
        return {
            "key": "closed",
            "label": self._get_labels("stage")["closed"],
            "count": min(count, _COUNT_LIMIT),
            "more": count > _COUNT_LIMIT,
            "amount": False,
        }

    # === ONE ORDER === #

    @api.model
    def _prepare_headline(self, flow):
        actions, stages = self._get_labels("next_action"), self._get_labels("stage")
        return {
            "id": flow.id,
            "order_id": flow.order_id.id,
            "name": flow.order_id.display_name,
            "partner": flow.partner_id.sudo().display_name,  # the name on an order one may read is no secret
            "stage": {"key": flow.stage, "label": stages[flow.stage]},
            "stage_since": fields.Datetime.to_string(flow.stage_since),
            "lanes": self._prepare_lanes(flow),
            "held": flow.hold_text,
            "unread": flow.read_error,
            "issue": self._prepare_worst_issue(flow),
            "action": {
                "key": flow.next_action,
                "label": actions.get(flow.next_action, ""),
                "runnable": flow.has_runnable_action,
                "hint": flow.next_action_hint or "",
                **({"waits_for": flow._get_wait_text()} if flow.next_action == "wait" else {}),
            },
            "promise": {"date": fields.Datetime.to_string(flow.date_promised), "pending": flow.promise_pending},
            "deadline": {"date": fields.Datetime.to_string(flow.next_deadline), "pending": flow.deadline_pending},
            "amount_open": self._can_see_amounts() and flow.amount_open,
            "currency_id": flow.currency_id.id,
        }

    @api.model
    def _prepare_lanes(self, flow):
        states = self._get_labels("lane_order")
        return [
            {"key": lane, "state": flow[f"lane_{lane}"], "state_label": states[flow[f"lane_{lane}"]]}
            for lane, _label in LANES
        ]

    # === WHAT IS ASKED FOR === #

    @api.model
    def _check_keys(self, keys):
        """Return the keys that are chosen; raise in words where they are none."""
        if not isinstance(keys or [], (list, tuple)) or not all(isinstance(key, str) for key in keys or []):
            raise UserError(self.env._("Stages and severities are given by a list of their names."))
        return list(keys or [])

    # === HELPERS === #

    @api.model
    def _get_labels(self, field_name):
        return dict(self.env["oms.flow"]._fields[field_name]._description_selection(self.env))

    @api.model
    def _can_see_amounts(self):
        """Tell whether the user may see amounts of money, on any document here as on the flow."""
        flows = self.env["oms.flow"]
        return flows._has_field_access(flows._fields["amount_open"], "read")

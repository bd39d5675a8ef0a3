import logging
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..const import SEVERITIES
from .documents.asked import check_id
from .documents.handed import Handed, get_handed
from .engines.transaction import GUARDED, PASSING, get_error_text

_logger = logging.getLogger(__name__)


class OmsCockpit(models.AbstractModel):
    _inherit = "oms.cockpit"

    # === SCREENS === #

    @api.model
    def get_issue_cards(self, order_id):
        """Return the issues of an order as cards, worst first, each only as far as the user may read it."""
        flows = self.env["oms.flow"]
        flows.check_access("read")
        check_id(self.env, order_id)
        flows._catch_up()
        flow = flows.search([("order_id", "=", order_id)])
        return self._prepare_issues(flow) if flow else []

    # === SUMMARIES === #

    @api.model
    def _get_bands_domain(self, bands):
        """Return what chosen chips stand for; the search view's filters ``band_<band>`` say the same."""
        return Domain("issue_band", "in", list(bands))

    @api.model
    def _prepare_chips(self, groups, stages):
        """Return per severity how many orders there are whose worst issue is that bad.

        :param groups: of the open orders and those in trouble, see :meth:`_read_open`
        :param stages: keys of the chosen tiles, none for all orders
        """
        counts, labels = Counter(), self._get_issue_labels("band")
        for stage, band, _company, count, *_amounts in groups:
            if not stages or "open" in stages or stage in stages:
                counts[band] += count
        return [{"key": band, "label": labels[band], "count": counts[band]} for band, _label in reversed(SEVERITIES)]

    @api.model
    def _prepare_worst_issue(self, flow):
        if not flow.issue_count:
            return False
        return {
            "name": flow.issue_type_id.display_name,
            "band": flow.issue_band,
            "band_label": self._get_issue_labels("band")[flow.issue_band],
            "score": flow.issue_score,
            "count": flow.issue_count,
        }

    # === CARDS === #

    @api.model
    def _prepare_issues(self, flow):
        # Each remedy looks at the order, and none changes it.
        looking = self.with_context(**self.env["oms.lane"]._remembering())
        issues = looking.env["oms.issue"].search(
            [("order_id", "=", flow.order_id.id), ("state", "in", ("open", "dismissed"))]
        )
        worst_first = issues.sorted(lambda issue: (issue.state != "open", issue.is_snoozed, -issue.score, issue.id))
        try:
            with self.env.cr.savepoint(flush=False):
                return looking.with_context(**{GUARDED: Handed()})._prepare_cards(worst_first)
        except PASSING:
            raise
        except Exception:  # noqa: BLE001 - what can't be told is found out piece by piece, and logged there
            return looking._prepare_cards(worst_first)

    @api.model
    def _prepare_cards(self, issues):
        return [self._prepare_card(issue) for issue in issues.with_env(self.env)]

    @api.model
    def _prepare_card(self, issue):
        labels = self._get_issue_labels
        show_amounts = self._can_see_amounts()
        return {
            "id": issue.id,
            "type_id": issue.type_id.id,
            "code": issue.code,
            "name": issue.type_id.name,
            "description": issue.type_id.description or "",
            "lane": issue.lane,
            "state": issue.state,
            "band": issue.band,
            "band_label": labels("band")[issue.band],
            "score": issue.score,
            "addends": self._prepare_addends(issue),
            "amount": show_amounts and issue.amount,
            "cost_per_day": show_amounts and issue.cost_per_day,
            "currency_id": issue.currency_id.id,
            "turn": labels("turn").get(issue.turn, ""),
            "since": fields.Datetime.to_string(issue.date_since or issue.date_raised),
            "deadline": fields.Datetime.to_string(issue.date_deadline),
            "sla": fields.Datetime.to_string(issue.date_sla),
            "sla_breached": issue.is_sla_breached,
            "owner": issue.owner_id and {"id": issue.owner_id.id, "name": issue.owner_id.name} or False,
            "is_mine": issue.is_mine,
            "snoozed_until": issue.is_snoozed and fields.Datetime.to_string(issue.snoozed_until),
            "close_label": labels("close_code").get(issue.close_code, ""),
            "close_note": issue.close_note or "",
            "comments": self._prepare_comments(issue),
            "chain": self._prepare_chain(issue),
            "remedies": self._prepare_remedies(issue),
        }

    @api.model
    def _prepare_addends(self, issue):
        return [
            {"label": self.env._("Severity"), "score": issue.score_severity, "of": 360},
            {"label": self.env._("Urgency"), "score": issue.score_urgency, "of": 120},
            {"label": self.env._("Value"), "score": issue.score_value, "of": 80},
            {"label": self.env._("Customer"), "score": issue.score_customer, "of": 40},
        ]

    @api.model
    def _prepare_chain(self, issue):
        links, error = self._tell(lambda: issue.type_id._explain(issue))
        if error:
            links = [{"text": error, "record": None, "tone": "danger"}]
        return [self._prepare_link(link) for link in links]

    @api.model
    def _tell(self, read):
        """Return what ``read()`` tells, and in words why it can't: one proof must not hide the card, nor other cards."""
        if get_handed(self.env, GUARDED):
            return read(), ""
        try:
            with self.env.cr.savepoint(flush=False):
                return read(), ""
        except PASSING:
            raise
        except AccessError:
            return None, self.env._("You may not see the documents that prove it.")
        except Exception as error:
            _logger.exception("Cockpit: something of a card can't be told")
            return None, self.env._("It could not be read: %(error)s", error=get_error_text(error))

    @api.model
    def _prepare_link(self, link):
        """A document the user may not read is named by the words alone."""
        record = link["record"]
        readable = bool(record) and bool(self._filter_readable(record))
        return {
            "text": link["text"],
            "tone": link["tone"],
            "document": self._prepare_reference(record[:1].sudo(False)) if readable else False,
        }

    @api.model
    def _prepare_comments(self, issue):
        comments = issue.message_ids.filtered(lambda message: message.message_type == "comment")[:3]
        return [
            {
                "author": message.author_id.name,
                "date": fields.Datetime.to_string(message.date),
                "text": message.preview or "",
            }
            for message in comments
        ]

    # === REMEDIES === #

    @api.model
    def _prepare_remedies(self, issue):
        """Return the recommended verb first, then the others, each with what it will change or why it can't be run.

        Recommended is the type's own, or where that can't be run what stands in for it and can. Where nothing can, the type's own
        bears the reason, which says what to do instead.
        """
        verbs = self.env["oms.runner"]._get_verbs()
        recommended = issue._get_recommended()[issue]
        remedies = [
            self._prepare_remedy(issue, code, verbs[code], code == recommended)
            for code in issue._get_remedies()
            if code in verbs
        ]
        return sorted(remedies, key=lambda remedy: not remedy["recommended"])

    @api.model
    def _prepare_remedy(self, issue, code, verb, is_recommended):
        runner, order = self.env["oms.runner"], issue.order_id
        is_theirs = self.env.su or self.env.user.has_groups(verb._groups)
        obstacle, changes = "" if is_theirs else runner._get_doers_text(verb._groups), []
        if is_theirs:
            obstacle = runner._get_obstacles(code, order).get(order.id, "")
        if not obstacle:
            changes = runner._get_preview(code, order).get(order.id, [])
        return {
            "verb": code,
            "label": verb._get_label(),
            "recommended": is_recommended,
            "asks": verb._asks_first(),
            "obstacle": obstacle,
            "changes": changes,
            "reversible": verb._is_reversible(),
        }

    @api.model
    def _get_issue_labels(self, field_name):
        return dict(self.env["oms.issue"]._fields[field_name]._description_selection(self.env))

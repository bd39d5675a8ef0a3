from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...documents.asked import check_text, is_id, on_one_record, on_records


class OmsIssue(models.Model):
    _inherit = "oms.issue"

    # === ACTIONS === #

    @on_records
    def action_run(self, verb=None):
        """Run a remedy on the orders of these issues, by default the one recommended for each.

        One issue runs at once: a verb that was named, as on its card, which says what it will change; the recommended one
        where it can be undone. Anything else is shown first, and asked for what it needs.

        :return: a client action that tells the result, or the window to go on in
        """
        self._check_actable()
        if verb:
            self.env["oms.runner"]._get_verb(verb)
        runner, wanted = self.env["oms.runner"], dict.fromkeys(self, verb) if verb else self._get_recommended()
        if len(self) == 1:
            code = wanted[self]
            if not code:
                raise UserError(self.env._("No remedy is recommended for %(issue)s.", issue=self.display_name))
            remedy = runner._get_verb(code)
            if not remedy._asks_first() and (verb or remedy._is_reversible()):
                return runner._run(code, self.order_id, "user")._get_notification()
        worst_first = self.sorted(lambda issue: (-issue.score, issue.id))
        return self.env["oms.bulk.run"]._open_plan(
            [(issue.order_id, wanted[issue], issue.type_id.display_name) for issue in worst_first]
        )

    def _get_remedies(self):
        """Return the verbs that end this issue, the type's own first."""
        self.ensure_one()
        codes = [self.type_id.verb, *self.type_id.remedy_ids.sorted("sequence").mapped("verb")]
        return list(dict.fromkeys(filter(None, codes)))

    def _get_recommended(self):
        """Return {issue: the type's remedy, or where that can't be run now the first that stands in for it and can}.

        Where none can it is the type's own: why it can't says what to do instead.
        """
        runner, recommended = self.env["oms.runner"], {}
        verbs = runner._get_verbs()
        for issues in self.grouped("type_id").values():
            left, substitutes = issues, issues.type_id.remedy_ids.filtered("is_substitute").sorted("sequence")
            for code in filter(None, [issues.type_id.verb, *substitutes.mapped("verb")]):
                if left and code in verbs and self.env.user.has_groups(verbs[code]._groups):
                    obstacles = runner._get_obstacles(code, left.order_id)
                    now = left.filtered(lambda issue, found=obstacles: not found.get(issue.order_id.id))
                    recommended.update(dict.fromkeys(now, code))
                    left -= now
            recommended.update(dict.fromkeys(left, issues.type_id.verb))
        return recommended

    @on_records
    def action_assign(self, user_id=None):
        """Make a user the owner of these issues, by default the one who asks; 0 for nobody. The owner gets an activity."""
        self._check_actable()
        owner = self._get_owner(self.env.uid if user_id is None else user_id)
        for issue in self.filtered(lambda issue: issue.owner_id != owner):
            issue._as_system().activity_unlink(["oms_order_to_cash.oms_issue_activity"])
            issue._as_system().owner_id = owner
            if owner and owner != self.env.user:
                issue._as_system().activity_schedule(
                    "oms_order_to_cash.oms_issue_activity",
                    date_deadline=fields.Date.to_date(issue.date_sla or issue.date_deadline) or fields.Date.today(),
                    summary=issue.display_name,
                    user_id=owner.id,
                )
        self._refresh_orders()

    @on_records
    def action_snooze(self, days=1, until=None):
        """Put these issues away; they come back by themselves.

        :param until: datetime (UTC) of their return; ``days`` from now by default
        """
        self._check_actable()
        if self.filtered(lambda issue: issue.state == "dismissed"):
            raise UserError(self.env._("It is dismissed: bring it back before you snooze it."))
        moment = self._get_moment_to_come(days, until)
        self._as_system().snoozed_until = moment
        self.env["oms.issue"]._wake_snoozed(moment)
        self._refresh_orders()

    @on_records
    def action_wake(self):
        """Bring snoozed and dismissed issues back."""
        self._check_access_to_act()
        self._as_system().filtered(lambda issue: issue.state != "closed").write(
            {
                "snoozed_until": False,
                "state": "open",
                "close_code": False,
                "close_note": False,
                "closed_by_id": False,
                "date_closed": False,
            }
        )
        self._refresh_orders()

    @on_records
    def action_dismiss(self, close_code, note=None):
        """Take these issues off the list although their cause is still there, and say why.

        A dismissed issue stays away until its cause is gone; should it come again, it is raised anew.
        """
        self._check_actable()
        codes = set(dict(self._fields["close_code"].selection)) - {"cleared"}
        check_text(self.env, note)
        if not isinstance(close_code, str) or close_code not in codes:
            raise UserError(self.env._("Say why: one of %(codes)s.", codes=", ".join(sorted(codes))))
        self._as_system().write(
            {
                "state": "dismissed",
                "close_code": close_code,
                "close_note": note or False,
                "closed_by_id": self.env.uid,
                "date_closed": fields.Datetime.now(),
                "snoozed_until": False,
            }
        )
        self._as_system().activity_unlink(["oms_order_to_cash.oms_issue_activity"])
        self._refresh_orders()

    @on_records
    def action_comment(self, text):
        """Write a comment that everybody who works on the issue reads."""
        self._check_access_to_act()
        if not check_text(self.env, text).strip():
            raise UserError(self.env._("Write a comment first."))
        for issue in self:
            issue.message_post(body=text, message_type="comment", subtype_xmlid="mail.mt_note")

    @on_one_record
    def action_open_order(self):
        """Open the order in trouble."""
        return self.order_id._get_records_action()

    @on_records
    def get_candidates(self):
        """Return who may become the owner of these issues: [{"id", "name"}] of those who work on orders and see them all."""
        self._check_access_to_act()
        # Whoever may assign an issue may know who works on orders.
        workers = self.env.ref("oms_order_to_cash.oms_group_user").sudo().all_user_ids
        candidates = workers.filtered(lambda user: user.active and not user._is_superuser() and self._is_seen_by(user))
        return [{"id": user.id, "name": user.name} for user in candidates.sorted("name")]

    # === BUSINESS METHODS === #

    def _check_access_to_act(self):
        """Raise unless the user sees these issues and is one of those who work on orders."""
        if not self:
            raise UserError(self.env._("Choose an issue first."))
        self.check_access("read")

    def _check_actable(self):
        self._check_access_to_act()
        if self.filtered(lambda issue: issue.state == "closed"):
            raise UserError(self.env._("It is closed already: its cause is gone."))

    def _get_owner(self, user_id):
        """Return the user to own these issues, nobody for 0; raise unless that is somebody who sees them all."""
        owner = self.env["res.users"].browse(user_id if is_id(user_id) else [])
        if user_id and (not owner.exists() or owner.sudo().share):
            raise UserError(self.env._("Choose somebody who works on orders."))
        if owner and not self._is_seen_by(owner):
            raise UserError(
                self.env._(
                    "%(user)s may not see %(orders)s: choose somebody who may, or have an administrator grant the right.",
                    user=owner.name,
                    orders=", ".join(self.order_id.mapped("name")),
                )
            )
        return owner

    def _is_seen_by(self, user):
        """Tell whether a user may see these issues, and the orders they are about, in any of their companies."""
        # Whose rights these are is not whoever asks.
        companies = user.sudo().company_ids.ids
        issues = self.with_user(user).with_context(allowed_company_ids=companies)
        return issues.has_access("read") and issues.order_id.has_access("read")

    @api.model
    def _get_moment_to_come(self, days, until):
        now = fields.Datetime.now()
        try:
            moment = fields.Datetime.to_datetime(until) if until else now + timedelta(days=days)
        except (AttributeError, OverflowError, TypeError, ValueError):
            # The API takes whatever a program sends.
            moment = None
        if not moment or moment <= now:
            raise UserError(self.env._("Choose a moment to come: until then the issue is put away."))
        return moment

    def _as_system(self):
        """Return these issues as nobody but this engine may write them; who acts stays the author."""
        return self.sudo()

    def _refresh_orders(self):
        """Have the flows tell what is open now, and open screens show it."""
        flows = self.env["oms.flow"].sudo()
        self.env.flush_all()
        self._store_summary(self.order_id.ids)
        flows.invalidate_model(flush=False)
        flows.search([("order_id", "in", self.order_id.ids)])._notify_changed()

    @api.model
    def _wake_snoozed(self, moment):
        cron = self.env.ref("oms_order_to_cash.oms_issue_wake_cron", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(moment)

    @api.model
    def _cron_wake(self):
        """Bring back the issues whose rest is over."""
        issues = self.search([("state", "=", "open"), ("snoozed_until", "<=", fields.Datetime.now())])
        issues.write({"snoozed_until": False})
        if issues:
            issues._refresh_orders()

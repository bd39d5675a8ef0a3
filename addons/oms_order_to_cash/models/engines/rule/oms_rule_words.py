from odoo import api, fields, models


class OmsRule(models.Model):
    """A rule as one sentence."""

    _inherit = "oms.rule"

    sentence = fields.Text(string="In Words", compute="_compute_sentence")
    asked_choices = fields.Char(
        compute="_compute_asked_choices", help="Names of what its steps let choose, each between spaces."
    )

    # === COMPUTE METHODS === #

    @api.depends(
        *(
            "event",
            "issue_type_id",
            "stage",
            "domain",
            "company_id",
            "step_ids.display_name",
            "step_ids.sequence",
            "grace_hours",
        ),
        *("delay", "delay_unit", "since_event", "unless_event"),
        *("calendar_id", "stop_on_credit", "stop_on_return", "stop_on_touch", "is_exclusive"),
    )
    def _compute_sentence(self):
        for rule in self:
            parts = [rule._get_when_text(), rule._get_who_text(), rule._get_grace_text(), rule._get_steps_text()]
            rule.sentence = " ".join(filter(None, [", ".join(filter(None, parts)) + ".", rule._get_stop_text()]))

    @api.depends("step_ids.asked_choices")
    def _compute_asked_choices(self):
        for rule in self:
            rule.asked_choices = "".join(step.asked_choices or "" for step in rule.step_ids)

    # === ITS PARTS === #

    def _get_when_text(self):
        event = self._get_label("event", self._get_moment())
        moment = event[:1].lower() + event[1:] + self._get_detail_text()
        if self.event != "time_passed":
            return self.env._("When: %(event)s", event=moment)
        count = f"{self.delay} {self._get_label('delay_unit', self.delay_unit).lower()}"
        text = self.env._("When: %(time)s have passed since %(event)s", time=count, event=moment)
        if not self.unless_event:
            return text
        return self.env._(
            "%(text)s, unless %(meanwhile)s",
            text=text,
            meanwhile=self._get_label("unless_event", self.unless_event),
        )

    def _get_detail_text(self):
        moment = self._get_moment()
        detail = self.issue_type_id.display_name if moment == "issue_raised" else ""
        if moment == "stage":
            detail = self._get_label("stage", self.stage)
        return f" ({detail})" if detail else ""

    def _get_label(self, field_name, value):
        return dict(self._fields[field_name]._description_selection(self.env)).get(value, "")

    def _get_who_text(self):
        company = self.company_id.name
        try:
            text = "" if self._get_own_domain().is_true() else self._get_domain_text()
        except (AttributeError, SyntaxError, TypeError, ValueError):
            text = self.domain  # half written: saving it is refused in words
        orders = self.env._("of orders where %(domain)s", domain=text) if text else self.env._("of all orders")
        return f"{orders} ({company})" if company else orders

    def _get_grace_text(self):
        if not self.grace_hours:
            return ""
        hours = f"{self.grace_hours:g}"
        if self.calendar_id:
            return self.env._("after %(hours)s working h (%(calendar)s)", hours=hours, calendar=self.calendar_id.name)
        return self.env._("after %(hours)s h", hours=hours)

    def _get_steps_text(self):
        steps = self.step_ids.sorted("sequence")
        names = ", ".join(steps.mapped("display_name")) or self.env._("nothing")
        if self.is_repeated:
            return self.env._("do until all is done: %(steps)s", steps=names)
        return self.env._("do: %(steps)s", steps=names)

    def _get_stop_text(self):
        stops = [
            (self.stop_on_credit, self.env._("a credit note")),
            (self.stop_on_return, self.env._("a return")),
            (self.stop_on_touch, self.env._("a person who takes over")),
        ]
        words = ", ".join(text for is_on, text in stops if is_on)
        text = self.env._("It stops on: %(stops)s.", stops=words) if words else ""
        return " ".join(filter(None, [text, self.env._("No later rule follows.") if self.is_exclusive else ""]))

    # === THE ORDERS IN WORDS === #

    def _get_domain_text(self):
        """Return the domain in words where it is a plain list of conditions, else as it is written."""
        domain = self._get_own_domain()
        conditions = [domain] if not hasattr(domain, "children") else list(domain.children)
        texts = [self._get_condition_text(condition) for condition in conditions]
        is_plain = getattr(domain, "OPERATOR", "&") == "&" and all(texts)
        return self.env._(" and ").join(texts) if is_plain else self.domain

    @api.model
    def _get_condition_text(self, condition):
        """Return one condition in words, empty for what is none."""
        path = getattr(condition, "field_expr", "")
        if not path:
            return ""
        labels, field, model = [], None, self.env["sale.order"]
        for name in path.split("."):
            field = model._fields.get(name)
            if not field:
                return ""
            labels.append(field._description_string(self.env))
            model = self.env[field.comodel_name] if field.relational else model
        path = " > ".join(labels)
        if condition.value is False and field.type != "boolean" and condition.operator in ("=", "!="):
            is_set = condition.operator == "!="
            return self.env._("%s is set", path) if is_set else self.env._("%s is not set", path)
        return f"{path} {condition.operator} {self._get_value_text(field, condition.value)}"

    @api.model
    def _get_value_text(self, field, value):
        values = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
        if field.relational:
            ids = [record_id for record_id in values if type(record_id) is int]
            readable = self.env[field.comodel_name].browse(ids).exists()._filtered_access("read")
            names = readable.mapped("display_name")
            shown = set(readable.ids)  # what the reader may not see, or is gone, is told by its number
            rest = [self.env._("empty") if value is False else str(value) for value in values if value not in shown]
            return ", ".join(names + rest)
        selection = dict(field._description_selection(self.env)) if field.type == "selection" else {}
        return ", ".join(str(selection.get(value, value)) for value in values)

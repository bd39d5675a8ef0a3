from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import ormcache

from ....const import LANES
from ...verbs.oms_verb import PREFIX


class OmsRunner(models.AbstractModel):
    """Which verbs there are, what they are for, and who may run them."""

    _inherit = "oms.runner"

    # === VERBS === #

    @api.model
    def _get_verbs(self):
        """Return all that can be done, as {code: verb}, lane by lane."""
        return {name.removeprefix(PREFIX): self.env[name] for name in self._get_verb_names()}

    @api.model
    def _get_verbs_for(self, model):
        """Return what can be done to records of a model, as {code: verb}, lane by lane."""
        return {code: verb for code, verb in self._get_verbs().items() if verb._subject == model}

    @api.model
    @ormcache()
    def _get_verb_names(self):
        lanes = [code for code, _label in LANES]
        verbs = [verb for name, verb in self.env.registry.items() if name.startswith(PREFIX) and verb._label]
        return [verb._name for verb in sorted(verbs, key=lambda verb: lanes.index(verb._lane))]

    @api.model
    def _get_verb(self, code):
        if not isinstance(code, str) or f"{PREFIX}{code}" not in self._get_verb_names():
            raise UserError(self.env._("There is no action called %(verb)s.", verb=code))
        return self.env[f"{PREFIX}{code}"]

    @api.model
    def _check_rights(self, verb, subjects):
        """Raise unless the user may run this verb at all, and see its subjects; core checks the rest as it runs."""
        text = self._get_right_text(verb)
        if text:
            raise AccessError(text)
        self._check_subject(verb, subjects._name)
        subjects.check_access("read")

    @api.model
    def _check_subject(self, verb, model):
        asked = self._get_verb(verb)
        if asked._subject != model:
            names = {"verb": asked._get_label(), "subject": self._get_model_name(asked._subject)}
            raise UserError(
                self.env._(
                    "%(verb)s is for records of %(subject)s, not of %(model)s.",
                    **names,
                    model=self._get_model_name(model),
                )
            )

    @api.model
    def _get_model_name(self, model):
        return self.env["ir.model"]._get(model).name or model

    @api.model
    def _get_right_text(self, verb):
        """Return in words that the user may not run a verb, empty when they may."""
        asked = self._get_verb(verb)
        if self.env.su or self.env.user.has_groups(asked._groups):
            return ""
        return self.env._("You may not run %(verb)s: ask an administrator for the right.", verb=asked._get_label())

    @api.model
    def _get_doers_text(self, groups):
        """Return who runs what is for these groups, in words."""
        # Whoever can't go on has to know whom to ask.
        names = [group.sudo().full_name for group in map(self.env.ref, groups.split(","))]
        return self.env._("This is for: %(groups)s.", groups=", ".join(names))

    @api.model
    def _is_reversible(self, verb):
        """Tell whether what a verb did can be undone."""
        return self._get_verb(verb)._is_reversible()

    @api.model
    def _open_window(self, verb, orders):
        """Return the window in which a person does what this verb stands for, for a user who may run it."""
        self._check_rights(verb, orders)
        return self._get_verb(verb)._open_window(orders)

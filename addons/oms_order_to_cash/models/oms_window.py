from odoo import api, models
from odoo.fields import Command

from .documents.asked import check_ids


class OmsWindow(models.AbstractModel):
    """What a person fills in is that person's alone, and names no document that they may not read.

    A record names what it links to, whoever asks: so whoever may make one and choose its links could read the name of any
    document. The record rules of each window keep it to who opened it.
    """

    _name = "oms.window"
    _description = "Window of Order to Cash"

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        self._check_links(values)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_links(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_links(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_links(values)
        return super().onchange(values, field_names, fields_spec)

    # === BUSINESS METHODS === #

    @api.model
    def _check_links(self, vals):
        """Raise unless the user may read all that these values link to."""
        if self.env.su:
            return
        for name, value in vals.items():
            field = self._fields.get(name)
            if not value or not field or not field.relational:
                continue
            comodel = self.env[field.comodel_name]
            ids, lines = self._split_links(field, value)
            self._check_readable(comodel, ids)
            if isinstance(comodel, self.env.registry["oms.window"]):
                for line in lines:
                    comodel._check_links(line)

    @api.model
    def _split_links(self, field, value):
        """Return the ids that a value of a link names, and the values of the lines it makes or changes."""
        if field.type == "many2one":
            return [value[0] if isinstance(value, (list, tuple)) and value else value], []
        ids, lines = [], []
        for command in value if isinstance(value, (list, tuple)) else [value]:
            is_command = isinstance(command, (list, tuple)) and len(command) > 1
            code, record_id, *rest = command if is_command else (Command.LINK, command)
            if code in (Command.CREATE, Command.UPDATE):
                lines += [vals for vals in rest if isinstance(vals, dict)]
            if code == Command.SET:
                ids += rest[0] if rest and isinstance(rest[0], (list, tuple)) else rest
            elif code in (Command.LINK, Command.UPDATE) and not isinstance(record_id, str):
                ids.append(record_id)
        return ids, lines

    @api.model
    def _check_readable(self, comodel, ids):
        records = comodel.browse(check_ids(self.env, ids))
        records.check_access("read")

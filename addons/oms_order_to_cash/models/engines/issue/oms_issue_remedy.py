from odoo import api, fields, models


class OmsIssueRemedy(models.Model):
    _name = "oms.issue.remedy"
    _description = "Alternative Remedy"
    _order = "sequence, id"
    _rec_name = "verb"

    type_id = fields.Many2one("oms.issue.type", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    verb = fields.Selection(selection="_selection_verb", string="Remedy", required=True)

    is_substitute = fields.Boolean(
        string="Instead", help="It is recommended where the recommended remedy can't be run, and this one can."
    )

    _verb_unique = models.UniqueIndex("(type_id, verb)")

    @api.model
    def _selection_verb(self):
        return self.env["oms.issue.type"]._selection_verb()

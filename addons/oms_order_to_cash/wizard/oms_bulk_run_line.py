from odoo import api, fields, models

from ..const import MONEY_GROUPS
from ..models.documents.asked import on_one_record


class OmsBulkRunLine(models.TransientModel):
    _name = "oms.bulk.run.line"
    _inherit = ("oms.window",)
    _description = "Run on One Order"

    run_id = fields.Many2one("oms.bulk.run", required=True, ondelete="cascade")
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(string="Document Id", model_field="res_model", readonly=True)
    document_name = fields.Char(string="Document", compute="_compute_document_name")
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one(related="order_id.partner_id", related_sudo=False, string="Customer")
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=False)
    amount_total = fields.Monetary(related="order_id.amount_total", related_sudo=False, groups=MONEY_GROUPS)
    verb = fields.Selection(selection="_selection_verb", string="Action", readonly=True)
    subject = fields.Char(string="Issue", readonly=True)
    obstacle = fields.Text(readonly=True)
    changes = fields.Text(string="What Changes", readonly=True)
    job_id = fields.Many2one("oms.job", readonly=True)
    state = fields.Selection(
        [
            ("ready", "Will run"),
            ("left_out", "Left out"),
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        compute="_compute_result",
    )
    message = fields.Text(compute="_compute_result")
    can_retry = fields.Boolean(compute="_compute_result")
    can_undo = fields.Boolean(compute="_compute_result")

    @api.model
    def _selection_verb(self):
        return self.env["oms.job"]._selection_verb()

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        """Tell what else than an order it is; an order has a column of its own."""
        self.document_name = False
        others = self.filtered(lambda line: line.res_model in self.env and line.res_model != "sale.order")
        for model, lines in others.grouped("res_model").items():
            records = self.env[model].browse(lines.mapped("res_id")).exists()._filtered_access("read")
            names = {record.id: record.display_name for record in records}
            for line in lines:
                line.document_name = names.get(line.res_id, False)

    @api.depends("obstacle", "changes", "job_id.state", "job_id.message", "job_id.documents", "job_id.date_undone")
    def _compute_result(self):
        for line in self:
            job = line.job_id
            line.state = job.state or ("left_out" if line.obstacle else "ready")
            line.message = job.message or job.document_names or line.obstacle or line.changes
            line.can_retry = job.state == "failed"
            line.can_undo = job.can_undo

    # === ACTIONS === #

    @on_one_record
    def action_retry(self):
        """Run a failed order again, and show the results anew."""
        action = self.job_id.action_retry()
        return action if action.get("res_model") else self.run_id._get_window()

    @on_one_record
    def action_undo(self):
        """Undo what was done to this order, and show the results anew."""
        self.job_id.action_undo()
        return self.run_id._get_window()

    @on_one_record
    def action_open_order(self):
        return (
            self.job_id.action_open_order()
            if self.job_id
            else self.env[self.res_model].browse(self.res_id)._get_records_action()
        )

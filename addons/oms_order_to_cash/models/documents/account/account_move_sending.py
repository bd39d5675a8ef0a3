from odoo import api, models
from odoo.tools import SQL


class AccountMove(models.Model):
    _inherit = "account.move"

    # === BUSINESS METHODS === #

    @api.model
    def _oms_read_sending(self, move_ids):
        """Read how far invoices are on their way to the customer, and the dates of drafts.

        ``by_hand``: the customer gets invoices by hand only.

        :return: {move id: dict}
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT move.id, move.create_date, move.invoice_date, move.auto_post, move.company_id,
                   move.is_move_sent IS TRUE AS is_sent, move.sending_data IS NOT NULL AS is_queued,
                   partner.invoice_sending_method ->> move.company_id::text AS method
              FROM account_move move
         LEFT JOIN res_partner partner ON partner.id = move.commercial_partner_id
             WHERE move.id = ANY(%s)
            """,
                list(move_ids),
            )
        )
        rows = self.env.cr.dictfetchall()
        fallbacks = self._oms_get_default_methods({row["company_id"] for row in rows})
        for row in rows:
            row["by_hand"] = (row["method"] or fallbacks[row["company_id"]]) == "manual"
        return {row["id"]: row for row in rows}

    @api.model
    def _oms_get_default_methods(self, company_ids):
        """Return {company id: how its customers get invoices that say nothing themselves}."""
        partners = self.env["res.partner"]
        field = partners._fields["invoice_sending_method"]
        return {
            company_id: field.get_company_dependent_fallback(partners.with_company(company_id))
            for company_id in company_ids
        }

    @api.model
    def _oms_read_failed_mails(self, move_ids):
        """Read the invoices whose last mail did not reach the customer.

        :return: {move id: dict} ``address``, ``reason``, ``date``
        """
        self.env.cr.execute(
            SQL(
                """
            SELECT id, address, reason, date FROM (
                SELECT DISTINCT ON (move.id) move.id, message.date, notification.notification_status AS status,
                       COALESCE(partner.email, notification.mail_email_address, '') AS address,
                       COALESCE(notification.failure_reason, notification.failure_type, '') AS reason
                  FROM account_move move
                  JOIN mail_message message ON message.model = 'account.move' AND message.res_id = move.id
                  JOIN mail_notification notification ON notification.mail_message_id = message.id
                                                     AND notification.notification_type = 'email'
             LEFT JOIN res_partner partner ON partner.id = notification.res_partner_id
                 WHERE move.id = ANY(%s)
                   AND (partner.id IS NULL OR partner.commercial_partner_id = move.commercial_partner_id)
              ORDER BY move.id, message.id DESC, notification.notification_status IN ('bounce', 'exception') DESC
            ) last
             WHERE status IN ('bounce', 'exception')
            """,
                list(move_ids),
            )
        )
        return {row.pop("id"): row for row in self.env.cr.dictfetchall()}

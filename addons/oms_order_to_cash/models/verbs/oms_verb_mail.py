from odoo import api, models
from odoo.exceptions import UserError


class OmsVerb(models.AbstractModel):
    """Verbs that write to customers and vendors."""

    _inherit = "oms.verb"

    @api.model
    def _write_to_partners(self, name, documents):
        """Write to the customers or vendors of documents, in their language: the mail is queued, and stands in each chatter.

        :param str name: of a mail template of this addon
        :param documents: records of the template's model
        """
        template = self.env.ref(f"oms_order_to_cash.{name}", raise_if_not_found=False)
        if not template:
            raise UserError(
                self.env._("The mail template %(name)s was deleted: ask an administrator to restore it.", name=name)
            )
        self._post_template(template, documents)

    @api.model
    def _post_template(self, template, documents):
        for description, same in documents.grouped(self._get_document_type).items():
            same.with_context(model_description=description).message_post_with_source(
                template.sudo(),  # who works on orders may not read templates
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
                force_send=False,
                notify_skip_followers=True,
            )

    @api.model
    def _get_document_type(self, document):
        """Return what a document is called towards its partner; False for what its model is called."""
        return "type_name" in document._fields and document.with_context(lang=document.partner_id.lang).type_name

    @api.model
    def _get_mail_obstacle(self, order):
        """Return why the customer of an order can't be written to, in words."""
        if order.partner_id.email:
            return ""
        return self.env._("%(customer)s has no email address: add one first.", customer=order.partner_id.display_name)

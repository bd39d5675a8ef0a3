from collections import defaultdict

from markupsafe import escape

from odoo import models, tools
from odoo.tools import SQL

from .known import is_known

# What a line in the chatter may be told and still be written with those of other documents: nothing has an effect of its own.
_PLAIN = {"body", "message_type", "subtype_id", "subtype_xmlid", "author_id", "tracking_value_ids"}
# The addons that add to posting, but nothing to such a line.
_KNOWN = ("mail", "oms_order_to_cash_fast", "purchase", "rating", "repair", "sale", "sms")

_LATEST = """
    SELECT DISTINCT ON (res_id) res_id, id FROM mail_message
     WHERE model = %s AND res_id = ANY(%s) AND message_type != 'user_notification'
  ORDER BY res_id, message_type IN ('comment', 'email') DESC, COALESCE(date, create_date) DESC, id DESC"""


class Posts:
    """Lines for the chatter of documents that are worked on at once; what they look for is looked for once."""

    def __init__(self):
        self.waiting = []
        self.turns = defaultdict(int)
        self.is_open = True

    def add(self, record, values):
        """Have a line wait; it comes after those of the same document."""
        self.waiting.append((self.turns[record], record, values))
        self.turns[record] += 1

    def send(self):
        """Write what waits, and from now on everything as it comes."""
        self.flush()
        self.is_open = False

    def write_before(self, records):
        """Write what waits, if any of it comes before what is about to be written on these documents."""
        if any(record in self.turns for record in records):
            self.flush()

    def flush(self):
        """Write what waits, several lines of one document in their order."""
        was_open, self.is_open, waiting, batches = self.is_open, False, self.waiting, defaultdict(list)
        self.waiting, self.turns = [], defaultdict(int)
        for turn, record, values in waiting:
            own = {
                "body": escape(values.get("body", "")),
                "tracking_value_ids": values.get("tracking_value_ids", False),
            }
            shared = sorted((name, value) for name, value in values.items() if name not in own)
            batch = (turn, record._name, record.env, *shared)
            batches[batch].append((record, own))
        for (_turn, model, env, *shared), posts in sorted(batches.items(), key=lambda batch: batch[0][0]):
            records = env[model].browse(record.id for record, _own in posts)
            records._oms_post([own for _record, own in posts], **dict(shared))
        self.is_open = was_open


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    # === WAITING === #

    def message_post(self, **kwargs):
        posts = self._oms_get_posts()
        if posts and self._oms_is_plain(kwargs):
            posts.add(self, kwargs)
            return self.env["mail.message"]
        if posts:
            posts.write_before(self)
        return super().message_post(**kwargs)

    def _message_log_batch(self, bodies, **kwargs):
        posts = self._oms_get_posts()
        if posts:
            posts.write_before(self)
        return super()._message_log_batch(bodies, **kwargs)

    def _message_track(self, fields_iter, initial_values_dict):
        """Write what changed on documents that were worked on at once."""
        if not isinstance(self.env.context.get("oms_posts"), Posts):
            return super()._message_track(fields_iter, initial_values_dict)
        before = self._oms_get_posts()
        if before:
            before.write_before(self)
        posts = Posts()
        tracked = super(MailThread, self.with_context(oms_posts=posts))._message_track(fields_iter, initial_values_dict)
        posts.send()
        return tracked

    def _oms_get_posts(self):
        posts = self.env.context.get("oms_posts")
        return posts if isinstance(posts, Posts) and posts.is_open else None

    def _oms_is_plain(self, values):
        return (
            self._ids
            and _PLAIN.issuperset(values)
            and values.get("message_type", "notification") == "notification"
            and self._oms_posts_as_known()
        )

    @tools.ormcache()
    def _oms_posts_as_known(self):
        return is_known(self, "message_post", _KNOWN)

    # === WRITING === #

    def _oms_post(self, posts, subtype_id=False, subtype_xmlid=None, author_id=None, message_type="notification"):
        """Post a line on each of these documents, as ``message_post`` does one by one.

        :param list posts: per document a dict with ``body`` and ``tracking_value_ids``
        """
        self = self._fallback_lang()  # noqa: PLW0642 - as posting does
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        subtype_id = (to_id(subtype_xmlid) if subtype_xmlid else subtype_id) or to_id("mail.mt_note")
        author_id, email_from = self._message_compute_author(author_id, None)
        shared = self._oms_prepare_post(message_type, subtype_id, author_id, email_from)
        own = self._oms_prepare_posts(author_id, email_from)
        values = [{**shared, **own[record.id], **post} for record, post in zip(self, posts, strict=True)]
        told = self.env["mail.followers"]._get_recipient_data(self, message_type, subtype_id, [])
        for record, message, vals in zip(self, self._message_create(values), values, strict=True):
            record._message_post_after_hook(message, vals)
            if told[record.id]:
                record._notify_thread(message, vals)

    def _oms_prepare_post(self, message_type, subtype_id, author_id, email_from):
        return {
            "author_id": author_id,
            "author_guest_id": False,
            "email_from": email_from,
            "email_add_signature": True,
            "model": self._name,
            "message_type": message_type,
            "subject": False,
            "subtype_id": subtype_id,
            "partner_ids": [],
            "incoming_email_to": False,
            "incoming_email_cc": False,
            "outgoing_email_to": False,
            "attachment_ids": [],
        }

    def _oms_prepare_posts(self, author_id, email_from):
        """Return, per document, what differs between their lines."""
        company = self.env.company
        domains, companies = self.sudo()._mail_get_alias_domains(company), self._mail_get_companies(company)
        replies, parents = self._notify_get_reply_to(email_from, author_id), self._oms_read_latest()
        return {
            record.id: {
                "res_id": record.id,
                "parent_id": parents.get(record.id, False),
                "record_alias_domain_id": domains[record.id].id,
                "record_company_id": companies[record.id].id,
                "reply_to": replies[record.id],
            }
            for record in self
        }

    def _oms_read_latest(self):
        """Return {document id: the message that the next one answers}."""
        if not self._mail_flat_thread:
            return {}
        self.env["mail.message"].flush_model(["model", "res_id", "message_type", "date"])
        self.env.cr.execute(SQL(_LATEST, self._name, list(self.ids)))
        return dict(self.env.cr.fetchall())

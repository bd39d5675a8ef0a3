"""How a run has vendors found for what is asked for and nobody supplies."""

from odoo import api, models
from odoo.fields import Domain

_ACTIVITY = "oms_order_to_cash_reorder.oms_reorder_vendor_activity"
# So many are open at a time, those of the highest value class first: nobody works through thousands.
_MOST = 50


class OmsReorderRun(models.Model):
    _inherit = "oms.reorder.run"

    def _ask_for_vendors(self):
        """Ask the purchase manager, once, for a vendor of each product that is asked for and nobody supplies."""
        self.ensure_one()
        Policy, company = self.env["oms.reorder.policy"], self.company_id
        own = Domain("company_id", "=", company.id)
        missing = Domain("reason", "=", "no_lead_time") & Domain("mean", ">", 0) & Policy._get_awake_domain()
        asked = Policy.search(own & Domain("vendor_asked", "!=", False), order="id")
        still = asked.filtered_domain(missing)
        (asked - still)._end_asking(self.env._("It is supplied, or not asked for any more."))
        manager = self._get_purchase_manager(company)
        room = _MOST - len(still.vendor_activity_id.filtered("active"))
        if not manager or room <= 0:
            return
        new = own & missing & Domain("product_id.product_tmpl_id", "not in", still.product_id.product_tmpl_id.ids)
        policies = Policy.search(new, order="abc, mean desc, id", limit=10 * _MOST)
        templates = policies.product_id.product_tmpl_id[:room]
        activities = self._make_vendor_activities(templates, manager)
        for activity, template in zip(activities, templates, strict=True):
            policies.filtered(lambda policy, of=template: policy.product_id.product_tmpl_id == of)._note_asking(
                activity
            )

    def _make_vendor_activities(self, templates, manager):
        # No mail for each of them: they are among the manager's activities.
        return templates.with_context(mail_activity_quick_update=True).activity_schedule(
            _ACTIVITY,
            user_id=manager.id,
            note=self.env._(
                "It is asked for, and nobody supplies it to %(company)s. Add a vendor on its tab Purchase: from then on what "
                "orders lack of it can be bought, and from the next night on it is reordered.",
                company=self.company_id.name,
            ),
        )

    @api.model
    def _get_purchase_manager(self, company):
        """Return the first of a company's purchase managers, the administrator last."""
        users = self.env.ref("purchase.group_purchase_manager").sudo().all_user_ids  # who is asked, not what they see
        able = users.filtered(lambda user: user.active and not user.share and company in user.company_ids)
        administrators = self.env.ref("base.user_root") + self.env.ref("base.user_admin")
        return able.sorted(lambda user: (user in administrators, user.id))[:1]

from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestOmsSettings(TransactionCase):
    """Settings refuse what nothing could be computed with."""

    def test_settings_out_of_range(self):
        wrong = {
            "oms_capital_cost_rate": (-1, 1e9),
            "oms_late_interest_rate": (-1, 1e9),
            "oms_reminder_days": (-1, 2**31 - 1),
            "oms_quotation_reminder_days": (-1, 2**31 - 1),
            "oms_credit_overdue_days": (-1, 2**31 - 1),
            "oms_min_margin": (-101, 1e9),
            "oms_max_discount": (-1, 101),
            "oms_chase_hours": (-1, 2**31 - 1),
            "oms_return_reminder_days": (-1, 2**31 - 1),
            "oms_purchase_ceiling": (-1, 1e15),
        }
        for name, values in wrong.items():
            for value in values:
                with (
                    self.subTest(name=name, value=value),
                    self.assertRaisesRegex(ValidationError, "has to lie between"),
                ):
                    self.env.company[name] = value

    def test_what_is_refused_is_named(self):
        with self.assertRaisesRegex(ValidationError, "Remind Before Due has to lie between 0 and 3650"):
            self.env["res.config.settings"].create({"oms_reminder_days": -5}).execute()

    def test_each_setting_says_what_it_is(self):
        view = self.env["res.config.settings"].get_view(view_type="form")
        settings = etree.fromstring(view["arch"]).xpath("//app[@name='oms_order_to_cash']//setting")
        # Without words of its own a setting shows those of a field right in it, or else nothing at all, not even its help.
        mute = [
            setting.get("id") for setting in settings if not setting.get("string") and setting.find("field") is None
        ]
        self.assertTrue(settings)
        self.assertEqual(mute, [])

    def test_offers_the_other_addons(self):
        """As Odoo's own settings do: ticked where installed, and saving without a click installs and removes nothing."""
        settings = self.env["res.config.settings"].create({})
        names = [name for name in settings._fields if name.startswith("module_oms_order_to_cash_")]
        self.assertEqual(sorted(names), ["module_oms_order_to_cash_queue_job", "module_oms_order_to_cash_reorder"])
        modules = self.env["ir.module.module"].search([("name", "in", [name[len("module_") :] for name in names])])
        before = {module.name: module.state for module in modules}
        for name in names:
            self.assertEqual(settings[name], before.get(name[len("module_") :]) == "installed", name)
        settings.execute()
        self.assertEqual({module.name: module.state for module in modules}, before)

    def test_finished_actions_are_kept_for_a_day(self):
        for days in (-1, 0, 10**6):
            with self.assertRaisesRegex(ValidationError, "1 to 36500 days"):
                self.env["res.config.settings"].create({"oms_job_keep_days": days})

    def test_sla_of_an_issue_type(self):
        issue_type = self.env["oms.issue.type"].search([], limit=1)
        for hours in (-1, 1e300):
            with self.assertRaisesRegex(ValidationError, "0 to 8760 hours"):
                issue_type.sla_hours = hours

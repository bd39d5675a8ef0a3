from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged

from .issue_case import OmsIssueCase

_KPIS = ("kpi_oms_open_issues", "kpi_oms_critical_issues", "kpi_oms_closed_issues")


@tagged("post_install", "-at_install")
class TestDigest(OmsIssueCase):
    """The morning's mail counts what its reader may see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._forget_issues()
        cls.env["digest.digest"].search([]).write({"state": "deactivated"})
        cls.manager = cls._make_reader("oms_reader", "sales_team.group_sale_manager")
        cls.digest = cls.env["digest.digest"].create(
            {
                "name": "Orders",
                "company_id": cls.company.id,
                "user_ids": cls.manager.ids,
                **dict.fromkeys(_KPIS, True),
                "kpi_res_users_connected": False,
                "kpi_mail_message_total": False,
            }
        )

    @classmethod
    def _forget_issues(cls):
        cls.env.cr.flush()
        while cls.env["oms.flow"]._drain():  # what the demo company's orders still have to be looked at for
            pass
        cls.env["oms.issue"].search([]).sudo().unlink()

    @classmethod
    def _make_reader(cls, login, group):
        return cls.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "company_id": cls.company.id,
                "company_ids": cls.company.ids,
                "group_ids": cls.env.ref(group).ids,
            }
        )

    def _get_paid(self, **values):
        order = self._place_order(**values)
        self._pay_online(order, "done")
        return order

    def _make_issues(self):
        """Leave three open, of which one is critical no more, and close one."""
        orders = [self._get_paid() for _index in range(4)]
        self._drain()
        self._confirm(orders[3])
        self._drain()
        self._get_issue(orders[0], "O6").sudo().band = "low"
        yesterday = fields.Datetime.now() - timedelta(hours=3)
        issues = self.env["oms.issue"].search([("order_id", "in", [order.id for order in orders])])
        issues = issues.filtered(lambda issue: issue.code == "O6")
        issues.sudo().date_raised = yesterday
        self.env["oms.issue"].search([("id", "not in", issues.ids)]).sudo().unlink()
        self.env.flush_all()
        return orders

    def _get_kpis(self, user):
        kpis = self.digest._compute_kpis(self.company, user)
        return {kpi["kpi_name"]: kpi["kpi_col1"]["value"] for kpi in kpis}

    def test_values(self):
        self._make_issues()
        self.assertEqual(
            self._get_kpis(self.manager),
            {"kpi_oms_open_issues": 3, "kpi_oms_critical_issues": 2, "kpi_oms_closed_issues": 1},
        )

    def test_only_what_the_reader_sees(self):
        orders = self._make_issues()
        seller = self._make_reader("oms_reader_own", "sales_team.group_sale_salesman")
        nobody = self._make_reader("oms_reader_none", "base.group_user")
        for order in orders:
            order.user_id = self.env.ref("base.user_admin")
        orders[0].user_id = seller
        self.env.flush_all()
        self.env["oms.flow"]._refresh([order.id for order in orders])
        self.assertEqual(self._get_kpis(seller)["kpi_oms_open_issues"], 1)
        self.assertEqual(self._get_kpis(nobody), {})

    def test_another_company_is_counted_apart(self):
        self.assertTrue(self.other_company)
        self._forget_issues()  # a new company's taxes go onto every product: all orders are looked at again
        self._get_paid(company_id=self.other_company.id, partner_id=self.other_customer.id)
        self._drain()
        self.assertEqual(self._get_kpis(self.manager)["kpi_oms_open_issues"], 0)

    def test_the_mail(self):
        self._make_issues()
        mails = self.env["mail.mail"].search([])
        self.digest.action_send()
        mail = self.env["mail.mail"].search([]) - mails
        self.assertEqual(mail.email_to, self.manager.email_formatted)
        body = html.fromstring(mail.body_html)
        text = " ".join(body.text_content().split())
        self.assertRegex(text, r"Open Order Issues.*? 3 ")
        self.assertRegex(text, r"Critical Order Issues.*? 2 ")
        self.assertIn("Order Issues Solved", text)
        self.assertTrue(body.xpath("//a[contains(@href, 'oms_issue_action')]"))

    def test_the_default_digest_has_them(self):
        digest = self.env.ref("digest.digest_digest_default")
        self.assertEqual([digest[name] for name in _KPIS], [True, True, True])

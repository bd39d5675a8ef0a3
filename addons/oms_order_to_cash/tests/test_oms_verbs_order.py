from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .issue_case import OmsIssueCase


@tagged("post_install", "-at_install")
class TestOmsVerbsOrder(OmsIssueCase):
    """Telling people, handing over, closing: what is done, what is refused, and what is taken back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": cls.env.ref("sale.model_sale_order").id,
                "subject": "Thanks",
                "use_default_to": True,
            }
        )

    def setUp(self):
        super().setUp()
        self.owner = self._make_user("oms_owner", "sales_team.group_sale_salesman_all_leads")

    def _count_mails(self, order):
        return self.env["mail.mail"].search_count([("model", "=", "sale.order"), ("res_id", "=", order.id)])

    # === TELLING === #

    def test_write_to_the_customer(self):
        nobody = self.env["res.partner"].create({"name": "No Mail"})
        good, mute = self._place_order(), self._place_order(partner_id=nobody.id)
        jobs = self._run("notify_customer", good + mute, template_id=self.template.id)
        self.assertJobs(jobs, "done", ("skipped", "No Mail has no email address: add one first."))
        self.assertEqual((self._count_mails(good), self._count_mails(mute)), (1, 0))
        self.assertJobs(
            self._run("notify_customer", good, template_id=self.template.id),
            ("skipped", "The customer was sent this mail less than an hour ago."),
        )
        self.assertEqual(self._count_mails(good), 1)
        wrong = self.env["mail.template"].create(
            {"name": "Wrong", "model_id": self.env.ref("base.model_res_partner").id}
        )
        for template in (None, wrong.id):
            self.assertJobs(
                self._run("notify_customer", good, template_id=template),
                ("failed", "Choose the mail to send: a template for sales orders."),
            )
        self.assertEqual(
            self.runner._get_preview("notify_customer", good)[good.id], [f"{good.partner_id.email} gets a mail."]
        )

    def test_tell_a_colleague(self):
        order, nobodys = self._place_order(user_id=self.owner.id), self._place_order(user_id=False)
        jobs = self._run("notify_user", order + nobodys, note="Call them")
        self.assertJobs(jobs, "done", ("skipped", "It has no salesperson: choose who is to be told."))
        self.assertEqual((order.activity_ids.user_id, order.activity_ids.summary), (self.owner, "Call them"))
        again = self._run("notify_user", order, note="Call them")
        self.assertJobs(again, ("skipped", f"{self.owner.name} has been told already."))
        jobs.filtered(lambda job: job.state == "done").action_undo()
        self.assertFalse(order.activity_ids)
        job = self._run("notify_user", order)
        self.assertEqual(order.activity_ids.summary, "Look at this order")
        order.activity_ids.action_feedback()
        with self.assertRaisesRegex(UserError, "it is done already"):
            job.action_undo()

    # === HANDING OVER === #

    def test_assign_a_salesperson(self):
        order, theirs = self._place_order(user_id=self.env.uid), self._place_order(user_id=self.owner.id)
        jobs = self._run("assign", order + theirs, user_id=self.owner.id)
        self.assertJobs(jobs, "done", ("skipped", "It is theirs already."))
        job = jobs.filtered(lambda job: job.state == "done")
        self.assertEqual((order.user_id, job.document_names), (self.owner, self.owner.name))
        job.action_undo()
        self.assertEqual(order.user_id, self.env.user)
        job = self._run("assign", order, user_id=self.owner.id)
        order.user_id = False
        with self.assertRaisesRegex(UserError, "somebody else was assigned since"):
            job.action_undo()
        self.assertJobs(self._run("assign", order), ("failed", "Choose somebody who works on orders."))
        seller = self._make_user("oms_own_seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.runner.with_user(seller)._run("assign", order.with_user(seller), "user", {"user_id": seller.id})

    def test_assign_issues(self):
        order, clean = self._confirmed([(self.short, 2)]), self._confirmed()
        self._drain()
        jobs = self._run("assign_issues", order + clean, user_id=self.owner.id)
        self.assertJobs(jobs, "done", ("skipped", "It has no open issue like this."))
        issues = self._read_issues(order)
        self.assertEqual(issues.owner_id, self.owner)
        self.assertEqual(issues.activity_ids.user_id, self.owner)
        again = self._run("assign_issues", order, user_id=self.owner.id)
        self.assertJobs(again, ("skipped", "They are theirs already."))
        jobs.filtered(lambda job: job.state == "done").action_undo()
        self.assertFalse(issues.owner_id)
        self.assertIssuesHold(order + clean)

    # === CLOSING === #

    def test_close_what_is_done(self):
        done, waiting = self._finish(self._confirmed()), self._confirmed()
        jobs = self._run("close", done + waiting + self._place_order())
        self.assertJobs(
            jobs,
            "done",
            ("skipped", "Something is left to do: it is in the stage Pick."),
            ("skipped", "Confirm the order first."),
        )
        self.assertEqual((done + waiting).mapped("locked"), [True, False])
        self.assertJobs(self._run("close", done), ("skipped", "It is locked already."))
        job = jobs.filtered(lambda job: job.state == "done")
        job.action_undo()
        self.assertFalse(done.locked)
        self._run("close", done)
        done.action_unlock()
        newest = self.jobs.search([("order_id", "=", done.id), ("state", "=", "done")], limit=1)
        with self.assertRaisesRegex(UserError, "it is unlocked already"):
            newest.action_undo()

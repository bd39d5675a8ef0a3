from pathlib import Path

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.oms_order_to_cash.tests.issue_case import OmsIssueCase

_MOST_LINES = 80


@tagged("post_install", "-at_install")
class TestGiftWrap(OmsIssueCase):
    """A verb and an issue type of another addon are like those of the product."""

    def _wanted(self):
        order = self._confirm(self._place_order())
        order.gift_wrap = "wanted"
        return order

    def test_issue_is_found_explained_and_ended_by_its_remedy(self):
        order, other = self._wanted(), self._confirm(self._place_order())
        issue = self.assertIssue(order, "G1", severity="medium", lane="delivery")
        self.assertNoIssue(other, "G1")
        [card] = [card for card in self.env["oms.cockpit"].get_issue_cards(order.id) if card["code"] == "G1"]
        self.assertEqual([link["text"] for link in card["chain"]], [f"{order.name} is to be gift-wrapped"])
        [remedy] = card["remedies"]
        self.assertEqual((remedy["verb"], remedy["label"]), ("gift_wrap", "Gift-wrap"))
        self.assertEqual((remedy["changes"], remedy["obstacle"]), (["It leaves in gift wrap."], ""))
        self.assertTrue(remedy["recommended"] and remedy["reversible"] and not remedy["asks"])
        issue.action_run()
        self.assertEqual(order.gift_wrap, "done")
        self.assertNoIssue(order, "G1")
        self.assertEqual(self.env["oms.issue"]._audit([("id", "in", (order + other).ids)]), [])

    def test_verb_runs_once_each_for_itself_and_is_undone(self):
        order, other = self._wanted(), self._confirm(self._place_order())
        jobs = self._run("gift_wrap", order + other)
        self.assertJobs(jobs, "done", ("skipped", "No gift wrap is wanted."))
        self.assertJobs(self._run("gift_wrap", order), ("skipped", "No gift wrap is wanted."))
        jobs.filtered(lambda job: job.state == "done").action_undo()
        self.assertEqual(order.gift_wrap, "wanted")
        self.assertIssue(order, "G1")

    def test_choices_rights_and_failures_are_the_runner_s(self):
        order = self._wanted()
        self.assertJobs(self._run("gift_wrap", order, note="no paper"), ("failed", "There is no paper left."))
        with self.assertRaisesRegex(Exception, "note can't be 7."):
            self._run("gift_wrap", order, note=7)
        seller = self._make_user("oms_gift_seller", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            self.runner.with_user(seller)._run("gift_wrap", order, "user")
        self.assertEqual(order.gift_wrap, "wanted")

    def test_it_is_offered_where_verbs_are(self):
        run = self.env["oms.bulk.run"]._open("gift_wrap", self._wanted())
        self.assertTrue(run["name"].startswith("Gift-wrap: "))
        self.assertEqual(self.env["oms.bulk.run"].browse(run["res_id"]).asked_params.split(), ["note"])
        self.assertIn(("gift_wrap", "Gift-wrap"), self.env["oms.rule.step"]._selection_verb())
        self.assertIn(("gift_wrap", "Gift-wrap"), self.env["oms.job"]._selection_verb())

    def test_it_is_short(self):
        folder = Path(__file__).parent.parent
        files = [folder / "models" / "gift_wrap.py", folder / "models" / "sale_order.py"]
        self.assertLess(sum(len(file.read_text().splitlines()) for file in files), _MOST_LINES)

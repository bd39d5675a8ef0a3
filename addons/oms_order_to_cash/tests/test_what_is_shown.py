import json
from functools import cached_property

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .runner_case import OmsRunnerCase

_OURS = {"oms_order_to_cash", "oms_order_to_cash_reorder", "oms_order_to_cash_queue_job"}
_ROLES = {
    "own": "sales_team.group_sale_salesman",
    "all": "sales_team.group_sale_salesman_all_leads",
    "stock": "stock.group_stock_manager",
    "accountant": "account.group_account_manager",
    "buyer": "purchase.group_purchase_manager",
    "admin": "oms_order_to_cash.oms_group_admin",
    "system": "base.group_system",
    "nobody": "base.group_user",
}
_OUTSIDE = {"portal": "base.group_portal", "public": "base.group_public"}
# What stands in everything that is not to be seen.
_MARK, _AMOUNT = "ZZSECRET", 987654.25
# A value to search for, by the type of a field.
_SAMPLES = {**dict.fromkeys(("char", "text", "selection"), "x"), **dict.fromkeys(("date", "datetime"), "2026-01-01")}
_NEWEST = {"limit": 40, "order": "id desc"}


@tagged("post_install", "-at_install")
class TestWhatIsShown(OmsRunnerCase):
    """Nobody sees what is not theirs: each model and field of ours, read in each way, by each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = {**{role: f"{groups},base.group_allow_export" for role, groups in _ROLES.items()}, **_OUTSIDE}
        cls.users = {role: cls._make_user(cls, f"oms_shown_{role}", groups) for role, groups in roles.items()}

    # === WHAT IS NOT TO BE SEEN === #

    def _make_secret(self, company, user, mark=_MARK):
        """Make an order, its issues, hold and actions, with a mark in all that can be read of them.

        :param mark: of the customer and the product
        """
        customer = self._make_customer(f"{mark} Customer", email=f"{mark}@example.com", company_id=company.id)
        product = self._make_product(f"{mark} goods", 10, company_id=company.id)
        orders = self._place_order(
            [(product, 1, _AMOUNT)], name=f"{_MARK}1", company_id=company.id, partner_id=customer.id, user_id=user.id
        )
        orders += self._confirmed(
            [(product, 1, _AMOUNT)], name=f"{_MARK}2", company_id=company.id, partner_id=customer.id, user_id=user.id
        )
        reason = self.env.ref("oms_order_to_cash.oms_hold_reason_address")
        for order in orders:
            own = order.with_company(company)
            self.runner.with_company(company)._run("hold", own, "user", {"hold_reason_id": reason.id, "note": _MARK})
            self._queue("reserve", own, "user", params={"note": _MARK})
        self.jobs.search([("order_id", "in", orders.ids)]).write({"message": _MARK})
        self._drain()
        self.assertTrue(self.env["oms.issue"].search([("order_id", "in", orders.ids)]))
        return orders

    @cached_property
    def of_another_company(self):
        return self._make_secret(self.other_company, self.env.user)

    @cached_property
    def of_another_salesperson(self):
        # Core shows every customer and product of the company to who sells.
        return self._make_secret(self.company, self.users["all"], "Test")

    # === EACH MODEL AND FIELD === #

    def _get_models(self):
        """Return {model: names of the fields of ours}, of all models that have any and are kept in the database."""
        found = {}
        for name, model in self.env.registry.items():
            own = model._original_module in _OURS
            names = [field for field in model._fields.values() if own or (field._modules and field._module in _OURS)]
            if names and not model._abstract and not model._transient:
                found[name] = [field.name for field in names]
        return found

    def _read_all(self, model, names):
        """Return what a user reads of a model, in each way there is."""
        allowed = [name for name in names if model._has_field_access(model._fields[name], "read")]
        records = model.search([], **_NEWEST)
        read = [records.read(allowed)]
        if model._auto:  # core exports no ids of a reading
            try:
                read.append(records.export_data([*allowed, "id"])["datas"])
            except AccessError:
                read.append("refused")  # it would name records that are not the reader's
        read += [model.name_search(_MARK), model.search_read([("display_name", "ilike", _MARK)], allowed, limit=5)]
        for name in allowed:
            field = model._fields[name]
            if field._description_sortable(model.env):
                read.append(model.search_read([], allowed[:5], order=f"{name} desc", limit=5))
            if field._description_groupable(model.env) and field.type not in ("json", "properties"):
                key = f"{name}:month" if field.type in ("date", "datetime") else name
                read.append(model.formatted_read_group([], [key], ["__count"]))
        return json.dumps(read, default=str)

    @mute_logger("odoo.models")
    def _check_unseen(self, roles, company):
        for role in roles:
            user = self.users[role]
            for name, names in self._get_models().items():
                model = self.env[name].with_user(user).with_context(allowed_company_ids=company.ids)
                if not model.has_access("read"):
                    continue
                with self.subTest(role=role, model=name):
                    seen = self._read_all(model, names)
                    for mark in (_MARK, str(_AMOUNT)):
                        self.assertFalse(mark in seen, seen[max(seen.find(mark) - 200, 0) :][:300])

    def test_no_order_of_another_company(self):
        self.assertTrue(self.of_another_company)
        self._check_unseen(_ROLES, self.company)

    def test_no_order_of_another_salesperson(self):
        self.assertTrue(self.of_another_salesperson)
        self._check_unseen(["own"], self.company)

    def test_who_may_see_it_does(self):
        orders = self.of_another_salesperson
        user = self.users["all"]
        for name in ("oms.flow", "oms.issue", "oms.job", "oms.hold"):
            model = self.env[name].with_user(user)
            self.assertIn(_MARK, self._read_all(model, self._get_models()[name]), name)
        self.assertTrue(orders.with_user(user).mapped("name"))

    def test_our_fields_are_for_employees(self):
        for role in _OUTSIDE:
            for name, names in self._get_models().items():
                model = self.env[name].with_user(self.users[role])
                seen = [key for key in names if model._has_field_access(model._fields[key], "read")]
                with self.subTest(role=role, model=name):
                    self.assertFalse(model.has_access("read") and seen, seen)

    def test_a_customer_reads_nothing_of_what_is_kept_about_them(self):
        portal = self.users["portal"]
        order = self._place_order(partner_id=portal.partner_id.id)
        order.message_subscribe(portal.partner_id.ids)
        for record in (order, portal.partner_id, self.company):
            record = record.with_user(portal)
            record.check_access("read")
            for name in self._get_models()[record._name]:
                with self.subTest(model=record._name, field=name), self.assertRaises(AccessError):
                    record.read([name])
                if record._fields[name]._description_searchable:
                    value = _SAMPLES.get(record._fields[name].type, 7)
                    with self.subTest(model=record._name, field=name), self.assertRaises(AccessError):
                        record.search([(name, "in", [value])])
        self.assertEqual(order.with_user(portal)._oms_get_invoicing(), "never")

    def test_what_others_decide_is_not_written_by_a_call(self):
        seller, order = self.users["all"], self._place_order()
        company = self._make_customer("Test Held", is_company=True, oms_account_hold=True)
        for name, value in (
            ("oms_credit_accepted", 1e9),
            ("oms_price_approved", "[]"),
            ("oms_price_approved_on", False),
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                order.with_user(seller).write({name: value})
        contacts = self.env["res.partner"].with_user(
            self._make_user("oms_shown_contacts", f"{_ROLES['all']},base.group_partner_manager")
        )
        books = self._make_user("oms_shown_books", f"{_ROLES['accountant']},base.group_partner_manager")
        held = company.with_env(contacts.env)
        for name, value in (
            ("oms_account_hold", False),
            ("oms_purchase_confirmation", "ceiling"),
            ("oms_purchase_ceiling", 9),
        ):
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(AccessError, "is not yours to change: ask somebody of"),
            ):
                held.write({name: value})
        contact = contacts.create({"name": "Test Contact", "parent_id": held.id})
        self.assertTrue(contact.sudo().oms_account_hold)
        held.write({"name": "Test Held Still"})
        company.with_user(books).write({"oms_account_hold": False})
        self.assertFalse(contact.sudo().oms_account_hold)

    # === WINDOWS === #

    def test_what_others_decide_is_not_created_by_a_call(self):
        contacts = self.env["res.partner"].with_user(
            self._make_user("oms_made_contacts", f"{_ROLES['all']},base.group_partner_manager")
        )
        company = self._make_customer("Test Held", is_company=True, oms_account_hold=True)
        for name, value in (
            ("oms_account_hold", True),
            ("oms_purchase_confirmation", "ceiling"),
            ("oms_purchase_ceiling", 1e6),
        ):
            for partners, vals in (
                (contacts, {name: value}),
                (contacts.with_context(**{f"default_{name}": value}), {}),
            ):
                with self.subTest(field=name, vals=vals), self.assertRaisesRegex(AccessError, "is not yours to change"):
                    partners.create({"name": "Test Sly", **vals})
        contact = contacts.create({"name": "Test Contact", "parent_id": company.id, "oms_account_hold": True})
        self.assertTrue(contact.sudo().oms_account_hold, "as its company")
        self.assertFalse(contacts.create({"name": "Test Plain"}).sudo().oms_purchase_ceiling)

    def _get_windows(self):
        return {
            name: model
            for name, model in self.env.registry.items()
            if model._transient and model._original_module in _OURS
        }

    def _find_foreign(self, comodel, orders, user):
        """Return a record of a model that belongs to these orders and that the user may not read."""
        found = {
            "sale.order": orders,
            "oms.job": self.jobs.search([("order_id", "in", orders.ids)]),
            "res.company": orders.company_id,
            "res.partner": orders.partner_id,
            "product.product": orders.order_line.product_id,
            "stock.warehouse": orders.warehouse_id,
            "account.journal": self.env["account.journal"].search([("company_id", "=", orders.company_id.id)]),
        }.get(comodel, self.env[comodel].browse())[:1]
        theirs = found.with_user(user).with_context(allowed_company_ids=self.company.ids)
        return found if found and not theirs.has_access("read") else found.browse()

    def test_a_window_names_nothing_that_its_owner_may_not_read(self):
        orders, user, tried = self.of_another_company, self.users["admin"], 0
        for name, model in self._get_windows().items():
            window = self.env[name].with_user(user).with_context(allowed_company_ids=self.company.ids)
            for key, field in model._fields.items():
                foreign = field.relational and self._find_foreign(field.comodel_name, orders, user)
                if not foreign or field.compute or field.related or key.endswith("_uid"):
                    continue
                tried += 1
                is_one = field.type == "many2one"
                for value in [foreign.id] if is_one else [[Command.set(foreign.ids)], [Command.link(foreign.id)]]:
                    with self.subTest(window=name, field=key, value=value):
                        self._check_refused(window, key, value, {key: {"fields": {"display_name": {}}}})
        self.assertGreaterEqual(tried, 8)

    def _check_refused(self, window, key, value, shown):
        with self.assertRaises(AccessError):
            window.create({key: value}).read([key])
        with self.assertRaises(AccessError):
            window.onchange({key: value}, [key], shown)
        with self.assertRaises(AccessError):
            window.with_context(**{f"default_{key}": value}).onchange({}, [], shown)
        with self.assertRaises(AccessError):
            window.web_save({key: value}, shown)

    def test_lines_are_nobody_s_to_make(self):
        order, user = self.of_another_company[:1], self.users["admin"]
        lines = self.env["oms.bulk.run.line"].with_user(user).with_context(allowed_company_ids=self.company.ids)
        run = self.env["oms.bulk.run"].with_user(user).create({"verb": "confirm"})
        for operation in ("create", "write", "unlink"):
            self.assertFalse(lines.has_access(operation))
        with self.assertRaises(AccessError):
            lines.create({"run_id": run.id, "order_id": order.id})
        line = lines.sudo().create({"run_id": run.id, "order_id": order.id}).sudo(False)
        line.invalidate_recordset()
        for name in ("partner_id", "amount_total", "currency_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                line.read([name])

    def test_a_window_is_its_owner_s(self):
        owner, other = self.users["admin"], self._make_user("oms_shown_other", _ROLES["admin"])
        order = self._confirmed()
        mine = self.env(user=owner)
        rule = self.env["oms.rule"].search([], limit=1)
        product = self.goods.id
        windows = [
            mine["oms.bulk.run"].create({"verb": "hold", "order_ids": order.ids, "note": _MARK}),
            mine["oms.complete"].create({"order_id": order.id, "missing": "email", "email": "x@example.com"}),
            mine["oms.rule.replay"].create({"rule_id": rule.id}),
        ]
        windows.append(windows[0].line_ids)
        if self.env["oms.freight.data"].with_user(owner).has_access("create"):
            freight = mine["oms.freight.data"].create({"line_ids": [Command.create({"product_id": product})]})
            windows += [freight, freight.line_ids]
        for window in windows:
            theirs = window.with_user(other)
            theirs.invalidate_recordset()
            self.assertTrue(window)
            with self.subTest(window=window._name):
                self.assertFalse(theirs.search([("id", "in", window.ids)]))
                for call in (lambda one=theirs: one.read(["id", "create_uid"]), lambda one=theirs: one.write({})):
                    with self.assertRaises(AccessError):
                        call()
                for name in ("action_run", "action_save", "action_retry", "action_undo", "action_refresh"):
                    if hasattr(window, name):
                        with self.assertRaises(UserError):
                            getattr(theirs, name)()
        self.assertFalse(order.oms_is_held)

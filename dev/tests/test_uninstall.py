"""Installing the addon on a database that is in use, and taking it off again."""

import json
import subprocess

import pytest
from conftest import run_oms

ADDON = "oms_order_to_cash"

# What a database consists of: its structure, and the records that modules bring. Sequences of values are left out.
_STRUCTURE = {
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    "columns": """SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                    FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """SELECT conrelid::regclass || ' ' || conname FROM pg_constraint con
                        JOIN pg_class class ON class.oid = conrelid AND class.relnamespace = 'public'::regnamespace""",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "xml ids": "SELECT module || '.' || name FROM ir_model_data WHERE module != 'base' OR name NOT LIKE 'module_%'",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "selections": """SELECT field.model || '.' || field.name || '=' || value FROM ir_model_fields_selection selection
                       JOIN ir_model_fields field ON field.id = field_id""",
    "crons": "SELECT cron_name FROM ir_cron",
    "parameters": "SELECT key FROM ir_config_parameter",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "group implications": "SELECT gid || ' ' || hid FROM res_groups_implied_rel",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
    "views": "SELECT model || ' ' || name FROM ir_ui_view",
    "actions": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "rules": "SELECT name FROM ir_rule",
    "access": "SELECT name FROM ir_model_access",
    "defaults": "SELECT field_id || ' ' || json_value FROM ir_default",
    "assets": "SELECT path FROM ir_asset",
    "mail templates": "SELECT name->>'en_US' FROM mail_template",
    "attachments": """SELECT res_model || ' ' || name FROM ir_attachment
                       WHERE res_model LIKE 'oms%' OR url LIKE '%oms_%'""",
}

_ORDER = """
partner = env["res.partner"].create({"name": "A customer"})
product = env["product.product"].create({"name": "Thing", "type": "consu", "is_storable": True, "list_price": 10})
def place(confirm):
    order = env["sale.order"].create({
        "partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 3})],
    })
    if confirm:
        order.action_confirm()
    return order
"""

_OLD_ORDERS = f"""{_ORDER}
orders = place(False) + place(True) + place(True)
orders[2].order_line.move_ids.write({{"quantity": 3, "picked": True}})
orders[2].picking_ids.button_validate()
orders[2]._create_invoices().action_post()
env.cr.commit()
"""

_READ = """
flows = env["oms.flow"].search([])
print("RESULT", sorted(flows.mapped("stage")), env["oms.flow"]._audit(), env["sale.order"].search_count([]))
"""

_USE = """
env["ir.config_parameter"].set_param("oms_order_to_cash.job_keep_days", 30)
env.cr.commit()
print("RESULT", env["ir.config_parameter"].get_param("oms_order_to_cash.job_keep_days"))
"""

_UNINSTALL = f"""
env["ir.module.module"].search([("name", "=", "{ADDON}")]).button_immediate_uninstall()
env.cr.commit()
"""

_WORK = f"""{_ORDER}
order = place(True)
order.order_line.move_ids.write({{"quantity": 3, "picked": True}})
order.picking_ids.button_validate()
invoice = order._create_invoices()
invoice.action_post()
register = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
register.create({{}})._create_payments()
env.cr.commit()
print("RESULT", order.state, order.delivery_status, invoice.payment_state)
"""


def shell(database, script):
    done = run_oms("shell", database, stdin=script)
    assert done.returncode == 0, done.stderr
    return [line.removeprefix("RESULT ") for line in done.stdout.splitlines() if line.startswith("RESULT ")]


def query(address, sql):
    done = subprocess.run(["psql", "-XqtA", address, "-c", sql], capture_output=True, text=True, check=True)
    return sorted(done.stdout.splitlines())


def read_structure(address):
    return {kind: query(address, sql) for kind, sql in _STRUCTURE.items()}


def find_changes(before, after):
    changes = {}
    for kind, old in before.items():
        extra, missing = sorted(set(after[kind]) - set(old)), sorted(set(old) - set(after[kind]))
        if extra or missing or len(old) != len(after[kind]):
            changes[kind] = {"left behind": extra, "gone": missing, "counts": [len(old), len(after[kind])]}
    return changes


@pytest.fixture
def address(oms, database):
    """Make a database without the addon in which people have worked."""
    made = oms("newdb", database, "--bare")
    assert made.returncode == 0, made.stderr
    shell(database, _OLD_ORDERS)
    return oms("dsn", database).stdout.strip()


def test_database_is_as_before(oms, database, address):
    before = read_structure(address)
    installed = oms("odoo", "-d", database, "-i", ADDON, "--stop-after-init", "--no-http", "--max-cron-threads", "0")
    assert installed.returncode == 0, installed.stderr
    assert find_changes(before, read_structure(address)), "the addon left no trace while it was installed"
    assert shell(database, _READ) == ["['payment', 'quotation', 'supply'] [] 3"]
    assert shell(database, _USE) == ["30"]

    shell(database, _UNINSTALL)
    changes = find_changes(before, read_structure(address))
    assert not changes, json.dumps(changes, indent=2)
    assert query(address, "SELECT COUNT(*) FROM sale_order") == ["3"]
    assert shell(database, _WORK) == ["sale full paid"]

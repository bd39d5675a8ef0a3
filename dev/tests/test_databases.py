"""newdb, shell, dsn and dropdb, on databases that are and aren't ours."""

import os
import subprocess

import pytest
from conftest import new_database


def test_life_of_a_database(oms, refused, database):
    made = new_database(database)
    assert made.returncode == 0, made.stderr
    script = "print('state:', env['ir.module.module'].search([('name', '=', 'oms_order_to_cash')]).state)"
    assert "state: installed" in oms("shell", database, stdin=script).stdout
    refused("exists already", "newdb", database)
    assert oms("dropdb", database).returncode == 0
    refused("there is no database", "shell", database)


def test_bare_has_no_addon(oms, database):
    assert new_database(database, "--bare").returncode == 0
    script = "print('state:', env['ir.module.module'].search([('name', '=', 'oms_order_to_cash')]).state)"
    assert "state: uninstalled" in oms("shell", database, stdin=script).stdout


def test_script_that_fails(oms, database):
    new_database(database, "--bare")
    assert oms("shell", database, stdin="raise SystemExit(3)").returncode != 0


@pytest.fixture
def foreign(database):
    """Make a database that is none of ours; the environment names the server that runs these tests."""
    subprocess.run(["createdb", database], check=True)
    yield database
    subprocess.run(["dropdb", database], check=True)


def test_foreign_database_stays(refused, foreign):
    refused("was not made by newdb", "dropdb", foreign)


def test_database_without_odoo(refused, foreign):
    refused("is no Odoo database", "shell", foreign)


def test_database_of_another_version(refused, foreign):
    statement = "CREATE TABLE ir_module_module AS SELECT 'base' AS name, '18.0.1.3' AS latest_version"
    subprocess.run(["psql", "-qX", "-d", foreign, "-c", statement], check=True)
    refused("is of Odoo 18.0.1.3", "shell", foreign)
    refused("is of Odoo 18.0.1.3", "run", "--db", foreign)


def test_dsn_is_an_address(oms):
    # The server is up while these tests run; the mark to keep it up is for those who ask by hand.
    name = os.environ["OMS_TEST_DB"]
    kept = oms_keeps_server()
    result = oms("dsn", name)
    if not kept:
        oms("stop")
    assert result.returncode == 0, result.stderr
    query = ["psql", "-XAt", "-c", "SELECT 1", result.stdout.strip()]
    assert subprocess.run(query, check=True, capture_output=True, text=True).stdout == "1\n"


def oms_keeps_server():
    return os.path.exists(os.path.join(os.environ["STATE"], "keep_cluster"))

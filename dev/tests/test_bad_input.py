"""Whatever is wrong: one clear line and an exit that isn't zero."""

import os
import socket

import pytest


@pytest.mark.parametrize(
    "text, args",
    [
        ("unknown command 'nosuch'", ["nosuch"]),
        ("needs a NAME", ["newdb"]),
        ("got 'Bad Name'", ["newdb", "Bad Name"]),
        ("are for the templates", ["newdb", "oms_tpl_mine"]),
        ("--with needs a value", ["newdb", "good", "--with"]),
        ("knows no option --nosuch", ["newdb", "good", "--nosuch"]),
        ("got also: second", ["newdb", "first", "second"]),
        ("dropdb needs the NAME", ["dropdb"]),
        ("shell needs the NAME", ["shell"]),
        ("dsn takes one NAME", ["dsn", "one", "two"]),
        ("--port needs a value", ["run", "--port"]),
        ("are numbers", ["run", "--port", "http"]),
        ("from 1 to 65535", ["run", "--port", "99999"]),
        ("from 1 to 65535", ["run", "--port", "0"]),
        ("knows no argument", ["run", "now"]),
        ("bench needs the NAME", ["bench"]),
        ("no benchmark 'nosuch'", ["bench", "nosuch"]),
        ("no benchmark '../wait_for_page'", ["bench", "../wait_for_page"]),
        ("lint knows", ["lint", "nosuch"]),
        ("no --nosuch", ["compat", "--nosuch"]),
        ("takes no argument", ["setup", "now"]),
    ],
)
def test_arguments(refused, text, args):
    refused(text, *args)


def test_busy_port(refused):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        refused(f"port {port} is busy", "run", "--port", str(port))


def test_source_missing(refused, other_state):
    refused("no such folder", "setup", OMS_STATE=other_state, ODOO_SOURCE="/nowhere")


def test_source_without_odoo(refused, other_state):
    refused("no odoo/release.py", "setup", OMS_STATE=other_state, ODOO_SOURCE=other_state)


def test_source_of_another_version(refused, other_state):
    package = other_state / "source" / "odoo"
    package.mkdir(parents=True)
    (package / "release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
    refused("found: Odoo 18.0", "setup", OMS_STATE=other_state, ODOO_SOURCE=package.parent)


def test_no_disk(refused, other_state, odoo_path):
    with_program(other_state, "df", "printf 'Filesystem 1024-blocks\\n/dev/x 1 1 1048576 1 /\\n'")
    refused("1 GB free", "setup", OMS_STATE=other_state, ODOO_SOURCE=odoo_path, PATH=path_with(other_state))


def test_no_network(refused, other_state, odoo_path):
    extra = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    refused("check the network", "setup", OMS_STATE=other_state, ODOO_SOURCE=odoo_path, **extra)


def test_state_of_another_user(refused, other_state):
    (other_state / "file").touch()
    refused("can't write", "setup", OMS_STATE=other_state / "file" / "state")


def test_server_that_does_not_answer(refused):
    refused("no PostgreSQL answers", "dropdb", "any", PGHOST="/nowhere")


def test_server_as_postgres(refused):
    refused("Odoo refuses", "dropdb", "any", PGHOST="/nowhere", PGUSER="postgres")


def with_program(state, name, script):
    """Put a program in front of the machine's own one."""
    folder = state / "programs"
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def path_with(state):
    return f"{state / 'programs'}:{os.environ['PATH']}"

"""What the tests of ./oms share. They start it as a person would: another process, in another state folder where the
test is about making things."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("STATE", ROOT / ".oms"))


def environment(**extra):
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "OMS_", "ODOO_"))}
    return {**env, "OMS_STATE": str(STATE), **{key: str(value) for key, value in extra.items()}}


def start_oms(*args, **extra):
    return subprocess.Popen(
        [ROOT / "oms", *args],
        env=environment(**extra),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_oms(*args, stdin="", **extra):
    process = start_oms(*args, **extra)
    out, err = process.communicate(stdin, timeout=900)
    return subprocess.CompletedProcess(args, process.returncode, out, err)


def new_database(name, *args):
    """Make a database of the kind that these tests run on, so that no second template is needed."""
    demo = ["--demo"] if os.environ.get("OMS_TEST_DEMO") else []
    return run_oms("newdb", name, *demo, *args)


@pytest.fixture
def oms():
    return run_oms


@pytest.fixture
def refused():
    """Return a check that a command ends badly, and with exactly one line that says why."""

    def check(text, *args, **extra):
        result = run_oms(*args, **extra)
        errors = [line for line in result.stderr.splitlines() if line.startswith("oms: error: ")]
        assert result.returncode != 0, result.stderr
        assert len(errors) == 1 and text in errors[0], result.stderr
        assert "unbound variable" not in result.stderr and "line " not in errors[0]

    return check


@pytest.fixture
def other_state():
    """Make another state folder. It lies where PostgreSQL's user can enter it too."""
    folder = Path(tempfile.mkdtemp(dir=STATE, prefix="test_"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def odoo_path():
    return (STATE / "odoo_path").read_text().strip()


@pytest.fixture
def ready_state(other_state, odoo_path):
    """Make a state folder where the slow half of setup, the Python packages, is done already."""
    (other_state / "venv").symlink_to(STATE / "venv")
    return {"OMS_STATE": other_state, "ODOO_SOURCE": odoo_path}


@pytest.fixture
def database():
    """Name a database, and drop what was made under that name."""
    name = f"test_db_{os.getpid()}"
    yield name
    run_oms("dropdb", name)

"""What tests that run beside each other must not share."""

from pathlib import Path

from odoo.tests import get_db_name
from odoo.tools import config


def test_files_are_of_the_processs_own_database():
    folder = Path(config.filestore(get_db_name()))
    assert folder.name == get_db_name()
    # Those that were there when the database was copied are there.
    assert any(path.is_file() for path in folder.rglob("*"))
    assert Path(config.filestore("another")) == folder.with_name("another")

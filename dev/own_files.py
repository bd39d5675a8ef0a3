"""A pytest plugin: each process that runs a part of the tests has files of its own, as it has a database of its own.

pytest-odoo gives the processes' databases one filestore. At the end of a test class Odoo collects the garbage of a filestore by
its own database, and so deletes what only another process's open transaction knows of: a page whose bundle is gone stays blank.
"""

import os
import shutil
from unittest.mock import patch

import pytest

from odoo.tests import get_db_name
from odoo.tools import config


@pytest.fixture(scope="session", autouse=True)
def own_files(load_registry):
    """Copy the files that this process shares with the others, and use the copy."""
    database = get_db_name()
    shared, own = config.filestore(database), type(config).filestore(config, database)
    if shared == own:  # the only process
        yield
        return
    shutil.rmtree(own, ignore_errors=True)
    # Files of a filestore are never changed in place: the copy can link to them.
    shutil.copytree(shared, own, copy_function=os.link)
    with patch.object(config, "filestore", lambda name: type(config).filestore(config, name)):
        yield
    shutil.rmtree(own, ignore_errors=True)

"""pytest plugin of ./oms compat: choose the tests that Odoo itself would run, and write down how each ended.

Odoo runs a test in the file that defines it and only if it is tagged "standard"; pytest would also collect the ones
that a file merely imports, and the ones meant for special occasions.
"""

import os
import re
from pathlib import Path

FAILED = set()
RESULTS = Path(os.environ["OMS_COMPAT_RESULTS"])


def is_run_by_odoo(item):
    cls = getattr(item, "cls", None)
    if cls is None or cls.__module__ != item.module.__name__:
        return False
    return "standard" in getattr(cls, "test_tags", {"standard"}) and is_imported(item)


def is_imported(item):
    """Odoo knows the tests that the folder's __init__ imports."""
    package = Path(item.fspath).parent / "__init__.py"
    name = item.module.__name__.rpartition(".")[2]
    return re.search(rf"\b{name}\b", package.read_text()) is not None


def pytest_collection_modifyitems(config, items):
    chosen = [item for item in items if is_run_by_odoo(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen
    config.oms_total = len(chosen)
    config.oms_done = 0


def pytest_runtest_logreport(report):
    if report.failed:
        FAILED.add(report.nodeid)


def pytest_runtest_teardown(item):
    item.config.oms_done += 1
    print(f"\n({item.config.oms_done}/{item.config.oms_total}) {item.name}", flush=True)


def pytest_collectreport(report):
    if report.failed:
        FAILED.add(report.nodeid)


def pytest_sessionfinish(session):
    total = getattr(session.config, "oms_total", 0)
    RESULTS.write_text("".join(f"{line}\n" for line in [total, *sorted(FAILED)]))

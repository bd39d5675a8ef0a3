"""Run the tests of the figures without Odoo: ``python addons/oms_order_to_cash_reorder/tests``."""

import sys
import unittest
from importlib import import_module
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parent
ADDON = FOLDER.parent.name


def main():
    sys.modules["odoo"] = None  # not even where it is installed
    # The addon's own __init__ files import Odoo: the packages are made without running them.
    for name, folder in ((ADDON, FOLDER.parent), (f"{ADDON}.tests", FOLDER)):
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
    modules = [import_module(f"{ADDON}.tests.{path.stem}") for path in sorted(FOLDER.glob("test_planning_*.py"))]
    suite = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromModule, modules))
    sys.exit(not unittest.TextTestRunner().run(suite).wasSuccessful())


if __name__ == "__main__":
    main()

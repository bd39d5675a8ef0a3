import re
from inspect import isfunction
from pathlib import Path
from unittest import skipUnless

from odoo.tests import TransactionCase, tagged

_ADDON = "odoo.addons.oms_order_to_cash"
# How the page names the files of each addon.
_FOLDERS = {_ADDON: "", f"{_ADDON}_fast": "oms_order_to_cash_fast/"}
_PAGE = Path(__file__).resolve().parents[3] / "docs" / "overrides.md"
_LINE = re.compile(r"^\| `([\w.]+)` \| `([\w./]+)` \|", re.MULTILINE)


@tagged("post_install", "-at_install")
@skipUnless(_PAGE.parent.is_dir(), "the addon is installed without the repository's docs")
class TestOverrides(TransactionCase):
    """docs/overrides.md lists each method of Odoo's that the addons redefine, and no other."""

    def test_each_override_has_its_line(self):
        listed = _LINE.findall(_PAGE.read_text(encoding="utf-8"))
        if "oms_order_to_cash_fast" not in self.env.registry._init_modules:
            listed = [line for line in listed if not line[1].startswith("oms_order_to_cash_fast/")]
        found = self._find_overrides()
        with self.subTest("missing"):
            self.assertEqual(sorted(found - set(listed)), [], "These override Odoo and have no line there.")
        with self.subTest("gone"):
            self.assertEqual(sorted(set(listed) - found), [], "These lines name no override any more.")
        with self.subTest("twice"):
            self.assertEqual(sorted({line for line in listed if listed.count(line) > 1}), [])

    def _find_overrides(self):
        """Return the (model.method, file as the page names it) of what the addons' classes redefine."""
        found = set()
        for model in self.registry.values():
            classes = model.__mro__
            for place, cls in enumerate(classes):
                addon, module = ".".join(cls.__module__.split(".")[:3]), cls.__module__.split(".")[3:]
                if addon in _FOLDERS:
                    path = f"{_FOLDERS[addon]}{'/'.join(module)}.py"
                    # Of a mixin it is the mixin's, whichever model it ends in.
                    found |= {(f"{cls._name}.{name}", path) for name in self._get_overrides(cls, classes[place + 1 :])}
        return found

    def _get_overrides(self, cls, earlier):
        """Return the names of the methods of a class that a class of another addon, or of Odoo itself, had before."""
        others = [other for other in earlier if not other.__module__.startswith(_ADDON)]
        return {
            name
            for name in self._get_methods(cls)
            if not re.fullmatch("__.*__", name) and any(name in self._get_methods(other) for other in others)
        }

    def _get_methods(self, cls):
        return {
            name
            for name, value in vars(cls).items()
            if isfunction(value) or isinstance(value, (classmethod, staticmethod))
        }

"""What Odoo's list of apps shows of each addon is there, is small, and comes from nobody else's host."""

import ast
import re

import pytest
from conftest import ROOT
from PIL import Image

_LARGEST = 1_500_000


@pytest.mark.parametrize(
    "manifest", sorted(ROOT.glob("addons/oms_*/__manifest__.py")), ids=lambda path: path.parent.name
)
def test_description(manifest):
    addon, folder = manifest.parent, manifest.parent / "static" / "description"
    page = (folder / "index.html").read_text()
    assert not re.findall(r"//|<script|<link|<style|\son\w+=", page)
    shown = set(re.findall(r'src="([^"]+)"', page))
    assert shown and {path.name for path in folder.glob("*.png")} == shown | {"banner.png", "icon.png"}
    assert ast.literal_eval(manifest.read_text())["images"] == ["static/description/banner.png"]
    assert Image.open(addon / "static/description/banner.png").size == (1120, 560)
    assert all(Image.open(folder / name).width <= 1200 for name in shown)
    assert sum(path.stat().st_size for path in folder.iterdir()) < _LARGEST

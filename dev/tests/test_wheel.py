"""The addon as a package of pip's."""

import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT

ADDON = "oms_order_to_cash"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build from a copy: the build writes next to the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "addons" / ADDON, folder / ADDON, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, folder / ADDON]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_wheel_installs(wheel, tmp_path):
    options = ["--quiet", "--no-deps", "--no-index", "--target", tmp_path]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, wheel], check=True)
    installed = tmp_path / "odoo" / "addons" / ADDON
    for path in sorted((ROOT / "addons" / ADDON).rglob("*.*")):
        relative = path.relative_to(ROOT / "addons" / ADDON)
        if path.suffix in {".py", ".xml", ".csv", ".js", ".scss", ".svg", ".png", ".pot", ".po"}:
            assert (installed / relative).is_file(), f"{relative} is not in the wheel"


def test_wheel_names_odoo(wheel):
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
        text = archive.read(metadata).decode()
    assert "Name: odoo-addon-oms_order_to_cash" in text or "Name: odoo-addon-oms-order-to-cash" in text
    assert "Requires-Dist: odoo==19.0.*" in text

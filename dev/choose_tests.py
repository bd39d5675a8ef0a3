"""Prints the folders of tests for ./oms test: of an addon and what it depends on, or of all that a change can touch."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# A change of these is none that a test could see.
_SILENT = (".md", ".rst", ".png", ".svg", ".po", ".pot")
# What ./oms is made of.
_TOOL = {"oms", "dev", "requirements.txt", "requirements-addons.txt"}


def read_depends():
    """Return {addon of this repository: the addons of this repository that it depends on}."""
    manifests = {path.parent.name: ast.literal_eval(path.read_text()) for path in ROOT.glob("addons/*/__manifest__.py")}
    return {addon: manifests.keys() & set(manifest["depends"]) for addon, manifest in manifests.items()}


def close(addons, links):
    """Return addons with all that their links lead to."""
    found = set(addons)
    while more := set().union(*(links[addon] for addon in found)) - found:
        found |= more
    return found


def read_changed(base):
    """Return the paths that differ from the last common commit with ``base``, committed or not."""
    merged = git("merge-base", base, "HEAD")[0]
    return git("diff", "--name-only", merged) + git("ls-files", "--others", "--exclude-standard")


def git(*args):
    return subprocess.run(["git", *args], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def choose_changed(base, depends):
    """Return the tests of what is touched and of what stands on it; where only tests are touched, these files alone."""
    paths = [Path(name) for name in read_changed(base) if not name.endswith(_SILENT)]
    dependents = {addon: {other for other in depends if addon in depends[other]} for addon in depends}
    files = {path for path in paths if path.match("tests/test_*.py") and (ROOT / path).exists()}
    touched = {path.parts[1] for path in set(paths) - files if path.parts[0] == "addons" and path.parts[1] in depends}
    folders = {Path("addons") / addon / "tests" for addon in close(touched, dependents)}
    if any(path.parts[0] in _TOOL for path in set(paths) - files):
        folders.add(Path("dev/tests"))
    return folders | {path for path in files if path.parent not in folders}


def choose_addon(name, depends):
    return {Path("addons") / addon / "tests" for addon in close([name], depends)}


def main(what, name):
    chosen = {"changed": choose_changed, "addon": choose_addon}[what](name, read_depends())
    print("\n".join(str(ROOT / path) for path in sorted(chosen)))


if __name__ == "__main__":
    main(*sys.argv[1:])

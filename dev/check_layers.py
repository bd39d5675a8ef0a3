"""Hold the table of layers in CONTRIBUTING.md against the code: arrows point down only.

A layer is a folder; a file uses another by importing from it, or by asking the registry for a model that is defined there.
"""

import ast
import sys
from pathlib import Path

ADDON = Path(__file__).resolve().parent.parent / "addons" / "oms_order_to_cash"
# The lowest first; what is on one step may use each other.
LAYERS = (("documents",), ("lanes",), ("detectors", "verbs"), ("engines",), ("faces",))
# What a model opens for its user; whoever offers it names it.
WINDOWS = {"oms.bulk.run", "oms.complete", "oms.freight.data"}
# Verbs and detectors whose very subject is a table of an engine, and documents that are stopped or followed by one.
GRANTED = {
    ("detectors/order/jobs.py", "oms.job"),
    ("verbs/order/assign.py", "oms.issue"),
    ("verbs/order/close.py", "oms.flow"),
    ("verbs/order/retry.py", "oms.job"),
    ("documents/hold/oms_hold.py", "oms.runner"),
    ("documents/sale/sale_order_buying.py", "oms.job"),
    ("documents/sale/sale_order_hold.py", "oms.runner"),
    ("documents/sale/sale_order_invoicing.py", "oms.job"),
    ("documents/sale/sale_order_jobs.py", "oms.job"),
    ("documents/sale/sale_order_written.py", "oms.job"),
}
RANKS = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def get_layer(path):
    parts = path.relative_to(ADDON).parts
    return parts[1] if parts[0] == "models" and parts[1] in RANKS else "faces"


def read_models(trees):
    """Return {model of ours: layer that defines it}."""
    return {
        node.value.value: get_layer(path)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "_name"
        and isinstance(node.value, ast.Constant)
    }


def find_uses(path, tree, models):
    """Yield (line, layer, what) of all that a file uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            if node.slice.value in models:
                yield node.lineno, models[node.slice.value], node.slice.value
        elif isinstance(node, ast.ImportFrom) and node.level > 1:
            folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            if folder.is_relative_to(ADDON / "models"):
                yield node.lineno, get_layer(folder / "_"), node.module


def find_upward(trees, models):
    """Return the uses that point up: {(file, what): [message]}."""
    upward = {}
    for path, tree in trees.items():
        own = get_layer(path)
        for line, layer, what in find_uses(path, tree, models):
            if RANKS[layer] > RANKS[own] and what not in WINDOWS:
                message = f"{path.relative_to(ADDON.parent.parent)}:{line}: {own} may not use {what} of {layer}"
                upward.setdefault((str(path.relative_to(ADDON)).removeprefix("models/"), what), []).append(message)
    return upward


def main():
    files = [*(ADDON / "models").rglob("*.py"), *(ADDON / "wizard").rglob("*.py")]
    trees = {path: ast.parse(path.read_text()) for path in sorted(files)}
    upward = find_upward(trees, read_models(trees))
    wrong = [message for use, messages in upward.items() if use not in GRANTED for message in messages]
    wrong += [f"{path} uses {what} no more: take it off GRANTED" for path, what in sorted(GRANTED - upward.keys())]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

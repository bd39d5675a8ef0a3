"""Which tests ./oms test runs of an addon, and of a change."""

import choose_tests
import pytest

MAIN, FAST, REORDER, QUEUE_JOB = (f"oms_order_to_cash{name}" for name in ("", "_fast", "_reorder", "_queue_job"))
ALL = (MAIN, FAST, QUEUE_JOB, REORDER, f"test_{MAIN}")


def chosen(paths):
    return sorted(map(str, paths))


def test_addon_with_what_it_stands_on():
    paths = choose_tests.choose_addon(REORDER, choose_tests.read_depends())
    assert chosen(paths) == [f"addons/{MAIN}/tests", f"addons/{REORDER}/tests"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ([f"addons/{MAIN}/models/x.py"], [f"addons/{name}/tests" for name in ALL]),
        ([f"addons/{REORDER}/views/x.xml", "docs/flow.md"], [f"addons/{REORDER}/tests"]),
        ([f"addons/{MAIN}/tests/test_digest.py"], [f"addons/{MAIN}/tests/test_digest.py"]),
        ([f"addons/{MAIN}/tests/common.py"], [f"addons/{name}/tests" for name in ALL]),
        (["dev/lib.sh"], ["dev/tests"]),
        (["README.md", f"addons/{MAIN}/readme/USAGE.md"], []),
        (
            [f"addons/{MAIN}/tests/test_that_is_gone.py"],
            [f"addons/{name}/tests" for name in ALL],
        ),
    ],
)
def test_change(monkeypatch, changed, expected):
    monkeypatch.setattr(choose_tests, "read_changed", lambda base: changed)
    assert chosen(choose_tests.choose_changed("main", choose_tests.read_depends())) == expected

import itertools
import os
import random
import sys
import time
import traceback

from odoo.tests import tagged

from .history import STARTS, STEPS
from .history_case import OmsHistoryCase, get_failure_kind

# The same histories in every run; `./oms test --long` tries new ones without end, or for so many minutes.
_IS_LONG = os.environ.get("OMS_HISTORIES") == "long"
_MINUTES = float(os.environ.get("OMS_HISTORY_MINUTES") or "inf")
# All histories that begin alike share their beginning.
_EACH = 10 if _IS_LONG else 2
_STEPS = 12
_SHORTENED = 3


@tagged("oms_property")
class TestOmsFlowProperty(OmsHistoryCase):
    """Whatever happens to orders, what is said of them is true and what is offered can be done, after each step."""

    def test_random_histories(self):
        self.seen, self.held, self.failures = set(), 0, []
        self.started, numbers = time.monotonic(), itertools.count(random.randrange(10**9) if _IS_LONG else 0)
        for start in itertools.cycle(STARTS) if _IS_LONG else STARTS:
            with self._aside():
                self._start(start)
                for number in itertools.islice(numbers, _EACH):
                    if not self._is_over():
                        self._check_random_history(start, random.Random(number))
            if self._is_over():
                break
        self.assertFalse(self.failures)
        # A test that does nothing finds nothing.
        self.assertGreater(len(self.seen), len(set(STEPS)) / 2, f"only these steps were taken: {sorted(self.seen)}")

    def _is_over(self):
        return _IS_LONG and time.monotonic() > self.started + 60 * _MINUTES

    def _check_random_history(self, start, chance):
        history = [
            (chance.choice(STEPS), chance.randrange(3), chance.choice((1.0, 0.5, 0.25))) for _step in range(_STEPS)
        ]
        try:
            with self._aside():
                self._check_history(start, history)
        except Exception as error:
            if not _IS_LONG:
                raise
            self._note_failure(start, error)
        else:
            self.held += 1
        self._tell_progress()
        self.seen.update(name for name, _index, _fraction in self.taken)

    def _note_failure(self, start, error):
        """Tell of a failure, the first ones of its kind made as short as they still fail, and go on."""
        kind, steps = get_failure_kind(error), list(self.taken)
        if self.failures.count(kind) < _SHORTENED:
            steps, error = self._shorten(steps, error)
        self.failures.append(kind)
        text = "".join(traceback.format_exception(error))[-4000:]
        self._tell(f"{text}\nFailure {len(self.failures)}: self._replay({start!r}, *{steps!r})")

    def _tell_progress(self):
        """Tell who watches a long run how far it came."""
        if _IS_LONG:
            seconds = (time.monotonic() - self.started) / (self.held + len(self.failures))
            self._tell(f"{self.held} histories hold, {len(self.failures)} fail, {seconds:.1f} seconds each")

    def _tell(self, text):
        # Where pytest shows no log, it shows this.
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

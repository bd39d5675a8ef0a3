import logging
import os
import random
import time

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .history import STARTS, STEPS
from .history_case import OmsHistoryCase

_logger = logging.getLogger(__name__)

# The same histories in every run; `./oms test --long` tries new ones without end, or for so many minutes.
_IS_LONG = os.environ.get("OMS_HYPOTHESIS") == "long"
_MINUTES = float(os.environ.get("OMS_HISTORY_MINUTES") or "inf") if _IS_LONG else 0
_COMMON = {"deadline": None, "database": None, "print_blob": True, "suppress_health_check": list(HealthCheck)}
# Making a failing history shorter takes minutes: only the long run does.
settings.register_profile("oms_fixed", max_examples=2, phases=(Phase.explicit, Phase.generate), **_COMMON)
settings.register_profile("oms_long", max_examples=20, **_COMMON)
_PROFILE = settings.get_profile("oms_long" if _IS_LONG else "oms_fixed")

_STEP = st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.sampled_from((1.0, 0.5, 0.25)))
_HISTORY = st.lists(_STEP, min_size=12, max_size=12)


@tagged("oms_property")
class TestOmsFlowProperty(OmsHistoryCase):
    """Whatever happens to orders, what is said of them is true and what is offered can be done, after each step."""

    def test_random_histories(self):
        seen, self.number, self.started = set(), 0, time.monotonic()
        while not self.number or time.monotonic() < self.started + 60 * _MINUTES:
            for position, start in enumerate(STARTS):
                # All histories that begin alike share their beginning.
                with self._aside():
                    self._start(start)
                    seen |= self._check_histories(start, random.random() if _IS_LONG else position)
                self._tell_progress()
        # A test that does nothing finds nothing.
        self.assertGreater(len(seen), len(set(STEPS)) / 2, f"only these steps were taken: {sorted(seen)}")

    def _check_histories(self, start, number):
        seen = set()

        @seed(number)
        @settings(_PROFILE)
        @given(history=_HISTORY)
        def check(history):
            with self._aside():
                seen.update(self._check_history(start, history))
            self.number += 1

        check()
        return seen

    def _tell_progress(self):
        """Tell who watches a long run (``-s``) how far it came."""
        if _IS_LONG:
            seconds = (time.monotonic() - self.started) / self.number
            _logger.warning("%s histories hold, %.1f seconds each", self.number, seconds)

class LaneDetector:
    """A detector that is still written as methods of its lane, seen as one that is a class."""

    def __init__(self, lane, code):
        self._lane, self._code = lane, code.lower()

    def _find(self, facts):
        return getattr(self._lane, f"_detect_{self._code}")(facts)

    def _explain(self, issue):
        return self._lane._explain(issue)

    def _reads_signals(self):
        return False

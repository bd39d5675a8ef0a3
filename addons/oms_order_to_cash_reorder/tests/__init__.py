from . import test_planning_cases

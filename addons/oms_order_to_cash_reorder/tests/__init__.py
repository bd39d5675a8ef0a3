from . import test_planning_cases
from . import test_planning_demand
from . import test_planning_functions
from . import test_planning_lead_time
from . import test_planning_level
from . import test_planning_policy
from . import test_planning_quantity
from . import test_planning_service

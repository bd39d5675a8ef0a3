from . import oms_lane_order
from . import oms_lane_order_issues
from . import oms_lane_order_verbs
from . import oms_lane_order_hold

from . import oms_lane_delivery
from . import oms_lane_delivery_verbs

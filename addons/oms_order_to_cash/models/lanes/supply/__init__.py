from . import oms_lane_supply
from . import oms_lane_supply_verbs

from . import oms_lane_supply
from . import oms_lane_supply_shortages
from . import oms_lane_supply_unneeded
from . import oms_lane_supply_vendor
from . import oms_lane_supply_words

from . import oms_lane_order

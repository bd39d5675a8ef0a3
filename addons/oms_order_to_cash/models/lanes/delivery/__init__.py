from . import oms_lane_delivery

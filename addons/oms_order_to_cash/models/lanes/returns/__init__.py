from . import oms_lane_return

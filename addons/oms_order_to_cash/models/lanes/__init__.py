from . import oms_lane
from . import oms_lane_order
from . import oms_lane_supply
from . import oms_lane_delivery
from . import oms_lane_invoice
from . import oms_lane_payment
from . import oms_lane_return

from . import oms_lane_payment
from . import oms_lane_payment_owed

from . import oms_lane_invoice
from . import oms_lane_invoice_differences

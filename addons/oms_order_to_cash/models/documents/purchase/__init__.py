from . import oms_vendor_performance
from . import purchase_order
from . import purchase_order_ceiling
from . import purchase_order_line
from . import purchase_order_line_candidate
from . import purchase_order_line_confirmed
from . import purchase_order_line_supply
from . import purchase_order_links

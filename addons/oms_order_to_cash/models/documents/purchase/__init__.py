from . import purchase_order
from . import purchase_order_line
from . import purchase_order_line_supply

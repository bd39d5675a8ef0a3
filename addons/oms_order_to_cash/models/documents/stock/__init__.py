from . import product_template
from . import stock_move
from . import stock_picking_invoicing
from . import stock_quant

from . import product_template
from . import stock_move
from . import stock_move_hold
from . import stock_move_line
from . import stock_picking_batch
from . import stock_picking_hold
from . import stock_picking_invoicing
from . import stock_quant

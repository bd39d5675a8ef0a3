from . import sale_order
from . import sale_order_hold
from . import sale_order_invoicing
from . import sale_order_jobs
from . import sale_order_line
from . import sale_order_line_billed
from . import sale_order_line_invoicing
from . import sale_order_line_quantities

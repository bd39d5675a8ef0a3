from . import delivery_carrier
from . import oms_outbox
from . import oms_outbox_booking
from . import oms_outbox_call
from . import stock_picking

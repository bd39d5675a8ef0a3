from . import oms_event
from . import oms_event_past
from . import oms_flow_dirty
from . import base
from . import sale
from . import stock
from . import purchase
from . import account

from . import oms_hold
from . import oms_hold_reason

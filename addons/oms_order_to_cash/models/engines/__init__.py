from . import oms_flow
from . import oms_flow_refresh

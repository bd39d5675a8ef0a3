from . import oms_flow
from . import oms_flow_actions
from . import oms_flow_issues
from . import oms_flow_events
from . import oms_flow_read
from . import oms_flow_refresh

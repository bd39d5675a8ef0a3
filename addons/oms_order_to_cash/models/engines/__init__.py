from . import oms_flow
from . import oms_flow_actions
from . import oms_flow_read
from . import oms_flow_refresh
from . import oms_job
from . import oms_job_queue
from . import oms_order_guard
from . import oms_runner

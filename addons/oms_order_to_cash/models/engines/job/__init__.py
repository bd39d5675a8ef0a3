from . import oms_job
from . import oms_job_queue
from . import oms_job_result
from . import oms_job_rule
from . import oms_job_undo
from . import oms_order_guard
from . import oms_queue
from . import oms_runner

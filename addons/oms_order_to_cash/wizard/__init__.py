from . import oms_bulk_run
from . import oms_bulk_run_line
from . import oms_bulk_run_params
from . import oms_bulk_run_plan
from . import oms_complete
from . import oms_freight_data
from . import oms_freight_data_line
from . import oms_rule_replay

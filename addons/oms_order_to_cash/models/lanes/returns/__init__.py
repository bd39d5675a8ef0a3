from . import oms_lane_return
from . import oms_lane_return_issues
from . import oms_lane_return_owed
from . import oms_lane_return_remedies
from . import oms_lane_return_remedies_credit

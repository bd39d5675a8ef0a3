from . import oms_lane_invoice
from . import oms_lane_invoice_credit
from . import oms_lane_invoice_differences
from . import oms_lane_invoice_issues
from . import oms_lane_invoice_issues_billed
from . import oms_lane_invoice_previews
from . import oms_lane_invoice_undo
from . import oms_lane_invoice_verbs

from . import oms_issue
from . import oms_issue_actions
from . import oms_issue_audit
from . import oms_issue_reconcile
from . import oms_issue_remedy
from . import oms_issue_scale
from . import oms_issue_score
from . import oms_issue_type

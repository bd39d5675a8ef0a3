from . import test_cron_bell
from . import test_oms_at_once
from . import test_plans

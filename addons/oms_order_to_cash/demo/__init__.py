from . import oms_demo
from . import oms_demo_invoicing
from . import oms_demo_issues_delivery
from . import oms_demo_issues_invoice
from . import oms_demo_issues_order
from . import oms_demo_issues_payment
from . import oms_demo_issues_supply
from . import oms_demo_steps

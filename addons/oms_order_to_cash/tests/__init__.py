from . import test_demo
from . import test_oms_flow_delivery
from . import test_oms_flow_invoice
from . import test_oms_flow_order
from . import test_oms_flow_payment
from . import test_oms_flow_return
from . import test_oms_flow_supply

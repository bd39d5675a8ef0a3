from . import account_payment
from . import mail_thread
from . import oms_flow
from . import oms_flow_dirty
from . import oms_runner
from . import oms_verb_confirm
from . import oms_verb_pay
from . import stock_move

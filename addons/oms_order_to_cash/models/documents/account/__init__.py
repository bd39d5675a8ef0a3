from . import account_move
from . import account_move_credited
from . import account_move_events
from . import account_move_line
from . import account_move_receivable
from . import account_move_sending
from . import account_payment_register
from . import payment_transaction

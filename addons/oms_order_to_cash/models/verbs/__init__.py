from . import oms_verb
from . import oms_verb_mail
from . import order
from . import supply
from . import delivery
from . import invoice
from . import payment
from . import returns

from . import oms_lane
from . import order
from . import supply
from . import delivery
from . import invoice
from . import payment
from . import returns

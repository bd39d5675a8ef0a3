from . import receivable
from . import dispute
from . import dunning
from . import escalate
from . import match
from . import pay
from . import promise
from . import refund

from . import receivable
from . import dispute
from . import refund

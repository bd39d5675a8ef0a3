from . import invoice
from . import billed

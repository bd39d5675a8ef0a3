from . import shortage
from . import unneeded

from . import transfer
from . import carrier
from . import lot

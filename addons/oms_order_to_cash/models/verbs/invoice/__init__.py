from . import billing
from . import crediting
from . import invoice
from . import correct
from . import credit
from . import post
from . import send

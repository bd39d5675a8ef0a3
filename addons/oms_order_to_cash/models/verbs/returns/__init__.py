from . import announced
from . import credit
from . import replace

from . import announced
from . import owed

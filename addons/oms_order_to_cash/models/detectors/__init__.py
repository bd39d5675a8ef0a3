from . import oms_detector
from . import returns

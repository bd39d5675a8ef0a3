from . import oms_detector

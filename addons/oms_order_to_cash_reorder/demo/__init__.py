from . import oms_reorder_demo

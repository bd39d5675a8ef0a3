from . import oms_reorder_what_if

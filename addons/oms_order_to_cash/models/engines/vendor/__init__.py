from . import oms_vendor_guard

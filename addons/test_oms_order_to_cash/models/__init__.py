from . import sale_order
from . import gift_event
from . import gift_parcel
from . import gift_wrap

from . import gift_parcel
from . import gift_wrap
from . import sale_order

from . import test_gift_event
from . import test_gift_parcel
from . import test_gift_wrap

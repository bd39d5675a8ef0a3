from . import test_gift_wrap

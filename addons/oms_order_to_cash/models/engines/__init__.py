from . import flow
from . import hold
from . import issue
from . import job
from . import outbox
from . import rule
from . import vendor

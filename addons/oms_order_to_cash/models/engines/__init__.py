from . import flow
from . import issue
from . import job
from . import outbox
from . import rule

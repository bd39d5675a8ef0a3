from . import flow
from . import job

from . import documents
from . import lanes
from . import engines

from . import digest_digest
from . import documents
from . import lanes
from . import engines
from . import oms_cockpit
from . import oms_cockpit_issues
from . import oms_cockpit_panel
from . import oms_cockpit_timeline

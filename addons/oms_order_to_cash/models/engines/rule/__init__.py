from . import oms_event
from . import oms_rule
from . import oms_rule_figures
from . import oms_rule_inbox
from . import oms_rule_match
from . import oms_rule_replay
from . import oms_rule_step
from . import oms_rule_words

from . import oms_verb
from . import oms_verb_mail

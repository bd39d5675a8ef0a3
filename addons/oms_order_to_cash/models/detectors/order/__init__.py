from . import quotation
from . import credit
from . import jobs
from . import missing
from . import paid
from . import price
from . import promise
from . import twins

"""Reordering in figures: statistics of demand and lead times, and the levels that reach a service.

Nothing here knows Odoo. All functions take arrays with one element per pair of product and warehouse; ``policy.plan``
is the whole way from rows of demand to minimum and maximum.
"""

from . import const
from . import demand
from . import distributions
from . import feedback
from . import gamma_function
from . import lead_time
from . import level
from . import new_items
from . import optimal
from . import policy
from . import protection
from . import quantity
from . import ranking
from . import season
from . import service
from . import settings
from . import stock_days
from . import what_if

"""A second, slow and obvious search for what is wrong with an order, to hold the detectors against.

Written from docs/issues.md alone: it walks records one by one and shares no code with the lanes. Types that it does not
know are left out (``CODES``).
"""

from .oracle_issue_delivery import OracleDeliveryIssues
from .oracle_issue_money import OracleMoneyIssues
from .oracle_issue_order import OracleOrderIssues
from .oracle_issue_supply import OracleSupplyIssues
from .oracle_issue_unneeded import OracleUnneeded

CODES = (
    *("Q1", "Q2", "O1", "O2", "O3", "O4", "O5", "O6", "O7", "X1"),
    *("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"),
    *("P1", "P2", "P3", "P4", "D1", "D2", "D3", "D4", "D5"),
    *("I1", "I2", "I3", "I4", "I5", "A1", "A2", "A3", "A4", "A5", "R1", "R2", "R3"),
)


def read_issues(oracle, shared=None):
    """Return the codes, among :data:`CODES`, of what is wrong with the order of an :class:`Oracle` whose flow is read.

    :param dict shared: keeps what orders that are read at the same moment have in common
    """
    issues = OracleIssues(oracle, {} if shared is None else shared)
    return {code for code in CODES if getattr(issues, f"_has_{code.lower()}")()}


class OracleIssues(OracleOrderIssues, OracleSupplyIssues, OracleUnneeded, OracleDeliveryIssues, OracleMoneyIssues):
    """One method per type of issue, that tells whether the order has it."""

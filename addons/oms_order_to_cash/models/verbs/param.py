"""What a verb lets its caller choose: declared once, for the runner's check, the bulk window, the steps of rules and the API."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

from odoo import fields
from odoo.tools import LazyTranslate

from ..documents.asked import is_id, is_ids

_lt = LazyTranslate(__name__)

# A day that a program makes up can leave the calendar where it is reckoned with.
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Param:
    """One choice, in plain values that a job can keep.

    :param name: under which the caller gives it, and the verb takes it
    :param is_fit: tells whether a value is of its kind: a program sends whatever it likes
    :param label: what it means to a person
    :param is_required: the verb can't do without it
    :param is_leading: it decides what can be done and what will change, so that a preview needs it
    """

    name: str
    is_fit: Callable
    label: str = ""
    is_required: bool = False
    is_leading: bool = False

    def get_label(self, env):
        return self.label and env._(self.label)

    def required(self):
        return replace(self, is_required=True)

    def labelled(self, label):
        return replace(self, label=label)

    def leading(self):
        return replace(self, is_leading=True)


# === KINDS === #


def _is_text(value):
    return isinstance(value, str)


def _is_flag(value):
    return isinstance(value, (bool, int))


def _is_number(value):
    return isinstance(value, (int, float)) and isfinite(value)


def _is_day(value):
    if not isinstance(value, str):
        return isinstance(value, date)
    try:
        return _FIRST_DAY <= fields.Date.to_date(value) <= _LAST_DAY
    except (TypeError, ValueError):
        return False


def _is_mapping(value):
    return isinstance(value, dict)


def record(name, label=""):
    """A choice of one record, by its id."""
    return Param(name, is_id, label)


def records(name, label=""):
    """A choice of several records, by a list of their ids."""
    return Param(name, is_ids, label)


def text(name, label=""):
    return Param(name, _is_text, label)


def flag(name, label=""):
    return Param(name, _is_flag, label)


def number(name, label=""):
    """A finite number."""
    return Param(name, _is_number, label)


def day(name, label=""):
    """A date, or a text that tells one as 2026-03-31."""
    return Param(name, _is_day, label)


def mapping(name, label=""):
    """Figures by name, as a window of the verb's own gives them."""
    return Param(name, _is_mapping, label)


# === WHAT SEVERAL VERBS TAKE === #

NOTE = text("note", _lt("Note"))
DATE = day("date", _lt("Date"))
USER = record("user_id", _lt("Who"))
CARRIER = record("carrier_id", _lt("Carrier"))
JOURNAL = record("journal_id", _lt("Journal"))
PAYMENT_DATE = day("payment_date", _lt("Payment Date"))
PAYMENT_METHOD = record("payment_method_line_id", _lt("Payment Method"))
INVOICES = records("move_ids", _lt("Invoices"))

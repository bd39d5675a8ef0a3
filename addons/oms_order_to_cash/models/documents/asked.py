"""What a caller asks for: a program sends whatever it likes, and is told in words what is none."""

from functools import wraps

from odoo.exceptions import AccessError, UserError

# No id of a table is higher, nor of a reading that makes up its ids.
_HIGHEST = 2**63 - 1


def is_id(value):
    """Tell whether a value may be the id of a record."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _HIGHEST


def is_ids(value):
    """Tell whether a value may be a list of ids."""
    return isinstance(value, (list, tuple)) and all(is_id(record_id) for record_id in value)


def check_ids(env, ids):
    """Return ids as a list; raise unless they are ids of records."""
    if not is_ids(ids):
        raise UserError(env._("Records are given by a list of their ids, as in [7, 12]."))
    return list(ids)


def check_id(env, record_id):
    """Return an id; raise unless it is one of a record."""
    if not is_id(record_id):
        raise UserError(env._("A record is given by its id, as in 7."))
    return record_id


def check_text(env, text):
    """Return a text, empty for none; raise unless it is one."""
    if not isinstance(text or "", str):
        raise UserError(env._("%(value)s is no text.", value=text))
    return text or ""


def on_records(method):
    """Have a method of clients run on records that are there and that the caller, an employee, may read."""

    @wraps(method)
    def checked(self, *args, **kwargs):
        if not self.env.su and not self.env.user._is_internal():
            raise AccessError(self.env._("Only employees may do that."))
        check_ids(self.env, self._ids)
        self.check_access("read")
        if self and len(self.exists()) != len(self):
            raise UserError(self.env._("What you chose is gone: reload the page."))
        return method(self, *args, **kwargs)

    return checked


def on_one_record(method):
    """Have a method of clients run on one record that is there and that the caller may read."""

    @wraps(method)
    def checked(self, *args, **kwargs):
        if len(self) != 1:
            raise UserError(self.env._("Choose one record."))
        return on_records(method)(self, *args, **kwargs)

    return checked

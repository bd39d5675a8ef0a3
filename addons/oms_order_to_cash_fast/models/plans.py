import weakref
from hashlib import md5

from psycopg2.extensions import AsIs

from odoo.tools import SQL

_PREFIX = "oms_plan_"
_KINDS = ("SELECT", "WITH", "INSERT")
# Of more ids than that another plan may be the better one, and planning is the least of it.
_FEW = 20
# Plans that a connection keeps, and statements of which a process knows that they were put before.
_MOST_PLANS, _MOST_SEEN = 500, 5000
_HIGHEST = 2**31
_SEEN = set()
# What DISCARD ALL does, and psycopg2 then sets again, but for the plans.
_RESET = """
    CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; SELECT PG_ADVISORY_UNLOCK_ALL();
    DISCARD TEMP; DISCARD SEQUENCES; SET datestyle TO 'ISO'; SET client_encoding TO %s"""


def keep_plans(connection):
    """Have a connection keep its plans when Odoo's pool lends it out again.

    ``reset``, which the pool calls, drops them with all else that a transaction may have left.
    """
    lent = weakref.ref(connection)

    def reset():
        ours = lent()
        ours.rollback()
        ours.set_session(isolation_level="default", readonly="default", deferrable="default", autocommit=False)
        with ours.cursor() as cursor:
            cursor.execute(_RESET, [ours.encoding])
        ours.commit()

    connection.reset = reset


class Plans:
    """Has the statements of a transaction that differ in nothing but a few ids planned once per connection.

    The long ones that read an order take ten times longer to plan than to run for one order. As a context manager it takes the
    place of the cursor's ``execute``. Which plans the connection has is asked of the server, not remembered: a pool between the two may
    hand out another one for each transaction.
    """

    def __init__(self, env):
        self.cursor, self.version = env.cr, env.registry.registry_sequence
        self.known = None

    def __enter__(self):
        self.former = vars(self.cursor).get("execute")
        self.execute = self.cursor.execute
        self.cursor.execute = self
        return self

    def __exit__(self, *_error):
        if self.former:
            self.cursor.execute = self.former
        else:
            del self.cursor.execute

    def __call__(self, query, params=None, log_exceptions=True):
        if isinstance(query, SQL):
            query, params = query.code, query.params
        text, ids = self._take_ids_out(query, params)
        name = ids and self._get_plan(text)
        if name:
            query, params = f"EXECUTE {name} ({', '.join(['%s'] * len(ids))})", ids
        return self.execute(query, params, log_exceptions)

    def _take_ids_out(self, query, params):
        """Return a statement with ``$1``, ``$2`` in the place of its lists of ids, and these lists."""
        ids, others = [], []
        is_ours = isinstance(params, (list, tuple)) and query.lstrip()[:6].upper().startswith(_KINDS)
        for param in params if is_ours else ():
            if self._is_few_ids(param):
                ids.append(list(param))
                param = AsIs(f"${len(ids)}::int[]")
            others.append(param)
        return ids and self.cursor.mogrify(query, others).decode(), ids

    def _is_few_ids(self, param):
        return (
            isinstance(param, list)
            and 0 < len(param) <= _FEW
            and all(type(value) is int and 0 < value < _HIGHEST for value in param)
        )

    def _get_plan(self, text):
        """Return the name of a statement's plan, made the second time that it is put; empty the first time."""
        # After an upgrade the same words may give other columns, which a plan must not.
        name = _PREFIX + md5(f"{self.version} {text}".encode(), usedforsecurity=False).hexdigest()
        if self.known is None:
            self._begin()
        if name not in self.known:
            if name not in _SEEN:
                if len(_SEEN) >= _MOST_SEEN:
                    _SEEN.clear()
                _SEEN.add(name)
                return ""
            self._tell(f"PREPARE {name} AS {text}".encode())
            self.known.add(name)
        return name

    def _begin(self):
        """Ask for the plans that the connection has, and have the transaction use them whatever the ids are."""
        self._tell(
            "SELECT SET_CONFIG('plan_cache_mode', 'force_generic_plan', TRUE),"
            f" ARRAY(SELECT name FROM pg_prepared_statements WHERE STARTS_WITH(name, '{_PREFIX}'))"
        )
        self.known = set(self.cursor.fetchone()[1])
        keep_plans(self.cursor.connection)
        if len(self.known) >= _MOST_PLANS:
            for name in self.known:
                self._tell(f"DEALLOCATE {name}")
            self.known.clear()

    def _tell(self, statement):
        """Put a statement that is about plans: as no work of anybody's it is not counted with the others."""
        self.cursor._obj.execute(statement)

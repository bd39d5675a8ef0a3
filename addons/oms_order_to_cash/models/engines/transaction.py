import random
import time

from psycopg2 import OperationalError

from odoo.exceptions import ConcurrencyError

# Another transaction was first: only a new one sees what it did.
LOST = (OperationalError, ConcurrencyError)
# How often a transaction is started again that lost against another one.
_TRIES = 4


def run_and_commit(env, work):
    """Run ``work()`` in a transaction of its own, again if that loses against another one; whatever fails is rolled back.

    :return: what it returned, and the error for which nothing is done, None if all is
    """
    for attempt in range(_TRIES):
        try:
            result = work()
            env["ir.cron"]._commit_progress()
            return result, None
        except LOST as lost:
            env.cr.rollback()
            error = lost
            time.sleep(random.uniform(0, 0.1 * 2**attempt))
        except Exception as refused:  # noqa: BLE001 - whatever one document runs into, the others go on
            env.cr.rollback()
            error = refused
            break
    return None, error


def take_and_commit(env, take):
    """Run ``take()``, which takes something off what several workers take from, in a transaction of its own.

    :return: what it returned, None where the others were always faster
    :raise: what it raises
    """
    taken, error = run_and_commit(env, take)
    if error and not isinstance(error, LOST):
        raise error
    return taken

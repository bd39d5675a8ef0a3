import random
import time

from psycopg2 import InterfaceError, OperationalError

from odoo.exceptions import ConcurrencyError

# Another transaction was first: only a new one sees what it did.
LOST = (OperationalError, ConcurrencyError)
# What is nobody's own trouble: the transaction is to be run again, or the database is gone.
PASSING = (*LOST, InterfaceError)
# What tells, in the context, that who called has a savepoint to go back to: what fails may reach them as it is.
GUARDED = "oms_guarded"
# How often a transaction is started again that lost against another one.
_TRIES = 4
# After so many failures in a row, in no order, all that fails with others is taken to fail by itself.
_HOPELESS = 20


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


def find_culprits(work, keys):
    """Run ``work(keys)``; where that raises, each half of them, down to those to blame.

    :param work: takes a list of keys; leaves nothing behind when it raises
    :return: {key: what it raised}; whatever it did for the others is done
    """
    culprits, failures, waiting = {}, 0, [list(keys)]
    while waiting:
        batch = waiting.pop()
        try:
            work(batch)
            failures = 0
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one runs into, the others go on
            if len(batch) == 1 or failures >= _HOPELESS:
                culprits.update(dict.fromkeys(batch, error))
                failures += 1
            else:
                random.shuffle(batch)
                middle = len(batch) // 2
                waiting += [sorted(batch[middle:]), sorted(batch[:middle])]
    return culprits


def get_error_text(error):
    """Return an exception in words for a person: which kind, and what it says."""
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

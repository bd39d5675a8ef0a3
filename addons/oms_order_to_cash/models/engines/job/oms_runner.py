import logging
from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import api, models
from odoo.exceptions import LockError, RedirectWarning, UserError
from odoo.tools.misc import clean_context

from ...documents.asked import check_ids, is_ids
from ...documents.handed import get_handed
from ...lanes.oms_lane import FACTS
from ..transaction import GUARDED, PASSING
from .oms_job import UNASKED, UNATTENDED
from .snapshot import compare

_logger = logging.getLogger(__name__)

# More orders than this are run in the background, in transactions of their own: one by one each needs a savepoint, and
# PostgreSQL keeps no more than 64 of them at hand.
MAX_AT_ONCE = 60
# What says in words why an order can't go on. Whatever else an order runs into, be it in a carrier's or another addon's
# code, stops that order alone as well, and is logged.
REFUSALS = (UserError, RedirectWarning, IntegrityError)
# All that the context of a client may say to a verb: who reads, and in which companies. Whatever else it or a screen has put
# there is not meant for the documents that verbs make.
_CONTEXT = ("lang", "tz", "uid", "allowed_company_ids")


class Failure(str):
    """Why an order could not even be looked at: no obstacle that it has, but an error."""

    __slots__ = ()


class OmsRunner(models.AbstractModel):
    """The one way to act on orders and on what belongs to them, a verb's subject.

    A click, a bulk action, an automation, a cron and the API all end in :meth:`_run`.
    """

    _name = "oms.runner"
    _description = "Order Runner"

    # === API === #

    @api.model
    def run(self, verb, order_ids, params=None):
        """Run a verb on orders, with the caller's rights.

        :return: list of dicts ``order_id``, ``state``, ``message``, ``documents`` ({model: ids}); an order that is not there
            has failed
        """
        if not is_ids(order_ids):
            raise UserError(self.env._("Orders are given by a list of their ids, as in [7, 12]."))
        self._check_subject(verb, "sale.order")
        gone = self.env._("There is no such order.")
        return [{"order_id": answer.pop("id"), **answer} for answer in self._answer(verb, order_ids, params, gone)]

    @api.model
    def run_on(self, verb, ids, params=None):
        """Run a verb on records of the model that it is for, orders or others, with the caller's rights.

        :return: list of dicts ``id``, ``state``, ``message``, ``documents`` ({model: ids}); a record that is not there has failed
        """
        return self._answer(verb, check_ids(self.env, ids), params, self.env._("There is no such record."))

    @api.model
    def _answer(self, verb, ids, params, gone):
        ids = list(dict.fromkeys(ids))
        subjects = self.env[self._get_verb(verb)._subject].browse(ids).exists()
        documents = self._run(verb, subjects, "api", params)._get_readable_documents()
        answers = [
            {"id": job.res_id, "state": job.state, "message": job.message or "", "documents": documents[job]}
            for job in documents
        ]
        found = set(subjects.ids)
        missing = [record_id for record_id in ids if record_id not in found]
        return answers + [
            {"id": record_id, "state": "failed", "message": gone, "documents": {}} for record_id in missing
        ]

    # === LOOK === #

    @api.model
    def _get_obstacles(self, verb, orders, params=None):
        """Tell why orders can't be run now, without running them.

        :return: {order id: reason, empty when it can}
        """
        self._check_subject(verb, orders._name)
        self.env.flush_all()
        can = self._get_verb(verb)._can
        return self._read_each(verb, orders, lambda some: can(some, **(params or {})), Failure)

    @api.model
    def _get_preview(self, verb, orders, params=None):
        """Tell what running a verb will change, without running it.

        :return: {order id: list of sentences}
        """
        self._check_subject(verb, orders._name)
        self.env.flush_all()
        asked = self._get_verb(verb)
        if not asked._says("_preview"):
            return {order.id: [] for order in orders}
        return self._read_each(verb, orders, lambda some: asked._preview(some, **(params or {})), lambda text: [text])

    # === RUN === #

    @api.model
    def _run(self, verb, orders, origin, params=None, jobs=None):
        """Run a verb on many orders, or records of its ``_subject``, each for itself: what one can't do does not stop the others.

        :param str origin: who asks, a key of ``oms.job.origin``
        :param dict params: what the caller chose, see the verb's ``params``
        :param jobs: the jobs to write the results on, one per order; new ones by default
        :return: ``oms.job`` records, one per order or other subject
        """
        self._check_rights(verb, orders)
        params = self._check_params(verb, params)
        if len(orders) > MAX_AT_ONCE and not jobs:
            return self.env["oms.job"]._queue(verb, orders, origin, params)
        runner = self._with_own_context()
        if origin in UNATTENDED:
            runner = runner.with_context(oms_is_unasked=UNASKED)
        outcomes = runner._execute(verb, orders.with_env(runner.env), params, runner._attempt)
        return self.env["oms.job"]._record(verb, outcomes, origin, params, jobs)

    @api.model
    def _with_own_context(self):
        """Return the runner without what its caller's context says about the documents that verbs make."""
        context = self.env.context
        if self.env.su:  # no client's, but some defaults may be a screen's
            kept = clean_context(context)
        else:
            kept = {name: context[name] for name in _CONTEXT if name in context}
        for name in (FACTS, GUARDED):  # of who only looked: a verb reads what is, and is answered for by the runner
            kept.pop(name, None)
        return self.with_context(kept)  # pylint: disable=context-overridden

    @api.model
    def _run_queued(self, verb, orders, params):
        """Run what waited, in a transaction that a failure undoes as a whole.

        :return: {order id: dict}, as :meth:`_execute` does
        """
        orders = orders.with_env(self.env)
        self._check_rights(verb, orders)
        return self._execute(verb, orders, params, self._do)

    @api.model
    def _check_params(self, verb, params):
        if not isinstance(params or {}, dict):
            raise UserError(self.env._("What the action is to choose is given by name, as in {'note': 'why'}."))
        params = {name: value for name, value in (params or {}).items() if value}
        taken = {param.name: param for param in self._get_verb(verb)._params}
        unknown = params.keys() - taken.keys()
        if unknown:
            raise UserError(self.env._("This action takes no %(names)s.", names=", ".join(sorted(unknown))))
        wrong = [name for name, value in params.items() if not taken[name].is_fit(value)]
        if wrong:
            raise UserError(self.env._("%(name)s can't be %(value)s.", name=wrong[0], value=params[wrong[0]]))
        return params

    @api.model
    def _execute(self, verb, orders, params, attempt):
        """Lock the orders, check them again, and act.

        :param attempt: :meth:`_attempt`, or :meth:`_do` where a failure may undo the whole transaction
        :return: {order id: dict} with ``state`` (done, skipped, failed, or busy when someone else holds the order),
            ``message``, ``documents``, ``undo_data``
        """
        self.env.flush_all()
        locked = self._lock(verb, orders, params)
        busy = self.env._("Someone else is working on it right now.")
        outcomes = {order.id: {"state": "busy", "message": busy} for order in orders - locked}
        reasons = self._get_obstacles(verb, locked, params)
        for order_id, reason in reasons.items():
            if reason:
                state = "failed" if isinstance(reason, Failure) else "skipped"
                outcomes[order_id] = {"state": state, "message": str(reason)}
        ready = locked.filtered(lambda order: not reasons.get(order.id))
        self.env["oms.subject"]._bump(ready)
        for company, batch in ready.grouped(self.env["oms.subject"]._get_company).items():
            outcomes.update(attempt(verb, batch.with_company(company), params))
        return outcomes

    @api.model
    def _lock(self, verb, subjects, params):
        """Lock the subjects, their orders and the documents to change; return the subjects nobody else holds any part of."""
        locked = self.env["oms.subject"]._lock(subjects)
        asked = self._get_verb(verb)
        if asked._says("_get_documents"):
            # What can't be told here, can't be told by what looks at the order next either, which says so.
            documents = self._read_each(
                verb, locked, lambda some: asked._get_documents(some, **params), lambda text: None
            )
            documents = {order_id: records for order_id, records in documents.items() if records}
            every = next(iter(documents.values()), locked.browse()).union(*documents.values())
            held = every - every.try_lock_for_update(allow_referencing=True)
            locked = locked.filtered(lambda record: not (record.id in documents and documents[record.id] & held))
        return locked

    @api.model
    def _read_each(self, verb, orders, read, give_up):
        """Return what ``read(orders)`` does; where it fails, the same of each half, down to the order that is to blame.

        :param give_up: what is returned of that one, given why in words
        """
        if get_handed(self.env, GUARDED):
            return read(orders)
        try:
            # An error of the database would leave no transaction to go on in.
            with self.env.cr.savepoint(flush=False):
                return read(orders)
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one order runs into, the others go on
            if len(orders) <= 1:
                return {order.id: give_up(self._explain_error(verb, order, error)) for order in orders}
        middle = len(orders) // 2
        return {
            **self._read_each(verb, orders[:middle], read, give_up),
            **self._read_each(verb, orders[middle:], read, give_up),
        }

    @api.model
    def _attempt(self, verb, orders, params):
        """Try all orders at once; if that fails, each half, down to the order that is to blame."""
        try:
            with self.env.cr.savepoint():
                return self._do(verb, orders, params)
        except PASSING:
            raise
        except LockError:
            if len(orders) == 1:
                return {orders.id: {"state": "busy", "message": self.env._("Someone else is working on it right now.")}}
        except Exception as error:  # noqa: BLE001 - whatever one order runs into, the others go on
            if len(orders) == 1:
                return {orders.id: {"state": "failed", "message": self._explain_error(verb, orders, error)}}
        middle = len(orders) // 2
        return {
            **self._attempt(verb, orders[:middle], params),
            **self._attempt(verb, orders[middle:], params),
        }

    @api.model
    def _do(self, verb, orders, params):
        """Act on orders of one company, all or none."""
        found = self._read_snapshots(verb, orders)
        belonged = self._read_belongings(orders)
        with self._acting_together(orders) as together:
            acting = self._get_verb(verb).with_env(together.env)
            before = acting._before(together)
            results = acting._do(together, **params)
        self.env.flush_all()
        made = self._read_snapshots(verb, orders)
        outcomes = {order.id: self._prepare_outcome(results[order.id], before.get(order.id)) for order in orders}
        for order_id, snapshot in made.items():
            outcomes[order_id]["changes"] = compare(found[order_id], snapshot)
        for record_id, order_ids in self._read_belongings(orders).items():
            outcomes[record_id]["order_ids"] = sorted({*belonged[record_id], *order_ids})
        return outcomes

    @contextmanager
    def _acting_together(self, orders):
        """Give the orders that a verb acts on; an addon may write once, at the end, what they all save one by one."""
        yield orders

    @api.model
    def _read_belongings(self, subjects):
        """Return {id: its orders' ids} of subjects that are no orders: an act concerns those before it and those after it."""
        if subjects._name == "sale.order":
            return {}
        order_ids = self.env["oms.subject"]._read_order_ids(subjects)
        return {record_id: order_ids.get(record_id, []) for record_id in subjects.ids}

    @api.model
    def _read_snapshots(self, verb, orders):
        """Read the documents of orders, of a step that can be undone: an undo is to leave the same behind."""
        return self.env["oms.subject"]._read_snapshots(orders) if self._is_reversible(verb) else {}

    @api.model
    def _prepare_outcome(self, result, before):
        if isinstance(result, str):
            return {"state": "skipped", "message": result}
        result, remark = result if isinstance(result, tuple) else (result, False)
        return {
            "state": "done",
            "message": remark or False,
            "documents": {result._name: result.ids} if result else False,
            "undo_data": before or False,
        }

    @api.model
    def _explain_error(self, verb, orders, error):
        """Return in words what an order ran into; what nobody meant to say to a user is logged as well."""
        if isinstance(error, REFUSALS):
            return self._get_error_text(error)
        _logger.error("%s of orders %s failed", verb, orders.ids, exc_info=error)
        return self.env._("Unexpected error: %(error)s", error=repr(error))

    @api.model
    def _get_error_text(self, error):
        """Return an exception in words for the user."""
        if isinstance(error, IntegrityError):
            table = error.diag.table_name
            name = next((name for name, model in self.env.registry.items() if model._table == table), "base")
            return self.env[name]._sql_error_to_message(error)
        return str(error.args[0]) if error.args else str(error)

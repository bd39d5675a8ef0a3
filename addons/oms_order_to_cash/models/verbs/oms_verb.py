from odoo import api, models

PREFIX = "oms.verb."


class OmsVerb(models.AbstractModel):
    """The contract of a verb: one thing that can be done to orders or to other documents, and taken back where it says how.

    A verb is a model named ``oms.verb.<code>`` that inherits this one. Whoever wants something done names it by its code to the
    runner (:meth:`oms.runner._run`), which checks rights, locks, tries, halves and records; a verb does none of this. It acts by
    core's own methods. All its methods are private: a public one could be called by any client, past the runner.

    Methods take many orders of one company and the caller's ``params``, unless they say otherwise.
    """

    _name = "oms.verb"
    _description = "Verb"

    # The model that it acts on. What the methods call orders are records of it; which orders these belong to, how they are
    # locked and who may see them is told by oms.subject.
    _subject = "sale.order"
    # Its name on a button, of LazyTranslate.
    _label = ""
    # The part of the flow that it belongs to, a code of a lane.
    _lane = ""
    # Whose users may run it: xml ids of groups, as ``has_groups`` takes them.
    _groups = ""
    # What the caller may choose, see param.py.
    _params = ()
    # A person has to choose something before it is run.
    _asks = False
    # Its window takes one order at a time.
    _is_single = False
    # A rule may run it: it answers no question that only a person who looks at the order can.
    _is_for_rules = True
    # What the orders of a company have in common that it changes ("stock", the journals' "numbers"): workers of the queue
    # don't run such verbs at the same time.
    _shares = ""
    # Codes of other verbs that write the same, whose newer steps have to be undone first as well. A newer step of the verb
    # itself always has to.
    _undo_after = ()
    # Kinds of events that it leads to: the timeline tells them and the act as one, in the same minute.
    _milestones = ()

    # === WHAT A VERB TELLS === #

    @api.model
    def _can(self, orders, **params):
        """Tell why orders can't be run now.

        :return: {order id: reason, in words that say what to do; empty when it can}
        """
        raise NotImplementedError

    @api.model
    def _preview(self, orders, **params):
        """Tell what it will change, before the click.

        :return: {order id: [sentences]}
        """
        return {}

    @api.model
    def _is_done(self, fact):
        """Tell whether nothing is left for it to do on an order; None, as here, when a verb has no end.

        A rule's step that can't be run before that waits for its order.

        :param OrderFacts fact: all lanes read
        """

    @api.model
    def _open_window(self, orders):
        """Return the window in which a person does it, for verbs that the window for many orders can't ask for."""
        raise NotImplementedError

    # === WHAT A VERB DOES === #

    @api.model
    def _get_documents(self, orders, **params):
        """Return {order id: the documents that it changes}, to be locked besides the orders and their lines."""
        return {}

    @api.model
    def _before(self, orders):
        """Return {order id: dict} of what :meth:`_undo` has to know of how it was, in values that JSON keeps."""
        return {}

    @api.model
    def _do(self, orders, **params):
        """Do it. It raises when an order can't go on.

        Whatever is run for nobody in particular (a scheduled action, a rule) has ``oms_is_unasked`` handed in the context: a verb
        may be more careful then.

        :return: {order id: documents made or changed; or the reason, a string, why there was nothing to do after all; or
            (documents, remark) when something is left to tell}
        """
        raise NotImplementedError

    # === TAKING IT BACK === #

    @api.model
    def _can_undo(self, order, documents, before):
        """Tell why it can't be taken back any more from one order, since something was built on it; empty when it can.

        :param dict documents: {model: ids} of what the verb made or changed
        :param before: what :meth:`_before` kept
        """
        return ""

    @api.model
    def _undo(self, order, documents, before):
        """Take it back from one order. A verb that defines this is reversible; see :meth:`_can_undo` for what it takes."""
        raise NotImplementedError

    # === WHAT VERBS SHARE === #

    @api.model
    def _read_facts(self, orders):
        """Return {order id: OrderFacts}, without what the lanes make of them."""
        return self.env["oms.lane"]._read_facts(orders.ids)

    @api.model
    def _read_confirmed(self, orders):
        """Read these orders, and say why those that are not confirmed can't go on.

        :return: ({order id: OrderFacts} of the confirmed ones, {order id: reason} of the others)
        """
        facts = self._read_facts(orders)
        reason = self.env._("Confirm the order first.")
        obstacles = {order_id: reason for order_id, fact in facts.items() if not fact.is_confirmed()}
        return {order_id: fact for order_id, fact in facts.items() if fact.is_confirmed()}, obstacles

    # === READING THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._(self._label)

    @api.model
    def _is_reversible(self):
        return self._says("_undo")

    @api.model
    def _has_window(self):
        return self._says("_open_window")

    @api.model
    def _asks_first(self):
        """Tell whether a person has to choose something, be it in the verb's own window."""
        return self._asks or self._has_window()

    @api.model
    def _says(self, method):
        """Tell whether this verb defines a method of the contract by itself."""
        return getattr(type(self), method) is not getattr(self.env.registry["oms.verb"], method)

    @api.model
    def _get_param_names(self):
        return {param.name for param in self._params}

    @api.model
    def _get_required(self):
        return {param.name for param in self._params if param.is_required}

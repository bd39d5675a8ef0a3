from odoo import api, models


class OmsLane(models.AbstractModel):
    _inherit = "oms.lane"

    @api.model
    def _get_verbs(self):
        """Return what this lane can do to orders, as {code: dict}; another addon adds to it.

        Each verb ``code`` needs two methods beside this one, that take many orders and the caller's ``params``:
        ``_can_<code>(orders, **params)`` returns {order id: why not, in words that say what to do; empty when it can};
        ``_do_<code>(orders, **params)`` does it by core's own methods and returns {order id: documents made or
        changed, or the reason, a string, why there was nothing to do after all; or (documents, remark) when something is
        left to tell}. It raises when an order can't go on.
        ``_is_done_<code>(fact)`` may tell whether there is nothing left for the verb to do: a rule's step that can't be run before
        that waits for its order.
        ``_before_<code>(orders)`` may return {order id: dict}, kept to undo the step.
        ``_preview_<code>(orders, **params)`` may return {order id: [sentences]}: what it will change, in words, before the click.
        ``_undo_<code>(order, documents, before)`` makes a verb reversible: it takes the order, {model: ids} of what the verb made or
        changed, and what ``_before_`` kept; ``_can_undo_<code>``, of the same arguments, returns why it can't be undone any
        more (something was built on it since), else an empty string.

        Whatever is run for nobody in particular (a scheduled action, a rule) has ``oms_is_unasked`` handed in the context: a verb may
        be more careful then.

        A newer step of the same verb on the order has to be undone first.

        ``label``: the name of the verb; ``groups``: whose users may run it; ``params``: what a caller may choose,
        in plain values: what ends in ``_id`` is an id, in ``date`` a day;
        ``documents``: name of a method that takes what ``_do_`` takes and returns {order id: the documents to lock};
        ``ask``: True where a person has to choose something first; ``window``: name of a method instead that takes orders and
        returns the window in which a person does it, for verbs that the window for many orders can't ask for;
        ``required``: those of the params it can't do without; ``date_label``: what its ``date`` means, as a label;
        ``shares``: name of what the orders of a company have in common that the verb changes (the stock, the journals' numbers):
        workers of the queue don't run such verbs at the same time;
        ``undo_after``: other verbs that write the same, whose newer steps have to be undone first as well.
        """
        return {}

"""What the product hands itself in the context.

Whoever calls over RPC chooses the context, so no plain value in it may change what is written or which checks run. What one
method of ours tells another is an object of a class that no client can send.
"""


class Handed:
    """A value in the context that the product itself has put there."""

    __slots__ = ("value",)

    def __init__(self, value=True):
        self.value = value


class HandedText(str):
    """The same for a text that another addon reads from the context as it is."""

    __slots__ = ()


def get_handed(env, name, default=None):
    """Return what the product has put into the context under a name; what a client sends under it counts for nothing."""
    found = env.context.get(name)
    return found.value if isinstance(found, Handed) else default


def keep_handed(records, name):
    """Return these records without what a client sent under a name that another addon reads from the context."""
    context = records.env.context
    if name not in context or isinstance(context[name], (Handed, HandedText)):
        return records
    kept = {key: value for key, value in context.items() if key != name}
    return records.with_context(kept)  # pylint: disable=context-overridden

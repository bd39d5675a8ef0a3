"""What a step changed of an order's documents, and whether undoing it brought the same back."""

import json


def compare(before, after):
    """Return {path: [before, after]} of what differs between two snapshots, as ``sale.order._oms_read_snapshot`` reads one order.

    A path is the kind of document and which one, of the order itself the field. The kind names the order where a subject has
    several: ``line/7``.
    """
    changes = {}
    for kind, owner in before.keys() | after.keys():
        texts = before.get((kind, owner)), after.get((kind, owner))
        if texts[0] != texts[1]:
            old, new = map(_read, texts)
            if _is_record(kind):
                old, new = old or {}, new or {}
                names = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
                changes.update({f"{kind}:{name}": [old.get(name), new.get(name)] for name in names})
            elif old != new:
                changes[f"{kind}:{owner}"] = [old, new]
    return changes


def find_unrestored(changes, now, after):
    """Return {path: [as it should be, as it is]} of what an undo did not bring back, or changed beside.

    :param dict changes: what the step had changed, from :func:`compare`
    :param now: the snapshot before the undo; what others changed since the step is theirs and stays
    :param after: the snapshot after it
    """
    moved, wrong = compare(now, after), {}
    for path, (old, new) in changes.items():
        current = _get_value(after, path)
        since = moved[path][0] if path in moved else current
        if current != old and _sort(current) != _sort(_replace(since, new, old)):
            wrong[path] = [old, current]
    wrong.update({path: pair for path, pair in moved.items() if path not in changes})
    return wrong


def _is_record(kind):
    """Tell whether a kind is one record, read field by field: the order, or what else the verb acts on."""
    return kind.partition("/")[0] in ("order", "subject")


def _read(text):
    """Read what documents say; a field that is empty and one that was never set are the same."""
    if text is None:
        return None
    keep = {"parse_float": lambda number: round(float(number), 6), "object_hook": _drop_empty}
    return json.loads(text, **keep)


def _drop_empty(values):
    return {name: value for name, value in values.items() if value}


def _get_value(snapshot, path):
    kind, _sep, owner = path.partition(":")
    if _is_record(kind):
        return (_read(snapshot.get((kind, ""))) or {}).get(owner)
    return _read(snapshot.get((kind, owner)))


def _replace(rows, taken, given):
    """Return rows without those the step had made and with those it had taken away; the rows themselves where these are gone."""
    if not all(value is None or isinstance(value, list) for value in (rows, taken, given)):
        return None
    left = list(rows or ())
    for row in taken or ():
        if row not in left:
            return None
        left.remove(row)
    return left + list(given or ())


def _sort(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows) if isinstance(rows, list) else rows

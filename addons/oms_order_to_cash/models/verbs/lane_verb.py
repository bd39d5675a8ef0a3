"""A verb that is still written as methods of its lane, seen as one that is a class."""

from functools import partial

from . import param

_KINDS = {
    "date": param.day,
    "id": param.record,
    "ids": param.records,
    "percent": param.number,
    "products": param.mapping,
    "notify": param.flag,
    "again": param.flag,
    "taxes": param.flag,
    **dict.fromkeys(("note", "street", "city", "zip", "email", "vat"), param.text),
}


class LaneVerb:
    def __init__(self, env, code, lane, spec):
        self.env, self._code, self._lane, self._spec = env, code, lane, spec
        self._label, self._groups = spec["label"], spec["groups"]
        self._asks, self._is_single = bool(spec.get("ask")), bool(spec.get("is_single"))
        self._shares, self._undo_after = spec.get("shares", ""), spec.get("undo_after", ())
        self._is_for_rules = code not in ("retry", "substitute")
        self._params = tuple(self._prepare_param(name) for name in spec.get("params", ()))

    def _prepare_param(self, name):
        kind = _KINDS[name] if name in _KINDS else _KINDS.get(name.rpartition("_")[2], param.text)
        made = kind(name, self._spec.get("date_label", "") if name == "date" else "")
        made = made.leading() if name == "refund_by" else made
        return made.required() if name in self._spec.get("required", ()) else made

    def with_env(self, env):
        return LaneVerb(env, self._code, self._lane, self._spec)

    def with_company(self, company):
        return self.with_env(self.env["oms.verb"].with_company(company).env)

    def _call(self, name, default, *args, **kwargs):
        lane = self.env[f"oms.lane.{self._lane}"]
        method = getattr(lane, name, None)
        return method(*args, **kwargs) if method else default

    def __getattr__(self, name):
        defaults = {"_preview": {}, "_is_done": None, "_before": {}, "_can_undo": ""}
        return partial(self._call, f"{name}_{self._code}", defaults.get(name))

    def _open_window(self, orders):
        return self._call(self._spec["window"], None, orders)

    def _get_documents(self, orders, **params):
        return self._call(self._spec["documents"], None, orders, **params) if "documents" in self._spec else {}

    def _get_code(self):
        return self._code

    def _get_label(self):
        return self._label

    def _says(self, method):
        if method == "_get_documents":
            return bool(self._spec.get("documents"))
        return hasattr(self.env[f"oms.lane.{self._lane}"], f"{method}_{self._code}")

    def _is_reversible(self):
        return self._says("_undo")

    def _has_window(self):
        return bool(self._spec.get("window"))

    def _asks_first(self):
        return self._asks or self._has_window()

    def _get_param_names(self):
        return {made.name for made in self._params}

    def _get_required(self):
        return {made.name for made in self._params if made.is_required}

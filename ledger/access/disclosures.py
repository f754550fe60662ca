"""Which fields of an SD-JWT a grant of evidence opens: exactly those whose figure the same grant gives as evidence.

| part granted | opens |
|---|---|
| result, bundle | every field |
| activity | `activity.<item>`, `value_added`, and `output.<item>` where the output is an item of the activity |
| figures | the field of each figure: `emissions.total` → `total_emissions`; all three scopes → `scopes`; `activity.<item>`; `products.<id>.intensity` → `products.<id>`; `products.<id>.quantity` → `output.<id>` |
"""  # noqa: E501 – a table

from collections.abc import Iterable, Mapping

from ledger.access.grants import Decision, Part

_SCOPES = frozenset(f"emissions.scope{number}" for number in (1, 2, 3))
_WHOLE = (Part.RESULT, Part.BUNDLE)


def granted_fields(decisions: Mapping[Part, Decision], fields: Iterable[str]) -> list[str]:
    """Of the fields of a credential those that these decisions open."""
    listed = list(fields)
    if any(decisions[part].allowed for part in _WHOLE if part in decisions):
        return listed
    items = {field.partition(".")[2] for field in listed if field.startswith("activity.")}
    return [field for field in listed if _by_activity(decisions, field, items) or _by_figures(decisions, field)]


def _by_activity(decisions: Mapping[Part, Decision], field: str, items: set[str]) -> bool:
    decision = decisions.get(Part.ACTIVITY)
    if decision is None or not decision.allowed:
        return False
    member, _, element = field.partition(".")
    return member in ("activity", "value_added") or (member == "output" and element in items)


def _by_figures(decisions: Mapping[Part, Decision], field: str) -> bool:
    decision = decisions.get(Part.FIGURES)
    needed = _figures(field)
    if decision is None or not decision.allowed or not needed:
        return False
    return decision.figures is None or any(names <= decision.figures for names in needed)


def _figures(field: str) -> list[frozenset[str]]:
    """The figures that a field tells, in each way in which it may be known."""
    member, _, element = field.partition(".")
    single = {"total_emissions": frozenset({"emissions.total"}), "scopes": _SCOPES}
    if member in single:
        return [single[member]]
    names = {
        "value_added": ["activity.value_added"],
        "activity": [f"activity.{element}"],
        "products": [f"products.{element}.intensity"],
        "output": [f"products.{element}.quantity", f"activity.{element}"],
    }
    return [frozenset({name}) for name in names.get(member, [])]

"""What a child may do with an item of its base: state it again, whole, with the same or a narrower rule.

    stays     index, both names, definition, type, unit, format, pattern, mapping, grade, state
    rises     minLength, minItems, minimum, x-minimum, x-accuracy; required, x-personal, uniqueItems
    falls     maxLength, maxItems, maximum, x-maximum
    shrinks   enum, x-source-kinds
    narrows   visibility: public, authorized, secret

A constraint that the base has and the child leaves out is loosened. One that the base lacks may be added.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from ledger.templates.items import Item
from ledger.templates.schema import Schema
from ledger.templates.vocabulary import VISIBILITY

_STAYS = ("x-names", "x-definition", "type", "x-unit", "x-grade", "x-disabled")
_SET_ONCE = ("format", "pattern")
_RISES = ("minLength", "minItems", "minimum", "x-minimum", "x-accuracy")
_FALLS = ("maxLength", "maxItems", "maximum", "x-maximum")
_SHRINKS = ("enum", "x-source-kinds")
_SWITCHES = ("x-personal", "uniqueItems")


def loosened(base: Item, child: Item) -> Iterator[str]:
    """What the child changes that it may not, in words; nothing if it only tightens."""
    if base.index != child.index:
        yield f"the index is {base.index} and cannot become {child.index}"
    if base.required and not child.required:
        yield "it is required and cannot become optional"
    if VISIBILITY.index(child.visibility) < VISIBILITY.index(base.visibility):
        yield f"visibility is {base.visibility!r} and cannot become {child.visibility!r}"
    kept, now = base.schema.get("x-mapping", {}), child.schema.get("x-mapping", {})
    if any(now.get(target) != field for target, field in kept.items()):
        yield "x-mapping cannot change"
    yield from _changed(base.schema, child.schema)
    inner, narrowed = base.schema.get("items"), child.schema.get("items")
    if isinstance(inner, dict) and isinstance(narrowed, dict):
        if inner.get("$ref") != narrowed.get("$ref"):
            yield "what it is a list of cannot change"
        yield from _changed(inner, narrowed)


def _changed(base: Schema, child: Schema) -> Iterator[str]:
    for keyword in _STAYS:
        if base.get(keyword) != child.get(keyword):
            yield _sentence(keyword, base, child)
    for keyword in _SET_ONCE:
        if keyword in base and base[keyword] != child.get(keyword):
            yield _sentence(keyword, base, child)
    for keyword in _SWITCHES:
        if base.get(keyword) and not child.get(keyword):
            yield _sentence(keyword, base, child)
    for keywords, fits in ((_RISES, _no_less), (_FALLS, _no_more), (_SHRINKS, _subset)):
        yield from _loose(base, child, keywords, fits)


def _loose(base: Schema, child: Schema, keywords: tuple[str, ...], fits: Callable[[Any, Any], bool]) -> Iterator[str]:
    for keyword in keywords:
        if keyword in base and (keyword not in child or not fits(base[keyword], child[keyword])):
            yield _sentence(keyword, base, child)


def _no_less(base: int | str, child: int | str) -> bool:
    return Decimal(child) >= Decimal(base)


def _no_more(base: int | str, child: int | str) -> bool:
    return Decimal(child) <= Decimal(base)


def _subset(base: list[str], child: list[str]) -> bool:
    return set(child) <= set(base)


def _sentence(keyword: str, base: Schema, child: Schema) -> str:
    return f"{keyword} is {_short(base.get(keyword))} and cannot become {_short(child.get(keyword))}"


def _short(value: object) -> str:
    text = "absent" if value is None else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"

"""The filters of PACT 3.0, for a list as for a request by event.

1. Within one filter any value will do, across filters all must hold. A filter without a value filters nothing.
2. Names compare without regard to case; a geography matches every footprint that lies within it.
3. validOn: start ≤ validOn ≤ end; validAfter: start > validAfter; validBefore: end < validBefore.
4. A value that is none – a country that does not exist, a status, a date that is no date – matches nothing. That is an
   answer, not a fault.
5. Who asks by an event for a product, or for a batch by its name and its product's, gets the footprint of exactly that;
   those of its (other) batches only where there is none. A list has all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from ledger.exchange.geography import places_of
from ledger.exchange.periods import seconds_of
from ledger.exchange.urns import key_of

_NAMES = ("productId", "companyId", "geography", "classification", "validOn", "validAfter", "validBefore", "status")
FILTERS: Mapping[str, str] = {name.casefold(): name for name in _NAMES}
"""Names of filters by their case-folded form; the specification itself writes both productId and productid."""
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Criteria:
    """Values by filter, as given."""

    values: Mapping[str, frozenset[str]]

    def __bool__(self) -> bool:
        return bool(self.values)

    def match(self, footprint: Mapping[str, Any]) -> bool:
        return all(_MATCHES[name](footprint, wanted) for name, wanted in self.values.items())


def criteria(pairs: Iterable[tuple[str, str]]) -> Criteria:
    """Names that are no filter are ignored, as HTTP does with a query."""
    values: dict[str, set[str]] = {}
    for name, value in pairs:
        if (known := FILTERS.get(name.casefold())) is not None:
            values.setdefault(known, set()).add(value)
    return Criteria({name: frozenset(wanted) for name, wanted in values.items()})


def nearest(wanted: Criteria, found: Sequence[_Found], ids_of: Callable[[_Found], Iterable[str]]) -> list[_Found]:
    """Rule 5, of what matches: without those of which only names were asked for that others, all of whose names were
    asked for, have as well. `ids_of`: a footprint's productIds."""
    asked = {key_of(name) for name in wanted.values.get("productId", ())}
    held = [{key_of(name) for name in ids_of(one)} for one in found]
    exactly = {name for ids in held if ids <= asked for name in ids}
    return [
        one for one, ids in zip(found, held, strict=True) if ids <= asked or not ids & asked <= exactly or not asked
    ]


def _product(footprint: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    return _shares(footprint.get("productIds", []), wanted)


def _company(footprint: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    return _shares(footprint.get("companyIds", []), wanted)


def _classification(footprint: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    return _shares(footprint.get("productClassifications", []), wanted)


def _geography(footprint: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    return not places_of(footprint["pcf"]).isdisjoint(place.strip().casefold() for place in wanted)


def _status(footprint: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    return str(footprint["status"]).casefold() in {status.strip().casefold() for status in wanted}


def _valid_on(footprint: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    start, end = _validity(footprint)
    return any(start <= at <= end for at in _moments(wanted))


def _valid_after(footprint: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    return any(_validity(footprint)[0] > at for at in _moments(wanted))


def _valid_before(footprint: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    return any(_validity(footprint)[1] < at for at in _moments(wanted))


_MATCHES = {
    "productId": _product,
    "companyId": _company,
    "geography": _geography,
    "classification": _classification,
    "validOn": _valid_on,
    "validAfter": _valid_after,
    "validBefore": _valid_before,
    "status": _status,
}


def _shares(held: Iterable[str], wanted: frozenset[str]) -> bool:
    return not {key_of(name) for name in held}.isdisjoint(map(key_of, wanted))


def _moments(wanted: frozenset[str]) -> list[Fraction]:
    return [at for text in wanted if (at := seconds_of(text)) is not None]


def _validity(footprint: Mapping[str, Any]) -> tuple[Fraction, Fraction]:
    """Both are written by `product_footprint`, always."""
    start, end = (seconds_of(str(footprint[f"validityPeriod{side}"])) for side in ("Start", "End"))
    return start or Fraction(0), end or Fraction(0)

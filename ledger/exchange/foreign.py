"""A footprint that came from elsewhere: read before it is believed, with every fault named by its field.

Checked is what a reader relies on: the mandatory fields of PACT 3.0 and their forms, decimals without exponent, periods
in order, one geography at most. Unknown fields are ignored, as the specification asks. Numbers are exact.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledger.exchange.errors import FootprintFault
from ledger.exchange.periods import seconds_of

UNITS = frozenset(
    ("liter", "kilogram", "cubic meter", "kilowatt hour", "megajoule", "ton kilometer", "square meter", "piece", "hour",
     "megabit second")
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?")
_VERSION = re.compile(r"3\.[0-9]{1,4}\.[0-9]{1,4}(-[0-9]{8})?")
_URN = re.compile(r"urn:[^\s]{1,2000}", re.IGNORECASE)
_REPORT = re.compile(r"AR[0-9]{1,2}")
_GEOGRAPHY = ("geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision")
_LONGEST, _MOST = 10_000, 1_000


@dataclass(frozen=True, slots=True)
class Foreign:
    """`footprint` in kgCO2e per `amount` × `unit`, without biogenic uptake; shares in percent, None where not told.
    `verified_by` is empty where nobody is named. Times are texts as they came."""

    id: str
    status: str
    company: str
    product: str
    product_ids: tuple[str, ...]
    unit: str
    amount: Decimal
    footprint: Decimal
    mass: Decimal
    primary: Decimal | None
    exempted: Decimal
    period: tuple[str, str]
    preceding: tuple[str, ...]
    verified_by: str


def read_footprint(document: object) -> Foreign:
    """Raises FootprintFault."""
    top = _Members(document, "")
    if not _VERSION.fullmatch(top.text("specVersion")):
        raise FootprintFault("not of PACT 3", where="specVersion")
    pcf = _Members(top.given("pcf"), "pcf.")
    for name in ("created",):
        _moment(top, name)
    unit, status = pcf.text("declaredUnitOfMeasurement"), top.text("status")
    if unit not in UNITS:
        raise FootprintFault(f"{unit[:40]!a} is no declared unit", where="pcf.declaredUnitOfMeasurement")
    if status not in ("Active", "Deprecated"):
        raise FootprintFault(f"{status[:40]!a} is no status", where="status")
    pcf.list("ipccCharacterizationFactors", _REPORT)
    pcf.list("crossSectoralStandards")
    top.list("companyIds", _URN)
    top.text("productDescription", least=0)
    for name in ("pcfIncludingBiogenicUptake", "fossilCarbonContent", "fossilGhgEmissions"):
        pcf.decimal(name, least=None if name.startswith("pcf") else 0)
    if sum(name in pcf.members for name in _GEOGRAPHY) > 1:
        raise FootprintFault("more than one geography", where="pcf")
    return Foreign(
        id=top.matching("id", _UUID),
        status=status,
        company=top.text("companyName"),
        product=top.text("productNameCompany"),
        product_ids=top.list("productIds", _URN),
        unit=unit,
        amount=_above_zero(pcf, "declaredUnitAmount"),
        footprint=pcf.decimal("pcfExcludingBiogenicUptake", least=None),
        mass=pcf.decimal("productMassPerDeclaredUnit"),
        primary=pcf.decimal("primaryDataShare") if "primaryDataShare" in pcf.members else None,
        exempted=pcf.decimal("exemptedEmissionsPercent"),
        period=_period(pcf),
        preceding=top.list("precedingPfIds", _UUID) if "precedingPfIds" in top.members else (),
        verified_by=_verifier(pcf),
    )


class _Members:
    """One object's members, taken by their kind."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise FootprintFault("no object", where=where.rstrip(".") or "footprint")
        self.members: Mapping[str, Any] = value
        self._where = where

    def given(self, name: str) -> Any:
        if name not in self.members:
            raise FootprintFault("is missing", where=self._where + name)
        return self.members[name]

    def text(self, name: str, least: int = 1) -> str:
        value = self.given(name)
        if not isinstance(value, str) or not least <= len(value) <= _LONGEST:
            raise FootprintFault("is no text", where=self._where + name)
        return value

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self.text(name)
        if not pattern.fullmatch(value):
            raise FootprintFault(f"{value[:60]!a} has another form", where=self._where + name)
        return value

    def decimal(self, name: str, least: int | None = 0) -> Decimal:
        value = Decimal(self.matching(name, _DECIMAL))
        if least is not None and value < least:
            raise FootprintFault("is below zero", where=self._where + name)
        return value

    def list(self, name: str, pattern: re.Pattern[str] | None = None) -> tuple[str, ...]:
        value = self.given(name)
        if not isinstance(value, list) or not 0 < len(value) <= _MOST:
            raise FootprintFault("is no list, or an empty one", where=self._where + name)
        for text in value:
            if not isinstance(text, str) or not text or (pattern is not None and not pattern.fullmatch(text)):
                raise FootprintFault(f"{str(text)[:60]!a} has another form", where=self._where + name)
        return tuple(value)


def _above_zero(pcf: _Members, name: str) -> Decimal:
    value = pcf.decimal(name)
    if not value:
        raise FootprintFault("is zero", where=f"pcf.{name}")
    return value


def _period(pcf: _Members) -> tuple[str, str]:
    start, end = _moment(pcf, "referencePeriodStart"), _moment(pcf, "referencePeriodEnd")
    if start >= end:
        raise FootprintFault("ends before it starts", where="pcf.referencePeriodEnd")
    return pcf.text("referencePeriodStart"), pcf.text("referencePeriodEnd")


def _moment(members: _Members, name: str) -> Any:
    at = seconds_of(members.text(name))
    if at is None:
        raise FootprintFault("is no moment of RFC 3339", where=name)
    return at


def _verifier(pcf: _Members) -> str:
    told = pcf.members.get("verification")
    name = told.get("providerName") if isinstance(told, dict) else None
    return name[:_LONGEST] if isinstance(name, str) else ""

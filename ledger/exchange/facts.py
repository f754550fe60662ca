"""What a footprint says beyond the signed statement: names, boundary and rules, taken from a certificate's result.

Everything here is in the result, whose hash the statement carries, or in the page's facts (who verified). What is in
neither stays empty: nothing is made up. Kept as JSON beside the certificate, since a result is large and this is small.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any

from ledger.accounting.units import Quantity, UnitError, parse_unit
from ledger.canonical import CanonicalError, decimal_text, exact_number

_REPORTS = {"SAR": "AR2", "TAR": "AR3"}
_ASSESSMENT = re.compile(r"\b(AR[0-9]+|SAR|TAR)\b")
_PACKAGING = "packaging"
_KGCO2E = parse_unit("kgCO2e")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Facts:
    """Names are `English / Chinese`; numbers are exact texts per unit of the certificate, empty where unknown: `mass`,
    `fossil_carbon`, `biogenic_carbon` in kg, `packaging` in kgCO2e. `gap_share`: the share of all emissions that stands
    for missing intervals and is in no figure. `opined_at`: Unix seconds at which the verifier's opinion was signed; 0
    where its record is not known."""

    company: str = ""
    uscc: str = ""
    industry: str = ""
    region: str = ""
    site: str = ""
    boundary: str = ""
    product: str = ""
    product_id: str = ""
    batch: str = ""
    gtin: str = ""
    classifications: tuple[str, ...] = ()
    mass: str = ""
    fossil_carbon: str = ""
    biogenic_carbon: str = ""
    packaging: str = ""
    verifier: str = ""
    method: str = ""
    method_edition: str = ""
    gwp: str = ""
    factors: str = ""
    factors_edition: str = ""
    allocation: str = ""
    absent: tuple[str, ...] = ()
    gap_share: str = "0"
    opined_at: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Facts":
        known = {field.name for field in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in document.items() if name in known})

    @property
    def reports(self) -> list[str]:
        """IPCC assessment reports that the method names for its global warming potentials."""
        return sorted({_REPORTS.get(name, name) for name in _ASSESSMENT.findall(self.gwp)})


def facts_of(identifier: str, result: Mapping[str, Any], summary: Mapping[str, Any]) -> Facts:
    """`result`: `result/1`; `summary`: `page/1`. Whatever one of them lacks, or has in another form, stays empty."""
    site, rules = _inner(result, "site"), _inner(result, "rules")
    product, names = _product(result, identifier), identifier.partition("/")[2].split("/")
    stated = _inner(product, "stated")
    method, factors = _inner(rules, "method"), _inner(rules, "factors")
    return Facts(
        company=_names(summary.get("enterprise")) or _names(site.get("name")),
        uscc=_text(site.get("uscc")),
        industry=_text(site.get("industry")),
        region=_text(site.get("region")),
        site=_names(site.get("name")),
        boundary=_names(site.get("boundary")) or _names(summary.get("site")),
        product=_names(product.get("name")),
        product_id=names[0],
        batch=names[1] if len(names) > 1 else "",
        gtin=_text(stated.get("gtin")),
        classifications=tuple(map(_text, _items(stated, "classifications"))),
        mass=_number(stated.get("mass")),
        fossil_carbon=_number(stated.get("fossil_carbon")),
        biogenic_carbon=_number(stated.get("biogenic_carbon")),
        packaging=_packaging(result, product, names[1] if len(names) > 1 else ""),
        verifier=_names(summary.get("verifier")),
        method=_text(method.get("id")),
        method_edition=_text(method.get("edition")),
        gwp=_text(_inner(result, "emissions").get("gwp_set")),
        factors=_text(factors.get("id")),
        factors_edition=_text(factors.get("edition")),
        allocation=_allocation(product),
        absent=tuple(_absent(entry) for entry in _items(site, "absent") if isinstance(entry, dict)),
        gap_share=_number(_inner(result, "gaps").get("share")) or "0",
    )


def _product(result: Mapping[str, Any], identifier: str) -> Mapping[str, Any]:
    wanted = identifier.partition("/")[2].split("/")[0].casefold()
    for product in _items(result, "products"):
        if isinstance(product, dict) and _text(product.get("id")).casefold() == wanted:
            return product
    return {}


def _packaging(result: Mapping[str, Any], product: Mapping[str, Any], batch: str) -> str:
    """What the sources of packaging emit, per unit made; empty where the footprint has none of them."""
    made = product
    if batch:
        batches = [entry for entry in _items(product, "batches") if isinstance(entry, dict)]
        made = next((entry for entry in batches if _text(entry.get("id")).casefold() == batch.casefold()), {})
    parts = [value for name, value in _inner(made, "by_source").items() if name.startswith(_PACKAGING)]
    try:
        quantity = exact_number(_text(made.get("quantity")))
        emitted = sum((exact_number(_text(part)) for part in parts), Fraction(0))
        unit = parse_unit(_text(_inner(result, "emissions").get("unit")))
        return decimal_text(Quantity(emitted / quantity, unit).to(_KGCO2E).value) if parts else ""
    except (CanonicalError, UnitError, ZeroDivisionError):
        return ""


def _allocation(product: Mapping[str, Any]) -> str:
    parts = [entry for entry in _items(product, "allocation") if isinstance(entry, dict)]
    return "; ".join(f"{_text(part.get('source'))}: {_text(part.get('rule'))}" for part in parts)[:_LONGEST]


def _absent(entry: Mapping[str, Any]) -> str:
    return f"{_text(entry.get('source'))}: {_names(entry.get('reason'))}"


def _names(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    english, chinese = _text(value.get("en")), _text(value.get("zh"))
    return english if english == chinese else " / ".join(filter(None, (english, chinese)))


def _number(value: object) -> str:
    try:
        exact_number(text := _text(value))
    except CanonicalError:
        return ""
    return text


def _inner(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _items(value: Mapping[str, Any], name: str) -> list[Any]:
    items = value.get(name)
    return items if isinstance(items, list) else []


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

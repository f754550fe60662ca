"""Factors as JSON: exact quantities as text, absent statements left out."""

from typing import Any

from ledger.accounting.factor_compare import Comparison, Difference
from ledger.accounting.factors import Factor, FactorSet
from ledger.canonical import decimal_text

Json = dict[str, Any]


def set_line(factors: FactorSet) -> Json:
    head = factors.head
    return {
        **head.document(),
        "title": dict(head.title),
        "programme": factors.programme,
        "region": factors.region,
        "years": list(head.years),
        "factors": len(factors.factors),
        "values": sum(map(len, factors.factors.values())),
        "marks": sorted(head.marks),
    }


def factor_line(factors: FactorSet, factor: Factor) -> Json:
    line = {
        "set": factors.head.id,
        "id": factor.id,
        "name": factor.name,
        "value": decimal_text(factor.quantity.value),
        "unit": factor.quantity.unit.text,
        "basis": factor.basis,
        "years": list(factor.years),
        "region": factor.region or None,
        "data_year": factor.data_year,
        "published": factor.published,
        "source": factor.source,
        "confidence": factor.confidence,
        "note": factor.note,
    }
    return {name: value for name, value in line.items() if value is not None}


def comparison(first: FactorSet, second: FactorSet, found: Comparison) -> Json:
    return {
        "first": first.head.document(),
        "second": second.head.document(),
        "different": [_difference(entry) for entry in found.different],
        "equal": found.equal,
        "other_years_or_regions": list(found.apart),
        "only_first": list(found.only_first),
        "only_second": list(found.only_second),
    }


def _difference(entry: Difference) -> Json:
    return {
        "id": entry.id,
        "years": list(entry.years),
        **({"region": entry.first.region} if entry.first.region else {}),
        "first": _quantity(entry.first),
        "second": _quantity(entry.second),
        "ratio": None if entry.ratio is None else decimal_text(entry.ratio),
    }


def _quantity(factor: Factor) -> Json:
    return {"value": decimal_text(factor.quantity.value), "unit": factor.quantity.unit.text}

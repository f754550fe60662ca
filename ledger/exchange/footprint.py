"""A product's certificate as a ProductFootprint of PACT 3.0.

1. One certificate is one footprint: its id follows from the token number, so that whoever knows one can find the other.
   A footprint never changes but for its status; a correction is a superseding certificate with an id of its own.
2. Amounts are those that three parties signed, per declared unit, exact.
3. PACT demands figures that no certificate has (carbon content, mass of a piece). Where nobody stated them the field is
   "0", its name stands in the extension's `notDetermined` and the comment says so; an optional field is left out.
4. `Deprecated` is what nobody should use any more: superseded, revoked, and suspended as long as that lasts. An expired
   one stays Active: its validity period has ended.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from ledger.canonical import decimal_text, exact_number
from ledger.certificates.statement import Statement
from ledger.exchange.comment import comment
from ledger.exchange.declared_unit import DeclaredUnit, declared_unit
from ledger.exchange.errors import NotExchangeable
from ledger.exchange.facts import Facts
from ledger.exchange.geography import geography
from ledger.exchange.periods import moment, validity
from ledger.exchange.proof import Issue, Node, proof
from ledger.exchange.urns import classification_urn, gtin_urn, pact_urn

SPECIFICATION = "3.0.3"
KIND = 3
ACTIVE, DEPRECATED = "Active", "Deprecated"
_NOT_TO_BE_USED = frozenset(("superseded", "revoked", "suspended"))
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "footprints.carbon-ledger")
_LATEST = 253370764800  # the year 9999, after which nothing is a date
_ASSURANCE = {1: "limited assurance", 2: "reasonable assurance"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as far as it is exchanged."""

    statement: Statement
    facts: Facts
    issue: Issue
    marks: tuple[str, ...] = ()


def footprint_id(token: bytes) -> str:
    """UUID version 5 (RFC 9562) of the token number as `0x` and 64 hex digits."""
    return str(uuid.uuid5(_NAMESPACE, f"0x{token.hex()}"))


def status_of(standing: str) -> str:
    """Rule 4; `standing` is that of the certificate: active, suspended, revoked, superseded, expired."""
    return DEPRECATED if standing in _NOT_TO_BE_USED else ACTIVE


def product_footprint(certificate: Certificate, standing: str, node: Node) -> Json:
    """Raises NotExchangeable, for the same certificates always."""
    said, facts, issue = certificate.statement, certificate.facts, certificate.issue
    if said.kind != KIND:
        raise NotExchangeable(f"a certificate of kind {said.kind} is of no product", where="kind")
    if not said.period_start < said.period_end < _LATEST:
        raise NotExchangeable("the period is none of the calendar", where="period")
    unit = declared_unit(said.unit, Fraction(said.footprint, 10**6), _known(facts.mass))
    unknown, marks = _not_determined(facts, unit), node.marks(certificate.marks)
    start, end = validity(said.period_end, said.valid_until)
    document: Json = {
        "id": footprint_id(issue.token),
        "specVersion": SPECIFICATION,
        "created": moment(issue.issued_at),
        "status": status_of(standing),
        "validityPeriodStart": moment(start),
        "validityPeriodEnd": moment(end),
        "companyName": facts.company or said.identifier.partition("/")[0],
        "companyIds": _company_ids(said, facts, node),
        "productDescription": _description(facts, said),
        "productIds": _product_ids(said, facts, node),
        "productNameCompany": facts.product or facts.product_id or said.identifier,
        "comment": comment(facts, marks, unknown, superseding=said.supersedes != 0),
        "pcf": _carbon_footprint(certificate, unit),
        "extensions": [proof(said, issue, node, marks, unknown)],
    }
    if said.supersedes:
        document["precedingPfIds"] = [footprint_id(said.supersedes.to_bytes(32, "big"))]
    if classifications := _classifications(facts):
        document["productClassifications"] = classifications
    return document


def _carbon_footprint(certificate: Certificate, unit: DeclaredUnit) -> Json:
    said, facts = certificate.statement, certificate.facts
    total = unit.of(Fraction(said.footprint, 10**6))
    fossil_carbon, biogenic_carbon = _known(facts.fossil_carbon), _known(facts.biogenic_carbon)
    return {
        "declaredUnitOfMeasurement": unit.name,
        "declaredUnitAmount": unit.amount,
        "productMassPerDeclaredUnit": unit.mass or "0",
        "referencePeriodStart": moment(said.period_start),
        "referencePeriodEnd": moment(said.period_end),
        **geography(facts.region),
        "boundaryProcessesDescription": f"cradle to gate: {facts.boundary}" if facts.boundary else "cradle to gate",
        "pcfExcludingBiogenicUptake": total,
        "pcfIncludingBiogenicUptake": total,
        "fossilGhgEmissions": total,
        "fossilCarbonContent": unit.of(fossil_carbon) if fossil_carbon is not None else "0",
        **({} if biogenic_carbon is None else {"biogenicCarbonContent": unit.of(biogenic_carbon)}),
        **_packaging(facts, unit),
        "ccsTechnologicalCO2CaptureIncluded": False,
        "ipccCharacterizationFactors": facts.reports or ["AR6"],
        "crossSectoralStandards": ["ISO14067"],
        "exemptedEmissionsPercent": _percent(facts.gap_share),
        "exemptedEmissionsDescription": _exempted(facts),
        **({"allocationRulesDescription": facts.allocation} if facts.allocation else {}),
        **_secondary(facts),
        "primaryDataShare": decimal_text(Fraction(said.metered, 100)),
        **_verification(certificate),
    }


def _packaging(facts: Facts, unit: DeclaredUnit) -> Json:
    """Part of the footprint, but no figure that was signed: rounded to the millionth."""
    if not facts.packaging:
        return {"packagingEmissionsIncluded": False}
    amount = exact_number(facts.packaging) * unit.per
    return {
        "packagingEmissionsIncluded": True,
        "packagingGhgEmissions": decimal_text(Fraction(round(amount * 10**6), 10**6)),
    }


def _verification(certificate: Certificate) -> Json:
    """PACT reads the object itself as 'verified': without an assurance level it is left out. It was completed with the
    opinion; where nobody knows when that was, it was when the certificate was minted at the latest."""
    said, facts = certificate.statement, certificate.facts
    if said.assurance not in _ASSURANCE:
        return {}
    return {
        "verification": {
            "coverage": "product level",
            "providerName": facts.verifier or f"0x{said.verifier.hex()}",
            "completedAt": moment(facts.opined_at or certificate.issue.issued_at),
            "standardName": facts.method_edition or "ISO 14067",
            "comments": f"{_ASSURANCE[said.assurance]}; the verifier's report has the hash 0x{said.opinion.hex()}",
        }
    }


def _secondary(facts: Facts) -> Json:
    if not facts.factors:
        return {}
    source = {"name": facts.factors, "version": facts.factors_edition or facts.factors}
    return {"secondaryEmissionFactorSources": [source]}


def _company_ids(said: Statement, facts: Facts, node: Node) -> list[str]:
    prefix = said.identifier.partition("/")[0]
    return [
        pact_urn(node.domain, "vaa", prefix),
        *([pact_urn(node.domain, "uscc", facts.uscc)] if facts.uscc else []),
    ]


def _product_ids(said: Statement, facts: Facts, node: Node) -> list[str]:
    """The identifier that the certificate is bound to; for a batch its product as well, then a GTIN."""
    product = "/".join((said.identifier.partition("/")[0], facts.product_id))
    names = [said.identifier, *([product] if facts.batch and facts.product_id else [])]
    return [
        *(pact_urn(node.domain, "vaa", name) for name in names),
        *([gtin_urn(facts.gtin)] if facts.gtin else []),
    ]


def _classifications(facts: Facts) -> list[str]:
    """Those stated, as `list:code`, then the class of GB/T 4754 whose industry makes the product."""
    parts = [entry.partition(":") for entry in facts.classifications]
    found = [classification_urn(listed, code) for listed, _, code in parts if listed and code]
    if facts.industry:
        found.append(classification_urn("gb-t-4754", facts.industry))
    return list(dict.fromkeys(found))


def _description(facts: Facts, said: Statement) -> str:
    parts = (facts.product, f"batch {facts.batch}" if facts.batch else "", facts.site, f"certified per {said.unit}")
    return "; ".join(filter(None, parts))


def _not_determined(facts: Facts, unit: DeclaredUnit) -> list[str]:
    """Rule 3: mandatory fields that hold "0" or a substitute because nobody stated them, by name."""
    missing: Mapping[str, bool] = {
        "productMassPerDeclaredUnit": unit.mass is None,
        "fossilCarbonContent": not facts.fossil_carbon,
        "pcfIncludingBiogenicUptake": True,
        "exemptedEmissionsPercent": bool(facts.absent),
        "ipccCharacterizationFactors": not facts.reports,
        "companyName": not facts.company,
        "productNameCompany": not facts.product,
    }
    return [name for name, absent in missing.items() if absent]


def _exempted(facts: Facts) -> str:
    gaps = "missing intervals of meters, at their mean rate" if facts.gap_share != "0" else ""
    left_out = f"left out of the boundary, not quantified: {'; '.join(facts.absent)}" if facts.absent else ""
    return "; ".join(filter(None, (gaps, left_out)))


def _percent(share: str) -> str:
    """An exact share in percent, rounded up to four decimals."""
    return decimal_text(Fraction(ceil(exact_number(share) * 10**6), 10**4))


def _known(text: str) -> Fraction | None:
    return exact_number(text) if text else None

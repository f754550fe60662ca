"""What the envelopes of one certificate say: the public facts, and apart from them the confidential figures.

Public is what the three parties signed (the statement), the names beside it, and the figures that the enterprise
opened. Confidential is what only the result holds; it goes into the hidden part of an SD-JWT and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from ledger.canonical import decimal_text, exact_number
from ledger.certificates.statement import Domain, Statement

KINDS: Mapping[int, str] = {1: "emission-statement", 2: "enterprise-carbon-efficiency", 3: "product-footprint"}
DIGITS = 15
"""Significant digits of a figure without a finite decimal: what a double carries exactly."""

Json = dict[str, Any]
_NO_HASH = bytes(32)
_NO_PRODUCER = ("enterprise", "team")


@dataclass(frozen=True, slots=True)
class Party:
    """A signer: its name in both languages (either may be empty) and its address on the chain."""

    zh: str
    en: str
    address: bytes


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """`page` is the address that the identifier resolves to, `statement_url` where the signed statement lies. `figures`
    are published ones: name, exact value, unit. `offset`: the site's, such as +08:00. Times are Unix seconds, of the
    chain; `shift` is how far the verifiers' time is ahead of it, which differs in a replay only."""

    statement: Statement
    token: bytes
    domain: Domain
    transaction: bytes
    issued_at: int
    enterprise: Party
    evaluator: Party
    verifier: Party
    page: str
    statement_url: str
    offset: str = "+00:00"
    boundary: tuple[str, str] | None = None
    marks: tuple[str, ...] = ()
    figures: tuple[tuple[str, str, str], ...] = ()
    shift: int = 0

    @property
    def begins(self) -> int:
        """From when the credential is valid, in the time that verifiers live in."""
        return self.issued_at + self.shift

    @property
    def ends(self) -> int:
        return self.statement.valid_until + self.shift

    @property
    def kind(self) -> str:
        return KINDS.get(self.statement.kind, str(self.statement.kind))

    @property
    def owner(self) -> str:
        """Prefix of the enterprise inside the identifier."""
        return self.statement.identifier.split("/")[0]

    @property
    def grade_value(self) -> str:
        """K as a decimal; empty where there is no grade."""
        return decimal_text(Fraction(self.statement.grade_value, 10**6)) if self.statement.grade else ""

    @property
    def footprint(self) -> str:
        """kgCO2e per unit as a decimal; empty but for a product footprint."""
        return decimal_text(Fraction(self.statement.footprint, 10**6)) if self.statement.kind == 3 else ""

    def period(self) -> Json:
        start, end = self.statement.period_start, self.statement.period_end
        return {"start": local_time(start, self.offset), "end": local_time(end, self.offset)}

    def footprint_amount(self) -> Json:
        """The footprint with its unit."""
        return {"value": self.footprint, "unit": f"kgCO2e/{self.statement.unit}"}

    def ledger(self) -> Json:
        """Where anyone finds what the three parties signed, in the chain's own time, and the evidence's root under the
        head of the log."""
        said = self.statement
        return {
            "chainId": self.domain.chain_id,
            "contract": _hex(self.domain.contract),
            "tokenId": _hex(self.token),
            "transaction": _hex(self.transaction),
            "issued": local_time(self.issued_at, "+00:00"),
            "validUntil": local_time(said.valid_until, "+00:00"),
            "logId": _hex(said.log_id),
            "treeSize": said.tree_size,
            "root": _hex(said.evidence_root),
            "resultHash": _hex(said.result_hash),
            "statement": self.statement_url,
        }

    def rules(self) -> Json:
        """SHA-256 of each rule file that the certificate was made by."""
        names = ("template", "method", "factors", "scheme", "benchmarks")
        hashes = {name: getattr(self.statement, name) for name in names}
        return {name: _hex(value) for name, value in hashes.items() if value != _NO_HASH}


@dataclass(frozen=True, slots=True)
class Confidential:
    """Figures of the result, each to be shown one by one. None or empty where the result has none."""

    total: Json | None
    scopes: Json | None
    activity: tuple[Json, ...]
    output: tuple[Json, ...]
    value_added: Json | None
    products: tuple[Json, ...]
    facilities: tuple[Json, ...]


def confidential(result: Mapping[str, Any]) -> Confidential:
    """From `result/1`. Members that a result may lack are looked for, never assumed."""
    emissions, activity = result.get("emissions", {}), result.get("activity", {})
    unit = str(emissions.get("unit", ""))
    items = {name: _amount(entry.get("value"), entry.get("unit", "")) for name, entry in activity.items()}
    scopes = {name: number(emissions[name]) for name in ("scope1", "scope2", "scope3") if emissions.get(name)}
    products = result.get("products", [])
    return Confidential(
        total=_amount(emissions.get("total"), unit),
        scopes={**scopes, "unit": unit} if scopes else None,
        activity=tuple(
            {"item": name, **amount} for name, amount in sorted(items.items()) if amount and name != "value_added"
        ),
        output=_output(result, products),
        value_added=items.get("value_added"),
        products=tuple(_product(product, unit) for product in products),
        facilities=_facilities(result),
    )


def number(text: str) -> str:
    """An exact number as a decimal: unchanged where it ends, else to 15 significant digits."""
    if "/" not in text:
        return text
    exact = exact_number(text, len(text))
    rounded = Context(prec=DIGITS).divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return format(rounded, "f")


def local_time(seconds: int, offset: str) -> str:
    """ISO 8601 at a fixed offset; Z for UTC."""
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    ahead = timedelta(hours=hours, minutes=minutes)
    zone = timezone(-ahead if offset[0] == "-" else ahead)
    return datetime.fromtimestamp(seconds, zone).isoformat().replace("+00:00", "Z")


def _output(result: Mapping[str, Any], products: list[Json]) -> tuple[Json, ...]:
    """What was made: of each product, else the output that the grade's lines are held against."""
    if products:
        made = [(str(product["id"]), product.get("quantity"), product.get("unit", "")) for product in products]
    else:
        measures = result.get("grade", {}).get("measures", [])
        lines = {line["item"]: line for measure in measures for line in measure.get("lines", [])}
        made = [(name, line.get("output"), line.get("output_unit", "")) for name, line in sorted(lines.items())]
    amounts = [(name, _amount(value, unit)) for name, value, unit in made]
    return tuple({"item": name, **amount} for name, amount in amounts if amount)


def _product(product: Mapping[str, Any], unit: str) -> Json:
    intensity = product.get("intensity")
    figure = {"intensity": _amount(intensity, f"{unit}/{product['unit']}")} if intensity else {}
    return {"id": str(product["id"]), "name": dict(product.get("name", {})), **figure}


def _facilities(result: Mapping[str, Any]) -> tuple[Json, ...]:
    """The units of the boundary where emissions arise; without units, the boundary itself."""
    levels = [level for level in result.get("levels", []) if level.get("kind") not in _NO_PRODUCER]
    if levels:
        return tuple({"id": str(level["id"]), "name": dict(level.get("name") or {})} for level in levels)
    site = result.get("site", {})
    return ({"id": str(site["subject"]), "name": dict(site.get("boundary") or {})},) if "subject" in site else ()


def _amount(value: object, unit: str) -> Json | None:
    return {"value": number(value), "unit": unit} if isinstance(value, str) else None


def _hex(data: bytes) -> str:
    return "0x" + data.hex()

"""The result of an evaluation: canonical JSON `result/1`, its hash, and salted commitments to its figures.

salt(name) = HMAC-SHA-256(seed, name); commitment = SHA-256(salt ‖ canonical JSON of the value); the result's hash is
the commitment named "result" to the whole document. Who holds the seed can open all of them; who holds one salt can
open one figure. The figures' root is the RFC 9162 root over the commitments in the order of `figures`.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from ledger.canonical import canonical_json
from ledger.evaluation.footprints import NO_PRODUCT, product_fields
from terminal_signer.strict import Malformed, read_json

Json = Any
CARBON_EFFICIENCY, PRODUCT_FOOTPRINT = 2, 3
EMISSION_FIGURES = ("total", "energy", "deductions", "scope1", "scope2", "scope3")
SHARES = ("coverage", "metered", "declared", "defaulted", "estimated")


def salt(seed: bytes, name: str) -> bytes:
    """The 32-byte salt of one field."""
    return hmac.new(seed, name.encode("utf-8"), hashlib.sha256).digest()


def commitment(seed: bytes, name: str, value: Json) -> bytes:
    """The salted commitment to one field's value."""
    return commit(salt(seed, name), value)


def commit(salted: bytes, value: Json) -> bytes:
    """The commitment under a known salt: how anyone checks an opening."""
    return hashlib.sha256(salted + canonical_json(value)).digest()


def figures(document: dict[str, Json]) -> list[tuple[str, Json]]:
    """The committed figures in their fixed order: emission totals, months by time, sources, bases, gases and items by
    id, level, products by id.

    What is committed to is {"name", "value", "unit"}, so that no opening passes for another figure's.
    """
    emissions, activity = document["emissions"], document["activity"]
    months, sources = sorted(emissions["by_month"].items()), sorted(emissions["by_source"].items())
    listed: list[tuple[str, Json]] = [(name, emissions[name]) for name in EMISSION_FIGURES]
    listed += [(f"by_month.{label}", value) for label, value in months]
    listed += [(f"by_source.{name}", entry["total"]) for name, entry in sources]
    for parts in ("bases", "by_gas"):
        listed += [(f"{parts}.{name}", value) for name, value in sorted(emissions.get(parts, {}).items())]
    figures = [_figure(f"emissions.{name}", value, emissions["unit"]) for name, value in listed]
    figures += [_figure(f"activity.{name}", entry["value"], entry["unit"]) for name, entry in sorted(activity.items())]
    figures.append(_figure("grade.level", document["grade"]["level"], ""))
    for product in sorted(document.get("products", []), key=lambda product: str(product["id"])):
        figures += _product(product, emissions["unit"])
    return figures


def _product(product: dict[str, Json], unit: str) -> list[tuple[str, Json]]:
    name, made = f"products.{product['id']}", product["unit"]
    return [
        _figure(f"{name}.total", product["total"], unit),
        _figure(f"{name}.quantity", product["quantity"], made),
        _figure(f"{name}.intensity", product["intensity"], f"{unit}/{made}"),
    ]


def _figure(name: str, value: Json, unit: str) -> tuple[str, Json]:
    return name, {"name": name, "value": value, "unit": unit}


@dataclass(frozen=True, slots=True)
class Result:
    """`document` is `result/1`; `seed` (32 random bytes) is kept beside it, never in it."""

    document: dict[str, Json]
    seed: bytes

    def canonical(self) -> bytes:
        """The bytes of `result.json`: the same evidence gives the same ones anywhere."""
        return canonical_json(self.document)

    def hash(self) -> bytes:
        """`resultHash` of the statement."""
        return commitment(self.seed, "result", self.document)

    def figures_root(self) -> bytes:
        """`figures` of the statement."""
        return _root([commitment(self.seed, name, value) for name, value in figures(self.document)])

    def openings(self) -> dict[str, Json]:
        """Every figure with its salt: what an enterprise may publish one by one."""
        return {
            name: {"value": value, "salt": "0x" + salt(self.seed, name).hex()} for name, value in figures(self.document)
        }

    @property
    def marks(self) -> list[str]:
        """DEMO, UNVERIFIED, REPLAYED, ILLUSTRATIVE, as far as they apply."""
        return list(self.document["marks"])

    def statement_fields(self, identifier: str = "") -> dict[str, Json]:
        """What a statement takes from the result, by the statement's attribute names. A grade by lines of products is
        no carbon-efficiency code: it stands in the result only. `identifier`: of the product or batch, for kind 3."""
        grade, efficiency = self.document["grade"], self.document["kind"] == CARBON_EFFICIENCY
        of_product = self.document["kind"] == PRODUCT_FOOTPRINT
        return {
            "result_hash": self.hash(),
            "grade": grade["grade"] or 0 if efficiency else 0,
            "grade_value": grade["value"] if efficiency else 0,
            "figures": self.figures_root(),
            **{name: self.document["quality"][name] for name in SHARES},
            **(product_fields(self.document, identifier) if of_product else NO_PRODUCT),
        }

    def difference(self, claimed: bytes) -> dict[str, str | int]:
        """The first member in which this result and a claimed one differ."""
        try:
            other: object = read_json(claimed, "result.json")
        except Malformed:
            return {"member": "-", "claimed": "?", "recomputed": "?"}
        mine: object = self.document
        path = []
        while isinstance(mine, dict) and isinstance(other, dict):
            name = next((name for name in sorted({*mine, *other}) if mine.get(name) != other.get(name)), None)
            if name is None:
                break
            path.append(name)
            mine, other = mine.get(name), other.get(name)
        return {"member": ".".join(path), "claimed": f"{other}"[:80], "recomputed": f"{mine}"[:80]}


def _root(commitments: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, over the commitments as entries."""
    if len(commitments) == 1:
        return hashlib.sha256(b"\x00" + commitments[0]).digest()
    split = 1 << (len(commitments) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _root(commitments[:split]) + _root(commitments[split:])).digest()

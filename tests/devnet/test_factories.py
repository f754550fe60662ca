"""The simulated factories: their frames, without signatures and chain, evaluate as such plants should."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from hashlib import sha256
from typing import Any

import pytest

from devnet.demo.plant import Plant, simulated_factory
from devnet.factories.names import FACTORIES
from ledger.canonical import canonical_json
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import AdmittedFrame, Rules
from ledger.language import LANGUAGES
from ledger.reports.facts import report_of
from ledger.reports.html import html
from ledger.rules.library import load_rule
from terminal_signer.document import CORRECTION, of_items
from terminal_signer.frame import Document, Frame, KeyClass, Pack
from terminal_signer.senml import Record

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    sub: str
    key_class: KeyClass
    until: int | None = None
    calibration_due: int | None = None


class Logged:
    """A factory's frames as a log would hold them, each anchored an hour after it was signed."""

    def __init__(self, plant: Plant) -> None:
        self.frames: list[AdmittedFrame] = []
        self._numbers: dict[str, int] = {}
        self._classes = {entry.sub: entry.key_class for entry in plant.facts.declarations}
        self._classes |= {meter.sub: KeyClass.METER for meter in plant.facts.meters}
        signed = {}
        for hour in plant.hours:
            for sub, batch in hour.batches.items():
                signed[sub, hour.end] = self.add(sub, Pack(batch.base_time, batch.records), hour.end)
        documents: list[tuple[int, str, Document, bytes | None]] = []
        documents += [(filed.at, filed.sub, filed.document(), None) for filed in plant.filed]
        for one in plant.corrections:
            stated = of_items(CORRECTION, (one.item,), reason=one.reason)
            documents.append((plant.period.end + 3600, plant.officer, stated, signed[one.sub, one.end]))
        for at, sub, document, corrects in sorted(documents, key=lambda entry: entry[0]):
            self.add(sub, document, at, corrects)

    def add(self, sub: str, content: Pack | Document, iat: int, corrects: bytes | None = None) -> bytes:
        number = self._numbers[sub] = self._numbers.get(sub, -1) + 1
        frame = Frame(
            raw=b"", digest=sha256(f"{sub} {number}".encode()).digest(), alg=-7, kid=sha256(sub.encode()).digest(),
            iss=sub.partition("/")[0], sub=sub, iat=iat, seq=number, prev=bytes(32), seen=None, corrects=corrects,
            content_type=112, payload=b"", protected=b"", signature=b"",
        )  # fmt: skip
        key = Key(sub, self._classes.get(sub, KeyClass.OFFICER))
        self.frames.append(AdmittedFrame(frame, content, len(self.frames), iat + 3600, key, frozenset()))
        return frame.digest


@cache
def plant(name: str) -> Plant:
    return simulated_factory(name)


@cache
def document(name: str) -> Json:
    made = plant(name)
    rules = Rules(**{role: load_rule(rule) for role, rule in made.facts.rules.items()})
    result = evaluate(made.site, rules, Logged(made).frames, made.period, seed=bytes(32), kind=made.kind)
    return result.document


@pytest.mark.parametrize("name", FACTORIES)
def test_the_year_is_gradable_and_nothing_is_left_open(name: str) -> None:
    found = document(name)
    assert 1 <= found["grade"]["grade"] <= 5
    assert found["emissions"]["incomplete"] == []
    assert found["quality"]["coverage"] > 9_700
    assert set(found["marks"]) == {"DEMO", "UNVERIFIED", "REPLAYED"}
    codes = {entry["code"] for entry in found["findings"]}
    assert codes <= {"register-rollover", "balance-open", "green-claimed-twice"}


@pytest.mark.parametrize("name", FACTORIES)
def test_each_year_has_a_correction_with_both_values_and_a_reason(name: str) -> None:
    (correction,) = document(name)["corrections"]
    (value,) = correction["values"]
    assert Fraction(value["first"]) > Fraction(value["value"])
    assert correction["reason"]


@pytest.mark.parametrize("name", FACTORIES)
def test_silence_is_a_gap_unless_a_register_bridges_it(name: str) -> None:
    gaps = document(name)["gaps"]["list"]
    assert bool(gaps) == (name != "chemicals"), gaps
    assert all(0 < gap["end"] - gap["start"] <= 24 * 3600 for gap in gaps)


@pytest.mark.parametrize("name", FACTORIES)
def test_months_were_closed_by_signature(name: str) -> None:
    assert [closing["month"][-2:] for closing in document(name)["closings"]] == [f"{at:02d}" for at in range(1, 13)]


@pytest.mark.parametrize("name", FACTORIES)
def test_levels_and_products_add_up_exactly(name: str) -> None:
    found = document(name)
    levels = {entry["id"]: entry for entry in found["levels"]}
    assert Fraction(levels["enterprise"]["total"]) == Fraction(found["emissions"]["total"])
    for entry in levels.values():
        below = [Fraction(one["total"]) for one in levels.values() if one["parent"] == entry["id"]]
        assert sum(below, Fraction(entry["shared"])) == Fraction(entry["total"]), entry["id"]
    products = [Fraction(product["total"]) for product in found["products"]]
    assert sum(products, Fraction(found["unassigned"])) == Fraction(found["emissions"]["total"])


@pytest.mark.parametrize(
    ("name", "product", "low", "high"),
    [
        ("float-glass", "clear", "0.55", "0.85"),
        ("aluminium", "metal-1", "9", "11"),
        ("steel", "hot-metal", "0.5", "0.9"),
        ("chemicals", "nitric-acid", "0.3", "0.6"),
        ("auto-filters", "oil-filter", "0.0002", "0.0005"),
    ],
)
def test_intensities_are_those_of_such_plants(name: str, product: str, low: str, high: str) -> None:
    """Tonnes of CO2e a tonne or a piece, in the range that such plants publish. The carbon of the gas that the furnaces
    hand to the power plant is not the hot metal's."""
    (found,) = [entry for entry in document(name)["products"] if entry["id"] == product]
    assert Fraction(low) < Fraction(found["intensity"]) < Fraction(high)


@pytest.mark.parametrize(("name", "unit"), [("chemicals", "urea"), ("steel", "steelmaking")])
def test_carbon_that_a_product_fixes_is_deducted_from_what_was_handed_over(name: str, unit: str) -> None:
    """A unit that makes such a product has no emission below zero for it."""
    found = document(name)
    assert Fraction(next(level for level in found["levels"] if level["id"] == unit)["total"]) > 0


def test_the_grid_companys_bills_agree_with_the_gate_meter() -> None:
    checks = document("auto-filters")["cross_checks"]
    assert [check["month"] for check in checks] == [*(f"2023-{month:02d}" for month in range(1, 13)), None]
    assert all(check["within"] and check["difference"] != "0" for check in checks)
    assert document("auto-filters")["activity"]["purchased_electricity"]["declared"] == "0"


def test_the_bands_of_the_day_are_the_moulding_shop() -> None:
    lines = [line for line in document("auto-filters")["trace"] if line["line"] == "metered"]
    parts = [Fraction(line["value"]) for line in lines if "/moulding-" in line["point"]]
    whole = [Fraction(line["value"]) for line in lines if line["point"].endswith("/moulding")]
    assert len(parts) == 36
    assert sum(parts, Fraction(0)) == sum(whole, Fraction(0)) > 0


def test_green_certificates_change_the_market_based_figure_alone() -> None:
    """INV-14 for certificates: the serial that is claimed again counts once."""
    found = document("aluminium")
    bases, green = found["emissions"]["bases"], found["green"]
    assert Fraction(bases["location"]) == Fraction(found["emissions"]["total"])
    assert Fraction(bases["market"]) < Fraction(bases["location"])
    assert (green["claimed"], green["counted"], green["refused"]) == ("144000", "132000", "12000")


def test_the_works_own_gases_are_counted_once() -> None:
    """Blast-furnace gas moves carbon from the furnaces to the power plant; the total knows it as coke alone."""
    found = document("steel")
    assert "blast_furnace_gas" not in found["emissions"]["by_source"]
    moved = {transfer["id"]: Fraction(transfer["emission"]) for transfer in found["transfers"]}
    released = next(level for level in found["levels"] if level["id"] == "power-plant")
    assert moved["blast-furnace-gas"] == Fraction(released["moved"]["coke"]) > 0


def test_a_parent_meter_is_the_sum_of_its_parts_and_losses() -> None:
    totals: dict[str, Fraction] = {}
    for hour in plant("float-glass").hours:
        for batch in hour.batches.values():
            for record in batch.records:
                _sum(totals, record)
    gate = totals["88.118.20302/EQ-0001/main"]
    parts = sum((amount for point, amount in totals.items() if "/EQ-0002/" in point), Fraction(0))
    assert parts < gate < parts * Fraction("1.02")


def _sum(totals: dict[str, Fraction], record: Record) -> None:
    if record.value is not None:
        totals[record.point] = totals.get(record.point, Fraction(0)) + Fraction(record.value)
    elif record.register is not None:
        first = totals.setdefault(f"first {record.point}", Fraction(record.register))
        totals[record.point] = Fraction(record.register) - first


@pytest.mark.parametrize("name", FACTORIES)
def test_a_report_tells_the_year_in_both_languages(name: str) -> None:
    found = document(name)
    for language in LANGUAGES:
        told = report_of(canonical_json(found), language)
        assert found["site"]["name"][language] == told.title
        page = html(told).decode()
        assert all(product["name"][language] in page for product in found["products"])

"""Certified inputs: what is claimed, what it carries, what each product takes of it – and nothing twice."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands.evaluate_inputs import Evaluated
from ledger.commands.evaluate_show import show
from ledger.evaluation.footprints import footprint_of, inputs_of
from ledger.evaluation.site import SiteError
from ledger.upstream import Input, upstream_root
from terminal_signer.frame import Document, Item, KeyClass
from tests.evaluation.plant import LAB, OFFICER, item
from tests.evaluation.press_shop import (
    BRACKET,
    FIRST,
    HOURS,
    PERIOD,
    SECOND,
    SHEET,
    SITE,
    batch,
    claim,
    footprints,
    shop,
    with_certified,
)

GRID, STEEL = Fraction("0.6205"), Fraction("2.32")
MONTH_END = 1_675_180_800  # 2023-02-01, +08:00


SPAN = PERIOD.start, PERIOD.end
NAMED = f"certified_aluminium/0x{FIRST.hex()}"


def note(*items: Item) -> Document:
    return Document("upstream-certificate", "application/pdf", bytes(32), None, items)


def found(claims: Sequence[Document], site: str = "", identifier: str = BRACKET) -> Any:
    return footprint_of(footprints(shop(claims=claims), site or with_certified()).document, identifier)


def findings(claims: Sequence[Document], site: str = "") -> list[str]:
    return [entry["code"] for entry in footprints(shop(claims=claims), site or with_certified()).document["findings"]]


def test_what_is_certified_what_is_not_and_the_process_stand_apart() -> None:
    """INV-17: together they are all that was emitted."""
    product = found([claim(FIRST, "0.12", "8532.123456"), claim(SECOND, "0.03", "6000")])
    parts = {name: Fraction(value) for name, value in product["parts"].items()}
    certified = Fraction("0.12") * Fraction("8532.123456") + Fraction("0.03") * 6000
    assert parts == {"certified": certified, "secondary": SHEET * STEEL, "own": 96 * GRID}
    assert product["inputs"] == [
        {"account": "0x" + FIRST.hex(), "quantity": "120", "unit": "t", "footprint": "8532123456"},
        {"account": "0x" + SECOND.hex(), "quantity": "30", "unit": "t", "footprint": "6000000000"},
    ]
    assert int(product["value"]) * int(product["quantity"]) >= sum(parts.values()) * 10**9


def test_the_statement_commits_to_the_inputs() -> None:
    """INV-14: by the root that the product ledger computes."""
    result = footprints(shop(claims=[claim(FIRST, "0.12", "8532"), claim(SECOND, "0.03", "6000")]), with_certified())
    inputs = [Input(int.from_bytes(FIRST, "big"), 120), Input(int.from_bytes(SECOND, "big"), 30)]
    assert inputs_of(footprint_of(result.document, BRACKET)) == inputs
    assert result.statement_fields(BRACKET)["upstream_root"] == upstream_root(inputs)
    assert footprints(shop(), with_certified()).statement_fields(BRACKET)["upstream_root"] == bytes(32)


def test_claims_on_one_account_are_one_input() -> None:
    january = claim(FIRST, "0.1", "8000", end=MONTH_END)
    product = found([january, claim(FIRST, "0.021", "8000", start=MONTH_END)])
    assert [part["quantity"] for part in product["inputs"]] == ["121"]


def test_goods_that_carry_nothing_are_used_up_as_well() -> None:
    """INV-14: or they could be used again."""
    assert [part["quantity"] for part in found([claim(FIRST, "0.1", "0")])["inputs"]] == ["100"]


def test_batches_share_what_was_claimed_and_never_take_more() -> None:
    """INV-14: by the shares that parted the emission."""
    site = with_certified(
        SITE + batch("B1", "2023-01-31", "2023-02-01", "100") + batch("B2", "2023-01-31", "2023-02-01", "380")
    )
    claims = [claim(FIRST, "0.1", "8000", end=MONTH_END), claim(FIRST, "0.101", "9000", start=MONTH_END)]
    taken = [int(found(claims, site, f"{BRACKET}/{name}")["inputs"][0]["quantity"]) for name in ("B1", "B2")]
    assert taken == [201 * 100 // 480, 201 * 380 // 480]
    assert sum(taken) <= 201


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 10**6), st.integers(0, 10**10)), max_size=6),
    st.integers(1, 479),
)
def test_a_product_never_carries_less_than_its_inputs(claims: list[tuple[int, int, int]], first: int) -> None:
    """INV-14: what the contract demands of a mint holds for every result, whatever was parted and rounded."""
    documents = [
        claim(bytes([name]) * 32, f"{quantity / 1000:.3f}", str(Fraction(footprint, 10**6).limit_denominator(1)))
        for name, quantity, footprint in claims
    ]
    site = (
        SITE
        + batch("B1", "2023-01-31", "2023-02-01", str(first))
        + batch("B2", "2023-01-31", "2023-02-01", str(480 - first))
    )
    document = footprints(shop(claims=documents), with_certified(site)).document
    for name in ("B1", "B2"):
        product = footprint_of(document, f"{BRACKET}/{name}")
        carried = Fraction(product["parts"]["certified"])
        assert int(product["quantity"]) * int(product["value"]) >= carried * 10**9
    claimed: dict[int, int] = {}
    for account, quantity, _ in claims:
        claimed[account] = claimed.get(account, 0) + quantity
    taken: dict[int, int] = {}
    for name in ("B1", "B2"):
        for part in footprint_of(document, f"{BRACKET}/{name}")["inputs"]:
            key = int(part["account"][2:4], 16)
            taken[key] = taken.get(key, 0) + int(part["quantity"])
    assert all(taken.get(key, 0) <= quantity for key, quantity in claimed.items())


@pytest.mark.parametrize(
    "document",
    [
        claim(FIRST, "0.1234", "8000"),  # the ledger has thousandths
        claim(FIRST, "0", "8000"),
        claim(FIRST, "-1", "8000"),
        claim(FIRST, "0.1", "-1"),
        claim(FIRST, "0.1", "0.0000001"),
        claim(FIRST, "1e24", "1"),
        claim(bytes(32), "0.1", "8000"),
        note(item(NAMED, "1", "t", *SPAN)),
        note(item(f"{NAMED}.footprint", "1", "kg{CO2e}/t", *SPAN)),
        note(item(NAMED, "1", "t", *SPAN), item(f"{NAMED}.footprint", "1", "kg{CO2e}/kWh", *SPAN)),
        note(item(NAMED, "1", "t", *SPAN), item(f"{NAMED}.footprint", "1", "kg{CO2e}/t", PERIOD.start, MONTH_END)),
        note(item("certified_aluminium", "1", "t", *SPAN), item(f"{NAMED}.footprint", "1", "kg{CO2e}/t", *SPAN)),
        note(item(NAMED[:-1], "1", "t", *SPAN)),
        note(),
    ],
)  # fmt: skip
def test_what_is_no_claim_does_not_count_and_is_told(document: Document) -> None:
    """INV-18."""
    assert "upstream-unreadable" in findings([document])
    assert found([document])["inputs"] == []


def test_one_note_may_claim_of_several_accounts_and_twice_of_none() -> None:
    """INV-14: an account that stands twice over the same time is one claim too many."""
    both = note(*claim(FIRST, "0.1", "8000").items, *claim(SECOND, "0.2", "6000").items)
    assert [part["quantity"] for part in found([both])["inputs"]] == ["100", "200"]
    twice = note(*claim(FIRST, "0.1", "8000").items, *claim(FIRST, "0.2", "8000").items)
    assert [part["quantity"] for part in found([twice])["inputs"]] == ["100"]
    assert "upstream-unreadable" in findings([twice])


def test_goods_in_another_unit_than_the_input_do_not_count() -> None:
    assert "unit-differs" in findings([claim(FIRST, "5", "3", unit="m3")])
    assert found([claim(FIRST, "5", "3", unit="m3")])["inputs"] == []


def test_an_amount_without_an_account_counts_for_nothing() -> None:
    """INV-14: a plain declaration burns nothing, so that it carries nothing of a certificate."""
    log = shop()
    log.declare(item("certified_aluminium", "1", "t", PERIOD.start, PERIOD.end))
    document = footprints(log, with_certified()).document
    assert "not-entitled" in [entry["code"] for entry in document["findings"]]
    assert footprint_of(document, BRACKET)["parts"]["certified"] == "0"


@pytest.mark.parametrize(("sub", "key_class"), [(LAB, KeyClass.LABORATORY), (OFFICER, KeyClass.METER)])
def test_only_the_office_that_the_plan_names_may_claim(sub: str, key_class: KeyClass) -> None:
    log = shop()
    log.add(claim(FIRST, "0.1", "8000"), sub, key_class)
    document = footprints(log, with_certified()).document
    assert "not-entitled" in [entry["code"] for entry in document["findings"]]
    assert footprint_of(document, BRACKET)["inputs"] == []


def test_a_claim_outside_of_the_period_is_another_period_s() -> None:
    assert found([claim(FIRST, "0.1", "8000", start=PERIOD.start - 3600)])["inputs"] == []


def test_what_is_claimed_counts_as_declared() -> None:
    """INV-23: no meter saw it."""
    quality = found([claim(FIRST, "100", "8000")])["quality"]
    assert quality["declared"] > 9_900
    assert quality["metered"] < 100


@pytest.mark.parametrize("name", ["steel_bf_bof", "electricity"])
def test_a_plan_takes_certified_goods_only_where_the_method_counts_them(name: str) -> None:
    site = with_certified().replace('"certified_aluminium"', f'"{name}"')
    with pytest.raises(SiteError):
        footprints(shop(), site)


def test_the_result_lists_the_claims() -> None:
    document = footprints(shop(claims=[claim(FIRST, "0.12", "8532.1")]), with_certified()).document
    (line,) = document["upstream"]
    assert (line["account"], line["item"], line["quantity"], line["unit"], line["footprint"]) == (
        "0x" + FIRST.hex(), "certified_aluminium", "0.12", "t", "8532.1",
    )  # fmt: skip
    assert line["index"] == len(HOURS) * 2 + 1


def test_people_see_what_a_certificate_would_say(capsys: pytest.CaptureFixture[str]) -> None:
    result = footprints(shop(claims=[claim(FIRST, "0.12", "8532.123456")]), with_certified())
    show(Evaluated(result, "bundle"), "en", trace=False)
    assert (
        f"{BRACKET}  3.707131 kgCO2e/piece × 480: certified upstream 57.5 %, secondary 39.1 %"
        in capsys.readouterr().out
    )
    show(Evaluated(result, "bundle"), "zh", trace=False)
    assert "有证上游 57.5 %" in capsys.readouterr().out

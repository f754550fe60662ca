"""What would lift a grade, from the result document alone."""

import json
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.units import Quantity
from ledger.evaluation.regrade import grade_again
from ledger.evaluation.reread import Reread, reread
from ledger.evaluation.result import Result
from ledger.evaluation.what_if import Outlook, WhatIfError, outlook, read_change, try_changes
from ledger.grading.assess import Graders
from ledger.grading.benchmarks import parse_benchmarks
from ledger.grading.grade import Grade
from ledger.grading.scheme import parse_scheme
from terminal_signer.errors import CarbonError
from terminal_signer.strict import Malformed
from tests.evaluation.plant import ELECTRICITY_ONLY, OFFICER, RULES, Log, item, result, whole
from tests.evaluation.test_grading import LINES, kiln, smelter

GRADERS = Graders(parse_scheme(RULES.scheme or b""), parse_benchmarks(RULES.benchmarks or b""))
LINE_SCHEME, LINE_SET = parse_scheme(LINES.scheme or b""), parse_benchmarks(LINES.benchmarks or b"")
RESULT = result(whole(), kind=2)
DOCUMENT = json.loads(RESULT.canonical())


def look(found: Result = RESULT) -> Outlook:
    return outlook(reread(found.canonical()), GRADERS)


def changed(*texts: str, found: Result = RESULT) -> tuple[Reread, Grade]:
    return try_changes(reread(found.canonical()), GRADERS, [read_change(text) for text in texts])


def electric(value_added: str, sources: str = "") -> Result:
    """A plant that buys 72 kWh and nothing else: 41.0616 kgCO2."""
    log = Log().power()
    log.declare(item("value_added", value_added, "{CNY}"))
    declaration = f'\n[[declaration]]\nitem = "value_added"\nsub = "{OFFICER}"\nclass = "officer"\n'
    return result(log, ELECTRICITY_ONLY + declaration + sources, 2)


@pytest.mark.parametrize("value_added", ["20000", "1000000", "-5"])
def test_a_document_read_back_gives_the_grade_that_it_states(value_added: str) -> None:
    found = result(whole(value_added), kind=2)
    again, stated = grade_again(reread(found.canonical()), GRADERS), found.document["grade"]
    assert (again.grade, again.reason, again.value) == (stated["grade"], stated["reason"], stated["value"])


def test_following_a_way_to_the_letter_reaches_the_grade_and_not_a_hair_less() -> None:
    seen = look()
    measure = seen.graded.measures[0]
    assert [way.grade for way in seen.ways] == [3, 2, 1]
    for way in seen.ways:
        assert measure.grade_of(measure.numerator - way.less) == way.grade
        assert measure.grade_of(measure.numerator - way.less + Fraction(1, 10**9)) == way.grade + 1
        assert way.percent == way.less * 100 / measure.numerator
        assert way.share == way.percent


def test_more_value_added_alone_reaches_the_bound_exactly() -> None:
    seen, base = look(), reread(RESULT.canonical())
    before = base.case.items["value_added"]
    for way in seen.ways:
        assert way.more is not None
        for factor, grade in ((Fraction(1), way.grade), (Fraction(999_999, 1_000_000), way.grade + 1)):
            value = before.value * (1 + way.more / 100) * factor
            items = {**base.case.items, "value_added": Quantity(value, before.unit)}
            assert grade_again(replace(base, case=replace(base.case, items=items)), GRADERS).grade == grade


def test_zero_carbon_electricity_that_reaches_a_grade() -> None:
    """K 1.2166 of 41.0616 kg: 1.2 needs 0.5616 kg less, at 0.5703 kg/kWh one whole kWh; as a declaration it does so."""
    seen = look(electric("75"))
    assert (seen.graded.grade, seen.ways[0].electricity) == (4, Fraction(1))
    sources = (
        f'\n[[declaration]]\nitem = "zero_carbon_electricity"\nsub = "{OFFICER}"\nclass = "officer"\n'
        '\n[[source]]\nid = "zero_carbon_electricity"\n'
    )
    log = Log().power()
    log.declare(item("value_added", "75", "{CNY}"), item("zero_carbon_electricity", "1", "kWh"))
    declaration = f'\n[[declaration]]\nitem = "value_added"\nsub = "{OFFICER}"\nclass = "officer"\n'
    assert result(log, ELECTRICITY_ONLY + declaration + sources, 2).document["grade"]["grade"] == 3


def test_no_more_zero_carbon_electricity_than_is_bought() -> None:
    """The plant's 0.4 t of electricity cannot make up for 0.6 t."""
    assert look().ways[0].electricity is None
    assert look(electric("75")).ways[-1].electricity is not None


def test_a_result_of_energy_is_read_back_too() -> None:
    """Its electricity has a factor, but none of carbon: there is no zero-carbon electricity to speak of."""
    found = reread(json.dumps(kiln("0.08")).encode())
    assert found.grid is None
    assert [way.of for way in outlook(found, Graders(LINE_SCHEME, LINE_SET)).ways] == ["total"]
    assert reread(RESULT.canonical()).grid == Fraction("0.0005703")


def test_the_best_grade_has_no_way_up_and_a_refused_one_none_at_all() -> None:
    best, refused = look(result(whole("1000000"), kind=2)), look(result(whole("0"), kind=2))
    assert (best.graded.grade, best.ways) == (1, ())
    assert (refused.graded.reason, refused.ways) == ("value-added-not-positive", ())


def test_sources_stand_by_their_weight() -> None:
    weights = look().weights
    assert [weight.source.id for weight in weights] == ["purchased_heat", "purchased_electricity", "natural_gas"]
    assert sum(weight.percent for weight in weights) == 100


@pytest.mark.parametrize(
    ("change", "grade"),
    [("purchased_heat=-5%", 4), ("purchased_heat=-10%", 3), ("purchased_heat=-0.72", 3), ("value_added=+7%", 3),
     ("value_added=+2000", 3), ("purchased_electricity=-100%", 4), ("purchased_heat=+100%", 5)],
)  # fmt: skip
def test_changes_are_tried_without_writing_anything(change: str, grade: int) -> None:
    before = RESULT.canonical()
    assert changed(change)[1].grade == grade
    assert RESULT.canonical() == before


def test_a_change_is_what_evaluating_the_changed_evidence_gives() -> None:
    """Ten per cent less heat, tried and really declared: the same K to the last digit."""
    log = Log().power().gas()
    log.declare(item("purchased_heat", "90", "GJ"), item("value_added", "20000", "{CNY}"))
    really = result(log, kind=2).document
    tried, graded = changed("purchased_heat=-10%")
    assert graded.ratio is not None
    assert reread(result(log, kind=2).canonical()).case == tried.case
    assert graded.value == really["grade"]["value"]


def test_a_change_moves_the_item_of_a_line_too() -> None:
    """13,333 kWh/t: ten per cent less electricity reaches the benchmark."""
    graders = Graders(LINE_SCHEME, LINE_SET)
    base = reread(smelter("5.4").canonical())
    assert grade_again(base, graders).grade == 2
    assert try_changes(base, graders, [read_change("purchased_electricity=-10%")])[1].grade == 1
    way = outlook(base, graders).ways[0]
    assert (way.of, way.unit, way.more, way.electricity) == ("purchased_electricity", "kWh", None, None)
    assert way.less == Fraction(72) - Fraction("70.2")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("heat", "is no change"), ("heat=10 %", "is no change"), ("=-10%", "is no change"), ("a=--1", "is no change"),
        ("steam=-10%", "no source or item"), ("purchased_heat=-101%", "more than 100 %"),
        ("purchased_heat=-12", "more than 100 %"), ("diesel=-10%", "no source or item"),
        ("x" * 81 + "=1", "is no change"), ("a=" + "1" * 300, "is no change"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_tried_is_refused(change: str, message: str) -> None:
    with pytest.raises(WhatIfError, match=message):
        changed(change)


MISSING = [
    ("emissions",), ("emissions", "energy"), ("emissions", "by_source"), ("activity", "value_added", "unit"),
    ("grade",), ("period", "offset"), ("site", "industry"), ("rules", "scheme", "sha256"), ("kind",), ("trace",),
    ("uncertainty", "amounts"), ("marks",), ("emissions", "by_source", "natural_gas", "name"),
]  # fmt: skip


@pytest.mark.parametrize("path", MISSING, ids=".".join)
@pytest.mark.parametrize("value", ["absent", None, True], ids=repr)
def test_a_damaged_document_is_malformed(path: tuple[str, ...], value: Any) -> None:
    document = json.loads(RESULT.canonical())
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    if value == "absent":
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    with pytest.raises(Malformed):
        reread(json.dumps(document).encode())


def test_sources_that_do_not_add_up_are_malformed() -> None:
    document = json.loads(RESULT.canonical())
    document["emissions"]["by_source"]["natural_gas"]["total"] = "1"
    with pytest.raises(Malformed, match="add up"):
        reread(json.dumps(document).encode())


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_no_result(data: bytes) -> None:
    """INV-18."""
    with pytest.raises(CarbonError):
        reread(data)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@settings(deadline=None, max_examples=60)
@given(ANY_JSON, st.sampled_from(sorted(DOCUMENT)))
def test_any_json_in_any_member_is_a_result_or_malformed(value: Any, member: str) -> None:
    """INV-18: nothing but our own errors comes out of a result file."""
    with suppress(CarbonError):
        outlook(reread(json.dumps(DOCUMENT | {member: value}).encode()), GRADERS)

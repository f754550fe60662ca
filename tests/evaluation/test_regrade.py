"""Grading a closed result again: a new document beside the old one."""

import hashlib
import json
from typing import Any

import pytest

from ledger.canonical import canonical_json
from ledger.evaluation.inputs import Rules
from ledger.evaluation.regrade import regrade
from ledger.evaluation.reread import reread
from ledger.grading.benchmarks import BenchmarksError
from ledger.grading.grade import GradingError
from tests.evaluation.plant import RULES, Log, hour, item, result, whole
from tests.evaluation.test_grading import LINES, smelter

MEANS, SCHEME = RULES.benchmarks or b"", RULES.scheme or b""
RESULT = result(whole(), kind=2)
OLD = RESULT.canonical()


def new_means(value: str = "9", **changes: str) -> bytes:
    """A later edition: another mean, other texts."""
    text = MEANS.decode().replace('value = "4.5"', f'value = "{value}"').replace("for the demo, 2022", "again")
    for old, new in changes.items():
        text = text.replace(old, new)
    return text.encode()


def test_a_new_document_stands_beside_the_old_one() -> None:
    """INV-15: re-grading gives a new result that names the old one; the old one's bytes stay."""
    new = regrade(OLD, SCHEME, new_means())
    assert RESULT.canonical() == OLD
    assert new["regrades"] == "0x" + hashlib.sha256(OLD).hexdigest()
    assert (RESULT.document["grade"]["grade"], new["grade"]["grade"]) == (4, 2)
    assert new["rules"]["benchmarks"]["sha256"] == "0x" + hashlib.sha256(new_means()).hexdigest()
    assert new["grade"]["benchmarks"] == new["rules"]["benchmarks"]
    assert new["grade"]["mean"]["value"] == "9"


def test_nothing_but_the_grade_and_its_rules_changes() -> None:
    new = regrade(OLD, SCHEME, new_means())
    changed = {name for name in new if new[name] != RESULT.document.get(name)}
    assert changed == {"rules", "grade", "regrades"}
    assert {role for role in new["rules"] if new["rules"][role] != RESULT.document["rules"][role]} == {"benchmarks"}


def test_grading_again_is_evaluating_by_the_new_rules() -> None:
    """The same evidence under the new rules gives the very grade that re-grading gives."""
    rules = Rules(RULES.method, RULES.factors, SCHEME, new_means())
    assert regrade(OLD, SCHEME, new_means())["grade"] == result(whole(), kind=2, rules=rules).document["grade"]


def test_publishing_a_new_set_does_not_move_a_closed_result() -> None:
    """INV-15: a later mean, scheme or factor set has a hash of its own; by the bytes that the result names, the same
    evidence gives the same result to the last byte, and by the new ones visibly another."""
    factors = RULES.factors.replace(b'value = "0.5703"', b'value = "0.4"')
    assert factors != RULES.factors
    for later in (
        Rules(RULES.method, factors, SCHEME, MEANS),
        Rules(RULES.method, RULES.factors, SCHEME, new_means()),
        Rules(RULES.method, RULES.factors, SCHEME.replace(b'up_to = "1.2"', b'up_to = "1.3"'), MEANS),
    ):
        other = result(whole(), kind=2, rules=later).document
        assert other["rules"] != RESULT.document["rules"]
        assert result(whole(), kind=2).canonical() == OLD


def test_a_result_can_be_graded_again_and_again() -> None:
    first = canonical_json(regrade(OLD, SCHEME, new_means()))
    second = regrade(first, SCHEME, new_means("3"))
    assert second["regrades"] == "0x" + hashlib.sha256(first).hexdigest()
    assert second["grade"]["grade"] == 4
    back = regrade(first, SCHEME, MEANS)
    assert back["grade"] == RESULT.document["grade"]


def test_a_pretty_printed_copy_is_the_same_result() -> None:
    copy = json.dumps(json.loads(OLD), indent=2).encode()
    assert regrade(copy, SCHEME, new_means()) == regrade(OLD, SCHEME, new_means())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"years = [2022, 2022]": "years = [2023, 2023]"}, "does not apply to the result's period"),
        ({"year = 2022": "year = 2021"}, "no mean of C3130 in 2022"),
        ({'industry = "C3130"': 'industry = "C3041"'}, "no mean of C3130 in 2022"),
    ],
)
def test_a_mean_of_another_period_or_industry_is_refused(changes: dict[str, str], message: str) -> None:
    with pytest.raises(GradingError, match=message):
        regrade(OLD, SCHEME, new_means("9", **changes))


def test_the_very_rules_of_the_result_are_no_new_grade() -> None:
    with pytest.raises(GradingError, match="exactly these rules"):
        regrade(OLD, SCHEME, MEANS)


def test_a_result_that_was_never_graded_is_refused() -> None:
    """Its gaps and blind meters were never weighed."""
    with pytest.raises(GradingError, match="never graded"):
        regrade(result(whole()).canonical(), SCHEME, MEANS)


def test_kinds_of_grades_are_not_exchanged() -> None:
    assert LINES.scheme is not None
    assert LINES.benchmarks is not None
    with pytest.raises(GradingError, match="does not fit a result of kind 2"):
        regrade(OLD, LINES.scheme, LINES.benchmarks)
    with pytest.raises(GradingError, match="does not fit a result of kind 1"):
        regrade(smelter("5").canonical(), SCHEME, MEANS)


def test_a_broken_rule_file_has_its_own_error() -> None:
    with pytest.raises(BenchmarksError):
        regrade(OLD, SCHEME, b"garbage")


def test_lines_are_graded_again_from_the_lines_that_the_result_used() -> None:
    assert LINES.scheme is not None
    assert LINES.benchmarks is not None
    old = smelter("5.4").canonical()
    stricter = LINES.benchmarks.replace(b'["13000", "13350"]', b'["12800", "13000"]')
    new = regrade(old, LINES.scheme, stricter)
    assert (json.loads(old)["grade"]["grade"], new["grade"]["grade"]) == (2, 3)


@pytest.mark.parametrize("reason", ["no-data", "too-many-gaps"])
def test_missing_data_that_refused_a_grade_refuse_it_again(reason: str) -> None:
    """A gap does not become a grade by a later scheme."""
    log = Log()
    if reason == "too-many-gaps":
        log.power().gas()
        log.frames = [entry for at, entry in enumerate(log.frames) if at > 30 or at < 5]
    log.add(hour(1_643_558_400, "1.5"))
    log.declare(item("purchased_heat", "1", "GJ"), item("value_added", "20000", "{CNY}"))
    old = result(log, kind=2)
    assert old.document["grade"]["reason"] == reason
    assert regrade(old.canonical(), SCHEME, new_means())["grade"]["reason"] == reason


def test_marks_stay_and_new_ones_come() -> None:
    """A checked scheme does not clean a result; an unchecked one marks it."""
    clean: Any = json.loads(OLD)
    clean["marks"] = ["ILLUSTRATIVE"]
    unchecked = SCHEME.replace(b"text_checked = true", b"text_checked = false")
    new = regrade(canonical_json(clean), unchecked, new_means())
    assert new["marks"] == ["DEMO", "UNVERIFIED", "ILLUSTRATIVE"]
    assert reread(canonical_json(new)).marks == {"DEMO", "UNVERIFIED", "ILLUSTRATIVE"}

"""Projections: the same results as from frames, nothing altered unseen, one month's correction in that month alone."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.method import parse_method
from ledger.accounting.method_rules import DataRules
from ledger.evaluation.calendar import months
from ledger.evaluation.evaluate import evaluate_source
from ledger.evaluation.gathering import whole as at_once
from ledger.evaluation.inputs import Period
from ledger.evaluation.projection import Projection, ProjectionError, certifiable, differences, project
from ledger.evaluation.site import Site, parse_site
from tests.evaluation.plant import GAS, HOURS, PERIOD, POWER, RULES, SEED, SITE, Log, hour, result, whole
from tests.evaluation.test_gathering import CASES, by_terminal

PLAN = parse_site(SITE.encode())
DATA_RULES = parse_method(RULES.method).data_rules


def projected(log: Log, site: Site = PLAN, rules: DataRules = DATA_RULES, period: Period = PERIOD) -> Projection:
    return project(at_once(log.frames), site, rules, period)


@pytest.mark.parametrize("kind", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_a_projection_gives_the_result_that_its_frames_give(name: str, kind: int) -> None:
    """INV-16: byte for byte."""
    log = whole()
    CASES[name].change(log)
    again = evaluate_source(SITE.encode(), RULES, projected(log), PERIOD, seed=SEED, kind=kind)
    assert again.canonical() == result(log, kind=kind).canonical()


@pytest.mark.parametrize("name", CASES)
def test_a_projection_is_the_same_whichever_way_frames_come(name: str) -> None:
    log = whole()
    CASES[name].change(log)
    grouped = project(by_terminal(log), PLAN, DATA_RULES, PERIOD)
    assert (differences(grouped, projected(log)), grouped.root()) == ([], projected(log).root())


def test_other_factors_and_schemes_read_no_frame() -> None:
    """The projection alone: what it was made from is not at hand any more."""
    log = whole()
    kept = projected(log)
    for rules in (replace(RULES, method=RULES.method.replace(b'rule = "report"', b'rule = "highest-rate"')), RULES):
        assert (
            evaluate_source(SITE.encode(), rules, kept, PERIOD, seed=SEED, kind=2).canonical()
            == result(log, kind=2, rules=rules).canonical()
        )


def test_a_correction_of_one_month_does_not_touch_the_others() -> None:
    log = whole()
    before = projected(log)
    log.add(hour(HOURS[30], "9"), corrects=log.frames[30])
    after = projected(log)
    assert before.points[POWER][0] == after.points[POWER][0]
    assert before.points[POWER][1] != after.points[POWER][1]
    assert before.points[GAS] == after.points[GAS]
    assert differences(replace(before, subject=after.subject), after) == [f"{POWER} 1", "rest"]


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_every_altered_byte_is_found_before_certifying() -> None:
    """INV-15: by its root, and without it by the frames."""
    log = whole()
    kept, evidence = projected(log), at_once(log.frames)
    certifiable(kept, evidence, PLAN, DATA_RULES)
    altered = [
        replace(kept, points={**kept.points, point: (*months[:at], _flip(months[at], byte), *months[at + 1 :])})
        for point, months in kept.points.items()
        for at in range(len(months))
        for byte in range(len(months[at]))
    ]
    altered += [replace(kept, rest=_flip(kept.rest, at)) for at in range(len(kept.rest))]
    altered += [replace(kept, points={POWER: kept.points[POWER]})]
    assert len({projection.root() for projection in altered} | {kept.root()}) == len(altered) + 1
    for projection in altered[:: len(altered) // 40]:
        with pytest.raises(ProjectionError, match="not what the frames say"):
            certifiable(projection, evidence, PLAN, DATA_RULES)


OTHER: dict[str, Callable[[Log], Projection]] = {
    "site file": lambda log: projected(log, replace(PLAN, sha256=sha256(b"other").digest())),
    "rules for data": lambda log: projected(log, rules=replace(DATA_RULES, flags={**DATA_RULES.flags, "late": "keep"})),
    "period": lambda log: projected(log, period=Period(PERIOD.start, PERIOD.end - 86_400)),
    "list of points": lambda log: replace(projected(log), points={}),
}


@pytest.mark.parametrize("what", OTHER)
def test_a_projection_of_something_else_is_refused(what: str) -> None:
    kept = OTHER[what](whole())
    with pytest.raises(ProjectionError, match=f"another {what}"):
        evaluate_source(SITE.encode(), RULES, kept, PERIOD, seed=SEED, kind=1)


@pytest.mark.parametrize("change", ["time", "flag", "lost"])
def test_the_frames_as_they_were_judged_are_part_of_it(change: str) -> None:
    """A frame anchored at another time, or without its flag, is other evidence, even where no amount differs."""
    log = whole()
    before = projected(log).subject
    entry = log.frames[3]
    if change == "time":
        log.frames[3] = replace(entry, anchored_at=entry.anchored_at + 1)
    elif change == "flag":
        log.frames[3] = replace(entry, flags=frozenset(["seen"]))
    else:
        log.frames.pop()
    assert projected(log).subject != before


@cache
def small() -> Projection:
    return projected(Log().power(HOURS[:3]))


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 1))
def test_garbage_is_refused_by_name(data: bytes, where: int) -> None:
    kept = small()
    garbled = replace(kept, rest=data) if where else replace(kept, points={**kept.points, POWER: (data, data)})
    with pytest.raises(ProjectionError):
        garbled.gathered(PLAN, DATA_RULES, months(PERIOD.start, PERIOD.end, PLAN.offset))

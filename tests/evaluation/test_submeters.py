"""Sub-meters: parted, never summed with their parent; what is refused, what is a finding."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.engine import Engine
from ledger.accounting.factors import parse_factors
from ledger.accounting.method import parse_method
from ledger.evaluation.activity import Activity, gather
from ledger.evaluation.calendar import months
from ledger.evaluation.findings import Findings
from ledger.evaluation.gathering import gather_frames, whole
from ledger.evaluation.site import SiteError, parse_site
from ledger.evaluation.submeters import Submeters
from tests.evaluation.plant import ELECTRICITY_ONLY, HOURS, METER, PERIOD, POWER, RULES, Log, hour, result

FIRST, SECOND = f"{METER}/hall-1", f"{METER}/hall-2"
POINT = f'id = "{POWER}"\n'


def point(identity: str, *lines: str, item: str = "purchased_electricity", unit: str = "kWh") -> str:
    head = f'\n[[meter.point]]\nid = "{identity}"\nitem = "{item}"\nunit = "{unit}"\nkind = "amount"\n'
    return head + "".join(line + "\n" for line in lines)


def site(*points: str, main: str = "") -> str:
    """The plant's one meter with more points behind its first one, which gets the lines `main`."""
    text = ELECTRICITY_ONLY.replace(POINT, POINT + main)
    return text.replace('kind = "amount"\n', 'kind = "amount"\n' + "".join(points), 1)


HALLS = site(point(FIRST, f'parent = "{POWER}"'), point(SECOND, f'parent = "{POWER}"'))


def log(first: str, second: str, main: str = "1.5") -> Log:
    found = Log().power(value=main)
    for start in HOURS:
        found.add(hour(start, first, FIRST))
        found.add(hour(start, second, SECOND))
    return found


def findings(document: dict[str, Any]) -> list[tuple[str, str, dict[str, str]]]:
    return [(entry["code"], entry["place"], entry.get("figures", {})) for entry in document["findings"]]


def test_sub_meters_are_never_added_to_their_parent() -> None:
    document = result(log("0.5", "0.75"), HALLS).document
    assert document["activity"]["purchased_electricity"]["value"] == "72"
    assert document["quality"]["coverage"] == 10_000
    assert findings(document) == []
    lines = {(line["point"], line["month"]): line for line in document["trace"] if line["line"] == "metered"}
    assert "adds" not in lines[POWER, "2022-01"]
    assert lines[FIRST, "2022-01"]["adds"] is False
    assert lines[FIRST, "2022-01"]["value"] == "12"


def activity(found: Log, text: str) -> Activity:
    plan, engine = parse_site(text.encode()), Engine(parse_method(RULES.method), parse_factors(RULES.factors))
    span = months(PERIOD.start, PERIOD.end, plan.offset)
    gathered = gather_frames(whole(found.frames), plan, engine.method.data_rules, span)
    return gather(plan, engine, gathered, span, Findings())


def test_the_remainder_of_a_month_is_known() -> None:
    entries = activity(log("0.5", "0.75"), HALLS)
    sums = Submeters(entries.tree, entries.points)
    unit = entries.items["purchased_electricity"].unit.scale / entries.points[0].point.unit.scale
    assert [sums.remainder(POWER, at) * unit for at in (0, 1)] == [6, 6]
    assert [sums.amount(FIRST, at) * unit for at in (0, 1)] == [12, 12]
    assert entries.tree.children(POWER) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("second", "main", "exceeds"),
    [
        ("1", "", False),
        ("1.02", "", False),
        ("1.03", "", False),  # 1.53 of 1.5: exactly 2 %
        ("1.04", "", True),
        ("1.03", 'tolerance = "1"\n', True),
        ("1.04", 'tolerance = "3"\n', False),
    ],
)
def test_sub_meters_that_exceed_their_parent_are_a_finding(second: str, main: str, exceeds: bool) -> None:
    text = site(point(FIRST, f'parent = "{POWER}"'), point(SECOND, f'parent = "{POWER}"'), main=main)
    document = result(log("0.5", second), text).document
    both = [f"{POWER} 2022-01", f"{POWER} 2022-02"]
    codes = {code for code, _, _ in findings(document)}
    assert codes == ({"children-exceed-parent"} if exceeds else set())
    assert [place for _, place, _ in findings(document)] == (both if exceeds else [])
    assert document["activity"]["purchased_electricity"]["value"] == "72"


def test_the_finding_shows_both_sums() -> None:
    _, place, figures = findings(result(log("0.5", "1.04"), HALLS).document)[0]
    assert (place, figures) == (f"{POWER} 2022-01", {"parent": "36", "children": "36.96", "unit": "kWh"})


TOU = site(point(FIRST, f'parent = "{POWER}"', 'tou = "peak"'), point(SECOND, f'parent = "{POWER}"', 'tou = "valley"'))


@pytest.mark.parametrize(("valley", "differs"), [("1", False), ("1.000001", True), ("0.999999", True)])
def test_bands_of_the_day_add_up_exactly(valley: str, differs: bool) -> None:
    document = result(log("0.5", valley), TOU).document
    assert [code for code, _, _ in findings(document)] == ["tou-differs"] * (2 if differs else 0)
    assert document["activity"]["purchased_electricity"]["value"] == "72"


def changed(since: str = "2022-02-01", until: str = "2022-01-31", *lines: str) -> str:
    return site(point(FIRST, f'since = "{since}"', f'replaces = "{POWER}"', *lines), main=f'until = "{until}"\n')


def test_a_changed_meter_joins_without_gap_or_overlap() -> None:
    found = Log().power(HOURS[:24])
    for start in HOURS[24:]:
        found.add(hour(start, "1.5", FIRST))
    document = result(found, changed()).document
    assert document["activity"]["purchased_electricity"]["value"] == "72"
    assert (document["gaps"]["list"], document["quality"]["coverage"], document["findings"]) == ([], 10_000, [])


def test_the_sub_meters_of_a_changed_meter_are_held_against_both() -> None:
    text = changed().replace('replaces = "', f'replaces = "{POWER}"\n' + point(SECOND, f'parent = "{FIRST}"') + '#"')
    found = Log().power(HOURS[:24])
    for start in HOURS:
        found.add(hour(start, "1.5", SECOND))
    for start in HOURS[24:]:
        found.add(hour(start, "1.5", FIRST))
    document = result(found, text).document
    assert (document["activity"]["purchased_electricity"]["value"], document["findings"]) == ("72", [])


PARENT = f'parent = "{POWER}"'
REFUSED: dict[str, tuple[str, str, str]] = {
    "an unknown parent": (site(point(FIRST, f'parent = "{METER}/x"')), "no point", "parent"),
    "itself as parent": (site(point(FIRST, f'parent = "{FIRST}"')), "in a circle", "parent"),
    "a circle": (
        site(point(FIRST, f'parent = "{SECOND}"'), point(SECOND, f'parent = "{FIRST}"')), "in a circle", "parent",
    ),
    "INV-11 another item than the parent": (site(point(FIRST, PARENT, item="purchased_heat")), "stands for", "parent"),
    "another unit than the parent": (site(point(FIRST, PARENT, unit="MWh")), "stands for", "parent"),
    "one band only": (
        site(point(FIRST, PARENT, 'tou = "peak"'), point(SECOND, PARENT)), "siblings are bands", "parent",
    ),
    "a band twice": (
        site(point(FIRST, PARENT, 'tou = "peak"'), point(SECOND, PARENT, 'tou = "peak"')), "stands twice", "tou",
    ),
    "an unknown band": (site(point(FIRST, PARENT, 'tou = "night"')), "unknown band", "tou"),
    "a band without a parent": (site(point(FIRST, 'tou = "peak"')), "parts a parent's amount", "tou"),
    "INV-11 one meter at two points": (
        site(point(FIRST, 'serial = "7"'), main='serial = "7"\n'), "at the same time", "serial",
    ),
    "one meter at two points for a day": (
        site(point(FIRST, 'serial = "7"', 'since = "2022-02-01"'), main='serial = "7"\nuntil = "2022-02-01"\n'),
        "at the same time", "serial",
    ),
    "a gap at a change": (changed(since="2022-02-02"), "does not begin in the second", "replaces"),
    "an overlap at a change": (changed(since="2022-01-31"), "does not begin in the second", "replaces"),
    "a change from a point without an end": (
        changed().replace('until = "2022-01-31"\n', ""), "does not begin", "replaces",
    ),
    "a change from no point": (changed().replace(f'replaces = "{POWER}"', 'replaces = "x"'), "no point", "replaces"),
    "a change to another unit": (
        changed().replace('unit = "kWh"\nkind = "amount"\nsince', 'unit = "MWh"\nkind = "amount"\nsince'),
        "stands for", "replaces",
    ),
    "a point replaced twice": (
        changed("2022-02-01", "2022-01-31", point(SECOND, 'since = "2022-02-01"', f'replaces = "{POWER}"')),
        "replaced twice", "replaces",
    ),
    "out before in": (site(main='since = "2022-02-01"\nuntil = "2022-01-31"\n'), "before it was in", "until"),
    "an uncertainty over 100": (site(main='uncertainty = "101"\n'), "percentage from 0 to 100", "uncertainty"),
    "a negative uncertainty": (site(main='uncertainty = "-1"\n'), "percentage from 0 to 100", "uncertainty"),
    "a tolerance that hides": (site(main='tolerance = "50"\n'), "percentage from 0 to 10", "tolerance"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_points_that_would_count_twice_are_refused(text: str, message: str, field: str) -> None:
    with pytest.raises(SiteError, match=re.escape(message)) as caught:
        parse_site(text.encode(), "plant.toml")
    where = re.fullmatch(r"plant\.toml, line (\d+), field meter\[1\]\.point\[\d\]\.(\w+)", caught.value.where)
    assert where is not None
    assert where[2] == field
    assert text.splitlines()[int(where[1]) - 1].startswith(field)
    assert caught.value.mend


ALLOWED: dict[str, Callable[[], str]] = {
    "a meter moved to another point": lambda: site(
        point(FIRST, 'serial = "7"', 'since = "2022-02-01"'), main='serial = "7"\nuntil = "2022-01-31"\n'
    ),
    "bands of one physical meter": lambda: site(
        point(FIRST, PARENT, 'tou = "peak"', 'serial = "7"'),
        point(SECOND, PARENT, 'tou = "flat"', 'serial = "7"'),
        main='serial = "7"\n',
    ),
    "a sub-meter of a sub-meter": lambda: site(point(FIRST, PARENT), point(SECOND, f'parent = "{FIRST}"')),
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_is_allowed(text: Callable[[], str]) -> None:
    assert len(parse_site(text().encode()).points()) in (2, 3)


def test_a_tree_of_many_levels_is_refused() -> None:
    names = [POWER, *(f"{METER}/{number}" for number in range(20))]
    levels = [point(name, f'parent = "{above}"') for above, name in pairwise(names)]
    with pytest.raises(SiteError, match="more than 16 levels"):
        parse_site(site(*levels).encode())


@settings(deadline=None)
@given(st.lists(st.integers(-1, 5), min_size=1, max_size=6))
def test_any_parents_are_a_tree_or_refused(parents: list[int]) -> None:
    """INV-18: a parent of -1 is none; one that is not there, or a circle, is refused by name."""
    names = [f"{METER}/{number}" for number in range(6)]
    lines = [
        point(name, *([f'parent = "{names[parent]}"'] if parent >= 0 else []))
        for name, parent in zip(names, parents, strict=False)
    ]
    above = dict(enumerate(parents))

    def leads_up(number: int) -> bool:
        passed = set()
        while number >= 0:
            if number in passed or number not in above:
                return False
            passed.add(number)
            number = above[number]
        return True

    try:
        tree = parse_site(site(*lines).encode()).tree()
    except SiteError:
        assert not all(map(leads_up, above))
        return
    assert all(map(leads_up, above))
    for number, parent in above.items():
        assert parent < 0 or names[number] in tree.children(names[parent])

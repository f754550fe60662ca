"""The organisation of a site file: every refusal names file, line and field, and how to mend it."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.evaluation.site import SiteError, parse_site
from ledger.evaluation.site_units import ENTERPRISE
from tests.evaluation.plant import SITE, Log, result
from tests.evaluation.works import CULLET, NAME, PANES, PRODUCTS, table, unit, works

MIX = f'{{ panes = "{PANES}", cullet = "{CULLET}" }}'
DAY = {"first": '"2022-01-01"', "starts": '["00:00", "08:00", "16:00"]', "pattern": '["red blue -", "blue - red"]'}
TEAMS = unit("red", "team", "line") + unit("blue", "team", "line") + table("shifts", at='"line"', **DAY)
PRICED = PRODUCTS.replace("output", 'price = "3500"\nprice_unit = "CNY/t"\noutput')


def batch(**fields: str) -> str:
    return table("batch", **({"id": '"b-1"', "product": '"panes"'} | fields))


def test_an_organisation_as_read() -> None:
    text = works(TEAMS, batch(**{"from": '"2022-01-31T08:00"', "to": '"2022-01-31"', "quantity": '"12.5"'}))
    organisation = parse_site(text.encode()).organisation
    assert organisation.places() == [ENTERPRISE, "furnace", "line", "cutter", "oven"]
    assert organisation.above("cutter") == ["cutter", "line", ENTERPRISE]
    assert [product.id for product in organisation.products_of("line")] == ["panes", "cullet"]
    made = organisation.batches_of("panes")[0]
    assert (made.end - made.start, made.quantity) == (16 * 3600, Fraction("12.5"))
    assert organisation.shifts[0].teams() == ["red", "blue"]


def test_a_site_file_without_units_has_no_organisation() -> None:
    assert not parse_site(SITE.encode()).organisation


REFUSED = [
    (unit("furnace", "process"), "'furnace' stands twice", r"unit\[5\]\.id"),
    (unit("panes", "process"), "'panes' stands twice", r"product\[1\]\.id"),
    (unit("hall", "building"), "unknown kind 'building'", r"unit\[5\]\.kind"),
    (unit("enterprise", "process"), "is no id here", r"unit\[5\]\.id"),
    (unit("two words", "process"), "is no id here", r"unit\[5\]\.id"),
    (unit("hall", "process", "mill"), "no unit 'mill'", r"unit\[5\]\.id"),
    (unit("hall", "process", "panes"), "no unit 'panes'", r"unit\[5\]\.id"),
    (unit("hall", "process", "cutter"), "a process does not lie below an equipment", r"unit\[5\]\.id"),
    (unit("hall", "process", "hall"), "'hall' lies below itself", r"unit\[5\]\.id"),
    (unit("a", "process", "b") + unit("b", "process", "a"), "'a' lies below itself", r"unit\[5\]\.id"),
    (
        "".join(unit(f"u{at}", "process", f"u{at - 1}" if at else "") for at in range(17)),
        "deeper than 16",
        r"unit\[21\]\.id",
    ),
    (TEAMS + unit("hall", "equipment", "red"), "nothing lies below a team", r"unit\[7\]\.id"),
    (unit("red", "team", "line"), "team 'red' has no shifts", r"unit\[5\]\.id"),
    (TEAMS + table("shifts", at='"line"', **DAY), "'red' stands in two calendars", r"shifts\[2\]\.at"),
    (TEAMS.replace('at = "line"', 'at = "furnace"'), "'red' is no team of 'furnace'", r"shifts\[1\]\.at"),
    (TEAMS.replace('at = "line"', 'at = "red"'), "shifts are worked in no team", r"shifts\[1\]\.at"),
    (TEAMS.replace("blue - red", "blue - green"), "'green' is no team", r"shifts\[1\]\.at"),
    (TEAMS.replace("blue - red", "blue red"), "names who works its 3 shifts", r"shifts\[1\]\.pattern"),
    (TEAMS.replace('"16:00"', '"07:00"'), "start one after another", r"shifts\[1\]\.starts"),
    (TEAMS.replace('"16:00"', '"16:30"'), "no whole hour", r"shifts\[1\]\.starts"),
    (TEAMS.replace("2022-01-01", "2022-01-01T08:00"), "begins with a day", r"shifts\[1\]\.first"),
    (table("product", id='"slag"', name=NAME, at='"hall"', output=f'"{PANES}"'), "no unit 'hall'", r"product\[3\]\.id"),
    (table("product", id='"slag"', name=NAME, output='"glass"'), "nothing feeds 'glass'", r"product\[3\]\.id"),
    (
        table("product", id='"slag"', name=NAME, unit='"m3"', output=f'"{PANES}"'),
        "m3 does not fit its output, which is in t",
        r"product\[3\]\.id",
    ),
    (
        table("product", id='"slag"', name=NAME, output=f'"{PANES}"', price='"-1"', price_unit='"CNY/t"'),
        "a price is not below zero",
        r"product\[3\]\.price",
    ),
    (batch(**{"from": '"2022-01-31"', "to": '"2022-01-30"'}), "ends after it starts", r"batch\[1\]\.to"),
    (batch(**{"from": '"soon"', "to": '"2022-01-30"'}), "expected a day or a whole hour", r"batch\[1\]\.from"),
    (
        batch(**{"from": '"2022-01-31"', "to": '"2022-01-31"', "quantity": '"0"'}),
        "quantity is above zero",
        r"batch\[1\]\.quantity",
    ),
    (
        batch(**{"product": '"slag"', "from": '"2022-01-31"', "to": '"2022-01-31"'}),
        "no product 'slag'",
        r"batch\[1\]\.id",
    ),
]
LINE = {"of": '"line"', "rule": '"physical"'}
ALLOCATIONS = [
    ({"rule": '"mass"'}, "unknown rule 'mass'", "rule"),
    ({"of": '"hall"'}, "no unit 'hall'", "of"),
    ({"of": '"furnace"'}, "'furnace' makes no product", "of"),
    ({"source": '"lpg"'}, "no source 'lpg' in the boundary", "of"),
    ({"rule": '"economic"'}, "economic allocation without a reason", "reason"),
    ({"rule": '"economic"', "reason": NAME}, "product 'panes' has no price", "of"),
    ({"rule": '"avoid"', "key": MIX}, "what is avoided needs no key", "key"),
    ({"to": '"panes"'}, "a key parts among several", "to"),
    ({"rule": '"avoid"', "to": '"furnace"'}, "'furnace' does not lie below 'line'", "of"),
    ({"key": '{ panes = "1" }'}, "leaves out product 'cullet'", "of"),
    ({"key": '{ panes = "1", cutter = "1" }'}, "'cutter' is no product of 'line'", "of"),
    ({"key": '{ panes = "0", cullet = "0" }'}, "every amount of the key is zero", "key"),
    ({"key": '{ panes = "-1", cullet = "2" }'}, "a key's amount is below zero", "key"),
    ({"key": '{ cutter = "0", oven = "0" }'}, "every amount of the key is zero", "key"),
    ({"key": '{ line = "1" }'}, "'line' does not lie below 'line'", "of"),
    ({"of": '"enterprise"', "key": '{ cutter = "1", line = "1" }'}, "'cutter' lies inside another target", "of"),
    ({"of": '"enterprise"', "key": '{ panes = "1" }'}, "'panes' is no product of 'enterprise'", "of"),
    ({"key": f'{{ panes = "{PANES}", cullet = "purchased_heat" }}'}, "a key of different kinds", "of"),
    ({"key": '{ panes = "production", cullet = "slag" }'}, "nothing feeds 'slag'", "of"),
    ({"rule": '"economic"', "reason": NAME, "key": f'{{ cutter = "{PANES}" }}'}, "units have no price", "of"),
    ({"unit": '"furlong"', "key": '{ cutter = "1" }'}, "is no unit", "unit"),
]


def _refused(text: str, message: str, field: str) -> None:
    with pytest.raises(SiteError, match=re.escape(message)) as caught:
        result(Log(), text)
    assert re.fullmatch(rf"site file, line \d+, field {field}", caught.value.where)
    assert caught.value.mend


@pytest.mark.parametrize(("tables", "message", "field"), REFUSED, ids=[f"{case[1]} {case[2]}" for case in REFUSED])
def test_a_broken_organisation_is_refused(tables: str, message: str, field: str) -> None:
    """INV-11: no unit, product or batch that names nothing, lies in a circle or is counted twice."""
    _refused(works(tables), message, field)


@pytest.mark.parametrize(("fields", "message", "field"), ALLOCATIONS, ids=[case[1] for case in ALLOCATIONS])
def test_a_broken_allocation_is_refused(fields: dict[str, str], message: str, field: str) -> None:
    _refused(works(table("allocation", **(LINE | fields))), message, rf"allocation\[1\]\.{field}")


def test_one_thing_is_allocated_once() -> None:
    """Products and units below are two things; the rule for one source goes before the rule for all."""
    among_products, among_units = table("allocation", **LINE), table("allocation", **LINE, key='{ cutter = "1" }')
    parse_site(works(among_products, among_units, table("allocation", **LINE, source='"natural_gas"')).encode())
    _refused(
        works(among_products, among_units, among_products), "'*' of 'line' is allocated twice", r"allocation\[3\]\.of"
    )
    _refused(works(among_units, among_units), "'*' of 'line' is allocated twice", r"allocation\[2\]\.of")


def test_mixed_currencies_are_refused() -> None:
    rule = table("allocation", of='"line"', rule='"economic"', reason=NAME)
    parse_site(works(rule, products=PRICED).encode())
    mixed = PRICED.replace("CNY/t", "{USD}/t", 1)
    _refused(works(rule, products=mixed), "a key in mixed currencies: {USD}, {CNY}", r"allocation\[1\]\.of")


def test_a_meter_stands_at_a_known_unit_and_in_no_team() -> None:
    _refused(works().replace('at = "oven"', 'at = "stove"', 1), "no unit 'stove'", r"meter\[1\]\.point\[5\]\.at")
    in_team = works(TEAMS).replace('at = "oven"', 'at = "red"', 1)
    _refused(in_team, "a measuring point stands in no team", r"meter\[1\]\.point\[5\]\.at")


WHOLE = works(
    TEAMS,
    batch(**{"from": '"2022-01-31"', "to": '"2022-01-31"'}),
    table("allocation", **LINE, key=MIX),
    table("allocation", of='"enterprise"', rule='"avoid"', to='"line"'),
)


@settings(deadline=None)
@given(st.integers(WHOLE.encode().index(b"[[unit]]"), len(WHOLE.encode()) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_organisation_reads_or_is_refused_by_name(at: int, damage: bytes) -> None:
    """INV-18: some bytes changed anywhere."""
    data = WHOLE.encode()
    try:
        parse_site(data[:at] + damage + data[at + len(damage) :])
    except SiteError as error:
        assert error.where  # noqa: PT017


def test_many_units_in_a_circle_are_refused_at_once() -> None:
    """INV-18: thousands of units, each below the next."""
    units = "".join(unit(f"c{at}", "process", f"c{(at + 1) % 4000}") for at in range(4000))
    _refused(works(units), "deeper than 16", r"unit\[5\]\.id")

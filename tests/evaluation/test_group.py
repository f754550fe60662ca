"""Groups: every member once, exact sums, deliveries netted only where stated and never twice."""

import json
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import canonical_json, exact_number
from ledger.evaluation.group import add_group
from ledger.evaluation.group_file import GroupError, parse_group
from ledger.evaluation.group_member import read_member
from terminal_signer.strict import Malformed
from tests.evaluation.plant import OFFICER, PERIOD, SITE, Log, item, result, whole
from tests.evaluation.works import NAME, table

MILL, PORT = "88.118.20999", "88.118.30001"
FILE = f"""\
format = "group/1"
subject = "88.118.1/GR-1"
name = {NAME}

[[member]]
subject = "{MILL}/CE-2022-0001"

[[member]]
subject = "{PORT}/CE-2022-0001"
"""
DELIVERY = {"from": f'"{MILL}/CE-2022-0001"', "to": f'"{PORT}/CE-2022-0001"', "source": '"purchased_heat"'}
EXPORTING = SITE + '\n[[source]]\nid = "exported_heat"\n'
EXPORTING += f'\n[[declaration]]\nitem = "exported_heat"\nsub = "{OFFICER}"\nclass = "officer"\n'


def mill() -> dict[str, Any]:
    return result(whole()).document


def port(log: Log | None = None, site: str = SITE) -> dict[str, Any]:
    """The same works elsewhere: another enterprise, other meters."""
    document = json.dumps(result(log or whole(), site).document)
    found: dict[str, Any] = json.loads(document.replace(MILL, PORT))
    return found


def netting(**changed: str) -> str:
    return table("netting", **(DELIVERY | {"amount": '"4"', "reason": NAME} | changed))


def grouped(*documents: dict[str, Any], file: str = FILE) -> dict[str, Any]:
    members = [read_member(canonical_json(document), f"result {at}") for at, document in enumerate(documents, 1)]
    document: dict[str, Any] = add_group(parse_group(file.encode()), members)
    emissions = document["emissions"]
    total = exact_number(emissions["total"])
    assert sum(exact_number(emissions[f"scope{scope}"]) for scope in (1, 2, 3)) == total
    for parts in ("by_month", "by_group", "by_gas"):
        assert sum(exact_number(value) for value in emissions[parts].values() if value is not None) == total
    own = sum(exact_number(member["total"]) for member in document["members"])
    assert total == own - sum(exact_number(entry["amount"]) for entry in document["netted"])
    return document


def test_a_group_is_the_sum_of_its_members() -> None:
    document = grouped(mill(), port())
    one = exact_number(mill()["emissions"]["total"])
    assert exact_number(document["emissions"]["total"]) == 2 * one
    assert document["period"] == {"start": PERIOD.start, "end": PERIOD.end, "offset": "+08:00"}
    assert document["marks"] == ["DEMO", "ILLUSTRATIVE", "UNVERIFIED"]
    assert document["quality"] == mill()["quality"]
    assert [member["method"]["id"] for member in document["members"]] == ["general", "general"]
    assert canonical_json(document) == canonical_json(grouped(port(), mill()))


def test_what_members_deliver_is_netted_only_where_stated() -> None:
    """11 t of heat were bought, 4 of them from the mill, whose boiler counted them."""
    plain, netted = grouped(mill(), port()), grouped(mill(), port(), file=FILE + netting())
    assert exact_number(plain["emissions"]["total"]) - exact_number(netted["emissions"]["total"]) == 4
    assert exact_number(netted["emissions"]["scope2"]) == exact_number(plain["emissions"]["scope2"]) - 4
    january, less = (entry["emissions"]["by_month"]["2022-01"] for entry in (plain, netted))
    assert exact_number(less) == exact_number(january) - 4
    assert netted["netted"][0]["reason"] == {"zh": "名", "en": "name"}


def test_a_member_without_data_of_a_source_leaves_no_coverage() -> None:
    blind = whole()
    blind.frames = [entry for entry in blind.frames if entry.frame.sub != OFFICER]
    assert grouped(mill(), port(blind))["quality"]["coverage"] == 0


def other(document: dict[str, Any], *path: str, value: object) -> dict[str, Any]:
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return document


REFUSED = [
    ([mill, mill], FILE, "stands twice: result 1"),
    ([mill], FILE, f"no result of '{PORT}/CE-2022-0001'"),
    ([mill, lambda: other(port(), "site", "subject", value="88.118.4/CE-1")], FILE, "'88.118.4/CE-1' is no member"),
    ([mill, lambda: other(mill(), "site", "subject", value=f"{PORT}/CE-2022-0001")], FILE, "is counted by"),
    ([mill, lambda: other(port(), "period", "end", value=PERIOD.end + 1)], FILE, "it is of another period"),
    ([mill, lambda: other(port(), "period", "offset", value="+09:00")], FILE, "it is of another period"),
    ([mill, lambda: other(port(), "emissions", "unit", value="tce")], FILE, "units differ: tCO2, tce"),
    ([mill, port], FILE + netting(amount='"11.5"'), "more is netted than that source counts, 11"),
    ([mill, port], FILE + netting(source='"diesel"'), "counts nothing of 'diesel'"),
]


@pytest.mark.parametrize(("documents", "file", "message"), REFUSED, ids=[case[2] for case in REFUSED])
def test_members_that_overlap_or_differ_are_refused(documents: list[Any], file: str, message: str) -> None:
    """INV-11: nothing is counted twice, left out, or netted beyond what was counted."""
    with pytest.raises(GroupError, match=re.escape(message)) as caught:
        grouped(*(make() for make in documents), file=file)
    assert caught.value.where
    assert caught.value.mend


def test_warming_potentials_of_two_editions_are_not_added() -> None:
    documents = [other(mill(), "emissions", "gwp_set", value="SAR"), other(port(), "emissions", "gwp_set", value="AR5")]
    with pytest.raises(GroupError, match="warming potentials differ: AR5; SAR"):
        grouped(*documents)
    assert grouped(documents[0], port())["emissions"]["gwp_set"] == "SAR"


def test_carbon_dioxide_stands_among_its_equivalents() -> None:
    assert grouped(mill(), other(port(), "emissions", "unit", value="tCO2e"))["emissions"]["unit"] == "tCO2e"


def test_what_the_giver_deducts_is_not_netted_again() -> None:
    log = whole()
    log.declare(item("exported_heat", "40", "GJ"))
    exporting = result(log, EXPORTING).document
    assert exact_number(exporting["emissions"]["by_source"]["exported_heat"]["total"]) < 0
    with pytest.raises(GroupError, match="deducts what it delivers already, by 'exported_heat'"):
        grouped(exporting, port(), file=FILE + netting())


FILES = [
    ('format = "group/1"', 'format = "group/2"', "expected 'group/1'"),
    (f'subject = "{PORT}', f'subject = "{MILL}', "stands twice"),
    ("[[member]]", "[[members]]", "'member' is missing"),
    ("name = {", "names = {", "'name' is missing"),
    ('amount = "4"', 'amount = "0"', "above zero"),
    ('amount = "4"', "amount = 4.5", "exact number"),
    (f'from = "{MILL}', 'from = "88.118.4', "is no member"),
    (f'from = "{MILL}', f'from = "{PORT}', "delivers nothing to itself"),
    ("[[netting]]", f"{netting().strip()}\n\n[[netting]]", "the same delivery is netted twice"),
    ("reason = {", "reasons = {", "'reason' is missing"),
]


@pytest.mark.parametrize(("old", "new", "message"), FILES, ids=[case[2] for case in FILES])
def test_a_broken_group_file_names_file_line_and_field(old: str, new: str, message: str) -> None:
    text = FILE + netting()
    assert old in text
    with pytest.raises(GroupError, match=re.escape(message)) as caught:
        parse_group(text.replace(old, new).encode(), "group.toml")
    assert re.match(r"group\.toml, line \d+", caught.value.where)


def test_a_result_that_does_not_add_up_is_refused() -> None:
    """INV-11: a total that its own sources or months do not make."""
    for path in ("total", "by_month.2022-01", "by_source.purchased_heat.total"):
        altered = other(mill(), "emissions", *path.split("."), value="1")
        with pytest.raises(Malformed, match="do not add up"):
            read_member(canonical_json(altered), "result")


RESULT = canonical_json(result(whole()).document)


@settings(deadline=None)
@given(st.integers(0, len(RESULT) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_result_reads_or_is_refused_by_name(at: int, damage: bytes) -> None:
    """INV-18."""
    try:
        read_member(RESULT[:at] + damage + RESULT[at + len(damage) :], "result")
    except Malformed as error:
        assert error.where == "result" or error.where.startswith("result.")  # noqa: PT017


@settings(deadline=None)
@given(st.integers(0, len(FILE + netting()) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_group_file_reads_or_is_refused_by_name(at: int, damage: bytes) -> None:
    """INV-18."""
    data = (FILE + netting()).encode()
    try:
        parse_group(data[:at] + damage + data[at + len(damage) :])
    except GroupError as error:
        assert error.where  # noqa: PT017


@given(st.fractions(0, 11, max_denominator=12))
def test_netting_leaves_everything_adding_up(amount: Fraction) -> None:
    members = [json.loads(RESULT), json.loads(RESULT.replace(MILL.encode(), PORT.encode()))]
    grouped(*members, file=FILE + (netting(amount=f'"{amount}"') if amount else ""))

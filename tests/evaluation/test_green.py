"""Green certificates: each once, never more than metered, within their time; the location-based figure never moves."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.items import MethodError
from ledger.accounting.method import parse_method
from ledger.accounting.method_rules import Vintages
from ledger.evaluation.activity_file import ActivityFileError, parse_activity
from ledger.evaluation.calendar import Month, months, read_period
from ledger.evaluation.evaluate import evaluate_file
from ledger.evaluation.green import Green, green_document, settle, used_certificates
from ledger.evaluation.green_claims import KIND, Claim
from ledger.evaluation.result import Result
from ledger.rules import load_rule
from terminal_signer.frame import Document, Item, KeyClass
from tests.evaluation.plant import ELECTRICITY_ONLY, HOUR, ISS, METER, OFFICER, RULES, SEED, Log, item, result

OFFSET = 8 * 3600
OURS, ANOTHER = "91330500MA2ABCDE0X", "91330500MA2BCDEF0X"


def span(period: str) -> list[Month]:
    found = read_period(period, OFFSET)
    return months(found.start, found.end, OFFSET)


def claim(
    serial: str = "1", mwh: int = 10, *, vintage: str = "2022", use: str = "2022", owner: str = OURS, index: int = 0
) -> Claim:
    made, used = span(vintage), span(use)
    return Claim(
        "greenenergy.org.cn", serial, vintage, (number(made[0]), number(made[-1])), (number(used[0]), number(used[-1])),
        "wind", owner, mwh, used[0].start, used[-1].end, index, bytes(32), "88.118.1/OF-1",
    )  # fmt: skip


def number(month: Month) -> int:
    return month.year * 12 + int(month.label[5:]) - 1


def settled(
    claims: Sequence[Claim], metered: Sequence[int], period: str = "2022", window: Vintages | None = None,
    used: dict[str, str] | None = None,
) -> Green:  # fmt: skip
    amounts = [Fraction(amount) for amount in metered]
    return settle(claims, span(period), amounts, {OURS}, window=window, used=used)


YEAR = [10] * 12


@pytest.mark.parametrize(
    ("claims", "counted", "reasons"),
    [
        ([claim(mwh=30)], "30", [None]),
        ([claim("1"), claim("2")], "20", [None, None]),
        ([claim("1", 100), claim("2", 100)], "120", [None, "more-than-metered"]),
        ([claim("1"), claim("1")], "10", [None, "claimed-twice"]),
        ([claim("1", use="2021", vintage="2021"), claim("1", vintage="2022")], "0", ["claimed-twice"]),
        ([claim(owner=ANOTHER)], "0", ["other-beneficiary"]),
        # what is not ours takes no serial from us
        ([claim(owner=ANOTHER), claim()], "10", ["other-beneficiary", None]),
        ([claim(vintage="2021")], "0", ["outside-vintage"]),
        ([claim(vintage="2023-01")], "0", ["outside-vintage"]),
        ([claim(vintage="2022-12", use="2022-01")], "10", [None]),  # one calendar year
        ([claim(mwh=15, use="2022-03")], "10", ["more-than-metered"]),
        # the yearly one, logged first, gives way to the one that can only be used in March
        ([claim("1", 111), claim("2", 10, use="2022-03")], "120", ["more-than-metered", None]),
        ([replace(claim(), used=None)], "0", ["no-whole-month"]),
        ([claim(use="2023", vintage="2023")], "0", []),  # for another period: no line of this one
        ([], "0", []),
    ],
)
def test_which_claims_count(claims: list[Claim], counted: str, reasons: list[str | None]) -> None:
    green = settled(claims, YEAR)
    assert green_document(green)["counted"] == counted
    assert [line.reason for line in green.lines] == reasons


def test_a_serial_that_was_used_elsewhere_counts_for_nothing() -> None:
    """INV-14 for certificates: double use across enterprises, sites and years."""
    used = {"greenenergy.org.cn/1": "88.118.2/CE-2021-0007"}
    green = settled([claim("1"), claim("2")], YEAR, used=used)
    assert [(line.reason, line.where) for line in green.lines] == [
        ("used-elsewhere", "88.118.2/CE-2021-0007"),
        (None, None),
    ]
    assert sum(green.by_month()) == 10


def test_one_serial_of_two_registries_is_two_certificates() -> None:
    other = replace(claim(), registry="irecstandard.org")
    assert sum(settled([claim(), other], YEAR).by_month()) == 20


@pytest.mark.parametrize(
    ("vintage", "use", "window", "timely"),
    [
        ("2021", "2022-12", Vintages(12, 0), True),
        ("2021", "2023-01", Vintages(12, 0), False),
        ("2021-12", "2022-12", Vintages(12, 0), True),
        ("2021-11", "2022-12", Vintages(12, 0), False),
        ("2022-03", "2022-02", Vintages(0, 1), True),
        ("2022-04", "2022-02", Vintages(0, 1), False),
        ("2022", "2022", Vintages(0, 0), True),
        ("2021-12", "2022-01", None, False),
    ],
)
def test_the_window_of_the_method(vintage: str, use: str, window: Vintages | None, *, timely: bool) -> None:
    green = settled([claim(vintage=vintage, use=use)], [10] * len(span(use)), use, window)
    assert (green.lines[0].reason is None) == timely


def test_the_window_stands_in_the_method_file() -> None:
    general = load_rule("general").decode()
    assert parse_method(general.encode()).data_rules.vintages is None
    wider = general.replace("[gaps]", "[vintages]\nbefore = 12\nafter = 0\n\n[gaps]", 1)
    assert parse_method(wider.encode()).data_rules.vintages == Vintages(12, 0)
    with pytest.raises(MethodError, match="37 months is no window") as caught:
        parse_method(wider.replace("before = 12", "before = 37").encode(), "m.toml")
    assert caught.value.where.endswith("field vintages.before")


def test_what_a_month_metered_bounds_it_and_the_rest_is_listed() -> None:
    green = settled([claim(mwh=9)], [0, 5, 0, 2] + [0] * 8)
    document: Any = green_document(green)
    counted = {"2022-02": "5", "2022-04": "2"}
    assert document["by_month"] == {month.label: counted.get(month.label, "0") for month in span("2022")}
    assert (document["metered"], document["claimed"], document["counted"], document["refused"]) == ("7", "9", "7", "2")
    line = document["certificates"][0]
    assert (line["counted"], line["refused"], line["reason"]) == ("7", "2", "more-than-metered")


CLAIMS = st.lists(
    st.builds(
        claim,
        st.sampled_from("1234"),
        st.integers(1, 60),
        vintage=st.sampled_from(["2021", "2022", "2022-03", "2022-07"]),
        use=st.sampled_from(["2022", "2022-Q1", "2022-03", "2022-07", "2021"]),
        owner=st.sampled_from([OURS, "somebody"]),
    ),
    max_size=8,
)
METERED = st.lists(st.integers(-3, 40), min_size=12, max_size=12)


@settings(deadline=None)
@given(CLAIMS, METERED, st.sampled_from([None, Vintages(12, 0), Vintages(0, 0)]))
def test_never_more_than_metered_and_each_serial_once(
    claims: list[Claim], metered: list[int], window: Vintages | None
) -> None:
    """INV-14 for certificates: whatever is claimed in whatever order, a month counts at most what it metered, a
    certificate at most what it is for, a serial once; counted and refused are all that was claimed."""
    green = settled(claims, metered, window=window)
    for counted, amount in zip(green.by_month(), metered, strict=True):
        assert 0 <= counted <= max(amount, 0)
    counting = [line for line in green.lines if line.counted]
    assert len({line.claim.key for line in counting}) == len(counting)
    assert all(0 <= line.counted <= line.claim.megawatt_hours for line in green.lines)
    assert all(line.counted + line.refused == line.claim.megawatt_hours for line in green.lines)
    assert all((line.refused > 0) == (line.reason is not None) for line in green.lines)


@settings(deadline=None)
@given(CLAIMS, METERED, st.integers(0, 11))
def test_more_metered_never_counts_less(claims: list[Claim], metered: list[int], at: int) -> None:
    before = sum(settled(claims, metered).by_month())
    metered[at] += 7
    assert sum(settled(claims, metered).by_month()) >= before


JANUARY = read_period("2022-01", OFFSET)
SITE = (
    ELECTRICITY_ONLY
    + f"""
[[source]]
id = "market_electricity"

[[source]]
id = "green_certificates"

[[declaration]]
item = "green_certificates"
sub = "{OFFICER}"
class = "officer"
"""
)
METERED_MWH = Fraction(744, 10)  # 100 kWh an hour


def certificate(serial: str, mwh: str, unit: str = "MWh", owner: str = ISS) -> Item:
    return item(f"greenenergy.org.cn/{serial}/2022-01/pv/{owner}", mwh, unit, JANUARY.start, JANUARY.end)


def january(*items: Item, kind: str = KIND, sub: str = OFFICER, key_class: KeyClass = KeyClass.OFFICER) -> Result:
    log = Log().power(range(JANUARY.start, JANUARY.end, HOUR), "100")
    if items:
        log.add(Document(kind, "text/plain", bytes(32), None, items), sub, key_class)
    return result(log, SITE, period=JANUARY)


def figures(found: Result) -> tuple[str, Fraction]:
    """Location- and market-based."""
    bases = found.document["emissions"]["bases"]
    return bases["location"], Fraction(bases["market"])


def codes(found: Result) -> set[str]:
    return {line["code"] for line in found.document["findings"]}


def test_a_certificate_moves_the_market_based_figure_alone() -> None:
    without, covered = january(), january(certificate("1", "30"))
    location = "42.43032"  # 74.4 MWh at 0.5703
    assert figures(without) == (location, METERED_MWH * Fraction("0.5856"))
    assert figures(covered) == (location, (METERED_MWH - 30) * Fraction("0.5856"))
    assert covered.document["emissions"]["total"] == without.document["emissions"]["total"] == location
    assert covered.document["green"]["counted"] == "30"
    assert without.document["green"]["certificates"] == []
    assert not codes(without)


def test_a_result_is_an_entry_of_the_register() -> None:
    """INV-14 for certificates: what one result counts, no other may."""
    entry = used_certificates(january(certificate("1", "30"), certificate("2", "70")).document)
    assert entry.keys() == {"greenenergy.org.cn/1", "greenenergy.org.cn/2"}
    later = settled([claim("1", use="2022-03"), claim("3")], YEAR, used=entry)
    assert [line.where for line in later.lines] == [entry["greenenergy.org.cn/1"], None]
    assert ISS in entry["greenenergy.org.cn/1"]
    assert used_certificates(january().document) == {}


def test_all_of_the_electricity_is_the_most_that_certificates_cover() -> None:
    found = january(certificate("1", "70"), certificate("2", "70"))
    assert figures(found) == ("42.43032", Fraction(0))
    assert found.document["green"]["refused"] == "65.6"
    assert "green-more-than-metered" in codes(found)


@pytest.mark.parametrize(
    ("items", "finding"),
    [
        ([certificate("1", "30"), certificate("1", "30")], "green-claimed-twice"),
        ([certificate("1", "30"), certificate("2", "30", owner="88.118.1")], "green-other-beneficiary"),
        ([certificate("1", "30"), certificate("2", "1.5")], "green-unreadable"),
        ([certificate("1", "30"), certificate("2", "1500", "kWh")], "green-unreadable"),
        ([certificate("1", "30"), certificate("2", "1", "t")], "green-unreadable"),
        ([certificate("1", "30"), certificate("2", "-1")], "green-unreadable"),
        ([certificate("1", "30000", "kWh"), certificate("2/", "1")], "green-unreadable"),
        ([certificate("1", "30"), item("green_certificates", "20", "MWh", JANUARY.start, JANUARY.end)],
         "green-unreadable"),
        ([certificate("1", "30"), replace(certificate("2", "1"), end=(1 << 40) - 1)], None),
        ([certificate("1", "30"), replace(certificate("2", "1"), start=JANUARY.start + 1)], "green-no-whole-month"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_claim_is_found(items: list[Item], finding: str | None) -> None:
    found = january(*items)
    assert figures(found) == ("42.43032", (METERED_MWH - 30) * Fraction("0.5856"))
    assert codes(found) == ({finding} if finding else set())


def test_an_amount_without_serials_and_a_stranger_cover_nothing() -> None:
    nothing = figures(january())
    plain = january(item("green_certificates", "20", "MWh", JANUARY.start, JANUARY.end), kind="declaration")
    assert (figures(plain), codes(plain)) == (nothing, {"not-entitled"})
    stranger = january(certificate("1", "30"), sub=METER, key_class=KeyClass.METER)
    assert (figures(stranger), codes(stranger)) == (nothing, {"not-entitled"})


@pytest.mark.parametrize(
    ("certificates", "market"),
    [("400,MWh,2022", "351.36"), ("1000000,kWh,2022", "0"), ("1001,MWh,2022", None), ("1,MWh,2022-03", None)],
)
def test_typed_certificates_cover_no_more_than_the_electricity(certificates: str, market: str | None) -> None:
    """An activity file has no serials, but a sum still cannot cover what nobody bought."""
    text = "item,value,unit,period\npurchased_electricity,1000,MWh,2022\ngreen_certificates," + certificates + "\n"

    def evaluated() -> Result:
        file = parse_activity(text.encode(), "year.csv", None)
        return evaluate_file(file, text.encode(), RULES, seed=SEED, kind=1)

    if market is None:
        with pytest.raises(ActivityFileError, match="more green certificates than purchased") as caught:
            evaluated()
        assert "line 3" in caught.value.where
    else:
        bases = evaluated().document["emissions"]["bases"]
        assert (bases["location"], bases["market"]) == ("570.3", market)

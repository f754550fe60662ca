"""Which sources a site file may and must list: completeness, alternatives, stock, factors – and market-based beside
location-based."""

import re
from collections.abc import Iterable

import pytest

from ledger.accounting.factors import FactorsError
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import Period, Rules
from ledger.evaluation.site import SiteError, parse_site
from ledger.evaluation.source_list import join_sources
from tests.accounting.invented import FACTORS, METHOD, engine
from tests.evaluation.plant import ISS, LAB, OFFICER, PERIOD, SEED, SITE, result, whole

ELECTRICITY = "purchased_electricity"
YEAR = 365 * 86_400


def site(sources: Iterable[str], items: Iterable[str], replaces: Iterable[str] = ()) -> str:
    """A site file of the invented method: sources ("absent:" before an absent one), and what an officer declares."""
    head = f"""\
format = "site/1"
boundary = {{ zh = "全厂", en = "All" }}
enterprise = {{ iss = "{ISS}", subject = "{ISS}/CE-1", name = {{ zh = "厂", en = "Works" }}, industry = "C3000", \
region = "XX", offset = "+08:00" }}
rules = {{ method = "bead-works", factors = "bead-factors" }}
"""
    tables = [f'[[declaration]]\nitem = "{item}"\nsub = "{OFFICER}"\nclass = "officer"' for item in items]
    tables += [
        f'[[declaration]]\nitem = "{factor}"\nsub = "{LAB}"\nclass = "laboratory"\nreplaces = "{factor}"'
        for factor in replaces
    ]
    for source in sources:
        absent = '\nabsent = { zh = "无", en = "none" }' if source.startswith("absent:") else ""
        tables.append(f'[[source]]\nid = "{source.removeprefix("absent:")}"{absent}')
    return head + "\n\n".join(tables) + "\n"


def join(text: str, years: range = range(2022, 2023)) -> None:
    join_sources(parse_site(text.encode()), engine(), years)


FITTING: list[tuple[list[str], list[str], list[str]]] = [
    (["soda"], ["soda"], []),
    (["absent:soda"], [], []),
    (["soda"], ["soda.purchased"], []),
    (["soda"], ["soda.sold"], []),
    (["soda"], ["soda.purchased", "soda.opening_stock", "soda.closing_stock", "soda.sold"], []),
    (["absent:soda", "soda_by_carbon"], ["soda"], ["soda.carbon_content"]),
    (["soda", ELECTRICITY], ["soda", ELECTRICITY], []),
    (["soda", ELECTRICITY, "market_electricity"], ["soda", ELECTRICITY], []),
    (["soda", ELECTRICITY, "absent:market_electricity"], ["soda", ELECTRICITY], []),
]


@pytest.mark.parametrize(("sources", "items", "replaces"), FITTING)
def test_a_list_that_fits(sources: list[str], items: list[str], replaces: list[str]) -> None:
    join(site(sources, items, replaces))


UNFIT: list[tuple[list[str], list[str], str]] = [
    ([ELECTRICITY], [ELECTRICITY], "the method requires source 'soda'"),
    (["soda", "soda_by_carbon"], ["soda"], "two ways to count one emission"),
    (["soda"], ["soda", "soda.purchased"], "'soda' is fed, and so is its part 'soda.purchased'"),
    (["soda"], ["soda.purchased", "soda.opening_stock"], "not 'soda.closing_stock'"),
    (["soda"], ["soda.purchased", "soda.closing_stock"], "not 'soda.opening_stock'"),
    (["soda"], [], "nothing feeds 'soda'"),
    (["absent:soda"], ["soda.purchased"], "called absent"),
    (["soda", "market_electricity"], ["soda", ELECTRICITY], "no source in the boundary counts it"),
    (["soda", "sodium"], ["soda"], "no source 'sodium'"),
]


@pytest.mark.parametrize(("sources", "items", "message"), UNFIT)
def test_a_list_that_does_not_fit_is_refused_with_its_place(sources: list[str], items: list[str], message: str) -> None:
    """INV-11: nothing counts twice, nothing that is metered stays outside the total."""
    with pytest.raises(SiteError, match=re.escape(message)) as caught:
        join(site(sources, items))
    assert "site file" in caught.value.where
    assert caught.value.mend


def test_a_factor_that_only_a_laboratory_can_state_is_asked_for_before_any_frame_is_read() -> None:
    text = site(["absent:soda", "soda_by_carbon"], ["soda"])
    with pytest.raises(FactorsError, match=r"'soda_by_carbon': 'soda\.carbon_content'") as caught:
        join(text)
    assert re.fullmatch(r"site file, line \d+, field source\[2\]\.id", caught.value.where)
    assert caught.value.code == "no-factor"


@pytest.mark.parametrize("factor", ["electricity.grid", "soda.ef"])
def test_what_a_programme_prescribes_no_laboratory_replaces(factor: str) -> None:
    """INV-15: a grid factor of its year is not the enterprise's to state."""
    text = site(["soda", ELECTRICITY], ["soda", ELECTRICITY], [factor])
    period = Period(PERIOD.start, PERIOD.end)
    with pytest.raises(SiteError, match=f"'{factor}' is prescribed") as caught:
        evaluate(text.encode(), Rules(METHOD.encode(), FACTORS.encode()), [], period, seed=SEED, kind=1)
    assert re.fullmatch(r"site file, line \d+, field declaration\[3\]\.item", caught.value.where)


def test_a_year_without_a_residual_factor_has_no_market_based_figure() -> None:
    """2020 has a grid factor and no residual one: a finding, and the location-based total stands."""
    rules = Rules(METHOD.encode(), FACTORS.encode())
    text = site(["absent:soda", ELECTRICITY, "market_electricity"], [ELECTRICITY])
    period = Period(PERIOD.start - 2 * YEAR, PERIOD.end - 2 * YEAR)
    document = evaluate(text.encode(), rules, [], period, seed=SEED, kind=1).document
    assert "no-factor" in [finding["code"] for finding in document["findings"]]
    assert "market_electricity" not in document["emissions"]["by_source"]
    assert list(document["emissions"]["bases"]) == ["location"]
    assert ELECTRICITY in document["emissions"]["by_source"]


def test_no_certificate_claimed_leaves_coverage_and_grade_as_they_are() -> None:
    """Both figures stand side by side, and a source beside the total without data hides nothing."""
    claims = f'[[declaration]]\nitem = "green_certificates"\nsub = "{OFFICER}"\nclass = "officer"\n'
    listed = "".join(f'\n[[source]]\nid = "{name}"\n' for name in ("market_electricity", "green_certificates"))
    before = result(whole(), kind=2).document
    after = result(whole(), SITE.replace("[[source]]", claims + "\n[[source]]", 1) + listed, kind=2).document
    assert after["quality"] == before["quality"]
    assert after["grade"]["grade"] == before["grade"]["grade"] is not None
    assert list(after["emissions"]["bases"]) == ["location", "market"]

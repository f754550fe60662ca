"""A factor set: what it offers for a year and a region, and what it refuses to be read from."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.factors import FactorsError, FactorSet, parse_factors
from ledger.canonical import decimal_text
from ledger.rules import load_rule

HEAD = """format = "factors/1"
id = "test"
edition = "1"
title = { zh = "试", en = "test" }
source = "nobody"
confidence = "found"
text_checked = true
years = [2010]
programme = "test"
region = "CN"
regional = ["grid.local"]

[areas]
CN-EAST = ["CN-SH", "CN-ZJ"]
CN-SOUTH = ["CN-GD", "CN-GX"]
"""


def entry(value: str = 'value = "1"', **fields: str) -> str:
    known = {
        "id": '"grid.local"',
        "unit": '"tCO2/MWh"',
        "basis": '"prescribed"',
        "years": "[2020]",
        "source": '"a table"',
        "confidence": '"found"',
    }
    lines = [f"{name} = {text}" for name, text in (known | fields).items()]
    return "\n".join(["", "[[factor]]", *lines, value, ""])


def read(*entries: str) -> FactorSet:
    return parse_factors((HEAD + "".join(entries)).encode(), "t.toml")


REGIONS = read(
    entry(years="[2020, 2020]", value='value = "0.9"'),
    entry(years="[2020, 2021]", value='[factor.by_region]\nCN-ZJ = "0.5"\nCN-EAST = "0.6"'),
    entry(years="[2020, 2020]", value='value = "0.4"', region='"CN-SOUTH"'),
    entry(id='"grid"', value='value = "0.7"'),
)


@pytest.mark.parametrize(
    ("factor", "year", "region", "value"),
    [
        ("grid.local", 2020, "CN-ZJ", "0.5"),
        ("grid.local", 2020, "CN-ZJ-HZ", "0.5"),  # a city takes its province's
        ("grid.local", 2020, "CN-SH", "0.6"),  # a province takes its grid's
        ("grid.local", 2020, "CN-EAST", "0.6"),
        ("grid.local", 2020, "CN-GD", "0.4"),
        ("grid.local", 2020, "CN-BJ", "0.9"),
        ("grid.local", 2020, "KR", "0.9"),
        ("grid.local", 2020, "", "0.9"),
        ("grid.local", 2021, "CN-ZJ", "0.5"),
        ("grid.local", 2021, "CN-GD", None),
        ("grid.local", 2021, "", None),
        ("grid.local", 2019, "CN-ZJ", None),
        ("grid", 2030, "CN-ZJ", "0.7"),
        ("coal.ncv", 2020, "CN-ZJ", None),
    ],
)
def test_the_nearest_region_of_the_year_counts(factor: str, year: int, region: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(FactorsError) as caught:
            REGIONS.choose(factor, year, region)
        assert caught.value.code == "no-factor"
    else:
        assert decimal_text(REGIONS.choose(factor, year, region).quantity.value) == value


def test_a_refusal_says_which_years_and_regions_there_are() -> None:
    with pytest.raises(FactorsError, match=r"no 'grid\.local' for reporting year 2021 in CN-GD") as caught:
        REGIONS.choose("grid.local", 2021, "CN-GD")
    assert "2020–2021 (CN-ZJ, CN-EAST)" in caught.value.mend
    with pytest.raises(FactorsError) as caught:
        REGIONS.choose("coal.ncv", 2020)
    assert "does not have it for any year" in caught.value.mend


FAULTS: list[tuple[str, str, str]] = [
    (entry(basis='"assumed"'), "unknown basis", "basis"),
    (entry(basis='"default"', confidence='"memory-low"'), "no default", "confidence"),
    (entry(basis='"punitive"', confidence='"memory-low"'), "no default", "confidence"),
    (entry(value='value = "-1"'), "never below zero", "value"),
    (entry(unit='"%"', value='value = "100.1"'), "over 100 %", "value"),
    (entry(id='"coal.oxidation"', unit='"1"', value='value = "1.01"'), "at most 100 %", "value"),
    (entry(id='"coal.oxidation"', unit='"t"', value='value = "1"'), "at most 100 %", "value"),
    (entry(id='"coal.ncv"', unit='"GJ/t"', value='value = "22867"'), "lies within 0.1…150 GJ/t", "value"),
    (entry(id='"coal.ncv"', unit='"GJ"', value='value = "22"'), "no unit of a heating value", "value"),
    (entry(id='"gas.ncv"', unit='"GJ/Nm3"', value='value = "389.31"'), "lies within 0.5…150", "value"),
    (entry(id='"coal.carbon"', unit='"tC/GJ"', value='value = "26.18"'), "lies within 0…0.2", "value"),
    (entry(unit='"tCO2/kWh"', value='value = "0.581"'), "the emission of a unit of energy", "value"),
    (entry(id='"coke.carbon_content"', unit='"tC/t"', value='value = "83"'), "a carbon content", "value"),
    (entry(id='"Coal ncv"'), "not of the expected form", "id"),
    (entry(published='"April 2024"'), "not of the expected form", "published"),
    (entry(published='"2024-13"'), "not of the expected form", "published"),
    (entry(region='"Zhejiang"'), "no region", "region"),
    (entry(id='"grid"', region='"CN-ZJ"'), "does not vary by region", "region"),
    (entry(id='"grid"', value='[factor.by_region]\nCN-ZJ = "0.5"'), "does not vary by region", "by_region"),
    (entry(region='"CN"', value='[factor.by_region]\nCN-ZJ = "0.5"'), "names the regions", "region"),
    (entry(value="[factor.by_region]"), "no region has a value", "by_region"),
    (entry(value='value = "1"\n[factor.by_region]\nCN-ZJ = "0.5"'), "unknown field 'value'", "value"),
    (entry(value='[factor.by_region]\nCN-ZJ = "0.5"\nzhejiang = "0.5"'), "no region", "by_region.zhejiang"),
    (entry(value='[factor.by_region]\nCN-ZJ = "-0.5"'), "below zero", "by_region.CN-ZJ"),
    (entry(years="[2020, 2022]") + entry(years="[2022]"), "two values of 'grid.local' apply to one year", "id"),
    (entry(region='"CN-ZJ"') * 2, "year and region: CN-ZJ", "id"),
    (entry(region='"CN-ZJ"') + entry(value='[factor.by_region]\nCN-ZJ = "0.5"'), "CN-ZJ", "by_region.CN-ZJ"),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "message", "field"), FAULTS, ids=[f"{fault[1]}, {fault[2]}" for fault in FAULTS])
def test_a_bad_figure_is_refused_with_its_line(entries: str, message: str, field: str) -> None:
    with pytest.raises(FactorsError, match=re.escape(message)) as caught:
        read(entries)
    assert re.match(r"t\.toml, line [1-9][0-9]*, field factor\[[12]\]\.", caught.value.where)
    assert caught.value.where.endswith(field)
    assert caught.value.mend


def test_both_lines_of_a_double_figure_are_named() -> None:
    twice = entry(region='"CN-ZJ"') * 2
    with pytest.raises(FactorsError) as caught:
        read(twice)
    ids = [number for number, line in enumerate((HEAD + twice).splitlines(), 1) if line.startswith('id = "grid')]
    assert f"line {ids[0]}," in caught.value.message
    assert f"line {ids[1]}," in caught.value.where


def test_two_areas_that_share_a_province_are_refused() -> None:
    head = HEAD.replace('CN-SOUTH = ["CN-GD"', 'CN-SOUTH = ["CN-ZJ", "CN-GD"')
    both = entry(value='[factor.by_region]\nCN-EAST = "0.6"\nCN-SOUTH = "0.4"')
    with pytest.raises(FactorsError, match="year and region: CN-ZJ"):
        parse_factors((head + both).encode())
    apart = entry(years="[2019, 2019]", region='"CN-EAST"') + entry(region='"CN-SOUTH"')
    assert parse_factors((head + apart).encode()).choose("grid.local", 2019, "CN-ZJ").region == "CN-EAST"


def test_what_a_figure_says_of_itself_is_kept() -> None:
    factor = read(
        entry(data_year="2018", published='"2024-04-12"', note='"n"', name='{ zh = "电", en = "power" }')
    ).choose("grid.local", 2025)
    assert (factor.data_year, factor.published, factor.note) == (2018, "2024-04-12", "n")
    assert factor.name == {"zh": "电", "en": "power"}
    assert not factor.stands_in


def test_more_values_than_anybody_needs_are_refused() -> None:
    """INV-18: comparing each with each stays bounded."""
    years = "".join(entry(years=f"[{year}, {year}]") for year in range(1990, 2191))
    with pytest.raises(FactorsError, match="200 values of"):
        read(years)
    many = "".join(f'CN-{number} = ["CN-ZJ"]\n' for number in range(201))
    with pytest.raises(FactorsError, match="more than 200 areas"):
        parse_factors((HEAD.replace("[areas]\n", "[areas]\n" + many) + entry()).encode())


spans = st.tuples(st.integers(2018, 2024), st.integers(0, 3)).map(lambda span: (span[0], span[0] + span[1]))
regions = st.sampled_from(["", "CN-ZJ", "CN-SH", "CN-GD", "CN-EAST", "CN-SOUTH"])


@settings(deadline=None)
@given(
    st.lists(st.tuples(spans, regions), min_size=1, max_size=6),
    st.integers(2017, 2028),
    st.sampled_from(["", "CN-ZJ", "CN-SH", "CN-BJ"]),
)
def test_at_most_one_value_is_nearest(values: list[tuple[tuple[int, int], str]], year: int, region: str) -> None:
    """INV-15: whatever a set offers, year and region name one value or none; a set for which they would name two
    is refused."""
    entries = [
        entry(years=f"[{first}, {last}]", value=f'value = "0.{at + 1}"', **({"region": f'"{place}"'} if place else {}))
        for at, ((first, last), place) in enumerate(values)
    ]
    doubled = any(
        one[1] == other[1] and one[0][0] <= other[0][1] and other[0][0] <= one[0][1]
        for at, one in enumerate(values)
        for other in values[:at]
    )
    if doubled:
        with pytest.raises(FactorsError, match="two values"):
            read(*entries)
        return
    own = ["CN-ZJ", "CN-EAST"] if region == "CN-ZJ" else ["CN-SH", "CN-EAST"] if region == "CN-SH" else [region]
    fitting = {place: at for at, ((first, last), place) in enumerate(values) if first <= year <= last}
    nearest = next((fitting[place] for place in [*own, ""] if place in fitting), None)
    factors = read(*entries)
    if nearest is None:
        with pytest.raises(FactorsError, match="no 'grid"):
            factors.choose("grid.local", year, region)
    else:
        assert factors.choose("grid.local", year, region).quantity.value * 10 == nearest + 1


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18."""
    with pytest.raises(FactorsError):
        parse_factors(data)


REAL = load_rule("cn-d-2011")


@settings(deadline=None)
@given(st.integers(0, len(REAL) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_set_reads_or_is_refused_by_name(at: int, bytes_: bytes) -> None:
    """INV-18: some bytes changed anywhere in a real file."""
    with suppress(FactorsError):
        parse_factors(REAL[:at] + bytes_ + REAL[at + len(bytes_) :])

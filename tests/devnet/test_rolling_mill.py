"""The simulated mill: the same year everywhere, every hour present, nothing that its plant could not do."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from importlib import resources
from itertools import islice, pairwise

import pytest

from devnet.mill_calendar import HOUR, NEW_YEARS_DAY, State, hours, noise
from devnet.rolling_mill import (
    ENTERPRISE,
    FURNACE,
    GAS,
    HEAT,
    POINTS,
    PRODUCT,
    SUBSTATION,
    TERMINALS,
    YEAR,
    corrections,
    declarations,
    readings,
)
from ledger.accounting.units import parse_unit
from ledger.evaluation.site import parse_site
from ledger.grading.benchmarks import parse_benchmarks
from ledger.rules.library import load_rule
from terminal_signer.build import encode_pack
from terminal_signer.frame import MAX_FRAME
from terminal_signer.units import is_unit

FINGERPRINT = "5cbc5fe9aeb2d75098df09b878046bea167338ea1ab546661cefe307525cfb21"


@pytest.fixture(scope="module")
def year() -> list[tuple[int, dict[str, bytes]]]:
    """Every payload of the default year, encoded as a terminal does."""
    return [
        (
            hour.start,
            {sub: encode_pack(ENTERPRISE, hour.start, records, hour.end) for sub, records in hour.records.items()},
        )
        for hour in readings()
    ]


def test_the_year_is_the_same_on_every_machine(year: list[tuple[int, dict[str, bytes]]]) -> None:
    total = sha256()
    for _, payloads in year:
        for sub in TERMINALS:
            total.update(payloads[sub])
    assert total.hexdigest() == FINGERPRINT


def test_one_reading_is_wrong_and_the_officer_puts_it_right() -> None:
    """INV-23: the demo's correction names a reading that was signed, and says why."""
    (correction,) = corrections()
    item = correction.item
    pack = next(hour for hour in readings() if hour.end == correction.end)
    (wrong,) = (
        r for r in pack.records[correction.sub] if (r.point, r.start, r.time) == (item.name, item.start, item.end)
    )
    assert wrong.value == item.value * 2
    assert wrong.unit == item.unit
    assert correction.reason.isprintable()


def test_every_hour_of_the_year_is_there_once(year: list[tuple[int, dict[str, bytes]]]) -> None:
    starts = [start for start, _ in year]
    first = int(datetime(2021, 12, 31, 16, tzinfo=UTC).timestamp())
    assert starts == list(range(first, first + 8760 * HOUR, HOUR))
    assert all(len(payload) < MAX_FRAME for _, payloads in year for payload in payloads.values())


def test_registers_never_fall_and_the_amounts_are_plausible() -> None:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    registers: dict[str, list[Decimal]] = defaultdict(list)
    for hour in readings():
        for sub, records in hour.records.items():
            for record in records:
                assert record.point in POINTS[sub]
                assert hour.start <= (record.start or hour.start) <= record.time <= hour.end
                if record.register is not None:
                    registers[record.point].append(record.register)
                elif record.value is not None:
                    assert record.value >= 0
                    amounts[record.point] += record.value
    assert all(low <= high for series in registers.values() for low, high in pairwise(series))
    assert [len(series) for series in registers.values()] == [8761, 8761]
    tonnes = amounts[PRODUCT]
    electricity = sum(amounts[point] for point in POINTS[SUBSTATION])
    used = {point: series[-1] - series[0] for point, series in registers.items()}
    assert 200_000 < tonnes < 300_000
    assert 60 < electricity / tonnes < 120
    assert 25 < used[GAS] / tonnes < 50
    assert 0 < used[HEAT] / tonnes < 1
    assert set(POINTS[FURNACE]) == {GAS, HEAT, PRODUCT}


@pytest.mark.parametrize("year", sorted(NEW_YEARS_DAY))
def test_each_known_year_stands_still_for_the_festival_and_the_overhaul(year: int) -> None:
    plan = list(hours(year, b"any"))
    assert len(plan) == 8784 if year % 4 == 0 else 8760
    month, day = NEW_YEARS_DAY[year]
    festival = int(datetime(year, month, day, 4, tzinfo=UTC).timestamp())
    assert next(hour for hour in plan if hour.start == festival).state is State.COLD
    assert sum(hour.state is State.COLD for hour in plan) > 400
    assert all(hour.rolled == 0 for hour in plan if hour.state is not State.ROLLING)
    assert all(-200 < hour.temperature < 450 for hour in plan)


def test_another_seed_is_another_year() -> None:
    assert [hour.rolled for hour in hours(2022, b"a")] != [hour.rolled for hour in hours(2022, b"b")]
    assert all(-40 <= noise(b"a", "x", number, 40) <= 40 for number in range(500))


def test_value_added_and_mean_are_declared_for_the_period_in_units_that_a_frame_carries() -> None:
    items = declarations(1_600_000_000, 1_600_003_600)
    assert {item.name for item in items} == {"value_added", "industry_mean"}
    assert all(item.value > 0 and is_unit(item.unit) for item in items)
    assert all((item.start, item.end) == (1_600_000_000, 1_600_003_600) for item in items)


def test_the_declared_mean_is_that_of_the_published_set() -> None:
    benchmarks = parse_benchmarks(load_rule("demo-rolling-means"))
    mean = benchmarks.mean("C3130", YEAR)
    assert mean is not None
    assert mean.demo
    declared = next(item for item in declarations(0, 1) if item.name == "industry_mean")
    unit = parse_unit(declared.unit)
    published = parse_unit(benchmarks.unit)
    assert unit.fits(published)
    assert Fraction(declared.value) * unit.scale == mean.value * published.scale


def test_the_site_file_names_exactly_the_points_of_the_mill() -> None:
    site = parse_site(resources.files("devnet").joinpath("sites", "rolling_mill.toml").read_bytes())
    assert {meter.sub: tuple(point.id for point in meter.points) for meter in site.meters} == POINTS
    assert {entry.item for entry in site.declarations} == {item.name for item in declarations(0, 1)}
    (first,) = islice(readings(), 1)
    units = {record.point: record.unit for records in first.records.values() for record in records}
    assert units == {point.id: point.unit_text for _, point in site.points()}

"""Published figures: each checks against the statement, and none can be passed off as another."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.certificates.openings import OpeningError, check_opening, open_figures
from ledger.evaluation.result import Result, figures

DOCUMENT: dict[str, Any] = {
    "activity": {"purchased_electricity": {"value": "959640.31", "unit": "kWh"},
                 "heat": {"value": "1.5", "unit": "GJ"}},
    "emissions": {
        "unit": "tCO2", "total": "585.476553131", "energy": "585.476553131", "deductions": "0",
        "scope1": "0", "scope2": "585.476553131", "scope3": "0",
        "by_month": {"2018-02": None, "2018-01": "77.01"},
        "by_source": {"purchased_electricity": {"total": "585.476553131"}},
    },
    "grade": {"level": None},
}  # fmt: skip
RESULT = Result(DOCUMENT, b"\x07" * 32)
ROOT = RESULT.figures_root()
NAMES = [name for name, _ in figures(DOCUMENT)]


def opening(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(open_figures(RESULT, [name])))[name]
    return document


def test_the_order_is_fixed() -> None:
    assert NAMES == [
        "emissions.total", "emissions.energy", "emissions.deductions", "emissions.scope1", "emissions.scope2",
        "emissions.scope3", "emissions.by_month.2018-01", "emissions.by_month.2018-02",
        "emissions.by_source.purchased_electricity", "activity.heat", "activity.purchased_electricity", "grade.level",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_opens(name: str) -> None:
    check_opening(name, opening(name), ROOT)


def test_a_figure_cannot_be_shown_under_another_name() -> None:
    """INV-11: a month's emissions are not the year's, scope 1 is not the total."""
    month = opening("emissions.by_month.2018-01")
    with pytest.raises(OpeningError):
        check_opening("emissions.total", month, ROOT)


@pytest.mark.parametrize(
    "change",
    [
        {"value": "58.5"}, {"unit": "kgCO2"}, {"salt": "0x" + "00" * 32}, {"index": 3}, {"size": 17}, {"path": []},
        {"salt": "0x"}, {"salt": 5}, {"index": "2"}, {"index": -1}, {"size": 10**30}, {"path": None}, {"value": 1.5},
        {"unit": None}, {"path": ["zz"]},
    ],
)  # fmt: skip
def test_a_changed_opening_is_refused(change: dict[str, Any]) -> None:
    """INV-18"""
    with pytest.raises(OpeningError):
        check_opening("emissions.total", {**opening("emissions.total"), **change}, ROOT)


def test_an_unknown_figure() -> None:
    with pytest.raises(OpeningError, match="no figure"):
        open_figures(RESULT, ["emissions.secret"])


def test_salts_differ_so_that_one_opening_tells_nothing_of_another() -> None:
    assert len({opening(name)["salt"] for name in NAMES}) == len(NAMES)


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["value", "unit", "salt", "index", "size", "path"]),
        st.none() | st.integers() | st.text() | st.lists(st.text()) | st.floats(),
    )
)
def test_garbage(changes: dict[str, Any]) -> None:
    """INV-18"""
    with contextlib.suppress(OpeningError):
        check_opening("emissions.total", {**opening("emissions.total"), **changes}, ROOT)

"""Drawings: a Sankey diagram that balances, charts that any figures fit in."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.reports import charts, sankey
from ledger.reports.charts import Band, Bar, Series
from ledger.reports.sankey import Flow, Words
from ledger.reports.svg import fit, text_width

AMOUNTS = st.fractions(min_value=-(10**9), max_value=10**9)
LABELS = st.text(max_size=40).filter(lambda text: all(sign.isprintable() for sign in text))
FLOWS = st.lists(st.builds(Flow, LABELS, st.sampled_from(["a", "b", "c"]), AMOUNTS, st.just("1.0")), max_size=20)
WORDS = Words("gross", "net", "below", "1", "2", "3", {"a": ("A", "4")}, "what it shows")


def balance(layout: sankey.Layout) -> dict[int, tuple[Fraction, Fraction]]:
    """What flows into and out of each node."""
    flows = {at: (Fraction(0), Fraction(0)) for at in range(len(layout.nodes))}
    for link in layout.links:
        flows[link.source] = flows[link.source][0], flows[link.source][1] + link.value
        flows[link.target] = flows[link.target][0] + link.value, flows[link.target][1]
    return flows


def assert_balanced(layout: sankey.Layout) -> None:
    last = max(node.layer for node in layout.nodes)
    for at, (into, out) in balance(layout).items():
        node = layout.nodes[at]
        assert node.layer == 0 or into == node.value
        assert node.layer == last or out == node.value
        assert node.value > 0
    scales = {node.height / node.value for node in layout.nodes}
    assert len(scales) == 1


@settings(max_examples=50, deadline=None)
@given(FLOWS)
def test_what_flows_in_flows_out_on_one_scale(flows: list[Flow]) -> None:
    layout = sankey.lay_out(flows, WORDS, 200, 20)
    if layout is None:
        assert all(flow.value == 0 for flow in flows)
    else:
        assert_balanced(layout)
        for link in layout.links:
            source, target = layout.nodes[link.source], layout.nodes[link.target]
            assert source.top <= link.source_top <= link.source_top + link.height <= source.top + source.height
            assert target.top <= link.target_top <= link.target_top + link.height <= target.top + target.height


@settings(max_examples=50, deadline=None)
@given(FLOWS, st.booleans())
def test_any_flows_can_be_drawn(flows: list[Flow], compact: bool) -> None:
    drawn = sankey.draw(sankey.lump(flows, "rest", ""), WORDS, compact=compact)
    assert drawn is None or ElementTree.fromstring(drawn) is not None  # noqa: S314


def layout_of(*values: int) -> sankey.Layout | None:
    flows = [Flow(f"s{at}", "g", Fraction(value), str(value)) for at, value in enumerate(values)]
    return sankey.lay_out(flows, WORDS, 200, 20)


def labels(layout: sankey.Layout | None, layer: int) -> list[str]:
    assert layout is not None
    return [node.label for node in layout.nodes if node.layer == layer]


def test_without_deductions_the_total_ends_it() -> None:
    assert labels(layout_of(3, 0, 5), 0) == ["s0", "s2"]
    assert labels(layout_of(3, 0, 5), 2) == ["net"]


def test_deductions_leave_on_the_right() -> None:
    assert labels(layout_of(10, -4), 3) == ["net", "s1"]
    assert labels(layout_of(10, -4), 2) == ["gross"]


def test_a_total_of_zero_has_no_net() -> None:
    assert labels(layout_of(10, -10), 3) == ["s1"]


def test_below_zero_the_rest_enters_on_the_left() -> None:
    layout = layout_of(10, -25)
    assert labels(layout, 0) == ["s0", "below"]
    assert labels(layout, 3) == ["s1"]


def test_nothing_to_draw() -> None:
    assert layout_of(0, 0) is None
    assert layout_of() is None


def test_small_sources_are_lumped_by_sign_and_group() -> None:
    flows = [Flow(f"s{at}", "g", Fraction(value), "") for at, value in enumerate([*range(100, 112), 1, 2, -3])]
    lumped = sankey.lump(flows, "rest", "")
    assert len(lumped) == sankey.MOST_SOURCES + 2
    assert sum(flow.value for flow in lumped) == sum(flow.value for flow in flows)


VALUES = st.lists(st.none() | AMOUNTS, min_size=12, max_size=12).map(tuple)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.builds(Series, LABELS, st.just("#123456"), VALUES), max_size=9), st.sampled_from([350, 720]))
def test_any_months_can_be_drawn(series: list[Series], width: int) -> None:
    drawn = charts.months(series, [f"{at}" for at in range(12)], "t", {"no_data": "?", "alt": "<&>"}, width)
    root = ElementTree.fromstring(drawn)  # noqa: S314
    for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(rect.get("height", "0")) >= 0
        assert 0 <= float(rect.get("x", "-1")) <= width


SCALE = [
    Band(str(at + 1), "name", None if bound is None else Fraction(bound), "#fff")
    for at, bound in enumerate(["0.6", "0.8", "1.2", "2", None])
]


@pytest.mark.parametrize(
    ("value", "band"),
    [
        ("-3", 0),
        ("0", 0),
        ("0.6", 0),
        ("0.60001", 1),
        ("0.8", 1),
        ("1.2", 2),
        ("1.3", 3),
        ("2", 3),
        ("2.0001", 4),
        ("900", 4),
    ],
)
def test_the_mark_stands_in_its_own_band(value: str, band: int) -> None:
    place = charts._place(SCALE, Fraction(value))
    assert band <= place <= band + 1
    assert place != band or value == "0.6"


@settings(max_examples=50, deadline=None)
@given(AMOUNTS, st.lists(AMOUNTS, max_size=6), st.none() | st.tuples(AMOUNTS, AMOUNTS))
def test_any_bands_can_be_drawn(
    value: Fraction, bounds: list[Fraction], around: tuple[Fraction, Fraction] | None
) -> None:
    scale = [Band("1", "a b", bound, "#fff") for bound in bounds] + [Band("2", "<c>", None, "#fff")]
    assert ElementTree.fromstring(charts.bands(scale, value, "K", "alt", 350, around=around)) is not None  # noqa: S314


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.builds(Bar, LABELS, AMOUNTS, st.just("1 %"), st.just("#000")), max_size=10), st.sampled_from([350, 720])
)
def test_any_bars_can_be_drawn(rows: list[Bar], width: int) -> None:
    assert ElementTree.fromstring(charts.bars(rows, "alt", width)) is not None  # noqa: S314


@settings(max_examples=50, deadline=None)
@given(LABELS, st.integers(0, 300))
def test_a_text_is_cut_to_its_room(text: str, room: int) -> None:
    shown = fit(text, room, 12)
    assert shown == text or shown == "…" or text_width(shown, 12) <= room

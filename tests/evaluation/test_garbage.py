"""INV-18: whatever authentic nonsense the log holds, an evaluation answers with a result."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.method_rules import FLAGS
from ledger.canonical import exact_number
from terminal_signer.frame import Document, Item, KeyClass, Pack, Record
from tests.evaluation.plant import FURNACE, GAS, HOURS, METER, OFFICER, PERIOD, POWER, SITE, Log, result

TIMES = st.sampled_from([PERIOD.start - 900, *HOURS[:5], HOURS[0] + 900, PERIOD.end, PERIOD.end + 1])
POINTS = st.sampled_from([POWER, GAS, f"{METER}/none"])
UNITS = st.sampled_from(["kWh", "m3{n}", "GJ", "t", "{CNY}", "lat"])
NUMBERS = st.builds(
    lambda mantissa, exponent: Decimal(mantissa).scaleb(exponent),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-18, 0),
)
AMOUNTS = st.builds(
    lambda p, s, d, u, v: Record(p, s, s + d, u, v, None), POINTS, TIMES, st.integers(1, 9000), UNITS, NUMBERS
)
STANDS = st.builds(lambda p, t, u, v: Record(p, None, t, u, None, abs(v)), POINTS, TIMES, UNITS, NUMBERS)
PACKS = st.builds(lambda t, r: Pack(t, tuple(r)), TIMES, st.lists(AMOUNTS | STANDS, max_size=6))
ITEMS = st.builds(
    lambda n, v, u, s, d: Item(n, v, u, s, s + d),
    st.sampled_from(["purchased_heat", "value_added", "gas_heating_value", "x", POWER, GAS]),
    NUMBERS, UNITS, TIMES, st.integers(1, 90_000),
)  # fmt: skip
DOCUMENTS = st.builds(
    lambda kind, items: Document(kind, "text/plain", bytes(32), None, tuple(items)),
    st.sampled_from(["declaration", "laboratory-result", "opinion", "correction", "ocmf"]),
    st.lists(ITEMS, max_size=4),
)
ENTRIES = st.tuples(
    st.none() | PACKS | DOCUMENTS,
    st.sampled_from([METER, FURNACE, OFFICER, "88.118.20001/EQ-1"]),
    st.sampled_from(list(KeyClass)),
    st.integers(0, 3),
    st.none() | st.integers(0, 5),
    st.sets(st.sampled_from(FLAGS), max_size=2),
    st.integers(PERIOD.start, PERIOD.end + 200_000),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ENTRIES, max_size=10), st.sampled_from([1, 2]))
def test_an_evaluation_never_falls_over(entries: list[tuple[object, ...]], kind: int) -> None:
    log = Log()
    for content, sub, key_class, seq, corrects, flags, anchored_at in entries:
        target = log.frames[corrects] if isinstance(corrects, int) and corrects < len(log.frames) else None
        log.add(
            content, sub, key_class,  # type: ignore[arg-type]
            seq=seq, corrects=target, flags=flags, anchored_at=anchored_at,  # type: ignore[arg-type]
        )  # fmt: skip
    found = result(log, SITE, kind=kind)
    emissions, quality = found.document["emissions"], found.document["quality"]
    assert found.canonical() == result(replace_order(log), SITE, kind=kind).canonical()
    months = [exact_number(value) for value in emissions["by_month"].values() if value is not None]
    assert sum(months) == exact_number(emissions["total"])
    assert sum(quality[name] for name in ("metered", "defaulted", "declared", "estimated")) in (0, 10_000)
    assert 0 <= quality["coverage"] <= 10_000


def replace_order(log: Log) -> Log:
    """The same frames, handed over backwards."""
    return Log([replace(entry) for entry in reversed(log.frames)])

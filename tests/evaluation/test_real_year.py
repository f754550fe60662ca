"""A real year, and the demo's: from the meter's file through signed frames to figures that are known beforehand."""

from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from importlib import resources
from pathlib import Path

import pytest

from devnet import rolling_mill
from ledger.canonical import exact_number
from ledger.evaluation.calendar import year_of
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import AdmittedFrame, Rules
from ledger.evaluation.result import Result
from ledger.rules import load_rule
from terminal_signer.build import build, encode_pack
from terminal_signer.csv_meter import UCI_STEEL, batches, read_rows
from terminal_signer.frame import NO_FRAME, SENML, Document, Frame, Header, KeyClass, Pack, content, parse, verify
from terminal_signer.keys import generate
from tests.evaluation.plant import Key

ISS = "88.118.20180"
METER = f"{ISS}/EQ-0001"
RULES = Rules(load_rule("general"), load_rule("cn-a-2013"))


def site(name: str) -> bytes:
    return resources.files("devnet").joinpath("sites", name).read_bytes()


@pytest.fixture(scope="module")
def steel(steel_file: Path) -> list[AdmittedFrame]:
    """Every reading of the real file, signed: 8,760 frames of one hour, each chained to the one before."""
    key, previous, frames = generate(), NO_FRAME, []
    for seq, batch in enumerate(batches(read_rows(steel_file, UCI_STEEL), f"{ISS}/", UCI_STEEL)):
        iat = batch.records[-1].time
        header = Header(ISS, METER, iat, seq, previous, None, None, SENML)
        raw = build(key, header, encode_pack(ISS, batch.base_time, batch.records, iat))
        frame = parse(raw)
        previous = frame.digest
        frames.append(AdmittedFrame(frame, content(frame), seq, iat + 600, Key(METER, KeyClass.METER), frozenset()))
    verify(frames[-1].frame, key.public)
    return frames


def steel_result(frames: list[AdmittedFrame]) -> Result:
    period = year_of(1_514_732_400, 9 * 3600)
    return evaluate(site("steel_plant.toml"), RULES, frames, period, seed=bytes(32), kind=1)


def test_the_real_file_gives_the_known_figures_exactly(steel: list[AdmittedFrame]) -> None:
    document = steel_result(steel).document
    power = document["activity"]["purchased_electricity"]
    assert len(steel) == 8_760
    assert (power["value"], power["unit"]) == ("959640.31", "kWh")
    assert (power["by_month"]["2018-01"], power["by_month"]["2018-12"]) == ("126238.29", "59436.78")
    assert document["activity"]["reactive_lagging"]["unit"] == "kvarh"
    assert document["activity"]["reactive_leading"]["unit"] == "kvarh"
    emissions = document["emissions"]
    assert (emissions["total"], emissions["scope2"], emissions["scope1"]) == ("585.476553131", "585.476553131", "0")
    assert len(emissions["by_month"]) == 12
    assert sum(Fraction(value) for value in emissions["by_month"].values()) == Fraction("585.476553131")
    assert document["gaps"]["list"] == []
    assert document["findings"] == []
    assert document["quality"] == {"coverage": 10_000, "metered": 10_000, "defaulted": 0, "declared": 0, "estimated": 0}


def test_the_real_file_is_an_illustration_without_a_grade(steel: list[AdmittedFrame]) -> None:
    document = steel_result(steel).document
    assert document["marks"] == ["UNVERIFIED", "REPLAYED", "ILLUSTRATIVE"]
    assert (document["grade"]["grade"], document["grade"]["reason"]) == (None, "no-value-added")


def test_reactive_energy_is_recorded_and_emits_nothing(steel: list[AdmittedFrame]) -> None:
    document = steel_result(steel).document
    assert list(document["emissions"]["by_source"]) == ["purchased_electricity"]


def test_one_altered_reading_changes_the_hash(steel: list[AdmittedFrame]) -> None:
    """INV-11: the figure follows from the frames and from nothing else."""
    pack = steel[4000].content
    assert isinstance(pack, Pack)
    record = pack.records[0]
    assert record.value is not None
    altered = pack._replace(records=(record._replace(value=record.value + Decimal("0.01")), *pack.records[1:]))
    entry = steel[4000]
    changed = AdmittedFrame(entry.frame, altered, entry.index, entry.anchored_at, entry.enrolment, entry.flags)
    tampered = steel_result([*steel[:4000], changed, *steel[4001:]])
    assert tampered.document["activity"]["purchased_electricity"]["value"] == "959640.32"
    assert tampered.hash() != steel_result(steel).hash()


def test_the_simulated_mill_is_graded_and_marked() -> None:
    rules = Rules(RULES.method, RULES.factors, load_rule("zhejiang-carbon-efficiency"), load_rule("demo-rolling-means"))
    frames = [
        _admit(sub, seq, batch_pack, hour_end)
        for seq, (hour_end, packs) in enumerate(_mill())
        for sub, batch_pack in packs.items()
    ]
    frames = [
        AdmittedFrame(entry.frame, entry.content, index, entry.anchored_at, entry.enrolment, entry.flags)
        for index, entry in enumerate(frames)
    ]
    period = year_of(frames[0].anchored_at - 3600, 8 * 3600)
    officer = f"{rolling_mill.ENTERPRISE}/OF-0001"
    declared = Document(
        "declaration", "text/plain", b"\x01" * 32, None, rolling_mill.declarations(period.start, period.end)
    )
    frames.append(_admit(officer, 0, declared, period.end, KeyClass.OFFICER, len(frames)))
    document = evaluate(site("rolling_mill.toml"), rules, frames, period, seed=bytes(32), kind=2).document
    assert document["grade"]["grade"] == 2
    assert document["grade"]["mean"]["demo"]
    assert document["marks"] == ["DEMO", "UNVERIFIED", "REPLAYED"]
    assert document["quality"]["coverage"] == 10_000
    assert document["quality"]["defaulted"] > 5_000
    assert document["findings"] == []
    assert document["gaps"]["list"] == []
    total = exact_number(document["emissions"]["total"])
    assert sum(exact_number(value) for value in document["emissions"]["by_month"].values()) == total


def _mill() -> list[tuple[int, dict[str, Pack]]]:
    return [
        (packs.end, {sub: Pack(packs.start, records) for sub, records in packs.records.items()})
        for packs in rolling_mill.readings()
    ]


def _admit(
    sub: str, seq: int, what: Pack | Document, at: int, key_class: KeyClass = KeyClass.METER, index: int = 0
) -> AdmittedFrame:
    frame = Frame(
        raw=b"", digest=sha256(f"{sub} {seq}".encode()).digest(), alg=-7, kid=sha256(sub.encode()).digest(),
        iss=sub.partition("/")[0], sub=sub, iat=at, seq=seq, prev=bytes(32), seen=None, corrects=None, content_type=112,
        payload=b"", protected=b"", signature=b"",
    )  # fmt: skip
    return AdmittedFrame(frame, what, index, at + 600, Key(sub, key_class), frozenset())

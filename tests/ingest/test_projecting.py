"""Hourly amounts kept in the store: read again without a frame, never when out of date, never when altered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from ledger import projecting
from ledger.accounting.method import parse_method
from ledger.anchoring.heads import Head, Place, State
from ledger.assemble import EvidenceMissing, assemble
from ledger.evaluation.closings import KIND as CLOSE
from ledger.evaluation.evaluate import evaluate, evaluate_source
from ledger.evaluation.inputs import Period, Rules
from ledger.evaluation.projection import Projection, ProjectionError, differences
from ledger.evaluation.site import parse_site
from ledger.evidence.case import times_of
from ledger.ingest import Ingest
from ledger.log.admission import Enrolment
from ledger.projecting import Question, final_heads, projected
from ledger.projections import rebuild
from ledger.rules import load_rule
from ledger.store.anchors import AnchorStore
from ledger.store.database import reading, writing
from ledger.store.enrolments import all_enrolments
from ledger.store.log import LogStore
from ledger.store.projections import all_questions
from ledger.store.schema import hours, projections
from terminal_signer.build import build, encode_document
from terminal_signer.document import CORRECTION
from terminal_signer.frame import DOCUMENT, Document, Header, Item, KeyClass, digest_of
from tests.ingest.terminal import HOUR, ISS, LOG, START, Terminal

COUNT = 420
PERIOD = Period(START, START + COUNT * HOUR)
RULES = Rules(load_rule("general"), load_rule("cn-a-2013"))
SEED = bytes(32)


def site(terminals: Sequence[Terminal]) -> bytes:
    text = f"""\
format = "site/1"
boundary = {{ zh = "厂", en = "plant" }}
[enterprise]
iss = "{ISS}"
subject = "{ISS}/CE-2023-0001"
name = {{ zh = "厂", en = "plant" }}
industry = "C3130"
region = "CN"
offset = "+00:00"
[rules]
method = "general"
factors = "cn-a-2013"
[[source]]
id = "purchased_electricity"
"""
    for terminal in terminals:
        text += f"""\
[[meter]]
sub = "{terminal.sub}"
name = {{ zh = "表", en = "meter" }}
[[meter.point]]
id = "{terminal.sub}/active"
item = "purchased_electricity"
unit = "kWh"
kind = "amount"
"""
    return text.encode()


@dataclass(slots=True)
class Mill:
    """Two meters and an officer in one log."""

    engine: Engine
    ingest: Ingest
    meters: list[Terminal]
    officer: Terminal
    frames: list[list[bytes]]

    def anchor(self, time: int) -> None:
        log = LogStore(self.engine, LOG)
        head = Head(log.size(), log.root(), 0, b"", State.FINAL, time, place=Place(1, bytes(32), time))
        with writing(self.engine) as connection:
            AnchorStore(self.engine, LOG).insert(connection, head)

    def submit(self, raws: Sequence[bytes], now: int) -> None:
        self.ingest.submit(raws, now)
        self.anchor(now + 60)

    @property
    def enrolments(self) -> list[Enrolment]:
        return all_enrolments(self.engine)

    @property
    def question(self) -> Question:
        subs = tuple(sorted(terminal.sub for terminal in (*self.meters, self.officer)))
        return Question(site(self.meters), parse_method(RULES.method).data_rules, PERIOD.start, PERIOD.end, subs)

    def projected(self) -> Projection:
        return projected(self.engine, LOG, self.question, final_heads(self.engine, LOG), self.enrolments)

    def from_frames(self) -> bytes:
        heads, times = final_heads(self.engine, LOG), times_of(parse_site(self.question.site), RULES.method)
        found = assemble(self.engine, LOG, self.enrolments, heads, self.question.subs, PERIOD, times)
        return evaluate(self.question.site, RULES, found.admitted, PERIOD, seed=SEED, kind=1).canonical()

    def from_hours(self) -> bytes:
        return evaluate_source(self.question.site, RULES, self.projected(), PERIOD, seed=SEED, kind=1).canonical()

    def correct(self, meter: int, number: int, now: int) -> None:
        """The officer states another amount for an hour of a meter."""
        start, point = START + number * HOUR, f"{self.meters[meter].sub}/active"
        item = Item(point, Decimal(9), "kWh", start, start + HOUR)
        document = Document(CORRECTION, "text/plain", bytes(32), None, (item,), "misread")
        self.state(self.officer, document, now, digest_of(self.frames[meter][number]))

    def state(self, key: Terminal, document: Document, now: int, corrects: bytes | None = None) -> None:
        header = Header(ISS, key.sub, now, key.seq, key.prev, None, corrects, DOCUMENT)
        raw = build(key.key, header, encode_document(document))
        key.seq, key.prev = key.seq + 1, digest_of(raw)
        self.submit([raw], now)


@pytest.fixture
def mill(engine: Engine, ingest: Ingest, terminal: Terminal) -> Mill:
    other, officer = Terminal(2), Terminal(3)
    ingest.learn([other.enrolment(), replace(officer.enrolment(), key_class=KeyClass.OFFICER)])
    frames = [terminal.frames(COUNT), other.frames(COUNT - 3)]
    mill = Mill(engine, ingest, [terminal, other], officer, frames)
    for day in range(0, COUNT, 24):
        mill.submit([raw for of in frames for raw in of[day : day + 24]], START + (day + 25) * HOUR)
    return mill


def test_from_frames_and_from_hours_the_results_are_the_same(mill: Mill) -> None:
    """INV-16: streamed terminal by terminal, kept and read again; with a correction across terminals, too."""
    assert mill.from_hours() == mill.from_hours() == mill.from_frames()
    before = mill.projected()
    mill.correct(1, 400, START + 450 * HOUR)
    after = mill.from_hours()
    assert after == mill.from_frames()
    assert b'"reason":"misread"' in after
    found = differences(replace(before, subject=mill.projected().subject), mill.projected())
    assert found == [f"{mill.meters[1].sub}/active 1", "rest"]


def test_whoever_closed_a_month_is_read_beforehand(mill: Mill) -> None:
    """The officer, whose close counts, and a meter, which is told that it may not."""
    november = Document(CLOSE, "text/plain", sha256(b"2023-11").digest(), b"2023-11", ())
    mill.state(mill.officer, november, START + 430 * HOUR)
    mill.state(mill.meters[0], november, START + 440 * HOUR)
    mill.correct(1, 300, START + 450 * HOUR)
    found = mill.from_hours()
    assert found == mill.from_frames()
    assert b'"closings":[{' in found
    assert b"not-entitled" in found


def test_a_second_evaluation_reads_no_frame(mill: Mill, monkeypatch: pytest.MonkeyPatch) -> None:
    first = mill.from_hours()
    monkeypatch.setattr(projecting, "stream", lambda *arguments: pytest.fail("frames were read"))
    assert mill.from_hours() == first


def test_only_the_months_that_differ_are_written(mill: Mill) -> None:
    """One corrected month leaves the rows of the others alone."""
    mill.projected()

    def rows() -> dict[tuple[str, int], int]:
        with reading(mill.engine) as connection:
            query = select(hours.c.point, hours.c.month).add_columns(hours.c.amounts)
            return {(point, month): hash(data) for point, month, data in connection.execute(query)}

    before = rows()
    assert {month for _, month in before} == {0, 1}
    mill.correct(0, 3, START + 450 * HOUR)
    mill.projected()
    after = rows()
    assert [place for place in before if before[place] != after[place]] == [(f"{mill.meters[0].sub}/active", 0)]


def test_rebuilding_gives_the_same_bytes_and_counts_what_was_not(mill: Mill) -> None:
    """INV-15: altered, lost and added months are all put right."""
    kept = mill.projected()
    assert rebuild(mill.engine, LOG).changed == 0
    with writing(mill.engine) as connection:
        own = hours.c.point == f"{mill.meters[0].sub}/active"
        connection.execute(update(hours).where(own, hours.c.month == 0), {"amounts": b"\x01"})
        connection.execute(delete(hours).where(own, hours.c.month == 1))
        row = connection.execute(select(hours)).mappings().first()
        connection.execute(insert(hours), dict(row or {}) | {"point": "88.118.20260/EQ-0009/active"})
    assert rebuild(mill.engine, LOG).hours == 3
    assert (mill.projected(), rebuild(mill.engine, LOG).changed) == (kept, 0)


def test_an_altered_digit_is_found_when_it_is_read(mill: Mill) -> None:
    """INV-15."""
    mill.projected()
    with writing(mill.engine) as connection:
        data = connection.execute(select(hours.c.amounts).where(hours.c.month == 1)).scalars().first() or b""
        altered = data[:-1] + bytes([data[-1] ^ 1])
        connection.execute(update(hours).where(hours.c.amounts == data), {"amounts": altered})
    with pytest.raises(ProjectionError, match="altered"):
        mill.from_hours()
    assert rebuild(mill.engine, LOG).hours > 0
    assert mill.from_hours() == mill.from_frames()


@pytest.mark.parametrize("change", ["frames", "a key's end"])
def test_what_was_overtaken_is_made_again(mill: Mill, change: str) -> None:
    before = mill.projected()
    if change == "frames":
        mill.submit(mill.meters[1].frames(3), START + 500 * HOUR)
    else:
        mill.ingest.learn([replace(mill.meters[0].enrolment(), until=START + 100 * HOUR, revoked=True)])
    assert mill.from_hours() == mill.from_frames()
    assert mill.projected() != before


def test_a_question_that_cannot_be_read_is_dropped(mill: Mill) -> None:
    mill.projected()
    with writing(mill.engine) as connection:
        connection.execute(update(projections), {"question": b"[]"})
    assert rebuild(mill.engine, LOG).hours == 1
    assert all_questions(mill.engine, LOG) == []


def test_without_a_final_head_or_a_frame_there_is_nothing(mill: Mill) -> None:
    heads = final_heads(mill.engine, LOG)
    with pytest.raises(EvidenceMissing, match="no tree head"):
        projected(mill.engine, LOG, mill.question, [], mill.enrolments)
    with pytest.raises(EvidenceMissing, match="no frame"):
        projected(mill.engine, LOG, replace(mill.question, subs=(f"{ISS}/EQ-0009",)), heads, mill.enrolments)

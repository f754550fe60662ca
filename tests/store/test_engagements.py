"""Engagements as the store finds them: caught up with the log, replayed, and whatever does not count named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, insert, update

from ledger.ingest import Ingest
from ledger.projections import rebuild
from ledger.store.database import migrate, open_store, writing
from ledger.store.engagements import engagements, frames_of, record_of, records
from ledger.store.schema import verification_steps
from ledger.verification.contents import Reasoned
from ledger.verification.stages import State
from ledger.verification.steps import Stated
from terminal_signer.document import of_file
from terminal_signer.keys import generate
from tests.verification import engagement as e
from tests.verification.desk import LOG, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_store(str(tmp_path / "ledger.sqlite"))
    migrate(engine)
    ingest = Ingest(engine, LOG, generate())
    yield Desk(engine, ingest)
    ingest.close()
    engine.dispose()


def test_the_log_is_all_that_an_engagement_is(desk: Desk) -> None:
    assert engagements(desk.engine, LOG) == []
    desk.log("officer", of_file("month-close", "text/plain", b"2021-12"), e.START)
    desk.tell(e.reviewed())
    desk.log("officer", of_file("declaration", "text/plain", b"verification-step"), e.START + 90 * e.DAY)
    assert engagements(desk.engine, LOG) == [e.ENGAGEMENT]
    record = record_of(desk.engine, LOG, e.ENGAGEMENT)
    assert record.case is not None
    assert record.case.state is State.REVIEWED
    assert (record.void, record.unread) == ((), ())
    assert set(record.accepted) == {step.digest for step in record.case.steps}
    assert len(frames_of(desk.engine, LOG, e.ENGAGEMENT)) == len(e.reviewed().made)
    nothing = record_of(desk.engine, LOG, f"{e.ENTERPRISE}/V-9")
    assert (nothing.case, nothing.void) == (None, ())


def test_what_does_not_count_stays_and_says_why(desk: Desk) -> None:
    """INV-12: a stranger's refusal, and one by a key that had ended, are logged and change nothing."""
    desk.tell(e.visited())
    last = desk.last
    desk.say("stranger", Stated(e.ENGAGEMENT, "refuse", Reasoned("because")), e.START + 20 * e.DAY)
    desk.last = last
    desk.ingest.learn([desk.enrolment("lead", desk.keys["lead"], e.START + 21 * e.DAY)])
    desk.say("lead", Stated(e.ENGAGEMENT, "refuse", Reasoned("because")), e.START + 22 * e.DAY)
    record = record_of(desk.engine, LOG, e.ENGAGEMENT)
    assert record.case is not None
    assert record.case.state is State.VISITED
    assert [void.why.code for void in record.void] == ["stranger"]
    assert [unread.why.code for unread in record.unread] == ["flagged"]


def test_a_flood_of_strangers_drowns_nothing(desk: Desk) -> None:
    """INV-18: whoever has a key may name an engagement; the parties' own documents are read all the same."""
    desk.tell(e.visited())
    last = desk.last
    for number in range(70):
        desk.say("stranger", Stated(e.ENGAGEMENT, "refuse", Reasoned(f"because {number}")), e.START + 20 * e.DAY)
        desk.last = last
    desk.say("member", e.found().made[-1].stated, e.START + 30 * e.DAY)
    record = record_of(desk.engine, LOG, e.ENGAGEMENT)
    assert record.case is not None
    assert len(record.case.open_findings()) == 1
    assert len(record.void) == 50


def test_all_are_replayed_by_a_few_questions_however_many_there_are(desk: Desk) -> None:
    """The same as one by one; of an organisation only those that it takes part in."""
    desk.tell(e.visited())
    names = [e.ENGAGEMENT]
    for number in range(7):
        names.append(f"{e.ENTERPRISE}/V-2022-{number + 10}")
        desk.last = None
        desk.say("officer", Stated(names[-1], "apply", e.APPLY), e.START + 40 * e.DAY)
    names.append(f"{e.ENTERPRISE}/V-2022-99")
    desk.say("stranger", Stated(names[-1], "refuse", Reasoned("because")), e.START + 41 * e.DAY)
    assert engagements(desk.engine, LOG) == names
    asked: list[str] = []
    event.listen(desk.engine, "before_cursor_execute", lambda _c, _cur, statement, *_: asked.append(statement))
    found = list(records(desk.engine, LOG))
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 7
    alone = [record_of(desk.engine, LOG, name) for name in names]
    assert [(one.case, len(one.void)) for one in found] == [(one.case, len(one.void)) for one in alone]
    theirs = [record.case.engagement for record in records(desk.engine, LOG, e.VERIFIER) if record.case is not None]
    assert theirs == names[:-1]
    assert list(records(desk.engine, LOG, "88.118.666")) == []


def test_rebuilding_finds_what_was_altered(desk: Desk) -> None:
    desk.tell(e.visited())
    before = record_of(desk.engine, LOG, e.ENGAGEMENT)
    assert rebuild(desk.engine, LOG).engagements == 0
    with writing(desk.engine) as connection:
        connection.execute(update(verification_steps).values(engagement="88.118.1/X"))
        connection.execute(insert(verification_steps), {"log_id": LOG, "leaf_index": 999, "engagement": "88.118.1/Y"})
    assert rebuild(desk.engine, LOG).engagements > 0
    assert engagements(desk.engine, LOG) == [e.ENGAGEMENT]
    assert record_of(desk.engine, LOG, e.ENGAGEMENT) == before

"""Engagements as the store finds them: caught up with the log, replayed, and whatever does not count named."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from ledger.ingest import Ingest, Logged
from ledger.log.admission import Enrolment
from ledger.projections import rebuild
from ledger.store.database import migrate, open_store, writing
from ledger.store.engagements import engagements, frames_of, record_of
from ledger.store.schema import verification_steps
from ledger.verification.contents import Reasoned
from ledger.verification.stages import State
from ledger.verification.steps import Stated, write_step
from terminal_signer.build import build, encode_document
from terminal_signer.document import Document, of_file
from terminal_signer.frame import DOCUMENT, Header, digest_of
from terminal_signer.keys import PrivateKey, generate
from tests.verification import engagement as e

LOG = sha256(b"the log").digest()


class Desk:
    """Everybody's keys, and one log that takes what they sign."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_store(str(folder / "ledger.sqlite"))
        migrate(self.engine)
        self.ingest = Ingest(self.engine, LOG, generate())
        self.keys = {who: generate() for who in e.PEOPLE}
        self.ingest.learn([self.enrolment(who, key) for who, key in self.keys.items()])
        self.seq = dict.fromkeys(self.keys, 0)
        self.prev = dict.fromkeys(self.keys, bytes(32))
        self.last: bytes | None = None

    def enrolment(self, who: str, key: PrivateKey, until: int | None = None) -> Enrolment:
        sub = e.PEOPLE[who]
        return Enrolment(
            sha256(sub.encode()).digest(), sub.partition("/")[0], sub, key.public.thumbprint(), key.public,
            e.key_class(who), LOG, e.START - 90 * e.DAY, until, until is not None, None, None, bytes(32), b"",
        )  # fmt: skip

    def log(self, who: str, document: Document, at: int) -> bytes:
        sub = e.PEOPLE[who]
        header = Header(sub.partition("/")[0], sub, at, self.seq[who], self.prev[who], content_type=DOCUMENT)
        raw = build(self.keys[who], header, encode_document(document))
        self.seq[who] += 1
        self.prev[who] = digest_of(raw)
        (answer,) = self.ingest.submit([raw], at)
        assert isinstance(answer, Logged)
        return digest_of(raw)

    def tell(self, story: e.Story) -> None:
        """Sign and log what was made, each linked to the frame before."""
        names = {sub: who for who, sub in e.PEOPLE.items()}
        for step in story.made:
            self.say(names[step.by], step.stated, step.at)

    def say(self, who: str, stated: Stated, at: int) -> None:
        self.last = self.log(who, write_step(replace(stated, previous=self.last)), at)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


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

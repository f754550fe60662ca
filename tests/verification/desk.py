"""Everybody's keys over a store, and one log that takes what they sign."""

from dataclasses import replace
from hashlib import sha256

from sqlalchemy import Engine

from ledger.ingest import Ingest, Logged
from ledger.log.admission import Enrolment
from ledger.verification.steps import Stated, write_step
from terminal_signer.build import build, encode_document
from terminal_signer.document import Document
from terminal_signer.frame import DOCUMENT, Header, digest_of
from terminal_signer.keys import PrivateKey, generate
from tests.verification import engagement as e

LOG = sha256(b"the log").digest()


class Desk:
    """Everybody's keys, and one log that takes what they sign."""

    def __init__(self, engine: Engine, ingest: Ingest, log_id: bytes = LOG) -> None:
        self.engine, self.ingest, self.log_id = engine, ingest, log_id
        self.keys = {who: generate() for who in e.PEOPLE}
        self.ingest.learn([self.enrolment(who, key) for who, key in self.keys.items()])
        self.seq = dict.fromkeys(self.keys, 0)
        self.prev = dict.fromkeys(self.keys, bytes(32))
        self.last: bytes | None = None

    def enrolment(self, who: str, key: PrivateKey, until: int | None = None) -> Enrolment:
        sub = e.PEOPLE[who]
        return Enrolment(
            sha256(sub.encode()).digest(), sub.partition("/")[0], sub, key.public.thumbprint(), key.public,
            e.key_class(who), self.log_id, e.START - 90 * e.DAY, until, until is not None, None, None, bytes(32), b"",
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

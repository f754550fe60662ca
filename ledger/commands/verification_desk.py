"""The desk at which a person of a verification works: the engagement as the log or a file has it, and the person's key.

A key is a terminal's folder (`terminal-signer init`); what it signs goes the way of every frame: spool, gateway, log.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from ledger.chain import deployment
from ledger.chain.client import Chain
from ledger.commands.evaluate_inputs import chosen_log
from ledger.commands.input_files import WrongUse, read
from ledger.commands.store_place import configured_store, gateway_settings, read_log_id
from ledger.store import engagements as store
from ledger.store.database import migrate, open_store
from ledger.store.enrolments import all_enrolments
from ledger.verification.advance import advance, opening
from ledger.verification.case import Case
from ledger.verification.contents import Content
from ledger.verification.record import MAX_BYTES, Record, read_file, read_record
from ledger.verification.steps import Stated, Step, write_step
from terminal_signer.frame import KeyClass
from terminal_signer.place import Place, open_place, passphrase

RPC = "http://127.0.0.1:8545"


class NotSent(WrongUse):
    """A document was signed and did not reach the log."""

    code = "not-sent"


@dataclass(frozen=True, slots=True)
class Signed:
    """What a person just signed, and the case that it led to."""

    step: Step
    case: Case
    sent: bool


class Desk:
    """What the options say; nothing is opened before it is asked for."""

    def __init__(self, options: argparse.Namespace, ask: str = "") -> None:
        self._options = options
        self.ask = ask
        self.settings = gateway_settings(options.dir)

    @cached_property
    def engine(self) -> Engine:
        database = self._options.database or configured_store(self._options.dir)
        if "://" not in database and not Path(database).is_file():
            raise WrongUse("there is no store", where=database, mend="--database, --dir, or --record FILE")
        engine = open_store(database)
        migrate(engine)
        return engine

    @cached_property
    def log_id(self) -> bytes:
        named = self._options.log or self.settings.get("log_id")
        try:
            return chosen_log(self.engine, None if named is None else read_log_id(named))
        except ValueError:
            raise WrongUse("no log id", where="--log", mend="0x and 64 hex digits") from None

    @cached_property
    def chain(self) -> Chain:
        path = self._options.deployment or self._options.dir / self.settings.get("deployment", "deployment.json")
        chain = Chain(self._options.rpc or str(self.settings.get("rpc", RPC)), deployment.load(path))
        chain.verify()
        return chain

    @cached_property
    def place(self) -> Place:
        if self._options.key is None:
            raise WrongUse("whose key signs?", where="--key", mend="the folder that terminal-signer init made")
        return open_place(self._options.key)

    def now(self) -> int:
        """The clock that the gateway of this folder goes by: a replay's is the chain's."""
        return self.chain.now() if self.settings.get("clock") == "chain" else int(time.time())

    @property
    def me(self) -> str:
        me: str | None = getattr(self._options, "me", None)
        return me or self.place.sub

    def records(self, person: str | None = None) -> Iterator[Record]:
        """Every engagement; of a person only those that his organisation takes part in."""
        if self._options.record is not None:
            return iter([self._handed_on()])
        return store.records(self.engine, self.log_id, None if person is None else person.partition("/")[0])

    def record(self, engagement: str) -> Record:
        """From the store; with --record from a file."""
        if self._options.record is None:
            return store.record_of(self.engine, self.log_id, engagement)
        return self._handed_on()

    def _handed_on(self) -> Record:
        """The file's, whose keys the chain vouches for."""
        entries = read_file(read(self._options.record, MAX_BYTES), str(self._options.record))
        keys = {(key.iss, key.sub, key.kid): key for key in self.chain.enrolments()}
        return read_record(entries, keys)

    def raws(self, engagement: str) -> list[bytes]:
        """The frames of an engagement, to hand them on."""
        if self._options.record is not None:
            return [entry.frame.raw for entry in read_file(read(self._options.record, MAX_BYTES), "record")]
        return [frame.raw for frame in store.frames_of(self.engine, self.log_id, engagement)]

    def case(self, engagement: str) -> Case:
        case = self.record(engagement).case
        if case is None:
            raise WrongUse(f"nobody applied for {engagement}", mend="carbon verification list shows what there is")
        return case

    def sign(
        self, engagement: str, action: str, make: Callable[[Case | None, int], Content], corrects: bytes | None = None
    ) -> Signed:
        """Sign the engagement's next document, if the rules bear it, and send it. Raises StepRefused before anything is
        signed."""
        case = None if action == "apply" else self.case(engagement)
        at = self.now()
        previous = None if case is None else case.steps[-1].digest
        stated = Stated(engagement, action, make(case, at), previous, corrects)
        document = write_step(stated)
        place = self.place
        tried = Step(stated, place.sub, place.public.thumbprint(), self._class(), at, bytes(32), document.sha256)
        if case is None:
            opening(tried)
        else:
            advance(case, tried)
        signer = place.signer(passphrase(self._options.passphrase_file, self.ask))
        try:
            digest = signer.document(document, at, corrects=corrects)
            kept = signer.spool.kept(digest)
        finally:
            signer.spool.close()
        if kept is not None and kept.raw is not None:
            self._keep(kept.raw)
        sent = self.send()
        step = Step(stated, tried.by, tried.kid, tried.key_class, at, digest, document.sha256)
        return Signed(step, opening(step) if case is None else advance(case, step), sent)

    def _class(self) -> KeyClass:
        """Of the enrolled key. The chain is asked where the store does not know it yet."""
        mine = (self.place.sub, self.place.public.thumbprint())
        stored = all_enrolments(self.engine) if self._options.record is None else []
        found = [key.key_class for key in stored if (key.sub, key.kid) == mine]
        found = found or [key.key_class for key in self.chain.enrolments() if (key.sub, key.kid) == mine]
        if not found:
            raise WrongUse(f"no key of {self.place.sub} is enrolled", mend="carbon terminal enrol")
        return found[-1]

    def _keep(self, raw: bytes) -> None:
        """With --record the file grows by the new document, so that it can be handed on."""
        if self._options.record is not None:
            with Path(self._options.record).open("ab") as file:
                file.write(raw)

    def send(self) -> bool:
        """Whether it went: a key that is not connected, or --no-send, keeps what it signed."""
        if self.place.connection is None or self._options.no_send:
            return False
        sent = self.place.delivery(attempts=2).send()
        if sent.refused:
            what = ", ".join(sorted(sent.refused))
            raise NotSent(f"the gateway refused what was signed: {what}", mend="terminal-signer status says more")
        return True

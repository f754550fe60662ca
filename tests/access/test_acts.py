"""Grants as signed documents: what is written reads back, what nobody would honour is refused, forged ones do not
count. INV-20, INV-18."""

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.access.acts import KIND, Act, Ending, GrantFault, Terms, read_acts, read_body, to_json, write_act
from ledger.access.grants import GRANTABLE, Part, Period
from ledger.access.journal import BEGINNING, Reading, first_break, next_entry
from ledger.access.roles import Role
from ledger.canonical import canonical_json
from ledger.log.admission import Enrolment
from terminal_signer.build import build, encode_document
from terminal_signer.document import Document, of_file
from terminal_signer.frame import DOCUMENT, Frame, Header, KeyClass, digest_of, parse
from terminal_signer.keys import PrivateKey, generate

MILL, BUYER = "88.118.20260", "88.118.30001"
START = 1_700_000_000
TERMS = Terms(
    BUYER, Role.CUSTOMER, f"{MILL}/CE-2018-0001", frozenset({Part.FIGURES}), START, START + 1000,
    figures=frozenset({"emissions.total"}), period=Period(START - 5000, START), purpose="年度采购",
)  # fmt: skip


@dataclass
class Officer:
    sub: str = f"{MILL}/OFFICER-1"
    key: PrivateKey = field(default_factory=generate)
    key_class: KeyClass = KeyClass.OFFICER
    seq: int = 0
    prev: bytes = bytes(32)

    def sign(self, document: Document) -> Frame:
        header = Header(
            self.sub.partition("/")[0], self.sub, START + self.seq, self.seq, self.prev, content_type=DOCUMENT
        )
        raw = build(self.key, header, encode_document(document))
        self.seq, self.prev = self.seq + 1, digest_of(raw)
        return parse(raw)

    def enrolment(self) -> dict[tuple[str, str, bytes], Enrolment]:
        kid = self.key.public.thumbprint()
        entry = Enrolment(
            sha256(self.sub.encode()).digest(), self.sub.partition("/")[0], self.sub, kid, self.key.public,
            self.key_class, bytes(32), 0, None, False, None, None, bytes(32), b"",
        )  # fmt: skip
        return {(entry.iss, entry.sub, kid): entry}


def test_a_grant_and_its_end() -> None:
    officer, second = Officer(), Officer(f"{MILL}/OFFICER-2")
    given_ = officer.sign(write_act(TERMS))
    ended = second.sign(write_act(Ending(given_.digest, "no longer a customer")))
    again = officer.sign(write_act(Ending(given_.digest)))
    frames = [(frame, frozenset[str]()) for frame in (given_, ended, again)]
    acts = read_acts(frames[:1], officer.enrolment())
    (grant,) = acts.grants
    assert (grant.digest, grant.enterprise, grant.by, grant.at) == (given_.digest, MILL, officer.sub, START)
    assert (grant.to, grant.figures, grant.period, grant.ended_at) == (BUYER, TERMS.figures, TERMS.period, None)
    acts = read_acts(frames, officer.enrolment() | second.enrolment())
    assert [(grant.ended_at, grant.ended_by) for grant in acts.grants] == [(START, second.sub)]
    assert acts.void == ()


def changed(**members: Any) -> bytes:
    told = {**to_json(TERMS), **members}
    return canonical_json({name: value for name, value in told.items() if value is not None})


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"format":"access-grant/2"}', changed(action="end"), changed(action="give"),
        changed(to="88"), changed(to="99.1"), changed(role="auditor"), changed(role="enterprise"),
        changed(parts=[]), changed(parts=["bundle"]), changed(parts=["all"]), changed(parts=["figures", "figures"]),
        changed(until=START), changed(since=-1), changed(until="soon"), changed(about=MILL),
        changed(about=f"{MILL}/CE-*"), changed(about="handle"), changed(figures=[]), changed(figures=[5]),
        changed(parts=["activity"]), changed(period={"start": START, "end": START}), changed(more=1),
        changed(purpose="\x1b[31m"), changed(grant="0x"), changed()[:-1] + b" }",
        canonical_json({"format": "access-grant/1", "action": "end", "grant": "0x12"}),
    ],
)  # fmt: skip
def test_what_is_no_grant(body: bytes) -> None:
    with pytest.raises(GrantFault):
        read_body(body)


@settings(deadline=None)
@given(
    role=st.sampled_from([role for role in Role if GRANTABLE[role]]),
    since=st.integers(0, 2**31),
    seconds=st.integers(1, 2**31),
    figures=st.none() | st.frozensets(st.sampled_from(["emissions.total", "grade.level", "排放"]), min_size=1),
    data=st.data(),
)
def test_what_is_written_reads_back(
    role: Role, since: int, seconds: int, figures: frozenset[str] | None, data: st.DataObject
) -> None:
    parts = data.draw(st.frozensets(st.sampled_from(sorted(GRANTABLE[role])), min_size=1))
    act = replace(TERMS, role=role, parts=parts, since=since, until=since + seconds,
                  figures=figures if Part.FIGURES in parts else None)  # fmt: skip
    body = write_act(act).body
    assert body is not None
    assert read_body(body) == act


@settings(deadline=None)
@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(to_json(TERMS))), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_garbage_is_named(body: bytes) -> None:
    with suppress(GrantFault):
        read_body(body)


@pytest.mark.parametrize(
    ("act", "officer", "flags", "why"),
    [
        (TERMS, Officer(key_class=KeyClass.METER), "", "officer"),
        (TERMS, Officer(key_class=KeyClass.VERIFIER), "", "officer"),
        (TERMS, Officer("88.118.666/OFFICER-1"), "", "not of 88.118.666"),
        (replace(TERMS, to=MILL), Officer(), "", "needs no grant"),
        (TERMS, Officer(), "fork gap", "fork"),
        (TERMS, Officer(), "revoked", "revoked"),
        (TERMS, Officer(), "iat", "iat"),
        (Ending(bytes(32)), Officer(), "", "there is not"),
    ],
)
def test_what_does_not_count(act: Act, officer: Officer, flags: str, why: str) -> None:
    frame = officer.sign(write_act(act))
    acts = read_acts([(frame, frozenset(flags.split()))], officer.enrolment())
    assert acts.grants == ()
    [(_, fault)] = acts.void
    assert why in str(fault)


def test_a_key_that_is_not_enrolled_and_a_broken_signature() -> None:
    officer, stranger = Officer(), Officer()
    frame = stranger.sign(write_act(TERMS))
    assert read_acts([(frame, frozenset())], officer.enrolment()).grants == ()
    (entry,) = officer.enrolment().values()
    lent = {(MILL, officer.sub, frame.kid): entry}
    assert read_acts([(frame, frozenset())], lent).grants == (), "the name is the officer's, the signature is not"


def test_gaps_and_late_frames_count() -> None:
    officer = Officer()
    frame = officer.sign(write_act(TERMS))
    assert len(read_acts([(frame, frozenset({"gap", "late"}))], officer.enrolment()).grants) == 1


def test_a_document_by_its_hash_alone_is_none() -> None:
    officer = Officer()
    written = of_file(KIND, "application/json", canonical_json(to_json(TERMS)), limit=1)
    assert read_acts([(officer.sign(written), frozenset())], officer.enrolment()).grants == ()


READING = Reading(
    MILL, START, "erp", BUYER, "customer", "read", f"{MILL}/CE", bytes(32), "figures", "", (b"\x01" * 32,)
)


def test_the_journal_shows_what_was_changed_dropped_or_moved() -> None:
    """INV-20: who read what stays told."""
    entries = []
    last = None
    for number in range(5):
        last = next_entry(last, replace(READING, at=START + number))
        entries.append(last)
    assert entries[0].previous == BEGINNING
    assert first_break(entries) is None
    assert first_break(entries[2:]) is None
    assert (first_break(entries, 0), first_break(entries[2:], 2), first_break(entries[2:], 0)) == (None, None, 3)
    assert first_break([*entries[:2], replace(entries[2], reading=replace(READING, client_id="x")), *entries[3:]]) == 3
    assert first_break([*entries[:2], *entries[3:]]) == 4
    assert first_break([entries[1], entries[0]]) == 1
    assert first_break([replace(entries[0], previous=b"\x01" * 32)]) == 1
    assert first_break([]) is None

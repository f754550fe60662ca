"""Enrolments, key states and certificates: what goes in comes out."""

from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import Engine

from ledger.certificates.certify import NotCertifiable, Parties, certify
from ledger.certificates.statement import Statement
from ledger.chain.client import Chain
from ledger.evaluation.result import Result
from ledger.log.admission import Gap, KeyState
from ledger.store.certificates import (
    StoredCertificate,
    certificate,
    certificate_of,
    certificates_of,
    green_certificates_used,
    put_certificate,
)
from ledger.store.database import reading, writing
from ledger.store.enrolments import all_enrolments, put_enrolments, select_enrolments
from ledger.store.key_states import key_state, put_states
from terminal_signer.keys import EDDSA, generate
from tests.ingest.terminal import LOG, START, Terminal

CERTIFICATE = StoredCertificate(
    token_id=b"\xff" * 32,
    identifier="88.118.20260/CE-2018-0001",
    kind=1,
    statement={"format": "statement/1", "kind": 1},
    result={"format": "result/1", "emissions": {"total": "585.476553131"}},
    openings={},
    marks=("DEMO", "ILLUSTRATIVE"),
    summary={"name": {"zh": "示例轧钢厂", "en": "a mill"}},
    transaction=b"\x02" * 32,
    block_number=12,
    issued_at=START,
)


def test_enrolments_come_back(engine: Engine) -> None:
    ended = replace(Terminal(2).enrolment(until=START, calibration_due=START), predecessor=b"\x03" * 32, proof=b"p")
    other = Terminal(3, generate(EDDSA)).enrolment()
    entries = [Terminal(1).enrolment(), ended, other]
    assert put_enrolments(engine, entries) == 3
    assert put_enrolments(engine, entries) == 0
    assert all_enrolments(engine) == sorted(entries, key=lambda entry: entry.id)
    with reading(engine) as connection:
        assert select_enrolments(connection, [other.kid]) == [other]
        assert select_enrolments(connection, []) == []


def test_a_key_s_end_is_noted(engine: Engine) -> None:
    entry = Terminal().enrolment()
    put_enrolments(engine, [entry])
    ended = replace(entry, until=START, revoked=True)
    assert put_enrolments(engine, [ended]) == 1
    assert all_enrolments(engine) == [ended]


@pytest.mark.parametrize(
    "state",
    [
        KeyState(0, b"\x01" * 32, START, 0),
        KeyState(1 << 62, b"\x01" * 32, START, 1 << 62, 5, (Gap(1, 2, b"\x01" * 32, b"\x02" * 32),) * 2),
    ],
)
def test_key_states_come_back(engine: Engine, state: KeyState) -> None:
    kid = b"\x09" * 32
    for entry in (KeyState(0, b"\x00" * 32, 0, 0), state):
        with writing(engine) as connection:
            put_states(connection, LOG, {kid: entry})
    assert key_state(engine, LOG, kid) == state
    assert key_state(engine, b"\x00" * 32, kid) is None


def test_certificates_come_back_newest_first(engine: Engine) -> None:
    later = replace(CERTIFICATE, token_id=b"\x01" * 32, issued_at=START + 1)
    for entry in (CERTIFICATE, later, CERTIFICATE):
        put_certificate(engine, entry)
    assert certificates_of(engine, CERTIFICATE.identifier) == [later, CERTIFICATE]
    assert certificate_of(engine, CERTIFICATE.identifier) == later
    assert certificate(engine, CERTIFICATE.token_id) == CERTIFICATE
    assert certificate_of(engine, "88.118.20260/none") is None
    assert certificate(engine, b"\x00" * 32) is None


def counting(subject: str, *serials: str) -> dict[str, Any]:
    """As much of a result as says which green certificates it counts."""
    lines = [{"registry": "r", "serial": serial, "counted": "0" if serial == "x" else "5"} for serial in serials]
    return {"site": {"subject": subject}, "period": {"start": 1, "end": 2}, "green": {"certificates": lines}}


def store(engine: Engine, token: int, result: dict[str, Any], supersedes: int = 0) -> None:
    statement = {"supersedes": f"0x{supersedes:064x}"}
    put_certificate(
        engine, replace(CERTIFICATE, token_id=token.to_bytes(32, "big"), result=result, statement=statement)
    )


def test_the_green_certificates_of_others(engine: Engine) -> None:
    store(engine, 1, counting("a", "1", "2", "x"))
    store(engine, 2, counting("b", "3"))
    store(engine, 3, counting("b", "4"), supersedes=2)
    store(engine, 4, {"site": {"subject": "c"}, "period": {"start": 1, "end": 2}})
    assert green_certificates_used(engine, besides="c") == {"r/1": "a 1–2", "r/2": "a 1–2", "r/4": "b 1–2"}
    assert green_certificates_used(engine, besides="a") == {"r/4": "b 1–2"}


def test_nothing_is_certified_with_another_one_s_green_certificate(engine: Engine) -> None:
    """INV-14 for green certificates: one MWh makes two enterprises green only where the issuer does not look. Refused
    before
    anything is signed: neither chain nor keys are touched."""
    store(engine, 1, counting("a", "1", "2"))
    nobody: Any = None
    for serial, refused in (("2", True), ("3", False)):
        expected = pytest.raises(NotCertifiable if refused else AttributeError)
        with expected as caught:
            certify(
                cast(Chain, nobody), engine, cast(Statement, nobody), cast(Parties, nobody),
                Result(counting("b", serial), bytes(32)), openings={}, summary={}, issued_at=0,
            )  # fmt: skip
        if refused:
            assert "r/2 is counted by the certified result of a 1–2" in str(caught.value)

"""INV-20: what a customer, a financier, a verifier and a regulator read of one certificate over HTTP, each exactly its
part; everything read is in the enterprise's log before it is answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import insert

from ledger.access.acts import Act, Ending, Terms, write_act
from ledger.access.client import new_client
from ledger.access.grants import Part, Period
from ledger.access.journal import first_break
from ledger.access.roles import Role
from ledger.log.admission import Enrolment
from ledger.store.certificates import put_certificate
from ledger.store.clients import put_client
from ledger.store.database import writing
from ledger.store.evidence import bundle_path
from ledger.store.readings import entries_of
from ledger.store.schema import evidence
from terminal_signer import build, frame, keys
from terminal_signer.header import Header
from tests.gateway.meters import ISS, LOG_ID, START, Gateway, Meter, open_gateway
from tests.gateway.samples import FACTS, openings, statement, stored

MILL, BUYER, BANK, BODY, BUREAU = ISS, "88.118.30001", "88.118.40001", "88.118.50001", "88.118.60001"
SECRET = "s3cret"
IDENTIFIER = f"{MILL}/ES-2018-0001"
CLIENTS = {
    "mill": (MILL, "enterprise"), "buyer": (BUYER, "customer"), "bank": (BANK, "financier"),
    "body": (BODY, "verifier"), "bureau": (BUREAU, "regulator"), "stranger": ("88.118.666", "regulator"),
}  # fmt: skip
OPENED, ROOT = openings({"emissions.total": ("585.476553131", "tCO2e"), "activity.power": ("12345678.9", "kWh")})
BUNDLE = b"PK not really a bundle, and the gateway does not look"


@dataclass
class Clock:
    now: int = 1_800_000_000

    def __call__(self) -> int:
        return self.now


@dataclass
class Officer:
    key: keys.PrivateKey = field(default_factory=keys.generate)
    seq: int = 0
    prev: bytes = bytes(32)
    sub: str = f"{MILL}/OFFICER-1"

    def sign(self, act: Act) -> bytes:
        header = Header(MILL, self.sub, START + 60 + self.seq, self.seq, self.prev, content_type=frame.DOCUMENT)
        raw = build.build(self.key, header, build.encode_document(write_act(act)))
        self.seq, self.prev = self.seq + 1, frame.digest_of(raw)
        return raw

    def enrolment(self) -> Enrolment:
        kid = self.key.public.thumbprint()
        return replace(
            Meter().enrolment(), id=kid, sub=self.sub, kid=kid, public_key=self.key.public,
            key_class=frame.KeyClass.OFFICER,
        )  # fmt: skip


@dataclass
class Setting:
    gateway: Gateway
    client: TestClient
    clock: Clock
    officer: Officer
    tokens: dict[str, str] = field(default_factory=dict)

    def sign(self, act: Act) -> bytes:
        """Through the same door as every frame."""
        raw = self.officer.sign(act)
        answer = self.client.post("/frames", content=raw, headers={"Content-Type": "application/cose"}).json()
        assert answer["answers"][0]["outcome"] == "logged", answer
        return frame.digest_of(raw)

    def grant(self, to: str, role: Role, *parts: Part, **more: Any) -> bytes:
        terms = Terms(to, role, IDENTIFIER, frozenset(parts), self.clock.now, self.clock.now + 1000)
        return self.sign(replace(terms, **more))

    def get(self, who: str, query: str = "", path: str = f"/evidence/{IDENTIFIER}") -> Response:
        if who not in self.tokens:
            form = {"grant_type": "client_credentials", "client_id": who, "client_secret": SECRET}
            self.tokens[who] = self.client.post("/auth/token", data=form).json()["access_token"]
        answer: Response = self.client.get(f"{path}{query}", headers={"Authorization": f"Bearer {self.tokens[who]}"})
        return answer

    def seen(self, who: str) -> str:
        """The parts that it can read, by trying."""
        return " ".join(part for part in Part if self.get(who, f"?part={part}").status_code == 200)


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    clock, officer = Clock(), Officer()
    opened = open_gateway(tmp_path, Meter(), machine_clock=clock, evidence_folder=tmp_path / "evidence")
    opened.ingest.learn([officer.enrolment()])
    said = statement(IDENTIFIER, 1, figures=ROOT)
    row = stored(said, FACTS)
    put_certificate(opened.engine, row)
    with writing(opened.engine) as connection:
        deposited = {"token_id": row.token_id, "openings": {"format": "openings/1", **OPENED},
                     "bundle_hash": bytes(32), "bundle_size": len(BUNDLE), "deposited_at": 1}  # fmt: skip
        connection.execute(insert(evidence), deposited)
    path = bundle_path(tmp_path / "evidence", row.token_id)
    path.parent.mkdir()
    path.write_bytes(BUNDLE)
    for client_id, (organisation, role) in CLIENTS.items():
        put_client(opened.engine, new_client(client_id, organisation, role, 1), SECRET)
    yield Setting(opened, TestClient(opened.app, raise_server_exceptions=False), clock, officer)
    opened.ingest.close()
    opened.engine.dispose()


@pytest.fixture
def granted(setting: Setting) -> Setting:
    setting.grant(BUYER, Role.CUSTOMER, Part.FIGURES, figures=frozenset({"emissions.total"}))
    setting.grant(BANK, Role.FINANCIER, Part.RESULT, about=f"{MILL}/*")
    setting.grant(BODY, Role.VERIFIER, *Part)
    setting.grant(BUREAU, Role.REGULATOR, Part.FIGURES, Part.ACTIVITY)
    return setting


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("mill", "figures activity result bundle"), ("buyer", "figures"), ("bank", "result"),
        ("body", "figures activity result bundle"), ("bureau", "figures activity"), ("stranger", ""),
    ],
)  # fmt: skip
def test_each_reads_exactly_its_part(granted: Setting, who: str, seen: str) -> None:
    assert granted.seen(who) == seen
    overview = granted.get(who)
    if not seen:
        assert (overview.status_code, overview.json()["code"]) == (404, "unknown-evidence")
        return
    told = overview.json()["parts"]
    assert " ".join(name for name, part in told.items() if part["allowed"]) == seen


def test_a_customer_reads_one_figure_and_no_other(granted: Setting) -> None:
    answer = granted.get("buyer", "?part=figures")
    assert set(answer.json()["openings"]) == {"format", "emissions.total"}
    assert answer.json()["openings"]["emissions.total"]["value"] == "585.476553131"
    assert "12345678.9" not in answer.text + granted.get("buyer").text
    assert answer.headers["cache-control"] == "private, no-store"
    everything = granted.get("bureau", "?part=figures").json()["openings"]
    assert set(everything) == {"format", "emissions.total", "activity.power"}


def test_the_bundle_is_a_file(granted: Setting) -> None:
    answer = granted.get("body", "?part=bundle")
    assert (answer.content, answer.headers["content-type"]) == (BUNDLE, "application/zip")
    assert "attachment" in answer.headers["content-disposition"]


def test_a_stranger_learns_nothing(granted: Setting) -> None:
    """Not even that there is something: the same answer as for what does not exist."""
    mine = granted.get("stranger", "?part=bundle")
    none = granted.get("stranger", "?part=bundle", f"/evidence/{MILL}/NOTHING-0001")
    assert mine.status_code == none.status_code == 404
    assert {**mine.json(), "instance": ""} == {**none.json(), "instance": ""}
    assert [entry for entry in entries_of(granted.gateway.engine, MILL) if entry.reading.client_id == "stranger"] == []


@pytest.mark.parametrize(
    ("seconds", "reason"), [(-1, "not in force yet"), (0, None), (999, None), (1000, "has run out")]
)
def test_a_grant_has_its_time(setting: Setting, seconds: int, reason: str | None) -> None:
    setting.clock.now += 10
    setting.grant(BUYER, Role.CUSTOMER, Part.ACTIVITY)
    setting.clock.now += seconds
    setting.tokens.clear()
    answer = setting.get("buyer", "?part=activity")
    assert answer.status_code == (200 if reason is None else 403)
    if reason is not None:
        assert reason in answer.json()["detail"]


def test_an_end_is_at_once(setting: Setting) -> None:
    digest = setting.grant(BUYER, Role.CUSTOMER, Part.ACTIVITY)
    assert setting.get("buyer", "?part=activity").status_code == 200
    setting.sign(Ending(digest, "no longer a customer"))
    answer = setting.get("buyer", "?part=activity", f"/evidence/{IDENTIFIER}")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-granted")
    assert "ended" in answer.json()["detail"]


def test_other_periods_and_other_parts_are_refused_with_the_reason(setting: Setting) -> None:
    setting.grant(BUYER, Role.CUSTOMER, Part.FIGURES, period=Period(START, START + 2))
    assert "period" in setting.get("buyer", "?part=figures").json()["detail"]
    assert "does not include" in setting.get("buyer", "?part=bundle").json()["detail"]


def test_who_read_what_when(granted: Setting) -> None:
    granted.get("buyer", "?part=figures")
    granted.clock.now += 5
    refused = granted.get("buyer", "?part=result")
    assert refused.status_code == 403
    answer = granted.get("body", "?part=bundle")
    entries = entries_of(granted.gateway.engine, MILL)
    told = [(entry.reading.client_id, entry.reading.act, entry.reading.part) for entry in entries]
    assert told == [("buyer", "read", "figures"), ("buyer", "refused", "result"), ("body", "read", "bundle")]
    assert entries[0].reading.detail == "emissions.total"
    assert entries[1].reading.detail == "other-part"
    assert entries[1].reading.at == entries[0].reading.at + 5
    assert answer.headers["access-log"] == f"3 0x{entries[2].hash.hex()}"
    assert first_break(entries) is None
    listed = granted.get("mill", path="/access/log").json()["entries"]
    assert [entry["hash"] for entry in listed] == [f"0x{entry.hash.hex()}" for entry in entries]
    assert granted.get("mill", "?after=2", "/access/log").json()["entries"] == listed[2:]
    assert granted.get("buyer", path="/access/log").json()["code"] == "role-missing"


def test_who_was_granted_what(granted: Setting) -> None:
    everything = granted.get("mill", path="/access/grants").json()["grants"]
    assert [grant["to"] for grant in everything] == [BUYER, BANK, BODY, BUREAU]
    mine = granted.get("buyer", path="/access/grants").json()["grants"]
    assert [(grant["to"], grant["in_force"], grant["by"]) for grant in mine] == [(BUYER, True, granted.officer.sub)]
    assert granted.get("stranger", path="/access/grants").json()["grants"] == []


def test_nothing_without_a_token_or_its_scope(granted: Setting) -> None:
    assert granted.client.get(f"/evidence/{IDENTIFIER}").status_code == 401
    form = {"grant_type": "client_credentials", "client_id": "buyer", "client_secret": SECRET}
    token = granted.client.post("/auth/token", data={**form, "scope": "footprint:read"}).json()["access_token"]
    answer = granted.client.get(f"/evidence/{IDENTIFIER}", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


def test_nothing_is_answered_that_could_not_be_logged(granted: Setting) -> None:
    with granted.gateway.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE readings")
    answer = granted.get("body", "?part=bundle")
    assert (answer.status_code, answer.json()["code"]) == (503, "storage-unavailable")


def test_what_was_not_deposited(granted: Setting) -> None:
    with granted.gateway.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM evidence")
    assert granted.get("body", "?part=bundle").json()["code"] == "evidence-absent"
    assert granted.get("body", "?part=figures").json()["code"] == "evidence-absent"
    assert granted.get("body", "?part=result").status_code == 200


def test_grants_are_those_of_the_served_log(granted: Setting) -> None:
    assert LOG_ID == b"\x0a" * 32
    other = Officer(sub=f"{MILL}/OFFICER-9")
    raw = other.sign(Terms("88.118.666", Role.REGULATOR, IDENTIFIER, frozenset(Part), 1, 2**31))
    answer = granted.client.post("/frames", content=raw, headers={"Content-Type": "application/cose"}).json()
    assert answer["answers"][0]["outcome"] == "refused", "a key that nobody enrolled"
    assert granted.seen("stranger") == ""


@pytest.mark.parametrize("query", ["?part=everything", "?part=", "?token=0x12", f"?token=0x{'f' * 64}"])
def test_odd_questions(granted: Setting, query: str) -> None:
    assert granted.get("body", query).status_code in (404, 422)

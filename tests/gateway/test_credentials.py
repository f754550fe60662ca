"""Credentials and status lists as the gateway serves them, with judges by others for what it answers."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway.status_lists import SECONDS
from ledger.access.client import new_client
from ledger.certificates.statement import Statement
from ledger.chain.certificate_events import CertificateEvent
from ledger.credentials.certificate import local_time
from ledger.credentials.trust import read_did_document
from ledger.credentials.verify import Verdict, judge, read_list, verify
from ledger.store.certificates import StoredCertificate, put_certificate
from ledger.store.clients import put_client
from ledger.store.following import advance
from ledger.store.status_entries import status_entry
from tests.credentials.issuers import issuer
from tests.credentials.samples import RESULT, SECRET_FIGURES
from tests.gateway import samples
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import DOMAIN, GRADED, MINTED, PRODUCT, statement, stored
from tests.gateway.test_followed import NOW, POSITION, Clock, changed, follow, minted

FORMS = ("vc", "vc-jwt", "sd-jwt", "dcc", "dcc-jwt")
MEDIA = {
    "application/vc": "vc", "application/vc+jwt": "vc+jwt", "application/dc+sd-jwt": "dc+sd-jwt",
    "application/json": "vc", "*/*": "vc",
}  # fmt: skip
SECRET = "s" * 43
PREFIX = "88.118.20260"
VALID_UNTIL = NOW + 1_000_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(tmp_path: Path, clock: Clock) -> Iterator[Gateway]:
    opened = open_gateway(tmp_path, Meter(), issuer=issuer(), machine_clock=clock)
    opened.chain.reachable = False
    yield opened
    opened.ingest.close()
    opened.engine.dispose()


@pytest.fixture
def client(gateway: Gateway) -> TestClient:
    return TestClient(gateway.app, raise_server_exceptions=False)


def certificate(**changes: Any) -> StoredCertificate:
    row = stored(statement(**{"valid_until": VALID_UNTIL, **changes}), samples.FACTS)
    return StoredCertificate(**{name: getattr(row, name) for name in row.__slots__} | {"result": RESULT})


def show(gateway: Gateway, row: StoredCertificate, *events: CertificateEvent) -> Statement:
    put_certificate(gateway.engine, row)
    said = Statement.from_json(row.statement)
    follow(gateway, minted(said), *events)
    return said


def fetched(client: TestClient, form: str, query: str = "", **headers: str) -> bytes:
    answer = client.get(f"/credentials/{GRADED}?form={form}{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def lists(client: TestClient) -> list[bytes]:
    return [
        client.get(f"/credentials/status/0/{purpose}").content for purpose in ("revocation", "suspension", "status")
    ]


def verdict(client: TestClient, form: str, query: str = "", now: int = NOW) -> Verdict:
    trusted = read_did_document(client.get("/.well-known/did.json").json())
    known = [read_list(data, trusted) for data in lists(client)]
    return judge(verify(fetched(client, form, query), trusted), now, known)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_served_verifies_with_what_is_served(gateway: Gateway, client: TestClient, form: str) -> None:
    show(gateway, certificate())
    assert verdict(client, form) is Verdict.VALID
    text = fetched(client, form).decode()
    assert not any(figure in text for figure in SECRET_FIGURES)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("revoked", {"actor": b"\xd4" * 20, "reason": "false"}, Verdict.REVOKED),
        ("suspended", {"actor": b"\xd4" * 20, "reason": "doubt"}, Verdict.SUSPENDED),
        ("superseded", {"successor": b"\x0f" * 32}, Verdict.REVOKED),
    ],
)
def test_the_lists_follow_the_chain(
    gateway: Gateway, client: TestClient, form: str, kind: str, more: dict[str, Any], expected: Verdict
) -> None:
    """A correction that supersedes sets the old certificate's bit of revocation."""
    row = certificate()
    show(gateway, row, changed(Statement.from_json(row.statement), kind, **more))
    assert verdict(client, form, f"&token=0x{row.token_id.hex()}") is expected


def test_the_successor_is_served_and_holds(gateway: Gateway, client: TestClient) -> None:
    old, new = certificate(), certificate(grade_value=800_000, grade=3)
    put_certificate(gateway.engine, old)
    put_certificate(gateway.engine, new)
    said, next_one = Statement.from_json(old.statement), Statement.from_json(new.statement)
    superseded = changed(said, "superseded", successor=new.token_id)
    later = CertificateEvent(420, 1, MINTED + 60, b"\x79" * 32, "minted", new.token_id, statement=next_one)
    follow(gateway, minted(said), superseded, later)
    assert verdict(client, "vc", f"&token=0x{old.token_id.hex()}") is Verdict.REVOKED
    assert verdict(client, "vc") is Verdict.VALID
    assert json.loads(fetched(client, "vc"))["credentialSubject"]["grade"] == 3
    assert status_entry(gateway.engine, old.token_id) != status_entry(gateway.engine, new.token_id)


def test_a_change_shows_as_soon_as_it_was_followed(gateway: Gateway, client: TestClient, clock: Clock) -> None:
    said = show(gateway, certificate())
    assert verdict(client, "vc") is Verdict.VALID
    revoked = changed(said, "revoked", actor=b"\xd4" * 20, reason="false")
    after = replace(POSITION, latest=replace(POSITION.latest, number=501, hash=b"\x31" * 32))
    advance(gateway.engine, after, [revoked], after=POSITION, back_to=490)
    assert verdict(client, "vc", f"&token=0x{said.digest(DOMAIN).hex()}") is Verdict.REVOKED


def test_a_list_is_kept_for_its_time_and_no_longer(gateway: Gateway, client: TestClient, clock: Clock) -> None:
    show(gateway, certificate())
    first = client.get("/credentials/status/0/revocation")
    assert first.headers["cache-control"] == f"public, max-age={SECONDS}"
    clock.now += 1
    again = client.get("/credentials/status/0/revocation")
    assert (again.content, again.headers["cache-control"]) == (first.content, f"public, max-age={SECONDS - 1}")
    assert first.json()["credentialSubject"]["ttl"] == SECONDS * 1000


def test_without_news_of_the_chain_there_is_no_list(gateway: Gateway, client: TestClient, clock: Clock) -> None:
    """INV-19: a list that says nothing of the last hour would say that nothing happened."""
    assert client.get("/credentials/status/0/revocation").status_code == 503
    show(gateway, certificate())
    clock.now += 3600
    for path in ("/credentials/status/0/status", f"/credentials/{GRADED}"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "chain-unreachable")


@pytest.mark.parametrize(("media", "form"), MEDIA.items())
def test_the_accept_header_decides(gateway: Gateway, client: TestClient, media: str, form: str) -> None:
    show(gateway, certificate())
    answer = client.get(f"/credentials/{GRADED}", headers={"Accept": media})
    trusted = read_did_document(client.get("/.well-known/did.json").json())
    assert verify(answer.content, trusted).form == form
    assert answer.headers["content-type"].startswith("application/vc" if media == "*/*" else media)
    assert "Accept" in answer.headers["vary"]


def test_what_cannot_be_asked(gateway: Gateway, client: TestClient) -> None:
    show(gateway, certificate())
    for path, code in {
        f"/credentials/{GRADED}?form=pdf": "unknown-form",
        f"/credentials/{GRADED}?form=sd-jwt&disclose=activity": "field-not-open",
        f"/credentials/{GRADED}?token=0x12": "invalid-request",
        f"/credentials/{GRADED}?token=0x{'ab' * 32}": "unknown-certificate",
        "/credentials/88.118.20260/none": "unknown-certificate",
        "/credentials/88.118.20260/..%2f..%2fetc": "unknown-certificate",
        "/credentials/99.1/x": "not-found",
        "/credentials/status/0/other": "not-found",
        "/credentials/status/1/revocation": "not-found",
        "/credentials/status/00/revocation": "not-found",
        "/credentials/status/٣/revocation": "not-found",
        "/credentials/statements/0x12": "not-found",
        f"/credentials/statements/0x{'ab' * 32}": "not-found",
    }.items():
        answer = client.get(path)
        assert (answer.json()["code"], answer.status_code < 500) == (code, True), path
    for path in (f"/credentials/{GRADED}", "/credentials/status/0/revocation"):
        assert client.get(path, headers={"Accept": "image/png"}).json()["code"] == "not-acceptable"


def test_only_what_is_final_is_signed(gateway: Gateway, client: TestClient) -> None:
    """INV-10: a block that vanishes leaves no signed certificate behind."""
    row = certificate()
    put_certificate(gateway.engine, row)
    follow(gateway, minted(Statement.from_json(row.statement), time=POSITION.final.time + 1))
    assert client.get(f"/credentials/{GRADED}").json()["code"] == "not-final"


def test_a_stored_statement_that_the_chain_does_not_hold_is_not_signed(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, certificate())
    follow(gateway)
    assert client.get(f"/credentials/{GRADED}").json()["code"] == "no-credential"


def token(gateway: Gateway, client: TestClient, organisation: str, role: str) -> str:
    name = f"{organisation}:{role}"
    put_client(gateway.engine, new_client(name, organisation, role, NOW), SECRET)
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": SECRET}
    return f"Bearer {client.post('/auth/token', data=form).json()['access_token']}"


def test_the_enterprise_gets_every_figure_and_passes_on_what_it_likes(gateway: Gateway, client: TestClient) -> None:
    """INV-20"""
    show(gateway, certificate())
    mine = token(gateway, client, PREFIX, "enterprise")
    trusted = read_did_document(client.get("/.well-known/did.json").json())
    every = verify(fetched(client, "sd-jwt", Authorization=mine), trusted)
    assert every.claims["total_emissions"] == {"value": "41230.55", "unit": "tCO2e"}
    assert {"scopes", "value_added", "products.h-beam", "facilities.furnace-hall"} <= set(every.shown)
    one = verify(fetched(client, "sd-jwt", "&disclose=activity.natural_gas,scopes", Authorization=mine), trusted)
    assert set(one.shown) == {"activity.natural_gas", "scopes"}
    refused = client.get(f"/credentials/{GRADED}?form=sd-jwt&disclose=profit", headers={"Authorization": mine})
    assert (refused.status_code, refused.json()["code"]) == (403, "field-not-open")


@pytest.mark.parametrize(
    ("organisation", "role"),
    [("88.118.30001", "enterprise"), ("88.118.30001", "customer"), (PREFIX, "verifier"), ("88.118.2026", "enterprise")],
)
def test_others_get_no_figure(gateway: Gateway, client: TestClient, organisation: str, role: str) -> None:
    """INV-20"""
    show(gateway, certificate())
    theirs = token(gateway, client, organisation, role)
    text = fetched(client, "sd-jwt", Authorization=theirs).decode()
    assert text.endswith("~")
    assert text.count("~") == 1
    answer = client.get(
        f"/credentials/{GRADED}?form=sd-jwt&disclose=total_emissions", headers={"Authorization": theirs}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer cat_" + "x" * 43, "Basic eDp4", "x"])
def test_a_token_that_does_not_count_is_refused(gateway: Gateway, client: TestClient, header: str) -> None:
    show(gateway, certificate())
    answer = client.get(f"/credentials/{GRADED}?form=sd-jwt", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_what_the_credentials_refer_to_is_there(gateway: Gateway, client: TestClient) -> None:
    row = certificate()
    show(gateway, row)
    document = json.loads(fetched(client, "dcc"))
    evidence = document["credentialSubject"]["auditableEvidence"]
    data = client.get(evidence["linkURL"].removeprefix("https://ledger.example")).content
    assert hashlib.sha256(data).hexdigest() == evidence["hashDigest"]
    assert Statement.from_json(json.loads(data)).digest(DOMAIN) == row.token_id
    described = client.get("/credentials/types/carbon-certificate").json()
    assert described == client.get("/.well-known/vct/credentials/types/carbon-certificate").json()
    assert described["vct"] == "https://ledger.example/credentials/types/carbon-certificate"
    context = client.get("/credentials/context/1").json()["@context"]["@vocab"]
    assert context == client.get("/credentials/terms").json()["prefix"]


def names(value: object) -> set[str]:
    if isinstance(value, dict):
        return {name for name in value if not name.startswith("@")} | {
            n for item in value.values() for n in names(item)
        }
    return {name for item in value for name in names(item)} if isinstance(value, list) else set()


def test_every_term_of_the_credential_is_explained(gateway: Gateway, client: TestClient) -> None:
    show(gateway, certificate(supersedes=7, assurance=2))
    subject = json.loads(fetched(client, "vc"))["credentialSubject"]
    explained = set(client.get("/credentials/terms").json()["terms"])
    rules = {"template", "method", "factors", "scheme", "benchmarks"}
    assert names(subject) - explained - {"id", "type", "name"} - rules == set()


def test_a_product_and_a_plain_statement(gateway: Gateway, client: TestClient) -> None:
    for row in (samples.footprint(), samples.emission_statement()):
        put_certificate(gateway.engine, row)
    said = [Statement.from_json(row.statement) for row in (samples.footprint(), samples.emission_statement())]
    second = CertificateEvent(413, 0, MINTED, b"\x71" * 32, "minted", said[1].digest(DOMAIN), statement=said[1])
    follow(gateway, minted(said[0]), second)
    product = client.get(f"/credentials/{PRODUCT}").json()["credentialSubject"]
    assert product["footprint"] == {"value": "2183.45", "unit": "kgCO2e/t"}
    passport = client.get(f"/credentials/{PRODUCT}?form=dcc").json()["credentialSubject"]["assessment"][0]
    assert passport["declaredValue"][0]["metricValue"] == {"value": 2183.45, "unit": "KGM"}
    assert passport["assessedProduct"][0]["product"]["registeredId"] == PRODUCT
    plain = client.get(f"/credentials/{samples.EMISSIONS}").json()["credentialSubject"]
    assert "grade" not in plain
    assert plain["figures"] == [{"figure": "emissions.total", "value": "585.476553131", "unit": "tCO2e"}]


def test_in_a_replay_a_credential_is_valid_as_long_as_its_certificate(tmp_path: Path, clock: Clock) -> None:
    """The chain lives in 2019, whoever verifies does not: both say the same at the same moment."""
    opened = open_gateway(tmp_path, Meter(), issuer=issuer(), machine_clock=clock, replay=True)
    client = TestClient(opened.app, raise_server_exceptions=False)
    ahead = NOW - 3 - POSITION.latest.time
    row = certificate(valid_until=POSITION.latest.time + 600)
    show(opened, row)
    document = json.loads(fetched(client, "vc"))
    assert document["validFrom"] == local_time(MINTED + ahead, "+00:00")
    assert document["validUntil"] == local_time(NOW - 3 + 600, "+00:00")
    assert document["credentialSubject"]["ledger"]["validUntil"] == local_time(POSITION.latest.time + 600, "+00:00")
    for form in FORMS:
        assert verdict(client, form) is Verdict.VALID
        assert verdict(client, form, now=NOW + 597) is Verdict.EXPIRED
    opened.ingest.close()
    opened.engine.dispose()


def test_without_an_issuer_the_answer_says_so(tmp_path: Path) -> None:
    opened = open_gateway(tmp_path, Meter())
    client = TestClient(opened.app, raise_server_exceptions=False)
    for path in (f"/credentials/{GRADED}", "/credentials/status/0/revocation", "/credentials/terms"):
        assert client.get(path).json()["code"] == "no-issuer"
    opened.ingest.close()
    opened.engine.dispose()


def test_a_page_of_another_origin_may_ask_with_a_token(gateway: Gateway, client: TestClient) -> None:
    """A browser asks first, and shows the page only headers that are exposed."""
    show(gateway, certificate())
    asked = {"Origin": "https://bank.example", "Access-Control-Request-Method": "GET"}
    allowed = client.options(f"/credentials/{GRADED}", headers=asked)
    assert allowed.status_code == 204
    assert "Authorization" in allowed.headers["access-control-allow-headers"].split(", ")
    answer = client.get(f"/credentials/{GRADED}?form=sd-jwt", headers=asked)
    for found in (allowed, answer):
        assert found.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "Access-Log"

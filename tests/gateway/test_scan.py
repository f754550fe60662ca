"""The page for scanned texts: every convention, codes that were tampered with, and what the chain says now."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateway import label_check
from gateway.page import Verdict
from ledger.certificates.statement import Statement
from ledger.commands.scan_page import offline_page, policy, source_hash
from ledger.credentials.did_document import RetiredKey
from ledger.credentials.key_forms import jwk_of
from ledger.credentials.trust import read_did_document
from ledger.labels.offline import sign
from ledger.store.certificates import put_certificate
from terminal_signer import keys
from tests.credentials.issuers import issuer
from tests.gateway import samples
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import GRADED, MINTED, statement
from tests.gateway.test_labels import scanned
from tests.labels.samples import ENTERPRISE, KEY

ISSUER = issuer("https://ledger.example")
EN = {"Accept-Language": "en"}


@pytest.fixture
def gateway(tmp_path: Path, meter: Meter) -> Iterator[Gateway]:
    opened = open_gateway(tmp_path, meter, clock=lambda: MINTED + 600, issuer=ISSUER)
    row = samples.efficiency()
    put_certificate(opened.engine, row)
    opened.chain.show(Statement.from_json(row.statement))
    yield opened
    opened.ingest.close()
    opened.engine.dispose()


@pytest.fixture
def code(client: TestClient) -> str:
    return scanned(client, GRADED)


def post(client: TestClient, text: str, language: str = "en") -> Any:
    return client.post("/scan", data={"text": text}, headers={"Accept-Language": language})


def verdict(html: str) -> str:
    return html.split('<section class="verdict ')[1].split('"')[0]


def test_a_form_without_a_script(client: TestClient) -> None:
    response = client.get("/scan", headers=EN)
    assert response.status_code == 200
    assert '<form class="find" action="/scan?lang=en" method="post">' in response.text
    assert "<script" not in response.text


def test_the_page_to_keep_is_the_one_that_anybody_can_make(client: TestClient) -> None:
    """INV-19: from the DID document alone, which a checker has from elsewhere; nothing else may run or connect."""
    document = client.get("/.well-known/did.json").json()
    for language in ("en", "zh"):
        response = client.get("/scan/offline", headers={"Accept-Language": language})
        assert response.text == offline_page([read_did_document(document)], language)
        assert response.headers["content-security-policy"] == f"{policy()}; frame-ancestors 'none'"
    assert policy().startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy()
    assert policy().count("sha256-") == 2


def test_keys_that_were_retired_keep_their_bounds(tmp_path: Path, meter: Meter, code: str) -> None:
    """INV-06: on the page to keep as in the DID document, and in the check of this server."""
    old, until = RetiredKey(jwk_of(ISSUER.ed25519.public), MINTED + 9000, MINTED - 1), MINTED + 600
    ended = RetiredKey(jwk_of(keys.generate(keys.EDDSA).public), until, MINTED)
    newer = replace(ISSUER, ed25519=keys.generate(keys.EDDSA), retired=(old, ended))
    (tmp_path / "newer").mkdir()
    opened = open_gateway(tmp_path / "newer", meter, lambda: until, issuer=newer, machine_clock=lambda: until)
    with TestClient(opened.app) as client:
        html = client.get("/scan/offline").text
        assert html == offline_page([read_did_document(client.get("/.well-known/did.json").json())], "en")
        assert f":{MINTED - 1}:{MINTED + 9000}" in html
        assert "did not sign the code" in post(client, code).text
    opened.ingest.close()
    opened.engine.dispose()


def test_without_an_issuer_the_page_to_keep_trusts_nobody(tmp_path: Path, meter: Meter) -> None:
    plain = open_gateway(tmp_path, meter)
    with TestClient(plain.app) as client:
        assert 'data-keys=""' in client.get("/scan/offline").text
    plain.ingest.close()
    plain.engine.dispose()


def test_the_script_has_its_hash_in_its_name(client: TestClient) -> None:
    response = client.get(f"/static/{label_check.NAME}")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in response.headers["cache-control"]
    assert source_hash(response.text) == label_check.INTEGRITY
    assert client.get("/static/check-0000000000000000.js").status_code == 404


def test_a_genuine_code(client: TestClient, code: str) -> None:
    response = post(client, code)
    assert (response.status_code, verdict(response.text)) == (200, "good")
    assert response.headers["cache-control"] == "no-store"
    for text in ("Genuine", "<b>Valid</b>", "As of block 431", "0.734512", "can be copied", f'href="/{GRADED}'):
        assert text in response.text
    chinese = post(client, code, "zh").text
    for text in ("真实", "证书当前状态", "2 级", "碳效等级"):
        assert text in chinese


@pytest.mark.parametrize(
    ("status", "tone", "title"),
    [("revoked", "bad", "Revoked"), ("suspended", "warn", "Suspended"), ("superseded", "warn", "Superseded")],
)
def test_a_genuine_code_of_what_does_not_hold_any_more(
    gateway: Gateway, client: TestClient, code: str, status: str, tone: str, title: str
) -> None:
    gateway.chain.show(Statement.from_json(samples.efficiency().statement), status)
    html = post(client, code).text
    assert verdict(html) == tone
    assert f"<b>{title}</b>" in html


def test_a_code_of_an_earlier_certificate(gateway: Gateway, client: TestClient, code: str) -> None:
    gateway.chain.show(statement(grade=3, grade_value=1_100_000))
    html = post(client, code).text
    assert verdict(html) == "warn" or Verdict.CONTRADICTED.value in html
    assert "earlier certificate" in html


def test_while_the_chain_is_silent(gateway: Gateway, client: TestClient, code: str) -> None:
    gateway.chain.reachable = False
    html = post(client, code).text
    assert verdict(html) == "warn"
    assert "Status not checked" in html


def moved(text: str) -> str:
    return text.replace("CE-2018-0001#", "CE-2018-0002#")


def other_host(text: str) -> str:
    return text.replace("ledger.example", "evil.example")


def forged(text: str) -> str:
    return text[:-3] + ("A" if text[-3] != "A" else "B") + text[-2:]


def cut(text: str) -> str:
    return text[:-30]


def newer(text: str) -> str:
    return text.replace("#v1.", "#v2.")


def foreign(text: str) -> str:
    """Signed by somebody else, for the same certificate."""
    return sign(text.split("#")[0], replace(ENTERPRISE, grade=1), KEY)


@pytest.mark.parametrize(
    ("change", "status", "tone", "says"),
    [
        (moved, 200, "bad", "another certificate or product than the address names"),
        (other_host, 200, "warn", "another host"),
        (forged, 200, "bad", "the signature does not fit"),
        (cut, 400, "bad", "A broken code"),
        (newer, 400, "bad", "A newer code"),
        (foreign, 200, "warn", "did not sign the code"),
    ],
)
def test_codes_that_were_tampered_with(
    client: TestClient, code: str, change: Any, status: int, tone: str, says: str
) -> None:
    """INV-13, INV-19: what was moved, changed or signed by another is never called genuine here."""
    response = post(client, change(code))
    assert (response.status_code, verdict(response.text)) == (status, tone)
    assert says in response.text


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        ("(01)06901234567892(10)B1", 200, 'href="/01/06901234567892/10/B1"'),
        ("https://id.example/01/06901234567892", 200, "GS1"),
        ("10096000000000001", 200, "Ecode"),
        ("91110000600037341L", 200, "unified social credit code"),
        ("rubbish", 400, "Nothing that is known here"),
        ("", 400, "Nothing that is known here"),
        ("<script>alert(1)</script>", 400, "&lt;script&gt;"),
        ("x" * 3000, 400, "known here"),
    ],
)
def test_texts_without_a_signature(client: TestClient, text: str, status: int, says: str) -> None:
    response = post(client, text)
    assert response.status_code == status
    assert says in response.text
    assert "<script" not in response.text


@pytest.mark.parametrize("text", [GRADED, f"hdl:{GRADED}", f"https://ledger.example/{GRADED}", f" {GRADED} "])
def test_an_identifier_leads_to_its_page(client: TestClient, text: str) -> None:
    response = post(client, text)
    assert (response.status_code, response.headers["location"]) == (303, f"/{GRADED}?lang=en")


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"text=%ff", "application/x-www-form-urlencoded", 400),
        (b"text=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 20), "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"text=" + b"x" * 9000, "application/x-www-form-urlencoded", 413),
        (b"", "application/x-www-form-urlencoded", 400),
    ],
)
def test_bodies_that_are_no_form(client: TestClient, content: bytes, media: str, status: int) -> None:
    response = client.post("/scan", content=content, headers={"Content-Type": media})
    assert response.status_code == status


def test_without_issuer_keys_no_code_is_its_own(tmp_path: Path, meter: Meter, code: str) -> None:
    (tmp_path / "plain").mkdir()
    plain = open_gateway(tmp_path / "plain", meter)
    with TestClient(plain.app) as client:
        assert "did not sign the code" in post(client, code).text
    plain.ingest.close()
    plain.engine.dispose()

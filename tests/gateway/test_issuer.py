"""The issuer's key files, their rotation, and what the gateway publishes of them."""

import json
import stat
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gateway.app import create_app
from gateway.issuer import NAMES, Issuer, open_issuer, rotate
from gateway.retired_keys import LEAST_SECONDS, needed_until, read_retired, settle
from gateway.settings import Settings
from ledger.credentials.certificate import local_time
from ledger.credentials.key_forms import multikey, thumbprint
from ledger.identifiers.text import IdentifierError
from terminal_signer.keys import KeyFault
from tests.credentials.issuers import issuer
from tests.gateway.meters import LOG_ID, START, Gateway
from tests.gateway.samples import MINTED, statement
from tests.gateway.test_followed import POSITION, follow, minted

SECRET = b"correct horse"
URL = "https://ledger.example"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "issuer"
    open_issuer(path, SECRET, URL)
    return path


def copied(folder: Path, target: Path) -> Path:
    target.mkdir()
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return target


def client_of(gateway: Gateway, own: Issuer | None, url: str = URL) -> TestClient:
    settings = Settings(
        gateway.engine, LOG_ID, gateway.ingest, gateway.chain, lambda: START, url, gateway.promise_key, issuer=own
    )
    return TestClient(create_app(settings), raise_server_exceptions=False)


def test_keys_are_made_once_and_lie_encrypted(folder: Path) -> None:
    first, again = open_issuer(folder, SECRET, URL), open_issuer(folder, SECRET, URL)
    assert first.jwks == again.jwks
    assert first.did == "did:web:ledger.example"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(file.name for file in folder.iterdir()) == ["ed25519.pem", "p256.pem", "rsa.pem"]
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_nothing_secret_shows(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    own = open_issuer(folder, SECRET, URL)
    shown = repr(own) + str(own) + caplog.text + json.dumps(own.document(URL, START))
    assert SECRET.decode() not in shown
    assert str(own.rsa.private_numbers().d) not in shown
    assert not {"d", "p", "q", "dp", "dq", "qi"} & {name for jwk in own.jwks.values() for name in jwk}


def test_without_a_passphrase_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="passphrase"):
        open_issuer(tmp_path / "new", b"", URL)
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("damage", ["wrong passphrase", "no key", "another kind", "a folder"])
def test_what_is_wrong_with_a_key_file_is_named(folder: Path, tmp_path: Path, damage: str) -> None:
    own, secret = copied(folder, tmp_path / "copy"), SECRET
    if damage == "wrong passphrase":
        secret = b"battery staple"
    elif damage == "no key":
        (own / "rsa.pem").write_bytes(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    elif damage == "another kind":
        (own / "rsa.pem").write_bytes((own / "p256.pem").read_bytes())
    else:
        (own / "p256.pem").unlink()
        (own / "p256.pem").mkdir()
    with pytest.raises(KeyFault):
        open_issuer(own, secret, URL)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format":"retired-keys/2"}', '{"format":"retired-keys/1","keys":[7]}',
     '{"format":"retired-keys/1","keys":[{"jwk":{},"until":1}]}',
     '{"format":"retired-keys/1","keys":[{"jwk":{"kty":"OKP"},"until":1,"since":"x"}]}'],
)  # fmt: skip
def test_a_damaged_list_of_retired_keys_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "retired.json").write_text(text)
    with pytest.raises(KeyFault):
        read_retired(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_replaced_key_verifies_until_its_time(folder: Path, tmp_path: Path, name: str) -> None:
    own = copied(folder, tmp_path / "copy")
    before = open_issuer(own, SECRET, URL)
    after = rotate(own, SECRET, URL, name, START + 100)
    assert after.jwks[name] != before.jwks[name]
    assert {other for other in NAMES if after.jwks[other] == before.jwks[other]} == {*NAMES} - {name}
    old, new = before.key_id(name), after.key_id(name)
    listed = [method["id"] for method in _methods(after.document(URL, START + 99))]
    assert {old, new} <= set(listed)
    later = [method["id"] for method in _methods(after.document(URL, START + 100))]
    assert new in later
    assert old not in later


def test_a_key_signs_until_the_next_start_and_outlives_what_it_signed(folder: Path, tmp_path: Path) -> None:
    """Replaced, it goes on signing in the gateway that runs: what that is, only the next start knows."""
    own = copied(folder, tmp_path / "copy")
    rotate(own, SECRET, URL, "ed25519", START + 100)
    settle(own, START + 50, START + 500)
    assert [(key.since, key.until) for key in read_retired(own)] == [(START + 50, START + 500)]
    settle(own, START + 70, START + 900)  # what is signed from then on is signed by the new one
    assert [(key.since, key.until) for key in read_retired(own)] == [(START + 50, START + 500)]
    listed = _methods(open_issuer(own, SECRET, URL).document(URL, START + 499))
    assert [method.get("expires") for method in listed].count(local_time(START + 500, "+00:00")) == 2
    assert [method.get(f"{URL}/credentials/terms#retired") for method in listed if "expires" in method] == [
        local_time(START + 50, "+00:00")
    ] * 2


def test_a_key_of_handle_records_is_needed_for_a_day(folder: Path, tmp_path: Path) -> None:
    own = copied(folder, tmp_path / "copy")
    rotate(own, SECRET, URL, "rsa", START + 1)
    settle(own, START, START + 9_000_000)
    assert [key.until for key in read_retired(own)] == [START + LEAST_SECONDS]


def test_how_long_a_key_is_needed(gateway: Gateway) -> None:
    """As long as any certificate, and a day for what lives shorter; in a replay by the time that verifiers live in."""
    assert needed_until(None, False, START) == needed_until(gateway.engine, False, START) == START + LEAST_SECONDS
    said = statement(valid_until=MINTED + 9_000_000)
    follow(gateway, minted(said))
    assert needed_until(gateway.engine, False, MINTED) == MINTED + 9_000_000
    later = POSITION.seen_at + 7
    ahead = later - POSITION.latest.time - 7
    assert needed_until(gateway.engine, True, later) == MINTED + 9_000_000 + ahead


def test_a_key_that_leaked_verifies_no_more(folder: Path, tmp_path: Path) -> None:
    own = copied(folder, tmp_path / "copy")
    before = open_issuer(own, SECRET, URL)
    rotate(own, SECRET, URL, "ed25519", START + 100)
    after = rotate(own, SECRET, URL, "ed25519", 0)
    assert [thumbprint(key.jwk) for key in after.retired] == [thumbprint(before.jwks["ed25519"])]
    assert len(_methods(after.document(URL, START))) == 6


def _methods(document: dict[str, object]) -> list[dict[str, str]]:
    methods = document["verificationMethod"]
    assert isinstance(methods, list)
    return methods


def test_the_did_document_is_served(gateway: Gateway) -> None:
    own = issuer()
    client = client_of(gateway, own)
    answer = client.get("/.well-known/did.json")
    assert answer.headers["content-type"] == "application/did+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json() == own.document(URL, START) == client.get("/did.json").json()
    assert multikey(own.ed25519.public) in answer.text
    assert [service["type"].partition("#")[0] for service in answer.json()["service"]] == [f"{URL}/credentials/terms"]


def test_sd_jwt_verifiers_find_the_keys(gateway: Gateway) -> None:
    own = issuer()
    found = client_of(gateway, own).get("/.well-known/jwt-vc-issuer").json()
    assert found["issuer"] == URL
    assert [key["kid"] for key in found["jwks"]["keys"]] == [thumbprint(own.jwks["p256"])]
    below = client_of(gateway, own, f"{URL}/carbon")
    assert below.get("/.well-known/jwt-vc-issuer/carbon").json()["issuer"] == f"{URL}/carbon"
    assert below.get("/.well-known/jwt-vc-issuer/other").status_code == 404


@pytest.mark.parametrize("path", ["/.well-known/did.json", "/did.json", "/.well-known/jwt-vc-issuer"])
def test_without_an_issuer_the_answer_says_so(gateway: Gateway, path: str) -> None:
    answer = client_of(gateway, None).get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-issuer")


def test_an_address_that_no_did_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IdentifierError):
        open_issuer(tmp_path / "x", SECRET, "http://[::1]:8000")

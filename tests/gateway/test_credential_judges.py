"""What verifiers by others, from npm, say of what the gateway answers: fetched as they would fetch it."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ledger.certificates.statement import Statement
from ledger.credentials.dcc import DCC_CONTEXT
from ledger.store.certificates import put_certificate
from tests.credentials.issuers import issuer
from tests.credentials.judging import ask
from tests.credentials.untp_context import CONTEXT as UNTP
from tests.gateway.live import free_socket, serving, url_of
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import GRADED
from tests.gateway.test_credentials import certificate
from tests.gateway.test_followed import POSITION, changed, follow, minted

DID = "did:web:ledger.example"


@pytest.fixture
def now() -> int:
    """When the test runs, not when it was collected: one of the judges takes no other time."""
    return int(time.time())


@pytest.fixture
def gateway(tmp_path: Path, now: int) -> Iterator[Gateway]:
    opened = open_gateway(tmp_path, Meter(), issuer=issuer(), machine_clock=lambda: now)
    opened.chain.reachable = False
    yield opened
    opened.ingest.close()
    opened.engine.dispose()


@pytest.mark.parametrize("revoked", [False, True])
def test_as_others_would_fetch_it(gateway: Gateway, now: int, revoked: bool) -> None:
    client = TestClient(gateway.app, base_url="https://ledger.example")
    row = certificate(valid_until=now + 1_000_000)
    said = Statement.from_json(row.statement)
    here = replace(POSITION, seen_at=now, read_at=now)
    events = [changed(said, "revoked", actor=b"\xd4" * 20, reason="false")] if revoked else []
    put_certificate(gateway.engine, row)
    follow(gateway, minted(said), *events, position=here)
    documents = {DID: client.get("/.well-known/did.json").json()}
    questions = []
    for form in ("vc", "dcc"):
        document = client.get(f"/credentials/{GRADED}?form={form}").json()
        for entry in document["credentialStatus"]:
            documents[entry["statusListCredential"]] = client.get(entry["statusListCredential"]).json()
        questions.append({"judge": "credential", "credential": document, "documents": documents, "now": now})
    keys = {key["kid"]: key for key in client.get("/.well-known/jwt-vc-issuer").json()["jwks"]["keys"]}
    text = client.get(f"/credentials/{GRADED}?form=sd-jwt").text
    own = {"judge": "sdJwt", "token": text, "jwk": next(iter(keys.values())), "now": now}
    questions.append(own | {"list": client.get("/credentials/status/0/status").text})
    jwks = [method.get("publicKeyJwk", {}) for method in documents[DID]["verificationMethod"]]
    ed25519 = next(jwk for jwk in jwks if jwk.get("kty") == "OKP")
    token = client.get(f"/credentials/{GRADED}", headers={"Accept": "application/vc+jwt"}).text
    questions.append({"judge": "token", "token": token, "jwk": ed25519, "typ": "vc+jwt", "now": now})
    vc, dcc, sd_jwt, jwt = ask(*json.loads(json.dumps(questions)))
    assert [answer["verified"] for answer in (vc, dcc)] == [True, True], (vc, dcc)
    assert vc["states"] == dcc["states"] == [revoked, False]
    assert sd_jwt["verified"] is not revoked, sd_jwt
    assert jwt["payload"]["credentialSubject"]["identifier"] == GRADED


@pytest.mark.parametrize("folder", ["", "/carbon"])
def test_an_outsider_needs_nothing_but_the_address(tmp_path: Path, now: int, folder: str) -> None:
    """By the packages' own fetching: media types, keys by did:web and by issuer metadata, lists, the type."""
    listener = free_socket()
    root = url_of(listener)
    public = root + folder
    opened = open_gateway(tmp_path, Meter(), issuer=issuer(public), public_url=public, machine_clock=lambda: now)
    opened.chain.reachable = False
    row = certificate(valid_until=now + 1_000_000)
    put_certificate(opened.engine, row)
    follow(opened, minted(Statement.from_json(row.statement)), position=replace(POSITION, seen_at=now, read_at=now))
    with serving(behind(opened.app, folder), listener):
        (answer,) = ask(
            {"judge": "outsider", "url": f"{public}/credentials/{GRADED}", "documents": {DCC_CONTEXT: UNTP}}
        )
    opened.ingest.close()
    opened.engine.dispose()
    assert answer["verified"], answer
    assert answer["states"] == {"vc": [True, False, False], "dcc": [True, False, False]}
    assert answer["issuer"] is True
    assert answer["type"] == f"{public}/credentials/types/carbon-certificate"


def behind(app: FastAPI, folder: str) -> FastAPI:
    """A proxy in front that hands on what lies below a folder, and the well-known addresses that belong to it."""

    async def proxy(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "").removeprefix(folder) if folder else scope.get("path", "")
        raw = path.encode()
        await app({**scope, "path": path, "raw_path": raw} if scope["type"] == "http" else scope, receive, send)

    return cast(FastAPI, proxy)

"""OID, Ecode, DID and UNTP link sets by HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.identifiers.did import parse_did
from ledger.resolution.names import alias_of
from ledger.resolution.values import text_value
from ledger.resolution.zone import Zone
from ledger.store.aliases import Alias, put_alias
from ledger.store.certificates import put_certificate
from ledger.store.handles import create_record
from tests.credentials.issuers import issuer
from tests.gateway.meters import ISS, Gateway, Meter, open_gateway
from tests.gateway.samples import FACTS, statement, stored

CERTIFICATE = f"{ISS}/PCF-1"
PRODUCT = f"{ISS}/PRODUCT-1"
NOW = 1_790_000_000
TEXT = {"Accept": "text/plain"}
LINKSET = {"Accept": "application/linkset+json"}
NAMES = ["1.2.156.3001.1", "10064123456", "91110000600037341L", "did:web:factory.example", "09506000134352"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("gateway")
    gateway = open_gateway(folder, Meter(), lambda: NOW, issuer=issuer())
    said = statement(CERTIFICATE, 3)
    put_certificate(gateway.engine, stored(said, FACTS))
    gateway.chain.show(said)
    about = [
        text_value(1, "URL", "https://factory.example/1"),
        text_value(2, "untp:dpp", "https://factory.example/dpp"),
    ]
    create_record(gateway.engine, PRODUCT, ISS, about, NOW, overwrite=False)
    for name in NAMES:
        put_alias(gateway.engine, Alias(alias_of(name), CERTIFICATE, ISS, NOW))
    yield gateway
    gateway.ingest.close()
    gateway.engine.dispose()


@pytest.fixture
def client(opened: Gateway) -> TestClient:
    return TestClient(opened.app, raise_server_exceptions=False, follow_redirects=False)


def test_an_oid_as_json_and_as_oid_ip_text(client: TestClient) -> None:
    for path in ("/oid/1.2.156.3001.1", "/oid/urn:oid:1.2.156.3001.1"):
        told = client.get(path).json()
        assert (told["oid"], told["der"]) == ("1.2.156.3001.1", "06062a811c973901")
        assert told["identifiers"] == [CERTIFICATE]
        assert "gs1:certificationInfo" in told["links"][0]
    text = client.get("/oid/1.2.156.3001.1", headers=TEXT)
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    question, about = text.text.split("\r\n\r\n")
    assert question.splitlines() == ["query:  oid:1.2.156.3001.1", "result: Found"]
    assert f"attribute: handle {CERTIFICATE}" in about
    below = client.get("/oid/1.2.156.3001.1.7.8", headers=TEXT)
    assert below.status_code == 404
    assert "result:   Not found; superior object found\r\ndistance: 2" in below.text
    assert client.get("/oid/1.2.156.3001.1.7.8").status_code == 404
    assert "result: Not found" in client.get("/oid/1.3.6", headers=TEXT).text


@pytest.mark.parametrize("path", [
    "/id/oid/1.2.156.3001.1", "/id/ecode/10064123456", "/ecode/10064123456", "/id/uscc/91110000600037341L",
    "/id/did/did:web:factory.example", "/id/gs1/01/09506000134352", "/id/gtin/9506000134352", f"/id/vaa/{CERTIFICATE}",
    f"/id/vaa/{CERTIFICATE.replace('/', '%2F')}", f"/id/handle/{CERTIFICATE}", "/id/gs1/01/09506000134352/10/UNKNOWN",
])  # fmt: skip
def test_an_identity_resolver_for_every_scheme(client: TestClient, path: str) -> None:
    (level,) = client.get(path, headers=LINKSET).json()["linkset"]
    assert level["anchor"].startswith("https://ledger.example/id/")
    assert {"gs1:certificationInfo", "gs1:sustainabilityInfo", "untp:dcc"} <= set(level)
    assert client.get(path).headers["location"] == f"https://ledger.example/{CERTIFICATE}"
    asked = client.get(f"{path}?linkType=gs1:certificationInfo", headers={"Accept-Language": "en"})
    assert asked.headers["location"].startswith(f"https://ledger.example/{CERTIFICATE}?lang=en&")


def test_untp_links_keep_their_names(client: TestClient) -> None:
    path = f"/id/vaa/{PRODUCT}"
    (level,) = client.get(f"{path}?linkType=all").json()["linkset"]
    assert level["untp:dpp"] == [{"href": "https://factory.example/dpp", "title": "untp:dpp"}]
    sent_on = client.get(f"{path}?linkType=untp:dpp").headers["location"]
    assert sent_on == "https://factory.example/dpp?linkType=untp:dpp"
    assert client.get(f"{path}?linkType=untp:dcc").status_code == 404


def test_the_conformity_credential_behind_an_identifier(client: TestClient) -> None:
    answer = client.get(f"/id/vaa/{CERTIFICATE}?linkType=untp:dcc")
    credential = client.get(answer.headers["location"].removeprefix("https://ledger.example"))
    assert credential.status_code == 200, credential.text
    assert credential.headers["content-type"].startswith("application/vc+jwt")


def test_the_did_document_of_an_identifier(client: TestClient) -> None:
    did = f"did:web:ledger.example:id:{ISS}:PCF-1"
    path = parse_did(did).document_url.removeprefix("https://ledger.example")
    answer = client.get(path)
    assert answer.headers["content-type"] == "application/did+json"
    told = answer.json()
    assert (told["id"], told["controller"]) == (did, "did:web:ledger.example")
    assert f"hdl:{CERTIFICATE}" in told["alsoKnownAs"]
    assert "https://id.gs1.org/01/09506000134352" in told["alsoKnownAs"]
    targets = {service["serviceEndpoint"] for service in told["service"]}
    assert f"https://ledger.example/{CERTIFICATE}?lang=zh" in targets
    assert len({service["id"] for service in told["service"]}) == len(told["service"])


def test_the_did_document_of_an_enterprise(client: TestClient) -> None:
    told = client.get(f"/id/{ISS}/did.json").json()
    assert told["id"] == f"did:web:ledger.example:id:{ISS}"
    assert told["service"][0]["serviceEndpoint"] == f"https://ledger.example/api/handles/0.NA/{ISS}"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/id/{ISS}//PCF-1/did.json", 404),
        (f"/id/{ISS}/UNKNOWN/did.json", 404), ("/id/88.118.999/did.json", 404), (f"/id/{ISS}/PCF-1", 404),
        ("/id/88.118.x/did.json", 400), (f"/id/{ISS}/a%20b/did.json", 400), (f"/id/{ISS}/%ff/did.json", 400),
        ("/id/nothing/1", 400), ("/id/oid/x", 400), ("/id/uscc/91110000600037341X", 400), ("/id/gtin/9506000134353",
        400),
        ("/id/gtin/1.2.3", 404), ("/id/gs1/01/x", 400), ("/id/oid/1.9.9", 404), ("/id/gs1/01/09506000134352/21/X",
        404),
        ("/oid/x", 400), ("/oid/1", 400), ("/oid/3.1", 400), ("/oid/1.%ff", 400), ("/ecode/7", 400),
        ("/ecode/10064999", 404),
        (f"/id/vaa/{ISS}", 400), (f"/id/vaa/{ISS}/UNKNOWN", 404), ("/id/vaa/hdl:", 400), ("/oid/1." + "9" * 300, 400),
    ],
)  # fmt: skip
def test_what_is_malformed_and_what_is_unknown(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_prefix_that_lives_elsewhere_has_no_did_here(tmp_path: Path) -> None:
    zone = Zone(("88.118",), {"88.118.9": "https://enterprise.example"})
    gateway = open_gateway(tmp_path, Meter(), zone=zone)
    client = TestClient(gateway.app)
    assert client.get("/id/88.118.9/x/did.json").status_code == 404
    assert client.get("/id/88.200.9/x/did.json").status_code == 400
    gateway.ingest.close()
    gateway.engine.dispose()


def test_other_origins_may_read(client: TestClient) -> None:
    for path in ("/id/oid/1.2.3", "/oid/1.2.3", "/ecode/1"):
        assert client.options(path).status_code == 204


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=40),
    st.sampled_from(["oid", "ecode", "uscc", "did", "gs1", "gtin", "vaa", "handle", "88.118.8", "%ff"]),
)
def test_garbage_never_ends_in_a_fault_of_the_server(client: TestClient, rest: bytes, scheme: str) -> None:
    escaped = "".join(f"%{byte:02X}" for byte in rest)
    for path in (f"/id/{scheme}/{escaped}", f"/oid/{escaped}", f"/id/{scheme}/{escaped}/did.json"):
        assert client.get(path).status_code < 500


def test_json_is_json(client: TestClient) -> None:
    assert json.loads(client.get("/oid/1.2.156.3001.1").content)["format"] == "oid/1"

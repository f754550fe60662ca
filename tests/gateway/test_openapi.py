"""INV-18, by schemathesis: whatever is sent to any address of /openapi.json, no answer is a 5xx, and every answer has a
status and media type that the description names."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from gateway.description import MEDIA, OWN_ERRORS
from gateway.issuer import open_issuer
from gateway.limits import Limits
from ledger.access.client import new_client
from ledger.certificates.statement import Statement
from ledger.store.certificates import put_certificate
from ledger.store.clients import put_client
from ledger.store.following import advance
from tests.gateway import samples
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.test_followed import NOW, POSITION, minted

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
    allow_header_conformance,
]
EXAMPLES = 4
WITH_TOKEN = ("/evidence", "/access", "/3/", "/api/handles", "/hrls")
SECRET = "s3cret"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """With issuer keys, a certificate on the chain, and a client of the enterprise."""
    folder = tmp_path_factory.mktemp("gateway")
    issuer = open_issuer(folder / "issuer", b"a passphrase", "https://ledger.example")
    opened = open_gateway(folder, Meter(), machine_clock=lambda: NOW, limits=Limits.off(), issuer=issuer)
    row = samples.efficiency()
    put_certificate(opened.engine, row)
    said = Statement.from_json(row.statement)
    advance(opened.engine, POSITION, [minted(said)], after=None, back_to=-1)
    put_client(opened.engine, new_client("mill", "88.118.20260", "enterprise", NOW), SECRET)
    yield opened
    opened.ingest.close()
    opened.engine.dispose()


@pytest.fixture(scope="module")
def token(gateway: Gateway) -> str:
    form = {"grant_type": "client_credentials", "client_id": "mill", "client_secret": SECRET}
    return str(TestClient(gateway.app).post("/auth/token", data=form).json()["access_token"])


@pytest.fixture
def described(gateway: Gateway) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", gateway.app)


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
def test_every_answer_is_described(case: schemathesis.Case[Any], token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if case.operation.path.startswith(WITH_TOKEN) else {}
    told = [*CHECKS, positive_data_acceptance] if case.method == "GET" else CHECKS
    case.call_and_validate(headers=headers, checks=told)


def test_the_tables_of_the_description_name_what_there_is(gateway: Gateway) -> None:
    paths = gateway.app.openapi()["paths"]
    assert set(MEDIA) <= set(paths)
    assert all(any(path.startswith(prefix) for path in paths) for prefix in OWN_ERRORS)
    document = gateway.app.openapi()
    assert "HTTPValidationError" not in str(document)
    for operations in paths.values():
        assert all("default" in operation["responses"] for operation in operations.values())


@pytest.mark.parametrize(
    ("path", "media"),
    [(f"/{samples.GRADED}", "text/html"), (f"/{samples.GRADED}/qr.svg", "image/svg+xml"),
     (f"/certificates/{samples.GRADED}", "application/json"), ("/.well-known/did.json", "application/did+json")],
)  # fmt: skip
def test_what_is_there_is_answered_as_described(gateway: Gateway, path: str, media: str) -> None:
    answer = TestClient(gateway.app).get(path, headers={"Accept": f"{media}, */*;q=0.1"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == media


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/scan", "GET, HEAD, POST"), ("/frames", "POST"), ("/3/footprints", "GET, HEAD"), ("/3/events", "POST"),
     ("/api/handles/88.118.20260/x", "DELETE, GET, HEAD, OPTIONS, PUT"), ("/01/09506000134352", "GET, HEAD, OPTIONS"),
     ("/certificates/88.118.20260/x", "GET, HEAD"), ("/static/carbon.css", "GET, HEAD")],
)  # fmt: skip
def test_a_refused_method_is_told_all_that_the_address_takes(gateway: Gateway, path: str, methods: str) -> None:
    answer = TestClient(gateway.app).request("PATCH", path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == methods

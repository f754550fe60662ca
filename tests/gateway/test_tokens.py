"""The token endpoint, and what a token opens. INV-20: nobody without a client gets past it."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from gateway.access import Caller, caller_of, caller_of_basic
from gateway.limits import Limits
from ledger.access.client import new_client
from ledger.errors import ConfigError
from ledger.store.clients import end_client, put_client
from tests.gateway.meters import Gateway, Meter, open_gateway

NOW = 1_750_000_000
GRANT = {"grant_type": "client_credentials"}
SECRET = "s3cret-s3cret"


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Setting:
    gateway: Gateway
    client: TestClient
    clock: Clock

    def token(self, client_id: str = "buyer", **form: str) -> str:
        answer = self.client.post("/auth/token", data={**GRANT, **form}, headers=basic(client_id))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


def basic(user: str, password: str = SECRET) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def add_probes(app: FastAPI) -> None:
    """Routes such as others write, before the one that takes every path."""

    def probe(request: Request, scope: str | None = None) -> dict[str, object]:
        return shown(caller_of(request, scope))

    def keyed(request: Request) -> dict[str, object]:
        return shown(caller_of_basic("buyer", request.headers["x-secret"], request))

    for path, endpoint in (("/probe", probe), ("/keyed", keyed)):
        app.add_api_route(path, endpoint)
        app.router.routes.insert(0, app.router.routes.pop())


def shown(caller: Caller) -> dict[str, object]:
    return {"client": caller.client_id, "organisation": caller.organisation, "role": caller.role,
            "scopes": sorted(caller.scopes)}  # fmt: skip


@pytest.fixture
def setting(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Setting]:
    clock = Clock()
    changes = getattr(request, "param", {})
    opened = open_gateway(tmp_path, Meter(), machine_clock=clock, **changes)
    put_client(opened.engine, new_client("buyer", "88.118.30001", "customer", NOW), SECRET)
    put_client(opened.engine, new_client("300:88.118.20260/ADMIN", "88.118.20260", "enterprise", NOW), SECRET)
    add_probes(opened.app)
    yield Setting(opened, TestClient(opened.app, raise_server_exceptions=False), clock)
    opened.ingest.close()
    opened.engine.dispose()


def test_a_token_for_a_client(setting: Setting) -> None:
    answer = setting.client.post("/auth/token", data=GRANT, headers=basic("buyer"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert (document["token_type"], document["expires_in"]) == ("Bearer", 900)
    assert document["scope"] == "event:write evidence:read footprint:list footprint:read"
    seen = setting.client.get("/probe", headers={"Authorization": f"Bearer {document['access_token']}"}).json()
    assert seen == {
        "client": "buyer", "organisation": "88.118.30001", "role": "customer",
        "scopes": ["event:write", "evidence:read", "footprint:list", "footprint:read"],
    }  # fmt: skip


def test_credentials_in_the_form_and_a_narrower_scope(setting: Setting) -> None:
    form = {**GRANT, "client_id": "buyer", "client_secret": SECRET, "scope": "footprint:list openid", "audience": "x"}
    answer = setting.client.post("/auth/token", data=form)
    assert answer.json()["scope"] == "footprint:list"


def test_an_identifier_with_a_colon_is_percent_encoded(setting: Setting) -> None:
    answer = setting.client.post("/auth/token", data=GRANT, headers=basic("300%3A88.118.20260%2FADMIN"))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "headers", "status", "error"),
    [
        (GRANT, basic("buyer", "wrong"), 401, "invalid_client"),
        (GRANT, basic("nobody"), 401, "invalid_client"),
        (GRANT, {}, 401, "invalid_client"),
        (GRANT, {"Authorization": "Basic %%%"}, 401, "invalid_client"),
        ({}, basic("buyer"), 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, basic("buyer"), 400, "unsupported_grant_type"),
        ({**GRANT, "scope": "handle:write"}, basic("buyer"), 400, "invalid_scope"),
        ({**GRANT, "scope": "\\"}, basic("buyer"), 400, "invalid_scope"),
        ({**GRANT, "resource": "https://elsewhere.example"}, basic("buyer"), 400, "invalid_target"),
        ({**GRANT, "resource": "https://ledger.example.evil"}, basic("buyer"), 400, "invalid_target"),
    ],
)
def test_refusals_have_the_form_of_rfc_6749(
    setting: Setting, form: dict[str, str], headers: dict[str, str], status: int, error: str
) -> None:
    answer = setting.client.post("/auth/token", data=form or {"x": "y"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers.get("www-authenticate", "").startswith("Basic ") is (status == 401)


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % i for i in range(99)), "application/x-www-form-urlencoded"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
        (b"", ""),
    ],
)
def test_a_body_that_is_no_form(setting: Setting, body: bytes, media: str) -> None:
    """INV-18: garbage is answered, never a 500."""
    answer = setting.client.post("/auth/token", content=body, headers={**basic("buyer"), "Content-Type": media})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_body_beyond_all_bounds(setting: Setting) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = setting.client.post("/auth/token", content=b"a" * 9000, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")


@pytest.mark.parametrize(
    ("authorization", "status", "code", "error"),
    [
        ("", 401, "token-missing", None),
        ("Basic YTpi", 401, "token-missing", None),
        ("Bearer", 401, "token-invalid", "invalid_token"),
        ("Bearer cat_" + "A" * 43, 401, "token-invalid", "invalid_token"),
        ("Bearer " + "x" * 4000, 401, "token-invalid", "invalid_token"),
    ],
)
def test_without_a_token_of_ours(setting: Setting, authorization: str, status: int, code: str, error: str) -> None:
    answer = setting.client.get("/probe", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith("Bearer realm=")
    assert ("error=" in challenge) is (error is not None)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_ends_by_the_machine_s_clock(setting: Setting) -> None:
    bearer = {"Authorization": f"Bearer {setting.token()}"}
    setting.clock.now += 899
    assert setting.client.get("/probe", headers=bearer).status_code == 200
    setting.clock.now += 1
    answer = setting.client.get("/probe", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-expired")


def test_a_token_ends_with_its_client(setting: Setting) -> None:
    bearer = {"Authorization": f"Bearer {setting.token()}"}
    end_client(setting.gateway.engine, "buyer", NOW)
    answer = setting.client.get("/probe", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid")


def test_a_scope_that_was_not_asked_for(setting: Setting) -> None:
    bearer = {"Authorization": f"Bearer {setting.token(scope='footprint:list')}"}
    assert setting.client.get("/probe?scope=footprint:list", headers=bearer).status_code == 200
    answer = setting.client.get("/probe?scope=footprint:read", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert 'scope="footprint:read"' in answer.headers["www-authenticate"]


def test_a_client_by_its_secret(setting: Setting) -> None:
    assert setting.client.get("/keyed", headers={"X-Secret": SECRET}).json()["organisation"] == "88.118.30001"
    assert setting.client.get("/keyed", headers={"X-Secret": "wrong"}).status_code == 401


def test_discovery(setting: Setting) -> None:
    for name in ("openid-configuration", "oauth-authorization-server"):
        document = setting.client.get(f"/.well-known/{name}").json()
        assert document["issuer"] == "https://ledger.example"
        assert document["token_endpoint"] == "https://ledger.example/auth/token"
        assert document["grant_types_supported"] == ["client_credentials"]


@pytest.mark.parametrize("setting", [{"limits": Limits(attempts="3/minute")}], indirect=True)
def test_guessing_is_bounded_by_address(setting: Setting) -> None:
    for _ in range(3):
        assert setting.client.post("/auth/token", data=GRANT, headers=basic("nobody")).status_code == 401
    answer = setting.client.post("/auth/token", data=GRANT, headers=basic("buyer"))
    assert (answer.status_code, answer.json()["code"]) == (429, "rate-limited")
    assert 1 <= int(answer.headers["retry-after"]) <= 60


@pytest.mark.parametrize("setting", [{"limits": Limits(attempts="3/minute")}], indirect=True)
def test_right_secrets_count_for_no_guesses(setting: Setting) -> None:
    """An enterprise registers a thousand handles, each with its secret."""
    for _ in range(6):
        assert setting.client.get("/keyed", headers={"X-Secret": SECRET}).status_code == 200
        setting.token()


@pytest.mark.parametrize("setting", [{"limits": Limits(tokens="2/minute")}], indirect=True)
def test_a_stranger_cannot_use_up_a_client_s_tokens(setting: Setting) -> None:
    for _ in range(5):
        setting.client.post("/auth/token", data=GRANT, headers=basic("buyer", "wrong"))
    setting.token()
    setting.token()
    answer = setting.client.post("/auth/token", data=GRANT, headers=basic("buyer"))
    assert answer.status_code == 429


@pytest.mark.parametrize("setting", [{"limits": Limits(reads="2/minute", writes="1/minute", frames="1/minute")}],
                         indirect=True)  # fmt: skip
def test_reads_and_writes_by_address(setting: Setting) -> None:
    client = setting.client
    assert [client.get("/problems/internal").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/health").status_code == 200
    assert [client.post("/auth/token", data=GRANT).status_code for _ in range(2)] == [401, 429]
    refused = [client.post("/frames", content=b"x") for _ in range(2)]
    assert [answer.status_code for answer in refused] == [415, 429]
    assert refused[1].headers["content-type"] == "application/problem+json"
    assert refused[1].headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("values", [{"reads": "many"}, {"read": "1/minute"}, {"reads": 5}])
def test_a_limit_that_is_none(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Limits.read(values)

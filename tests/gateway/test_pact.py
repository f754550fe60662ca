"""The routes of PACT: who sees what, filters and pages, and refusals in PACT's own form whatever is sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert

from ledger.access.client import new_client
from ledger.exchange.events import CREATED, FULFILLED, PUBLISHED, REJECTED
from ledger.exchange.footprint import footprint_id
from ledger.exchange.proof import SCHEMA_PATH
from ledger.store.certificates import put_certificate
from ledger.store.clients import end_client, put_client
from ledger.store.database import writing
from ledger.store.exchange import outgoing_events, received_events
from ledger.store.schema import standings
from tests.exchange.products import FOUNDRY, INGOT, SMELTER, WHEEL, product_statement, result, row
from tests.exchange.test_events import event
from tests.exchange.test_footprint import pact_schema
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import DOMAIN, MINTED
from tests.gateway.test_tokens import Clock, basic

EVENT = "application/cloudevents+json; charset=UTF-8"
SECRET = "s3cret-s3cret"


@dataclass
class Exchange:
    """A gateway with a client of the smelter, one of the foundry, and the footprints of both."""

    gateway: Gateway
    client: TestClient
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)

    def bearer(self, client_id: str) -> dict[str, str]:
        if client_id not in self.tokens:
            form = {"grant_type": "client_credentials"}
            answer = self.client.post("/auth/token", data=form, headers=basic(client_id, SECRET))
            assert answer.status_code == 200, answer.text
            self.tokens[client_id] = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self.tokens[client_id]}"}

    def list(self, query: str = "", client_id: str = "smelter") -> list[dict[str, Any]]:
        answer = self.client.get(f"/3/footprints{query}", headers=self.bearer(client_id))
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    def post(self, document: object, client_id: str = "smelter", **headers: str) -> Any:
        sent = {"Content-Type": EVENT, **self.bearer(client_id), **headers}
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.client.post("/3/events", content=body, headers=sent)


def furnish(engine: Engine, now: int) -> None:
    """Three certificates of the smelter, one of which corrects another; one of the foundry; one of no product."""
    for client_id, prefix in (("smelter", SMELTER), ("foundry", FOUNDRY)):
        put_client(engine, new_client(client_id, prefix, "enterprise", now), SECRET)
    first = product_statement()
    second = product_statement(footprint=12_000_000_000, supersedes=int.from_bytes(first.digest(DOMAIN)))
    for at, said in enumerate((first, second, product_statement(f"{SMELTER}/BILLET"))):
        put_certificate(engine, row(said, issued_at=MINTED + at))
    wheel = row(product_statement(WHEEL, unit="{piece}"), result(id="WHEEL"), MINTED)
    put_certificate(engine, wheel)
    put_certificate(engine, row(product_statement(f"{SMELTER}/CE-2018", kind=2)))


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    clock = Clock()
    gateway = open_gateway(tmp_path, Meter(), machine_clock=clock)
    furnish(gateway.engine, clock.now)
    yield Exchange(gateway, TestClient(gateway.app, raise_server_exceptions=False), clock)
    gateway.ingest.close()
    gateway.engine.dispose()


def test_a_caller_sees_its_own(exchange: Exchange, vectors: Path) -> None:
    """INV-20: the footprints of its organisation, and nothing of another's."""
    found = exchange.list()
    assert [entry["status"] for entry in found] == ["Deprecated", "Active", "Active"]
    assert found[1]["precedingPfIds"] == [found[0]["id"]]
    assert {entry["companyIds"][0] for entry in found} == {f"urn:pact:ledger.example:vaa:{SMELTER}"}
    validate = pact_schema(vectors, "ProductFootprint")
    for entry in found:
        validate(entry)
        answer = exchange.client.get(f"/3/footprints/{entry['id'].upper()}", headers=exchange.bearer("smelter"))
        assert answer.json() == {"data": entry}
    assert len(exchange.list(client_id="foundry")) == 1


@pytest.mark.parametrize(
    ("status", "shown"),
    [("active", "Active"), ("revoked", "Deprecated"), ("suspended", "Deprecated"), ("expired", "Active"),
     ("superseded", "Deprecated")],
)  # fmt: skip
def test_the_chain_decides_of_the_status(exchange: Exchange, status: str, shown: str) -> None:
    """INV-19: a certificate that was revoked on the chain is deprecated, whatever our own rows say."""
    said = product_statement(f"{SMELTER}/BILLET")
    standing = {
        "token_id": said.digest(DOMAIN), "subject": said.identifier, "status": status, "reason": "", "changed_at": 1,
        "changed_block": 1, "minted_at": 1, "minted_block": 1, "minted_index": 0, "valid_until": said.valid_until,
        "statement": said.to_json(),
    }  # fmt: skip
    with writing(exchange.gateway.engine) as connection:
        connection.execute(insert(standings), standing)
    assert [entry["status"] for entry in exchange.list()] == ["Deprecated", "Active", shown]
    name = footprint_id(said.digest(DOMAIN))
    answer = exchange.client.get(f"/3/footprints/{name}", headers=exchange.bearer("smelter"))
    assert answer.json()["data"]["status"] == shown
    assert len(exchange.list(f"?status={shown}&productId=urn:pact:ledger.example:vaa:{SMELTER}/BILLET")) == 1


def test_what_is_not_granted_is_refused(exchange: Exchange) -> None:
    """INV-20."""
    wheel = exchange.list(client_id="foundry")[0]["id"]
    answer = exchange.client.get(f"/3/footprints/{wheel}", headers=exchange.bearer("smelter"))
    assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied")
    assert "wheel" not in answer.text.lower()


@pytest.mark.parametrize(
    "name", ["00000000-0000-0000-0000-000000000000", "7", "..%2f..%2fetc", "%00", "urn:gtin:1", "x" * 3000]
)
def test_no_such_footprint(exchange: Exchange, name: str) -> None:
    answer = exchange.client.get(f"/3/footprints/{name}", headers=exchange.bearer("smelter"))
    assert answer.status_code == 404
    assert answer.json()["code"] == "NotFound" or name.startswith("..")


def test_a_tampered_row_is_not_exchanged(exchange: Exchange) -> None:
    """INV-11: a statement that does not hash to its token is nobody's footprint."""
    forged = replace(row(product_statement(f"{SMELTER}/RODS", footprint=1)), token_id=b"\x42" * 32)
    put_certificate(exchange.gateway.engine, forged)
    assert len(exchange.list()) == 3
    answer = exchange.client.get(f"/3/footprints/{footprint_id(b'B' * 32)}", headers=exchange.bearer("smelter"))
    assert answer.status_code == 404


def test_what_has_no_unit_of_pact_is_left_out(exchange: Exchange) -> None:
    said = product_statement(f"{SMELTER}/GLASS", unit="{weight-case}")
    put_certificate(exchange.gateway.engine, row(said))
    assert len(exchange.list()) == 3
    name = footprint_id(said.digest(DOMAIN))
    answer = exchange.client.get(f"/3/footprints/{name}", headers=exchange.bearer("smelter"))
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")
    assert "no declared unit" in answer.json()["message"]


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ({}, 401, "BadRequest"),
        ({"Authorization": "Bearer very-invalid-access-token-1"}, 401, "BadRequest"),
        ({"Authorization": "Bearer cat_" + "A" * 43}, 401, "BadRequest"),
        ({"Authorization": "Basic eDp5"}, 401, "BadRequest"),
        ({"Authorization": "Bearer \x7f\xff"}, 401, "BadRequest"),
    ],
)
def test_without_a_token_nothing(exchange: Exchange, header: dict[str, str], status: int, code: str) -> None:
    """INV-20: list, single footprint and events alike, before anything else is looked at."""
    for method, path in (("GET", "/3/footprints"), ("GET", "/3/footprints/7"), ("POST", "/3/events")):
        answer = exchange.client.request(method, path, headers={k: v.encode("latin-1") for k, v in header.items()})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_tokens_that_no_longer_count(exchange: Exchange) -> None:
    bearer = exchange.bearer("smelter")
    exchange.clock.now += 3600
    answer = exchange.client.get("/3/footprints", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "TokenExpired")
    bearer = exchange.bearer("foundry")
    end_client(exchange.gateway.engine, "foundry", exchange.clock.now)
    assert exchange.client.get("/3/footprints", headers=bearer).status_code == 401


def test_a_scope_that_is_missing(exchange: Exchange) -> None:
    form = {"grant_type": "client_credentials", "scope": "footprint:list"}
    token = exchange.client.post("/auth/token", data=form, headers=basic("smelter", SECRET)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert exchange.client.get("/3/footprints", headers=bearer).status_code == 200
    answer = exchange.client.get("/3/footprints/7", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied")


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_pages(exchange: Exchange, most: int) -> None:
    """Each page holds at most `limit`; links are absolute, of the host that was asked, and may be called again."""
    url, pages = f"/3/footprints?limit={most}&geography=CN", []
    while url:
        answer = exchange.client.get(url, headers={**exchange.bearer("smelter"), "Host": "plant.example:8443"})
        again = exchange.client.get(url, headers={**exchange.bearer("smelter"), "Host": "plant.example:8443"})
        assert answer.json() == again.json()
        pages.append([entry["id"] for entry in answer.json()["data"]])
        link = answer.headers.get("link", "")
        assert not link or link.startswith("<http://plant.example:8443/3/footprints?limit=")
        assert not link or link.endswith('>; rel="next"')
        url = link.removeprefix("<http://plant.example:8443").partition(">")[0]
    assert [name for page in pages for name in page] == [entry["id"] for entry in exchange.list()]
    assert all(0 < len(page) <= most for page in pages)


def test_a_page_stays_where_it_was(exchange: Exchange) -> None:
    """What is issued meanwhile comes at the end; what is superseded meanwhile stays in its place."""
    bearer = exchange.bearer("smelter")
    link = exchange.client.get("/3/footprints?limit=1", headers=bearer).headers["link"]
    url = link.removeprefix("<http://testserver").partition(">")[0]
    before = exchange.client.get(url, headers=bearer).json()["data"]
    put_certificate(exchange.gateway.engine, row(product_statement(f"{SMELTER}/A"), issued_at=MINTED + 60))
    assert exchange.client.get(url, headers=bearer).json()["data"] == before
    assert len(exchange.list()) == 4


def test_limit(exchange: Exchange) -> None:
    bearer = exchange.bearer("smelter")
    none = exchange.client.get("/3/footprints?limit=0", headers=bearer)
    assert (none.json(), "link" in none.headers) == ({"data": []}, False)
    for wrong in ("-1", "x", "1.5", "", "9999999999", "1&limit=2", "%00"):
        answer = exchange.client.get(f"/3/footprints?limit={wrong}", headers=bearer)
        assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest"), wrong
    wrong = exchange.client.get("/3/footprints?cursor=nonsense", headers=bearer)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "BadRequest")


@pytest.mark.parametrize("host", ["a>b", 'x"; rel="evil', "a b", "ledger.example/evil?", ""])
def test_a_host_that_is_none_is_not_put_into_a_link(exchange: Exchange, host: str) -> None:
    headers = {**exchange.bearer("smelter"), "Host": host}
    answer = exchange.client.get("/3/footprints?limit=1", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["link"].startswith("<http://ledger.example/3/footprints?")


def test_filters_of_the_query(exchange: Exchange) -> None:
    urn = f"urn:pact:ledger.example:vaa:{INGOT}"
    assert len(exchange.list(f"?productId={urn}")) == 2
    assert len(exchange.list(f"?productId={urn}&status=active")) == 1
    assert len(exchange.list(f"?productId={urn}&productId=urn:pact:ledger.example:vaa:{SMELTER}/BILLET")) == 3
    assert len(exchange.list("?validOn=2019-06-01T00:00:00+00:00")) == 3
    for nothing in (
        "?productId=urn:bogus", "?geography=XX", "?status=Bogus", "?validOn=never", "?validAfter=2099-01-01T00:00:00Z",
        "?classification=urn:x:y", f"?productId={urn}&companyId=urn:x", "?companyId=%FF%00", "?geography=",
    ):  # fmt: skip
        assert exchange.list(nothing) == []


@given(
    st.lists(
        st.tuples(
            st.text(max_size=12) | st.sampled_from(["productId", "status", "validOn", "geography"]),
            st.text(max_size=30),
        ),
        max_size=6,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_query_is_answered(exchange: Exchange, pairs: list[tuple[str, str]]) -> None:
    """INV-18: 200 or, for limit and cursor, 400 in PACT's form; never anything of ours."""
    pairs = [
        (name.encode("utf-8", "replace").decode(), value.encode("utf-8", "replace").decode()) for name, value in pairs
    ]
    answer = exchange.client.get("/3/footprints", params=pairs, headers=exchange.bearer("smelter"))
    assert answer.status_code == 200 or (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def test_a_request_waits_in_the_outbox(exchange: Exchange) -> None:
    answer = exchange.post(event(CREATED))
    assert (answer.status_code, answer.content) == (200, b"")
    assert exchange.post(event(CREATED)).status_code == 200
    waiting = outgoing_events(exchange.gateway.engine, 10)
    assert [(one.client_id, one.organisation, one.event_id, one.state) for one in waiting] == [
        ("smelter", SMELTER, "run/12", "waiting")
    ]


def test_what_asks_for_nothing_is_kept(exchange: Exchange) -> None:
    ids = [footprint_id(b"\x01" * 32)]
    for _ in range(2):
        assert exchange.post(event(PUBLISHED, {"pfIds": ids}), "foundry").status_code == 200
    kept = received_events(exchange.gateway.engine, 10)
    assert [(one.organisation, one.data) for one in kept] == [(FOUNDRY, {"pfIds": ids})]


@pytest.mark.parametrize(
    ("document", "headers", "status"),
    [
        (event(PUBLISHED, {"pfIds": ["urn:gtin:4712345060507"]}), {}, 400),
        (event(CREATED, {}), {}, 400),
        (b"", {}, 400),
        (b"{", {}, 400),
        (b"\xff" * 100, {}, 400),
        (b"[" * 10_000, {}, 400),
        (b'{"type": NaN}', {}, 400),
        (b" " * (4 * 1024 * 1024 + 1), {}, 413),
        (event(), {"Content-Type": "text/plain"}, 415),
        (event(), {"Content-Type": ""}, 415),
        (event(), {"Content-Type": "application/json"}, 200),
    ],
)
def test_what_is_no_event(exchange: Exchange, document: object, headers: dict[str, str], status: int) -> None:
    """INV-18: refused in PACT's form, stored nowhere."""
    answer = exchange.post(document, **headers)
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["code"] == "BadRequest"
        assert outgoing_events(exchange.gateway.engine, 10) == []


def test_a_client_cannot_fill_the_store(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.pact_events.MOST_WAITING", 2)
    assert [exchange.post(event(id=str(at))).status_code for at in range(3)] == [200, 200, 429]
    assert exchange.post(event(id="0"), "foundry").status_code == 200


def test_the_schema_of_the_extension_is_public(exchange: Exchange) -> None:
    document = exchange.list()[0]
    address = document["extensions"][0]["dataSchema"]
    assert address == f"https://ledger.example{SCHEMA_PATH}"
    served = exchange.client.get(SCHEMA_PATH)
    assert served.headers["content-type"] == "application/json"
    jsonschema_rs.Draft202012Validator(served.json(), validate_formats=True).validate(document["extensions"][0]["data"])


def test_what_an_event_must_be_is_described_as_it_is_judged(exchange: Exchange) -> None:
    """The OpenAPI description takes what the route takes, and refuses what it refuses."""
    described = exchange.client.get("/openapi.json").json()["paths"]["/3/events"]["post"]["requestBody"]["content"]
    (content,) = described.values()
    judge = jsonschema_rs.Draft202012Validator(content["schema"], validate_formats=True)
    for document, good in (
        (event(), True),
        (event(data={"status": "Active"}), True),
        (event(data={"productId": []}), False),
        (event(data={"comment": "x"}), False),
        (event(data={"validOn": 7}), False),
        (event(id=""), False),
        (event(time="now"), False),
        (event(PUBLISHED, {"pfIds": [footprint_id(b"x")]}), True),
        (event(PUBLISHED, {"pfIds": ["urn:gtin:4712345060507"]}), False),
        (event(FULFILLED, {"requestEventId": "7", "pfs": [{"id": footprint_id(b"x")}]}), True),
        (event(FULFILLED, {"requestEventId": "7", "pfs": []}), False),
        (event(REJECTED, {"requestEventId": "7", "error": {"code": "NotFound", "message": "none"}}), True),
        (event(REJECTED, {"requestEventId": "7", "error": {}}), False),
    ):
        assert judge.is_valid(document) is good, document
        assert exchange.post(document).status_code == (200 if good else 400), document


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "/3/footprints", 405, "NotImplemented"),
        ("DELETE", "/3/footprints/7", 405, "NotImplemented"),
        ("GET", "/3/events", 405, "NotImplemented"),
        ("PUT", SCHEMA_PATH, 405, "NotImplemented"),
        ("GET", "/3/footprint", 404, "NotFound"),
        ("GET", "/3/", 404, "NotFound"),
        ("POST", "/3/footprints/7/8", 404, "NotFound"),
    ],
)
def test_whatever_else_is_asked_has_pacts_form(
    exchange: Exchange, method: str, path: str, status: int, code: str
) -> None:
    answer = exchange.client.request(method, path, headers=exchange.bearer("smelter"))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("allow" in answer.headers) is (status == 405)


def test_a_store_that_fails_is_told_in_pacts_form(exchange: Exchange) -> None:
    bearer = exchange.bearer("smelter")
    with exchange.gateway.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE footprints")
    answer = exchange.client.get("/3/footprints", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (503, "InternalError")
    assert "footprints" not in answer.json()["message"]

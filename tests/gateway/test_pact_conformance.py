"""The conformance cases of PACT 3.0 by their numbers: `carbon serve` over TLS, with a certificate of one's own.

Cases 18 and 19 (a token endpoint elsewhere) are optional and the same calls as 1 and 2 here: discovery names it.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from ledger.exchange.events import CREATED, FULFILLED, PUBLISHED, REJECTED
from ledger.exchange.periods import moment
from ledger.partners.partner import PartnerBook, new_partner
from ledger.store.database import open_store
from ledger.store.subscribers import Subscriber, put_subscriber
from tests.exchange.products import SMELTER
from tests.exchange.test_footprint import pact_schema
from tests.gateway.meters import Meter
from tests.gateway.own_certificate import own_certificate
from tests.gateway.test_pact import SECRET as OWN_SECRET
from tests.gateway.test_pact import furnish as furnish_footprints
from tests.gateway.test_serve import Running, configure, furnish, waited
from tests.gateway.test_tokens import NOW, basic
from tests.partners.listener import CLIENT, SECRET, Listener, listening

NEXT = re.compile(r'<([^>]+)>; rel="next"')
FORM = {"grant_type": "client_credentials"}


@dataclass
class Tool:
    """What the conformance tool knows after its four calls of setting up."""

    base: str
    http: httpx.Client
    validate: Callable[[object], None]
    listener: Listener
    headers: dict[str, str] = field(default_factory=dict)
    footprints: list[dict[str, Any]] = field(default_factory=list)
    next_page: str = ""

    @property
    def first(self) -> dict[str, Any]:
        return self.footprints[0]

    def set_up(self) -> None:
        endpoint = self.http.get("/.well-known/openid-configuration").json()["token_endpoint"]
        token = self.http.post(endpoint, data=FORM, headers=basic("smelter", OWN_SECRET)).json()
        self.headers = {"Authorization": f"Bearer {token['access_token']}"}
        self.footprints = self.get("/3/footprints").json()["data"]
        links = self.get("/3/footprints?limit=1").headers["link"].split(", ")
        (found,) = [match[1] for match in map(NEXT.fullmatch, links) if match]
        self.next_page = found

    def get(self, path: str, **headers: str) -> httpx.Response:
        """The query as it stands: the tool encodes nothing."""
        return self.http.get(path, headers={**self.headers, **headers})

    def found(self, query: str) -> list[dict[str, Any]]:
        answer = self.get(f"/3/footprints?{query}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/json")
        listed: list[dict[str, Any]] = answer.json()["data"]
        for entry in listed:
            self.validate(entry)
        return listed

    def post(self, kind: str, name: str, data: object, **headers: str) -> httpx.Response:
        event = {
            "type": kind, "specversion": "1.0", "id": name, "source": self.listener.url,
            "time": datetime.now(UTC).isoformat().replace("+00:00", "Z"), "data": data,
        }  # fmt: skip
        media = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}
        return self.http.post("/3/events", content=json.dumps(event), headers={**self.headers, **media, **headers})

    def callback(self, request: str) -> dict[str, Any]:
        def arrived() -> list[dict[str, Any]]:
            return [event for event in self.listener.events if event["data"].get("requestEventId") == request]

        waited(lambda: arrived() != [], f"{request} is answered")
        (event,) = arrived()
        return event


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory, vectors: Path) -> Iterator[Tool]:
    folder = tmp_path_factory.mktemp("pact")
    gateway = Running(folder, Meter(), certificate=own_certificate(folder)[0])
    furnish(folder, gateway.meter)
    engine = open_store(f"sqlite:///{folder / 'ledger.db'}")
    furnish_footprints(engine, NOW)
    put_subscriber(engine, Subscriber("smelter", "tool", NOW))
    engine.dispose()
    files = 'tls_certificate = "certificate.pem"\ntls_key = "key.pem"\ncallbacks = "local"\n'
    configure(folder, f"port = {gateway.port}\n{files}")
    with listening() as listener:
        PartnerBook(folder).add(new_partner("tool", listener.url, SMELTER, CLIENT, SECRET))
        gateway.start()
        with httpx.Client(base_url=gateway.url, verify=gateway.trust, timeout=20) as http:
            made = Tool(gateway.url, http, pact_schema(vectors, "ProductFootprint"), listener)
            made.set_up()
            yield made
    if gateway.process is not None:
        gateway.process.kill()
        gateway.process.wait()


BAD = {"Authorization": f"Bearer very-invalid-access-token-{uuid.uuid4()}"}


def test_1_a_token(tool: Tool) -> None:
    answer = tool.http.post("/auth/token", data=FORM, headers=basic("smelter", OWN_SECRET))
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"


def test_2_no_token_for_another(tool: Tool) -> None:
    answer = tool.http.post("/auth/token", data=FORM, headers=basic(str(uuid.uuid4()), str(uuid.uuid4())))
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == "invalid_client"


def test_3_one_footprint(tool: Tool) -> None:
    answer = tool.get(f"/3/footprints/{tool.first['id']}")
    assert answer.status_code == 200
    tool.validate(answer.json()["data"])
    assert answer.json()["data"]["id"] == tool.first["id"]


def test_4_the_list(tool: Tool) -> None:
    answer = tool.get("/3/footprints")
    assert answer.status_code == 200
    assert len(answer.json()["data"]) == len(tool.footprints) >= 2
    for entry in answer.json()["data"]:
        tool.validate(entry)


def test_5_the_next_page_again_and_again(tool: Tool) -> None:
    assert tool.next_page.startswith(tool.base)
    pages = [tool.get(tool.next_page.removeprefix(tool.base)) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert [entry["id"] for entry in pages[0].json()["data"]] == [tool.footprints[1]["id"]]
    assert pages[0].json() == pages[1].json()


@pytest.mark.parametrize("path", ["/3/footprints", "/3/footprints/{id}"], ids=["6", "7"])
def test_6_and_7_with_an_invalid_token(tool: Tool, path: str) -> None:
    answer = tool.get(path.format(**tool.first), **BAD)
    assert answer.status_code in (400, 401)
    assert answer.json()["code"] == "BadRequest"


def test_8_no_such_footprint(tool: Tool) -> None:
    answer = tool.get("/3/footprints/00000000-0000-0000-0000-000000000000")
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/auth/token"), ("GET", "/3/footprints"), ("GET", "/3/footprints/{id}"), ("POST", "/3/events")],
    ids=["9", "10", "11", "17"],
)
def test_9_to_11_and_17_plain_http_fails(tool: Tool, method: str, path: str) -> None:
    """INV-20: not even a redirection, for the token would have passed in clear already."""
    plain = tool.base.replace("https:", "http:") + path.format(**tool.first)
    with pytest.raises(httpx.TransportError):
        httpx.request(method, plain, headers=tool.headers, follow_redirects=False)


def test_12_and_13_a_request_is_fulfilled(tool: Tool, vectors: Path) -> None:
    request = f"{uuid.uuid4()}/12"
    answer = tool.post(CREATED, request, {"productId": tool.first["productIds"], "comment": "please"})
    assert answer.status_code == 200
    event = tool.callback(request)
    assert event["type"] == FULFILLED
    for entry in event["data"]["pfs"]:
        tool.validate(entry)
    assert any(set(entry["productIds"]) & set(tool.first["productIds"]) for entry in event["data"]["pfs"])
    uuid.UUID(event["id"])
    jsonschema_rs.Draft202012Validator({"format": "date-time"}, validate_formats=True).validate(event["time"])


def test_14_a_request_is_rejected(tool: Tool) -> None:
    request = f"{uuid.uuid4()}/14"
    assert tool.post(CREATED, request, {"productId": ["urn:pact:null"]}).status_code == 200
    event = tool.callback(request)
    assert event["type"] == REJECTED
    assert event["data"]["error"]["code"] == "NotFound"
    assert event["data"]["error"]["message"]


def test_15_published(tool: Tool) -> None:
    assert tool.post(PUBLISHED, f"{uuid.uuid4()}/15", {"pfIds": [str(uuid.uuid4())]}).status_code == 200


def test_16_published_with_an_invalid_token(tool: Tool) -> None:
    answer = tool.post(PUBLISHED, f"{uuid.uuid4()}/16", {"pfIds": [str(uuid.uuid4())]}, **BAD)
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize(
    ("name", "member"),
    [("productId", "productIds"), ("companyId", "companyIds"), ("classification", "productClassifications")],
    ids=["20", "21", "23"],
)
def test_20_21_23_by_name(tool: Tool, name: str, member: str) -> None:
    for value in tool.first[member]:
        found = tool.found(f"{name}={value}")
        assert found
        assert all(value in entry[member] for entry in found)


def test_22_by_geography(tool: Tool) -> None:
    place = tool.first["pcf"]["geographyCountrySubdivision"]
    found = tool.found(f"geography={place}")
    assert found
    assert all(entry["pcf"]["geographyCountrySubdivision"] == place for entry in found)


def shifted(text: str, days: int) -> str:
    return moment(int((datetime.fromisoformat(text) + timedelta(days=days)).timestamp()))


def test_24_valid_on(tool: Tool) -> None:
    at = tool.first["validityPeriodStart"]
    found = tool.found(f"validOn={at}")
    assert found
    assert all(entry["validityPeriodStart"] <= at <= entry["validityPeriodEnd"] for entry in found)


def test_25_valid_after(tool: Tool) -> None:
    at = shifted(tool.first["validityPeriodStart"], -1)
    found = tool.found(f"validAfter={at}")
    assert found
    assert all(entry["validityPeriodStart"] > at for entry in found)


def test_26_valid_before(tool: Tool) -> None:
    at = shifted(tool.first["validityPeriodEnd"], 1)
    found = tool.found(f"validBefore={at}")
    assert found
    assert all(entry["validityPeriodEnd"] < at for entry in found)


def test_27_by_status(tool: Tool) -> None:
    found = tool.found(f"status={tool.first['status']}")
    assert found
    assert all(entry["status"] == tool.first["status"] for entry in found)


def test_28_by_status_and_product(tool: Tool) -> None:
    product = tool.first["productIds"][0]
    found = tool.found(f"status={tool.first['status']}&productId={product}")
    assert found
    assert all((entry["status"], product in entry["productIds"]) == (tool.first["status"], True) for entry in found)


def test_29_one_of_three_companies(tool: Tool) -> None:
    company = tool.first["companyIds"][0]
    found = tool.found(f"companyId={company}&companyId=urn:uuid:{uuid.uuid4()}&companyId=urn:uuid:{uuid.uuid4()}")
    assert found
    assert all(company in entry["companyIds"] for entry in found)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("productId=urn:bogus:product:1", id="30"),
        pytest.param("companyId=urn:bogus:company:1", id="31"),
        pytest.param("geography=XX", id="32"),
        pytest.param("classification=urn:bogus:classification:1", id="33"),
        pytest.param("validOn=1900-01-01T00:00:00.000Z", id="34"),
        pytest.param("validAfter=2099-01-01T00:00:00.000Z", id="35"),
        pytest.param("validBefore=1900-01-01T00:00:00.000Z", id="36"),
        pytest.param("status=Bogus-status", id="37"),
        pytest.param("productId=urn:bogus:1&companyId=urn:bogus:2", id="38"),
        pytest.param("productId=urn:bogus:1&productId=urn:bogus:2", id="39"),
    ],
)
def test_30_to_39_nothing_matches(tool: Tool, query: str) -> None:
    answer = tool.get(f"/3/footprints?{query}")
    assert (answer.status_code, answer.json()) == (200, {"data": []})


def test_40_published_with_what_is_no_id(tool: Tool) -> None:
    answer = tool.post(PUBLISHED, f"{uuid.uuid4()}/40", {"pfIds": ["urn:gtin:4712345060507"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def test_news_of_every_footprint_that_the_client_may_see(tool: Tool) -> None:
    """Not among the cases: what the gateway publishes itself, to a subscriber, by the worker of `carbon serve`."""

    def news() -> list[dict[str, Any]]:
        return [event for event in tool.listener.events if event["type"] == PUBLISHED]

    waited(lambda: news() != [], "the footprints are told")
    (event,) = news()
    assert event["data"]["pfIds"] == [entry["id"] for entry in tool.footprints]
    assert event["source"] == tool.base
    again = tool.post(PUBLISHED, event["id"], event["data"])
    assert again.status_code == 200

"""The checks of GS1's conformance suite for resolvers (1.2), made again against a gateway that listens; bad input."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.certificates.statement import Statement
from ledger.resolution.linkset import CONTEXT
from ledger.resolution.names import alias_of
from ledger.resolution.values import HIDDEN, HandleValue, text_value
from ledger.store.aliases import Alias, put_alias
from ledger.store.certificates import put_certificate
from ledger.store.handles import create_record
from tests.conftest import outside
from tests.gateway.live import free_socket, serving, url_of
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import FACTS, statement, stored

GTIN = "09506000134352"
ITEM, BATCH, SERIAL = f"/01/{GTIN}", f"/01/{GTIN}/10/K1", f"/01/{GTIN}/10/K1/21/S1"
PLACE, PARTY, ASSET, DOCUMENT = (
    "/414/9506000111117",
    "/417/9506000111117",
    "/8004/9506000134300001",
    "/253/9506000134383CE1",
)
MACHINE = f"{PLACE}/254/LINE-1"
OWNER = "88.118.20260"
NAMES = {
    ITEM: f"{OWNER}/PRODUCT-1", BATCH: f"{OWNER}/PCF-K1", SERIAL: f"{OWNER}/PCF-S1", PLACE: f"{OWNER}/SITE-1",
    MACHINE: f"{OWNER}/LINE-1", PARTY: f"{OWNER}/CE-2018-0001", ASSET: f"{OWNER}/EQ-9",
    DOCUMENT: f"{OWNER}/CE-2018-0001",
}  # fmt: skip
NOW = 1_790_000_000
LINKSET = {"Accept": "application/linkset+json"}
VOC = "https://ref.gs1.org/voc/"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, str]]:
    folder: Path = tmp_path_factory.mktemp("gateway")
    listener = free_socket()
    gateway = open_gateway(folder, Meter(), lambda: NOW, public_url=url_of(listener))
    furnish(gateway)
    with serving(gateway.app, listener) as url:
        yield gateway, url
    gateway.ingest.close()
    gateway.engine.dispose()


def furnish(gateway: Gateway) -> None:
    for path, identifier in NAMES.items():
        put_alias(gateway.engine, Alias(f"gs1:{path}", identifier, OWNER, NOW))
    for identifier, kind in ((f"{OWNER}/CE-2018-0001", 2), (f"{OWNER}/PCF-K1", 3), (f"{OWNER}/PCF-S1", 3)):
        said = statement(identifier, kind)
        put_certificate(gateway.engine, stored(said, FACTS))
        gateway.chain.show(Statement.from_json(said.to_json()))
    about = [
        text_value(1, "URL", "https://factory.example/product/1"),
        text_value(2, "gs1:pip", "https://factory.example/product/1"),
        text_value(3, "gs1:instructions", json.dumps(
            {"href": "https://factory.example/use?a=b#top", "title": "Anleitung", "hreflang": ["de"],
             "type": "text/html"})),
        text_value(4, f"{VOC}faqs", "https://factory.example/1"), text_value(5, f"{VOC}faqs",
        "https://factory.example/2"),
        text_value(6, "gs1:recipeInfo", "javascript:alert(1)"),
        HandleValue(7, "gs1:safetyInfo", b"https://factory.example/secret", permissions=HIDDEN),
    ]  # fmt: skip
    create_record(gateway.engine, f"{OWNER}/PRODUCT-1", OWNER, about, NOW, overwrite=False)
    for name in ("SITE-1", "LINE-1", "EQ-9"):
        page = text_value(1, "URL", f"https://factory.example/{name}")
        link = text_value(2, "gs1:pip", f"https://factory.example/{name}")
        create_record(gateway.engine, f"{OWNER}/{name}", OWNER, [page, link], NOW, overwrite=False)


@pytest.fixture
def client(opened: tuple[Gateway, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=opened[1], follow_redirects=False) as one:
        yield one


def linkset(client: httpx.Client, path: str, **headers: str) -> list[dict[str, Any]]:
    answer = client.get(f"{path}?linkType=linkset", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/linkset+json"
    found: list[dict[str, Any]] = answer.json()["linkset"]
    return found


@pytest.mark.parametrize("path", NAMES)
def test_a_plain_request_is_sent_to_the_default_link(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 307
    level = linkset(client, path)[0]
    assert answer.headers["location"] == level[f"{VOC}defaultLink"][0]["href"]
    assert 'rel="linkset"; type="application/linkset+json"' in answer.headers["link"]
    assert answer.headers["link"].startswith(f"<{str(client.base_url).rstrip('/')}{path}?linkType=linkset>")
    assert answer.headers["link"].count("<") == 1, "all links in the Link header are a thing of the past"


@pytest.mark.parametrize("path", NAMES)
@pytest.mark.parametrize(
    ("query", "headers"),
    [("?linkType=linkset", {}), ("?linkType=all", {}), ("?linktype=linkset", {}), ("", LINKSET), ("?foo=bar", LINKSET)],
)
def test_a_link_set_is_answered_without_being_sent_on(
    client: httpx.Client, path: str, query: str, headers: dict[str, str]
) -> None:
    answer = client.get(f"{path}{query}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/linkset+json"
    assert 'rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"' in answer.headers["link"]


@pytest.mark.parametrize("path", NAMES)
def test_link_sets_fit_the_schema_of_gs1(client: httpx.Client, path: str) -> None:
    folder = outside("CARBON_VECTORS", "vectors")
    if folder is None:
        pytest.skip("vectors not found: set CARBON_VECTORS to their folder")
    schema = json.loads((folder / "gs1" / "gs1-linkset-schema.json").read_text(encoding="utf-8"))
    answer = client.get(path, headers=LINKSET)
    jsonschema_rs.validator_for(schema).validate(answer.json())


@pytest.mark.parametrize("path", NAMES)
def test_each_level_has_one_default_link_with_nothing_but_address_and_title(client: httpx.Client, path: str) -> None:
    for level in linkset(client, path):
        (default,) = level[f"{VOC}defaultLink"]
        assert set(default) == {"href", "title"}
        described = [link["href"] for name, links in level.items() if name.startswith(VOC) and "default" not in name
                     for link in links]  # fmt: skip
        assert default["href"] in described, "the default link stands under a descriptive type too"
        assert all(
            link["href"] and link["title"] for links in level.values() if isinstance(links, list) for link in links
        )


def test_links_of_every_level_up_to_the_key(client: httpx.Client) -> None:
    anchors = [urlsplit(level["anchor"]).path for level in linkset(client, SERIAL)]
    assert anchors == [SERIAL, BATCH, ITEM]
    assert linkset(client, SERIAL)[0]["itemDescription"] == f"GTIN {GTIN}, batch K1, serial S1"


@pytest.mark.parametrize(
    ("path", "lands"),
    [
        (f"{ITEM}/10/KL8G", ITEM), (f"{PLACE}/254/KL8G", PLACE), (f"{ITEM}/22/2A", ITEM), (f"{BATCH}/", BATCH),
        (f"{ITEM}/", ITEM), (f"{ITEM}/22/2A/10/K1", BATCH), (f"{ITEM}/10/A%2FB", ITEM),
        (f"{ITEM}/22/2A/10/K1/21/S1", SERIAL),
    ],
)  # fmt: skip
def test_an_unknown_batch_walks_up(client: httpx.Client, path: str, lands: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (307, client.get(lands).headers["location"])


@pytest.mark.parametrize("before", ["", "/10/K1", "/10/OTHER", "/22/V/10/K1"])
def test_a_piece_is_found_with_and_without_its_batch(opened: tuple[Gateway, str], before: str) -> None:
    name = alias_of(f"https://id.gs1.org{BATCH}/21/P-7")
    put_alias(opened[0].engine, Alias(name, f"{OWNER}/PCF-S1", OWNER, NOW))
    with httpx.Client(base_url=opened[1]) as client:
        assert client.get(f"{ITEM}{before}/21/P-7").headers["location"] == f"{opened[1]}/{OWNER}/PCF-S1"
        anchors = [urlsplit(level["anchor"]).path for level in linkset(client, f"{ITEM}{before}/21/P-7")]
    assert anchors == [f"{ITEM}/21/P-7", *([BATCH] if "K1" in before else []), ITEM]


@pytest.mark.parametrize("path", [
    f"{ITEM}/21/UNKNOWN", f"{BATCH}/21/UNKNOWN", f"{ITEM}/235/UNKNOWN", "/01/09506000164908", f"{DOCUMENT}X",
])  # fmt: skip
def test_an_unknown_serial_does_not(client: httpx.Client, path: str) -> None:
    """INV-13: what is known of a product is no statement about a piece that nobody registered."""
    for query in ("", "?linkType=linkset", "?linkType=gs1:pip"):
        assert client.get(f"{path}{query}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"{ITEM}/foo", f"{ITEM}/foo/bar", f"{BATCH}/foo", f"{ITEM}/10", f"{ITEM[:-1]}3", "/01/9506000134352",
        "/01/", "/01/x",
        "/414/9506000111118", "/417/950600011111", "/8004/", f"{ITEM}/21/S1/10/K1", f"{ITEM}/10/{'x' * 21}",
        f"{ITEM}/10/%00",
        f"{ITEM}/10/a%0Ab", f"{ITEM}/10/%FF", f"{ITEM}/10/%zz", f"{ITEM}/10/{'x' * 3000}", f"{ITEM}?17=",
        f"{ITEM}?7230=a", f"{ITEM}/17/281231", f"{ITEM}/99/X",
        f"/01/stem{ITEM}", f"{ITEM}/10/%EF%BC%A1", f"{ITEM}//10/K1", "/253/9506000134384CE1",
    ],
)  # fmt: skip
def test_what_is_no_digital_link_is_told_so(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "malformed-digital-link"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("query", [
    "foo=bar", "foo=bar&17=281231", "17=281231;3103=000189", "flag&a=%2F%20+", "linkType=gs1:defaultLink&foo=bar",
])  # fmt: skip
def test_the_whole_query_is_passed_on_as_it_was_sent(client: httpx.Client, query: str) -> None:
    """§2.12: all of it, as the target may be a resolver that needs the link type again."""
    for path in (ITEM, BATCH):
        assert urlsplit(client.get(f"{path}?{query}").headers["location"]).query == query
    target = urlsplit(client.get(f"{ITEM}?linkType=gs1:instructions&foo=bar").headers["location"])
    assert (target.query, target.fragment) == ("a=b&linkType=gs1:instructions&foo=bar", "top")


@pytest.mark.parametrize("link_type", ["gs1:pip", f"{VOC}pip", "https://gs1.org/voc/pip", "http://www.gs1.org/voc/pip"])
def test_a_link_by_its_type_however_it_is_written(client: httpx.Client, link_type: str) -> None:
    answer = client.get(ITEM, params={"linkType": link_type})
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (307, "https://factory.example/product/1")


@pytest.mark.parametrize(
    "link_type", ["gs1:nosuchlt", "nosuch", "", "x" * 500, "javascript:x", "gs1:recipeInfo", "gs1:safetyInfo"]
)
def test_a_type_that_is_not_there_is_404(client: httpx.Client, link_type: str) -> None:
    """INV-20: a link that an enterprise keeps to itself is not there."""
    answer = client.get(ITEM, params={"linkType": link_type})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-link-type")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Accept-Language": "zh-CN, en;q=0.5"}, "lang=zh"), ({"Accept-Language": "en-GB"}, "lang=en"),
        ({"Accept-Language": "fr"}, "/PCF-K1?linkType"), ({}, "/PCF-K1?linkType"),
        ({"Accept": "application/json"}, "/certificates/"),
        ({"Accept": "application/json", "Accept-Language": "en"}, "/certificates/"),
        ({"Accept": "text/html", "Accept-Language": "en"}, "lang=en"),
    ],
)  # fmt: skip
def test_language_and_media_type_choose(client: httpx.Client, headers: dict[str, str], expected: str) -> None:
    answer = client.get(f"{BATCH}?linkType=gs1:certificationInfo", headers=headers)
    assert answer.status_code == 307
    assert expected in answer.headers["location"]


def test_links_that_nothing_tells_apart(client: httpx.Client) -> None:
    answer = client.get(f"{ITEM}?linkType=gs1:faqs")
    assert answer.status_code == 300
    (level,) = answer.json()["linkset"]
    assert [link["href"] for link in level[f"{VOC}faqs"]] == ["https://factory.example/1", "https://factory.example/2"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/linkset+json"), ("application/linkset+json", "application/linkset+json"),
        ("application/json", "application/json"), ("application/ld+json", "application/ld+json"),
        ("image/png", "application/linkset+json"),
    ],
)  # fmt: skip
def test_a_link_set_is_written_as_it_is_asked_for(client: httpx.Client, accept: str, media: str) -> None:
    answer = client.get(f"{SERIAL}?linkType=linkset", headers={"Accept": accept})
    assert answer.headers["content-type"] == media
    told = answer.json()
    assert told.pop("@context", None) == (CONTEXT if media == "application/ld+json" else None)
    assert told["linkset"] == linkset(client, SERIAL)


def test_a_link_set_for_a_browser_is_a_page(client: httpx.Client) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh-CN"}
    answer = client.get(f"{SERIAL}?linkType=linkset", headers=browser)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "此码登记了哪些内容" in answer.text
    embedded = answer.text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(embedded)["linkset"] == linkset(client, SERIAL)
    assert all(f'href="{link["href"]}"' in answer.text for link in linkset(client, ITEM)[0][f"{VOC}instructions"])
    assert client.get(f"{ITEM}?linkType=gs1:faqs", headers=browser).status_code == 300


def test_what_an_enterprise_registers_cannot_leave_its_place_in_a_page(opened: tuple[Gateway, str]) -> None:
    """INV-24: titles are others' words."""
    path, identifier = "/01/09506000117843", f"{OWNER}/PRODUCT-2"
    put_alias(opened[0].engine, Alias(f"gs1:{path}", identifier, OWNER, NOW))
    title = "</script><script>alert(1)</script>"
    value = text_value(2, "gs1:pip", json.dumps({"href": "https://factory.example/2", "title": title}))
    create_record(opened[0].engine, identifier, OWNER, [value], NOW, overwrite=False)
    html = httpx.get(f"{opened[1]}{path}?linkType=linkset", headers={"Accept": "text/html"}).text
    assert "alert(1)" in html
    assert html.count("<script") == html.count("</script") == 1


@pytest.mark.parametrize("path", [ITEM, "/.well-known/gs1resolver"])
def test_methods_and_other_origins(client: httpx.Client, path: str) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET,HEAD,OPTIONS"}
    answer = client.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.headers.get("location")) == (whole.status_code, whole.headers.get("location"))
    assert head.content == b""
    assert client.post(ITEM).status_code == 405


def test_the_description_of_the_resolver(client: httpx.Client) -> None:
    told = client.get("/.well-known/gs1resolver").json()
    assert told["resolverRoot"] == str(client.base_url).rstrip("/")
    assert told["supportedPrimaryKeys"] == ["all"]
    assert {"namespace": VOC, "prefix": "gs1:"} in told["supportedLinkType"]
    assert isinstance(told["linkTypeDefaultCanBeLinkset"], bool)
    assert told["jsonLdContextLocation"] == CONTEXT
    assert told["contact"]["fn"]


def test_the_page_that_a_key_leads_to(client: httpx.Client) -> None:
    target = client.get(PARTY, headers={"Accept": "text/html"}).headers["location"]
    assert "Demo Rolling Mill" in httpx.get(target, headers={"Accept": "text/html", "Accept-Language": "en"}).text


def test_several_certificates_under_one_name(opened: tuple[Gateway, str], client: httpx.Client) -> None:
    """The one that is valid and newest is the default; asked for by type, all of them are shown."""
    party = "/417/9506000134352"
    for number in range(2):
        identifier = f"{OWNER}/CE-{number}"
        put_alias(opened[0].engine, Alias(alias_of(f"https://id.gs1.org{party}"), identifier, OWNER, NOW))
        said = statement(identifier)
        put_certificate(opened[0].engine, stored(said, FACTS))
        opened[0].chain.show(said, "revoked" if number == 0 else "active")
    assert client.get(party).headers["location"].endswith("CE-1")
    assert client.get(f"{party}?linkType=gs1:certificationInfo").status_code == 300


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["01", "00", "253", "414", "8004", "8013", "415"]), st.binary(max_size=40), st.binary(max_size=30)
)
def test_garbage_never_ends_in_a_fault_of_the_server(client: httpx.Client, key: str, rest: bytes, wish: bytes) -> None:
    escaped, query = ("".join(f"%{byte:02X}" for byte in part) for part in (rest, wish))
    for path in (f"/{key}/{escaped}", f"{ITEM}/10/{escaped}", f"{ITEM}?linkType={query}", f"{ITEM}?{query}"):
        assert client.get(path).status_code < 500

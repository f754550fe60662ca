"""What the page and the JSON of a certificate say, for every state of store and chain."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from gateway.facts import Name, PageFacts
from ledger.certificates.statement import Statement
from ledger.store.certificates import StoredCertificate, put_certificate
from tests.gateway import samples
from tests.gateway.meters import Gateway
from tests.gateway.samples import EMISSIONS, GRADED, emission_statement, statement, stored

BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "en"}


def page(client: TestClient, identifier: str = GRADED, **headers: str) -> str:
    response = client.get(f"/{identifier}", headers={**BROWSER, **headers})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    html: str = response.text
    return html


def facts(client: TestClient, identifier: str = GRADED) -> dict[str, Any]:
    response = client.get(f"/certificates/{identifier}")
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    assert document["format"] == "certificate/1"
    return document


@pytest.fixture
def graded(gateway: Gateway) -> StoredCertificate:
    row = samples.efficiency()
    put_certificate(gateway.engine, row)
    gateway.chain.show(Statement.from_json(row.statement))
    return row


def test_a_valid_certificate_on_one_page(client: TestClient, graded: StoredCertificate) -> None:
    html = page(client)
    for expected in (
        "Valid", "As of block 431", "9 January 2019, 10:23:20 (UTC+08:00)", "Demo Rolling Mill Co., Ltd.",
        "1 January 2018 – 31 December 2018", "Grade 2", "K = 0.734512", "medium carbon", "Demo Evaluation Institute",
        "Demo Verification Body", "94.12 %", "DEMO", "REPLAYED", "What it does not prove",
        "carbon verify certificate.bundle", GRADED, "31 December 2020",
    ):  # fmt: skip
        assert expected in html
    assert "not final" not in html


def test_the_page_in_chinese(client: TestClient, graded: StoredCertificate) -> None:
    html = page(client, **{"Accept-Language": "zh-CN"})
    for expected in (
        'lang="zh-Hans"',
        "有效",
        "演示轧钢有限公司",
        "2018年1月1日 至 2018年12月31日",
        "2 级",
        "它不证明什么",
    ):
        assert expected in html
    assert "What it" not in html


def absent(gateway: Gateway) -> None:
    gateway.chain.certificates.clear()


def unreachable(gateway: Gateway) -> None:
    gateway.chain.reachable = False


def other_grade(gateway: Gateway) -> None:
    """The operator's database holds another grade than the one that was signed (INV-11)."""
    said = statement(grade=1, grade_value=500000)
    forged = replace(stored(said, samples.FACTS), token_id=samples.efficiency().token_id)
    drop_all(gateway)
    put_certificate(gateway.engine, forged)


def drop_all(gateway: Gateway) -> None:
    with gateway.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM certificates")


def status(name: str) -> Callable[[Gateway], None]:
    return lambda gateway: gateway.chain.show(Statement.from_json(samples.efficiency().statement), name)


@pytest.mark.parametrize(
    ("change", "verdict", "title", "tone"),
    [
        (status("active"), "valid", "Valid", "good"),
        (status("suspended"), "suspended", "Suspended", "warn"),
        (status("revoked"), "revoked", "Revoked", "bad"),
        (status("superseded"), "superseded", "Superseded", "warn"),
        (status("expired"), "expired", "Expired", "warn"),
        (absent, "not-on-chain", "Not found on the chain", "bad"),
        (unreachable, "not-checked", "Status not checked", "warn"),
        (other_grade, "contradicted", "Contradicts the chain", "bad"),
        (drop_all, "valid", "Valid", "good"),
    ],
)
def test_the_chain_decides(
    gateway: Gateway, client: TestClient, graded: StoredCertificate,
    change: Callable[[Gateway], None], verdict: str, title: str, tone: str,
) -> None:  # fmt: skip
    """INV-19: the verdict is the chain's, never the database's; without the chain there is none."""
    change(gateway)
    html = page(client)
    assert f'<section class="verdict {tone}"' in html
    assert title in html
    assert facts(client)["status"] == verdict
    confirmed = verdict not in ("not-on-chain", "not-checked", "contradicted")
    assert ("Nothing, as long as the chain does not confirm it." in html) is not confirmed
    assert "Grade 2" in html
    if tone != "good":
        assert f'<span class="chip {tone}">{title}</span>' in html
        assert "Valid</h2>" not in html


def test_what_only_the_chain_knows_is_shown_with_the_marks_of_the_deployment(
    gateway: Gateway, client: TestClient
) -> None:
    gateway.chain.show(statement())
    html = page(client)
    assert "this server does not hold its statement" in html
    assert f"0x{'b2' * 20}" in html
    assert '<span class="chip">DEMO</span>' in html
    assert facts(client)["statement"] is None


def test_a_demo_deployment_marks_whatever_the_row_says(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, stored(statement(), replace(samples.FACTS, marks=())))
    gateway.chain.show(statement())
    assert facts(client)["marks"] == ["DEMO"]
    gateway.chain.deployment = replace(samples.DEPLOYMENT, demo=False)
    assert facts(client)["marks"] == []


def test_a_certificate_in_a_block_that_is_not_final_says_so(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, stored(statement(), samples.FACTS))
    gateway.chain.show(statement(), minted_at=gateway.chain.final.time + 1)
    assert "not final yet" in page(client)
    assert facts(client)["checked"]["final"] is False


def test_no_quantity_leaves_but_published_openings(gateway: Gateway, client: TestClient) -> None:
    """INV-20: the stored result holds quantities; neither page nor JSON carries one that was not published."""
    row = emission_statement()
    put_certificate(gateway.engine, row)
    html, document = page(client, EMISSIONS), client.get(f"/certificates/{EMISSIONS}").text
    for text in (html, document):
        assert "12345678.9" not in text
        assert "585.476553131" in text


def test_a_published_figure_must_match_its_commitment(gateway: Gateway, client: TestClient) -> None:
    """INV-11: a figure that was changed in the database is not shown."""
    row = emission_statement()
    row.openings["emissions.total"]["value"] = "185.476553131"
    put_certificate(gateway.engine, row)
    html = page(client, EMISSIONS)
    assert "does not match the commitment" in html
    assert "185.476553131" not in html
    assert facts(client, EMISSIONS)["figures"] == []


def test_the_level_is_shown_only_with_its_opening(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, stored(statement(), samples.FACTS))
    assert "Level: medium carbon" not in page(client)


@pytest.mark.parametrize(
    "opening",
    [
        None,
        {},
        [],
        {"value": "1"},
        {"value": 1.5, "salt": "0x", "index": 0, "size": 1, "path": []},
        {"value": "1", "salt": 5},
    ],
)
def test_broken_openings_are_never_a_figure(gateway: Gateway, client: TestClient, opening: Any) -> None:
    put_certificate(gateway.engine, replace(emission_statement(), openings={"emissions.total": opening}))
    assert "does not match the commitment" in page(client, EMISSIONS)


def test_an_emission_statement_without_openings(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, replace(emission_statement(), openings={}))
    html = page(client, EMISSIONS)
    assert "Figure not published" in html
    assert "No value added was declared" in html


def test_names_are_escaped(gateway: Gateway, client: TestClient) -> None:
    evil = Name("<script>alert(1)</script>", "<script>alert(1)</script>")
    put_certificate(gateway.engine, stored(statement(), replace(samples.FACTS, enterprise=evil)))
    assert "<script>" not in page(client)


@pytest.mark.parametrize("suffix", ["a?b", "a#b", "a&lang=zh", "<b>", "号-1", "x'\"y", "a;b"])
def test_odd_identifiers_get_safe_links(gateway: Gateway, client: TestClient, suffix: str) -> None:
    identifier = f"88.118.20260/{suffix}"
    put_certificate(gateway.engine, stored(statement(identifier), samples.FACTS))
    document = client.get("/certificates/88.118.20260/" + quote(suffix)).json()
    assert document["identifier"] == identifier
    path = document["links"]["page"].removeprefix("https://ledger.example")
    assert client.get(path, headers=BROWSER).status_code == 200
    assert client.get(document["links"]["qr"].removeprefix("https://ledger.example")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/88.118.20260/unknown", 404, "unknown-certificate"),
        ("/certificates/88.118.20260/unknown", 404, "unknown-certificate"),
        ("/88.118.20260/a%20b", 400, "malformed-identifier"),
        ("/88.118.20260/%00", 400, "malformed-identifier"),
        ("/88.118..20260/x", 400, "malformed-identifier"),
        ("/88.UPPER/x", 400, "malformed-identifier"),
        ("/88.118.20260/" + "x" * 300, 400, "malformed-identifier"),
        ("/88.118.20260/", 400, "malformed-identifier"),
        ("/wp-admin/setup.php", 404, "not-found"),
        ("/certificates/etc/passwd", 404, "not-found"),
        ("/static/..%2fapp.py", 404, "not-found"),
        ("/static/%2e%2e/app.py", 404, "not-found"),
        ("/static/app.py", 404, "not-found"),
        ("/88.118.20260", 404, "not-found"),
    ],
)
def test_paths_that_lead_nowhere(client: TestClient, path: str, status: int, code: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_unknown_and_unreachable_is_no_answer_at_all(gateway: Gateway, client: TestClient) -> None:
    gateway.chain.reachable = False
    response = client.get("/88.118.20260/unknown")
    assert (response.status_code, response.json()["code"]) == (503, "chain-unreachable")


def test_qr_codes(client: TestClient) -> None:
    svg, png = client.get(f"/{GRADED}/qr.svg"), client.get(f"/{GRADED}/qr.png")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert svg.content.startswith(b"<svg")
    assert b"<script" not in svg.content
    assert png.headers["content-type"] == "image/png"
    assert png.content.startswith(b"\x89PNG")


def test_a_stored_row_that_cannot_be_read_is_an_internal_error(gateway: Gateway, client: TestClient) -> None:
    put_certificate(gateway.engine, replace(stored(statement(), samples.FACTS), summary={"format": "page/9"}))
    response = client.get(f"/{GRADED}")
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert "page/9" not in response.text


def test_page_facts_survive_their_document() -> None:
    for known in (samples.FACTS, samples.ILLUSTRATIVE, replace(samples.FACTS, corrections=3)):
        assert PageFacts.from_json(known.to_json()) == known


@pytest.mark.parametrize(("language", "says"), [("en", "Corrected afterwards:"), ("zh", "事后更正：")])
@pytest.mark.parametrize("count", [0, 3])
def test_a_page_says_how_often_something_was_corrected(
    gateway: Gateway, client: TestClient, language: str, says: str, count: int
) -> None:
    """INV-01: a correction is not hidden; a page without one has no such line."""
    put_certificate(gateway.engine, stored(statement(), replace(samples.FACTS, corrections=count)))
    text = client.get(f"/{GRADED}", headers={"Accept": "text/html", "Accept-Language": language}).text
    assert (f"{says} {count}" in text or f"{says}{count}" in text) is (count > 0)
    assert (says in text) is (count > 0)

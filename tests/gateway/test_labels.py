"""Labels and QR codes as the gateway gives them: by kind, status, language and size, signed where that may be."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from fastapi.testclient import TestClient
from PIL import Image

from gateway.facts import Name
from gateway.labelling import digital_link_address, footprint_text
from gateway.limits import Limits
from ledger.certificates.statement import Statement
from ledger.credentials.status_list import ENTRIES
from ledger.identifiers.digital_link import parse_path
from ledger.labels.offline import Outcome, verify
from ledger.labels.png import chinese_font
from ledger.store.aliases import Alias, put_alias
from ledger.store.certificates import StoredCertificate, put_certificate
from ledger.store.status_entries import status_entry
from tests.credentials.issuers import issuer
from tests.gateway import samples
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import EMISSIONS, GRADED, MINTED, PRODUCT, statement, stored

ISSUER = issuer("https://ledger.example")
ADDRESS = f"https://ledger.example/{GRADED}"
KEYS = [ISSUER.ed25519.public]
EN, ZH = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}
fonts = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font: apt-get install chromium fonts-noto-cjk")


@pytest.fixture
def gateway(tmp_path: Path, meter: Meter) -> Iterator[Gateway]:
    """One with issuer keys."""
    opened = open_gateway(tmp_path, meter, issuer=ISSUER)
    yield opened
    opened.ingest.close()
    opened.engine.dispose()


def show(gateway: Gateway, row: StoredCertificate, status: str = "active", **more: Any) -> None:
    put_certificate(gateway.engine, row)
    gateway.chain.show(Statement.from_json(row.statement), status, **more)


def scanned(client: TestClient, identifier: str, what: str = "qr.png") -> str:
    response = client.get(f"/{identifier}/{what}")
    assert response.status_code == 200, response.text
    picture = Image.open(io.BytesIO(response.content)).convert("L")
    return str(zxingcpp.read_barcodes(picture)[0].text)


def test_the_code_of_an_enterprise_says_what_its_page_says(gateway: Gateway, client: TestClient) -> None:
    show(gateway, samples.efficiency())
    text = scanned(client, GRADED)
    assert len(text) <= 400
    checked = verify(text, KEYS, MINTED)
    said = checked.code.compact
    assert (checked.outcome, checked.notes) == (Outcome.VALID, ())
    assert (said.identifier, said.kind, said.grade, said.k) == (GRADED, 2, 2, 734512)
    assert (said.level, said.intensity, said.enterprise) == (2, 1933700, "演示轧钢有限公司")
    assert (said.offset, said.mark_names, said.host) == (480, ("DEMO", "REPLAYED"), "ledger.example")
    assert said.token == samples.efficiency().token_id[:16]
    entry = status_entry(gateway.engine, samples.efficiency().token_id)
    assert said.status_index == entry.list_number * ENTRIES + entry.index
    assert scanned(client, GRADED) == text


def test_the_code_of_a_product(gateway: Gateway, client: TestClient) -> None:
    show(gateway, samples.footprint())
    said = verify(scanned(client, PRODUCT), KEYS, MINTED).code.compact
    assert (said.kind, said.footprint, said.unit, said.product) == (3, 2_183_450_000, "t", "热轧 H 型钢 Q355B")
    assert (said.grade, said.level, said.uscc) == (0, 0, "91110000600037341L")


GTIN, BATCH, OTHER_BATCH = "/01/09506000134352", "/01/09506000134352/10/K1", "/01/09506000134352/10/K2"
PIECE = f"{BATCH}/21/S1"


def named(gateway: Gateway, *links: str, identifier: str = PRODUCT) -> None:
    for link in links:
        put_alias(gateway.engine, Alias(f"gs1:{link}", identifier, "88.118.20260", MINTED))


@pytest.mark.parametrize(
    ("links", "printed"),
    [
        ((GTIN,), GTIN), ((GTIN, BATCH), BATCH), ((BATCH, OTHER_BATCH, GTIN), GTIN), ((BATCH, PIECE), BATCH),
        ((PIECE,), PIECE), ((BATCH, OTHER_BATCH), ""), (("/417/9506000134352", "/8004/9506000134300001"), ""), ((), ""),
    ],
)  # fmt: skip
def test_the_code_of_a_trade_item_is_its_digital_link(
    gateway: Gateway, client: TestClient, links: tuple[str, ...], printed: str
) -> None:
    """So a till reads the GTIN, a phone finds the page, and whoever checks offline knows product and batch."""
    show(gateway, samples.footprint())
    named(gateway, *links)
    text = scanned(client, PRODUCT)
    address, _, _ = text.partition("#")
    assert address == f"https://ledger.example{printed or '/' + PRODUCT}"
    checked = verify(text, KEYS, MINTED)
    assert (checked.outcome, checked.notes, checked.code.compact.link) == (Outcome.VALID, (), printed)
    assert len(text) <= 450
    if printed:
        answer = client.get(address.removeprefix("https://ledger.example"), follow_redirects=False)
        assert answer.headers["location"] == f"https://ledger.example/{PRODUCT}"


@fonts
@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_a_label_shows_what_its_code_says_to_a_till(gateway: Gateway, client: TestClient, size: str) -> None:
    show(gateway, samples.footprint())
    named(gateway, BATCH)
    assert "(01)09506000134352(10)K1" in client.get(f"/{PRODUCT}/label.svg").text
    assert scanned(client, PRODUCT, f"label.png?size={size}") == scanned(client, PRODUCT)


def test_a_name_of_several_certificates_is_on_no_label(gateway: Gateway, client: TestClient) -> None:
    """It may lead to another one tomorrow."""
    show(gateway, samples.footprint())
    named(gateway, GTIN)
    named(gateway, GTIN, identifier="88.118.20260/PCF-2019-0001")
    assert scanned(client, PRODUCT).startswith(f"https://ledger.example/{PRODUCT}#")


def test_an_enterprise_is_no_trade_item(gateway: Gateway, client: TestClient) -> None:
    show(gateway, samples.efficiency())
    named(gateway, GTIN, identifier=GRADED)
    assert scanned(client, GRADED).startswith(f"{ADDRESS}#")


def test_a_void_label_leads_by_the_digital_link_and_claims_nothing(gateway: Gateway, client: TestClient) -> None:
    show(gateway, samples.footprint(), "revoked")
    named(gateway, BATCH)
    assert scanned(client, PRODUCT) == f"https://ledger.example{BATCH}"


@pytest.mark.parametrize(("identifier", "query"), [
    (PRODUCT, f"?7230=EM{PRODUCT.partition('/')[2]}"), ("88.118.20260/" + "P" * 29, ""), ("88.118.20260/甲", ""),
])  # fmt: skip
def test_a_certification_reference_where_gs1_knows_the_scheme(identifier: str, query: str) -> None:
    link = parse_path(BATCH)
    assert digital_link_address("https://x", link, identifier, "EM") == f"https://x{BATCH}{query}"
    assert digital_link_address("https://x", link, identifier, "") == f"https://x{BATCH}"


def test_l_that_was_not_published_stands_in_no_code_and_on_no_label(gateway: Gateway, client: TestClient) -> None:
    """INV-20."""
    show(gateway, replace(samples.efficiency(), openings={}))
    said = verify(scanned(client, GRADED), KEYS, MINTED).code.compact
    assert (said.level, said.intensity, said.k) == (0, None, 734512)
    svg = client.get(f"/{GRADED}/label.svg", headers=EN).text
    assert "1.9337" not in svg
    assert "Medium carbon" not in svg


@pytest.mark.parametrize("change", ["revoked", "suspended", "superseded", "expired", "silent", "absent", "pending"])
def test_nothing_is_signed_but_what_the_chain_confirms_for_good(
    gateway: Gateway, client: TestClient, change: str
) -> None:
    """INV-19: a code that says 'valid' outlives its gateway; it is made only of a final, active certificate."""
    row = samples.efficiency()
    if change == "pending":
        show(gateway, row, minted_at=gateway.chain.final.time + 1)
    elif change in ("silent", "absent"):
        put_certificate(gateway.engine, row)
        gateway.chain.reachable = change == "absent"
    else:
        show(gateway, row, change)
    assert scanned(client, GRADED) == ADDRESS


def test_codes_without_a_signature(gateway: Gateway, client: TestClient) -> None:
    show(gateway, samples.emission_statement())
    assert scanned(client, EMISSIONS) == f"https://ledger.example/{EMISSIONS}"
    assert scanned(client, "88.118.20260/nobody") == "https://ledger.example/88.118.20260/nobody"
    gateway.chain.reachable = False
    assert scanned(client, "88.118.20260/nobody") == "https://ledger.example/88.118.20260/nobody"
    assert client.get("/88.118.20260/a%20b/qr.png").status_code == 400


def test_a_gateway_without_issuer_keys_signs_nothing(tmp_path: Path, meter: Meter) -> None:
    plain = open_gateway(tmp_path, meter)
    show(plain, samples.efficiency())
    with TestClient(plain.app) as client:
        assert scanned(client, GRADED) == ADDRESS
        assert client.get(f"/{GRADED}/label.svg").status_code == 200
    plain.ingest.close()
    plain.engine.dispose()


def test_a_name_that_no_code_can_hold(gateway: Gateway, client: TestClient) -> None:
    """Too long is cut; with characters that hide something, nothing is signed."""
    long = Name("字" * 60, "x" * 300)
    show(gateway, stored(statement(), replace(samples.FACTS, enterprise=long)))
    assert verify(scanned(client, GRADED), KEYS, MINTED).code.compact.enterprise == "字" * 31 + "…"
    evil = "88.118.20260/evil"
    show(gateway, stored(statement(evil), replace(samples.FACTS, enterprise=Name("a\u202eb", "a\u202eb"))))
    assert scanned(client, evil) == f"https://ledger.example/{evil}"


@pytest.mark.parametrize(
    ("identifier", "headers", "expected"),
    [
        (GRADED, ZH, ("碳效码", "演示轧钢有限公司", "2018年", "碳效较高", "K = 0.734512", "碳效水平 中碳", "1.9337",
                      GRADED, "演示 DEMO", "非国家认证标志")),
        (GRADED, EN, ("Carbon Efficiency Code", "Demo Rolling Mill Co., Ltd.", "Rather high", "31 December 2020",
                      "演示 DEMO", "Not a national certification mark")),
        (PRODUCT, ZH, ("产品碳足迹", "热轧 H 型钢 Q355B", "2,183.45", "每声明单位 1 t", "从摇篮到大门", "演示 DEMO",
                       "不作等级评价", "非国家认证标志")),
        (PRODUCT, EN, ("Carbon Footprint", "Hot-rolled H-beam Q355B", "per declared unit of 1 t", "cradle to gate")),
    ],
)  # fmt: skip
def test_what_stands_on_labels(
    gateway: Gateway, client: TestClient, identifier: str, headers: dict[str, str], expected: tuple[str, ...]
) -> None:
    show(gateway, samples.efficiency())
    show(gateway, samples.footprint())
    response = client.get(f"/{identifier}/label.svg", headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")
    assert response.headers["cache-control"] == "no-store"
    for text in expected:
        assert text in response.text
    by_query = client.get(f"/{identifier}/label.svg?lang={headers['Accept-Language'][:2]}")
    assert by_query.text == response.text


@fonts
@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_a_label_as_a_picture_carries_the_same_code(gateway: Gateway, client: TestClient, size: str) -> None:
    show(gateway, samples.efficiency())
    assert scanned(client, GRADED, f"label.png?lang=zh&size={size}") == scanned(client, GRADED)


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        ("revoked", 410, "证书已撤销"),
        ("expired", 410, "证书已过期"),
        ("superseded", 410, "证书已被取代"),
        ("suspended", 409, "证书已暂停"),
    ],
)
def test_a_label_of_what_does_not_hold_is_void(
    gateway: Gateway, client: TestClient, status: str, code: int, word: str
) -> None:
    show(gateway, samples.efficiency(), status)
    response = client.get(f"/{GRADED}/label.svg")
    assert (response.status_code, response.headers["content-type"]) == (code, "image/svg+xml")
    assert "作废 VOID" in response.text
    assert word in response.text
    described = client.get("/openapi.json").json()["paths"]["/{iss}/{suffix}/label.svg"]["get"]["responses"]
    assert "image/svg+xml" in described[str(code)]["content"]


def nothing(gateway: Gateway) -> None:
    """The certificate as it is."""


def no_grade(gateway: Gateway) -> None:
    gateway.chain.show(statement("88.118.20260/plain", grade=0, grade_value=0))
    put_certificate(gateway.engine, stored(statement("88.118.20260/plain", grade=0, grade_value=0), samples.FACTS))


def chain_only(gateway: Gateway) -> None:
    gateway.chain.show(statement("88.118.20260/plain"))


def stored_only(gateway: Gateway) -> None:
    put_certificate(gateway.engine, stored(statement("88.118.20260/plain"), samples.FACTS))


def silent(gateway: Gateway) -> None:
    stored_only(gateway)
    gateway.chain.reachable = False


def pending(gateway: Gateway) -> None:
    said = statement("88.118.20260/plain")
    show(gateway, stored(said, samples.FACTS), minted_at=gateway.chain.final.time + 1)


def too_dense(gateway: Gateway) -> None:
    name = "88.118.20260/plain" + "x" * 110
    show(gateway, stored(statement(name), samples.FACTS))


@pytest.mark.parametrize(
    ("prepare", "path", "status", "code"),
    [
        (nothing, "/88.118.20260/plain/label.svg", 404, "unknown-certificate"),
        (nothing, "/88.118.20260/a%20b/label.svg", 400, "malformed-identifier"),
        (nothing, "/etc/passwd/label.svg", 404, "not-found"),
        (stored_only, "/88.118.20260/plain/label.svg", 409, "label-refused"),
        (chain_only, "/88.118.20260/plain/label.png", 409, "label-refused"),
        (silent, "/88.118.20260/plain/label.svg", 503, "chain-unreachable"),
        (pending, "/88.118.20260/plain/label.svg", 409, "label-not-yet"),
        (no_grade, "/88.118.20260/plain/label.svg", 404, "no-label"),
        (too_dense, "/88.118.20260/plain" + "x" * 110 + "/label.png", 422, "label-unprintable"),
        (pending, "/88.118.20260/plain/label.svg?size=huge", 422, "invalid-request"),
    ],
)
def test_labels_that_are_not_to_be_had(
    gateway: Gateway, client: TestClient, prepare: Any, path: str, status: int, code: str
) -> None:
    prepare(gateway)
    response = client.get(path)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_an_emission_statement_has_no_label(gateway: Gateway, client: TestClient) -> None:
    show(gateway, samples.emission_statement())
    assert client.get(f"/{EMISSIONS}/label.svg").json()["code"] == "no-label"


def test_a_deployment_for_demonstration_marks_every_label(gateway: Gateway, client: TestClient) -> None:
    """Whatever the stored row says."""
    show(gateway, stored(statement(), replace(samples.FACTS, marks=())))
    assert "演示 DEMO" in client.get(f"/{GRADED}/label.svg").text
    gateway.chain.deployment = replace(samples.DEPLOYMENT, demo=False)
    assert "DEMO" not in client.get(f"/{GRADED}/label.svg").text.replace("Demo", "")


@pytest.mark.parametrize(
    ("millionths", "text"),
    [
        (2_183_450_000, "2,183.45"),
        (1_000_000, "1"),
        (1_234_567, "≈ 1.235"),
        (1_234_500, "≈ 1.234"),
        (999_999, "0.999999"),
        (4_200, "0.0042"),
        (0, "0"),
        (12_345_678_000_000, "12,345,678"),
    ],
)
def test_footprints_as_they_are_printed(millionths: int, text: str) -> None:
    assert footprint_text(millionths) == text


def test_the_page_shows_the_label_and_claims_no_signature_that_there_is_not(
    gateway: Gateway, client: TestClient, tmp_path: Path, meter: Meter
) -> None:
    browser = {"Accept": "text/html", "Accept-Language": "en"}
    show(gateway, samples.footprint())
    html = client.get(f"/{PRODUCT}", headers=browser).text
    for text in (f'src="/{PRODUCT}/label.svg?lang=en"', "signed summary", "Hot-rolled H-beam Q355B", "cradle to gate"):
        assert text in html
    assert client.get(f"/certificates/{PRODUCT}").json()["links"]["label"].endswith("/label.svg")
    gateway.chain.show(Statement.from_json(samples.footprint().statement), "revoked")
    assert "label.svg" not in client.get(f"/{PRODUCT}", headers=browser).text
    assert "label" not in client.get(f"/certificates/{PRODUCT}").json()["links"]
    (tmp_path / "plain").mkdir()
    plain = open_gateway(tmp_path / "plain", meter)
    show(plain, samples.footprint())
    with TestClient(plain.app) as unsigned:
        html = unsigned.get(f"/{PRODUCT}", headers=browser).text
    assert "label.svg" in html
    assert "signed summary" not in html
    plain.ingest.close()
    plain.engine.dispose()


def test_pictures_are_counted(tmp_path: Path, meter: Meter) -> None:
    """They take long to render: nobody keeps a gateway busy with them."""
    strict = open_gateway(tmp_path, meter, issuer=ISSUER, limits=Limits(pictures="2/minute"))
    show(strict, samples.efficiency())
    with TestClient(strict.app) as client:
        answers = [client.get(f"/{GRADED}/label.png?size=small").status_code for _ in range(3)]
        assert answers[-1] == 429
        assert client.get(f"/{GRADED}/label.svg").status_code == 200
    strict.ingest.close()
    strict.engine.dispose()


def test_units_are_written_as_people_do(gateway: Gateway, client: TestClient) -> None:
    said = statement(PRODUCT, 3, footprint=1_250_000, unit="{piece}", quantity=1000)
    show(gateway, stored(said, replace(samples.FACTS, level=None)))
    assert "每声明单位 1 件" in client.get(f"/{PRODUCT}/label.svg?lang=zh").text
    assert "per declared unit of 1 piece" in client.get(f"/{PRODUCT}/label.svg?lang=en").text
    page = client.get(f"/{PRODUCT}", headers={"Accept": "text/html", "Accept-Language": "zh"}).text
    assert "每件" in page
    assert verify(scanned(client, PRODUCT), KEYS, MINTED).code.compact.unit == "{piece}"

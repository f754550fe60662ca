"""The script on a certificate's page: what a label's code says against the page, and that nothing else runs there."""

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from gateway.security import HEADERS
from ledger.certificates.statement import Statement
from ledger.labels.compact import payload
from ledger.labels.offline import issuer_id, read_code, sign
from ledger.store.aliases import Alias, put_alias
from ledger.store.certificates import put_certificate
from tests.browser.conftest import ARGUMENTS, chromium
from tests.browser.test_pages import CONTRAST, DESK, PHONE
from tests.credentials.issuers import issuer
from tests.gateway import samples
from tests.gateway.live import free_socket, serving, url_of
from tests.gateway.meters import Meter, open_gateway
from tests.gateway.samples import GRADED, MINTED, PRODUCT
from tests.labels.samples import OTHER_KEY
from tests.labels.test_offline import swap

ISSUER = issuer("https://ledger.example")
UNTIL = samples.statement().valid_until
REVOKED = "88.118.20260/CE-2017-0001"
LINK = "/01/09506000134352/10/K1"
NO_ED25519 = "if (globalThis.SubtleCrypto) SubtleCrypto.prototype.importKey = () => Promise.reject(new Error('none'));"
NO_SUBTLE = "Object.defineProperty(crypto, 'subtle', { value: undefined });"
IMAGE = "<img src=x onerror=window.pwned=1>"
MARKUP = "</dd><script>window.pwned=1</script>"


@dataclass(frozen=True)
class Labelled:
    """A gateway and the codes of its labels."""

    url: str
    graded: str
    product: str

    def signed(self, **changes: Any) -> str:
        """The graded one's code with other fields, signed by the issuer."""
        return sign(self.graded.split("#")[0], replace(read_code(self.graded).compact, **changes), ISSUER.ed25519)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labelled]:
    listener = free_socket()
    gateway = open_gateway(
        Path(tmp_path_factory.mktemp("checked")),
        Meter(),
        lambda: MINTED + 600,
        issuer=ISSUER,
        public_url=url_of(listener),
    )
    for row in (samples.efficiency(), samples.footprint(), samples.stored(samples.statement(REVOKED), samples.FACTS)):
        put_certificate(gateway.engine, row)
        gateway.chain.show(Statement.from_json(row.statement), "revoked" if row.identifier == REVOKED else "active")
    put_alias(gateway.engine, Alias(f"gs1:{LINK}", PRODUCT, "88.118.20260", MINTED))
    with serving(gateway.app, listener) as url:
        yield Labelled(url, scanned(url, GRADED), scanned(url, PRODUCT))
    gateway.ingest.close()
    gateway.engine.dispose()


def scanned(url: str, identifier: str) -> str:
    picture = httpx.get(f"{url}/{identifier}/qr.png").content
    return str(zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))[0].text)


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone whose clock stands shortly after the issue; a complaint of the browser fails the test."""
    language, size = getattr(request, "param", ("en", PHONE))
    context = browser.new_context(viewport=size, locale={"zh": "zh-CN", "en": "en-GB"}[language])
    page = context.new_page()
    page.clock.set_fixed_time(datetime.fromtimestamp(MINTED + 3600, UTC))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda fault: complaints.append(fault.message))
    yield page
    context.close()
    assert complaints == []


def told(page: Page) -> tuple[str, str]:
    """Outcome and tone of what the script shows."""
    shown = page.locator("#label-check .verdict:visible")
    expect(shown).to_have_count(1)
    classes = (shown.get_attribute("class") or "").split()
    return (shown.get_attribute("data-when") or "").split()[0], classes[1]


def fragment(data: bytes) -> str:
    return "v1." + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def at_page(url: str, code: str, identifier: str = GRADED) -> str:
    return f"{url}/{identifier}#{code.split('#')[1]}"


def edited(site: Labelled) -> str:
    """A better grade under the signature of the worse one."""
    code = read_code(site.graded)
    return "#" + fragment(payload(replace(code.compact, grade=1)) + code.signature)


def by_another(site: Labelled) -> str:
    said = replace(read_code(site.graded).compact, issuer=issuer_id(OTHER_KEY.public))
    return sign(site.graded.split("#")[0], said, OTHER_KEY)


def by_another_in_our_name(site: Labelled) -> str:
    code = read_code(by_another(site))
    data = payload(replace(code.compact, issuer=issuer_id(ISSUER.ed25519.public)))
    return "#" + fragment(data + code.signature)


CASES: dict[str, tuple[Callable[[Labelled], str], str, str]] = {
    "genuine": (lambda site: site.graded, "valid", "good"),
    "an edited figure": (edited, "wrong-signature", "bad"),
    "a changed signature": (lambda site: swap(site.graded, len(site.graded) - 20), "wrong-signature", "bad"),
    "another's key": (by_another, "unknown-key", "bad"),
    "another's key in our name": (by_another_in_our_name, "wrong-signature", "bad"),
    "of another certificate": (lambda site: site.product, "moved", "bad"),
    "of an earlier certificate": (lambda site: site.signed(token=bytes(16)), "earlier", "warn"),
    "signed, but not what the page says": (lambda site: site.signed(grade=1, k=500_000), "contradicts", "bad"),
    "another period": (lambda site: site.signed(period_end=samples.YEAR_END - 86400), "contradicts", "bad"),
    "cut off": (lambda site: site.graded[:-30], "broken", "bad"),
    "rubbish": (lambda site: "#v1.%3Cimg%20src=x%3E", "broken", "bad"),
    "nothing but a version": (lambda site: "#v1.", "broken", "bad"),
    "too long": (lambda site: "#v1." + "A" * 5000, "broken", "bad"),
    "capital": (lambda site: site.graded.replace("#v1", "#V1"), "broken", "bad"),
    "newer": (lambda site: site.graded.replace("#v1", "#v2"), "unknown-version", "warn"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_label_says_against_the_page(page: Page, labelled: Labelled, name: str) -> None:
    """INV-11, INV-13, INV-18, INV-19: only what was signed by this issuer for this page, and says the same, fits."""
    make, outcome, tone = CASES[name]
    page.goto(at_page(labelled.url, make(labelled)))
    assert told(page) == (outcome, tone)


def test_what_differs_stands_beside_what_the_page_says(page: Page, labelled: Labelled) -> None:
    page.goto(at_page(labelled.url, edited(labelled)))
    differing = page.locator(".differs:visible")
    expect(differing).to_have_count(1)
    expect(differing).to_contain_text("1 of 5")
    expect(differing).to_contain_text("this page: 2 of 5")
    expect(page.locator("#label-check").get_by_text("演示轧钢有限公司")).to_be_hidden()
    first, banner = page.locator("#label-check").bounding_box(), page.locator(".card.lead").bounding_box()
    assert first is not None
    assert banner is not None
    assert first["y"] < banner["y"]


@pytest.mark.parametrize(
    ("moment", "outcome"), [(UNTIL - 1, "valid"), (UNTIL, "expired"), (MINTED - 1, "not-yet"), (MINTED, "valid")]
)
def test_time_is_the_devices(page: Page, labelled: Labelled, moment: int, outcome: str) -> None:
    page.clock.set_fixed_time(datetime.fromtimestamp(moment, UTC))
    page.goto(at_page(labelled.url, labelled.graded))
    assert told(page)[0] == outcome


@pytest.mark.parametrize("anchor", ["", "#", "#main", "#share-title", "#vision"])
def test_without_a_code_nothing_is_said(page: Page, labelled: Labelled, anchor: str) -> None:
    page.goto(f"{labelled.url}/{GRADED}{anchor}")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#label-check")).to_be_hidden()


def test_a_second_label_in_the_same_page(page: Page, labelled: Labelled) -> None:
    """A browser does not load a page again for another fragment."""
    page.goto(at_page(labelled.url, labelled.graded))
    assert told(page)[0] == "valid"
    page.goto(at_page(labelled.url, edited(labelled)))
    expect(page.locator("#label-check .verdict.bad:visible")).to_have_count(1)
    page.goto(at_page(labelled.url, "#main"))
    expect(page.locator("#label-check")).to_be_hidden()


def test_the_label_of_what_was_revoked_is_no_good_news(page: Page, labelled: Labelled) -> None:
    said = samples.statement(REVOKED)
    code = replace(read_code(labelled.graded).compact, identifier=REVOKED, token=said.digest(samples.DOMAIN)[:16])
    page.goto(sign(f"{labelled.url}/{REVOKED}", code, ISSUER.ed25519))
    assert told(page) == ("valid", "warn")


def test_a_product_by_its_digital_link(page: Page, labelled: Labelled) -> None:
    """A browser keeps the fragment when the resolver sends it on."""
    page.goto(f"{labelled.url}{LINK}#{labelled.product.split('#')[1]}")
    assert urlsplit(page.url).path == f"/{PRODUCT}"
    assert told(page) == ("valid", "good")
    page.get_by_text("What the code says", exact=True).click()
    expect(page.locator("#label-check")).to_contain_text("2183.45 kgCO2e per t")


def test_a_host_that_the_code_was_not_made_for(page: Page, labelled: Labelled) -> None:
    elsewhere = labelled.url.replace("127.0.0.1", "localhost")
    page.goto(at_page(elsewhere, labelled.graded))
    expect(page.get_by_text("another host than the code was made for").locator("visible=true")).to_have_count(1)


def test_the_other_language_keeps_the_code(page: Page, labelled: Labelled) -> None:
    page.goto(at_page(labelled.url, labelled.graded))
    assert told(page)[0] == "valid"
    page.get_by_role("link", name="中文").click()
    assert told(page)[0] == "valid"
    expect(page.get_by_role("heading", name="标签二维码与本页一致")).to_be_visible()


@pytest.mark.parametrize("without", [NO_ED25519, NO_SUBTLE])
def test_a_browser_that_cannot_verify_says_so(page: Page, labelled: Labelled, without: str) -> None:
    """Never 'genuine'; figures are compared all the same, and the server can be asked."""
    page.add_init_script(without)
    page.goto(at_page(labelled.url, edited(labelled)))
    assert told(page) == ("unable-differs", "bad")
    page.goto("about:blank")
    page.goto(at_page(labelled.url, labelled.graded))
    assert told(page) == ("unable", "warn")
    expect(page.locator("#label-check").get_by_text("演示轧钢有限公司")).to_be_hidden()
    page.get_by_role("button", name="Send the code to this server").click()
    expect(page.get_by_role("region", name="Genuine")).to_have_class("verdict good")


@pytest.mark.parametrize("text", [IMAGE, MARKUP, "{identifier}{k}", "\"><b data-when='valid'>"])
def test_markup_in_a_signed_name_stays_text(page: Page, labelled: Labelled, text: str) -> None:
    page.goto(at_page(labelled.url, labelled.signed(enterprise=text)))
    assert told(page)[0] == "valid"
    assert page.locator('[data-fact="enterprise"] dd').text_content() == text
    assert page.evaluate("window.pwned") is None


def test_in_a_replay_time_is_the_chains(page: Page, tmp_path: Path) -> None:
    """Certificates of a replay are of years past: the device's clock would call them expired."""
    page.clock.set_fixed_time(datetime.fromtimestamp(UNTIL + 86400, UTC))
    listener = free_socket()
    gateway = open_gateway(
        tmp_path, Meter(), lambda: MINTED + 600, issuer=ISSUER, public_url=url_of(listener), replay=True
    )
    row = samples.efficiency()
    put_certificate(gateway.engine, row)
    gateway.chain.show(Statement.from_json(row.statement))
    with serving(gateway.app, listener) as url:
        page.goto(scanned(url, GRADED))
        assert told(page) == ("valid", "good")
    gateway.ingest.close()
    gateway.engine.dispose()


def test_the_fragment_leaves_the_browser_only_when_asked(page: Page, labelled: Labelled) -> None:
    asked: list[tuple[str, str | None]] = []
    page.on("request", lambda request: asked.append((request.url, request.post_data)))
    page.goto(at_page(labelled.url, labelled.graded))
    told(page)
    code = labelled.graded.split("#v1.")[1][:40]
    assert len(asked) >= 4
    assert all(url.startswith(labelled.url) for url, _ in asked)
    assert not any(code in url.split("#")[0] or code in (body or "") for url, body in asked)


INJECTED = """
<script>window.pwned = 'inline'</script><img src="/static/icon.svg" onload="window.pwned = 'handler'">
<script src="/static/evil.js"></script><script type="module" src="/static/evil.js"></script>
<a id="link" href="javascript:window.pwned='address'">x</a><iframe src="/scan"></iframe>
<form id="away" action="https://evil.example/"></form>
</main>
"""


ATTEMPTS = """
() => new Promise(done => setTimeout(() => {
  const attempts = [() => eval('window.pwned = 1'), () => new Function('window.pwned = 1')(),
    () => { document.querySelector('footer').innerHTML = '<b>x</b>'; }];
  done(attempts.map(attempt => {
    try { return String(attempt()); } catch (fault) { return fault.name; }
  }));
}))
"""
"""In a task of the page's own: what a debugger evaluates is not held to the page's policy."""


def test_no_other_script_runs_on_the_page(browser: Browser, labelled: Labelled) -> None:
    """The page with markup that an attacker brought in, under the headers that the gateway sends."""
    page = browser.new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))

    def injected(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", INJECTED))

    page.route(f"**/{GRADED}", injected)
    page.route(
        "**/static/evil.js", lambda route: route.fulfill(body="window.pwned = 'file'", content_type="text/javascript")
    )
    page.goto(at_page(labelled.url, labelled.graded))
    expect(page.locator("#label-check .verdict:visible")).to_have_count(1)
    page.locator("#link").click()
    page.evaluate("document.getElementById('away').submit()")
    assert page.evaluate(ATTEMPTS) == ["EvalError", "EvalError", "TypeError"]
    assert page.evaluate("fetch('/health').then(() => 'fetched', fault => fault.name)") == "TypeError"
    assert page.evaluate("window.pwned") is None
    assert sum("script-src" in text for text in blocked) >= 5
    assert any("form-action" in text for text in blocked)
    page.close()


def test_a_script_that_was_changed_does_not_run(browser: Browser, labelled: Labelled) -> None:
    page = browser.new_page()
    page.route("**/static/check-*.js", lambda route: route.fulfill(
        body=route.fetch().text() + "window.pwned = 1;", content_type="text/javascript"))  # fmt: skip
    page.goto(at_page(labelled.url, labelled.graded))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.pwned") is None
    expect(page.locator("#label-check")).to_be_hidden()
    page.close()


def test_every_other_page_has_no_script(labelled: Labelled) -> None:
    strict = HEADERS["Content-Security-Policy"]
    assert "script-src" not in strict
    for path in ("/", "/scan", "/nothing/here", f"/certificates/{GRADED}", "/problems/not-found", "/88.118.1/unknown"):
        answer = httpx.get(labelled.url + path, headers={"Accept": "text/html"})
        assert answer.headers["content-security-policy"] == strict, path
        assert "<script" not in answer.text, path
    answer = httpx.get(f"{labelled.url}/{GRADED}")
    assert answer.headers["content-security-policy"].startswith(f"{strict}; script-src 'sha256-")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.text.count("<script") == 1


def test_without_scripts_the_page_says_what_was_not_compared(browser: Browser, labelled: Labelled) -> None:
    """Scripts are off for the parser too, else it would not read what stands in `noscript`."""
    off = [*ARGUMENTS, "--blink-settings=scriptEnabled=false"]
    scriptless = browser.browser_type.launch(executable_path=chromium(), args=off)
    page = scriptless.new_page(viewport=PHONE, locale="en-GB")
    page.goto(at_page(labelled.url, edited(labelled)))
    expect(page.locator("noscript p", has_text="without scripts this page does not compare")).to_be_visible()
    expect(page.locator("#label-check")).to_be_hidden()
    scriptless.close()


@pytest.mark.parametrize("name", ["genuine", "an edited figure", "of another certificate", "newer"])
@pytest.mark.parametrize("page", [("zh", PHONE), ("en", DESK), ("zh", DESK), ("en", PHONE)], indirect=True)
def test_what_is_shown_can_be_read(page: Page, labelled: Labelled, name: str) -> None:
    page.goto(at_page(labelled.url, CASES[name][0](labelled)))
    told(page)
    assert page.viewport_size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate(CONTRAST) == []

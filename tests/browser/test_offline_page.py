"""The page that an auditor keeps: opened from a file, with pinned keys, and able to connect to nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.commands.scan_page import offline_page
from ledger.commands.scan_page_texts import TEXTS
from ledger.credentials.trust import TrustedIssuer
from ledger.labels.offline import sign
from ledger.language import Language
from tests.browser.conftest import ARGUMENTS, chromium
from tests.browser.test_label_check import IMAGE, MARKUP, NO_ED25519, NO_SUBTLE
from tests.browser.test_pages import CONTRAST, DESK, PHONE
from tests.labels.samples import ADDRESS, ENTERPRISE, FOOTPRINT, HOST, ISSUED, KEY, OTHER_KEY, PRODUCT, UNTIL, changed
from tests.labels.test_offline import TEXT, swap

ISSUER = TrustedIssuer("did:web:ledger.example", {"": KEY.public})
TAG = sign(f"https://{HOST}/{PRODUCT}", FOOTPRINT, KEY)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = Path(tmp_path_factory.mktemp("kept"))
    pages: dict[str, Path] = {}
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        pages[language] = folder / f"{language}.html"
        pages[language].write_text(offline_page([ISSUER], language), encoding="utf-8")
    return pages


@pytest.fixture
def page(browser: Browser, kept: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Page]:
    """From a file, without a network; a complaint of the browser or a request for anything else fails the test."""
    language, size = getattr(request, "param", ("en", PHONE))
    context = browser.new_context(viewport=size, offline=True)
    page = context.new_page()
    page.clock.set_fixed_time(datetime.fromtimestamp(ISSUED + 3600, UTC))
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda fault: troubles.append(fault.message))
    page.on("request", lambda request: troubles.append(request.url) if "file:" not in request.url else None)
    page.goto(kept[language].as_uri())
    yield page
    context.close()
    assert troubles == []


def told(page: Page, text: str) -> tuple[str, str]:
    page.locator("textarea").fill(text)
    page.get_by_role("button").click()
    shown = page.locator(".verdict:visible")
    expect(shown).to_have_count(1)
    return shown.get_attribute("data-when") or "", (shown.get_attribute("class") or "").split()[1]


@pytest.mark.parametrize(
    ("text", "outcome", "tone"),
    [
        (TEXT, "valid", "good"),
        (f"  {TAG} \n", "valid", "good"),
        (TEXT.replace("0001#", "0002#"), "moved", "bad"),
        (swap(TEXT, len(TEXT) - 20), "wrong-signature", "bad"),
        (sign(ADDRESS, changed(issuer=OTHER_KEY.public.thumbprint()[:8]), OTHER_KEY), "unknown-key", "warn"),
        (TEXT[:-20], "broken", "bad"),
        (TEXT.replace("#v1", "#v2"), "unknown-version", "warn"),
        (ADDRESS, "no-statement", "warn"),
        ("", "no-statement", "warn"),
        (IMAGE, "no-statement", "warn"),
        (f"{ADDRESS}#v1.{'A' * 900}", "too-long", "warn"),
    ],
)
def test_what_a_kept_page_says(page: Page, text: str, outcome: str, tone: str) -> None:
    """INV-11, INV-13, INV-18, INV-19."""
    assert told(page, text) == (outcome, tone)


def test_it_says_what_it_cannot_know(page: Page) -> None:
    told(page, TEXT)
    for text in ("Dated 2019-01-09. Whether it was suspended, revoked or superseded since was not asked.",
                 "whether this code is a copy", "2 of 5, 1 is best (K = 0.734512"):  # fmt: skip
        expect(page.get_by_text(text).locator("visible=true")).to_have_count(1)


@pytest.mark.parametrize(
    ("page", "unit", "shown"),
    [
        (("en", PHONE), "t", "2183.45 kgCO2e per t"),
        (("en", PHONE), "{piece}", "2183.45 kgCO2e per piece"),
        (("en", PHONE), "kg{CaO}", "2183.45 kgCO2e per kgCaO"),
        (("en", PHONE), "{constructor}", "2183.45 kgCO2e per constructor"),
        (("zh", PHONE), "{piece}", "2183.45 kgCO2e 每 件"),
    ],
    indirect=["page"],
)
def test_what_is_counted_is_named_without_its_braces(page: Page, unit: str, shown: str) -> None:
    told(page, sign(f"https://{HOST}/{PRODUCT}", replace(FOOTPRINT, unit=unit), KEY))
    expect(page.locator('[data-fact="unit"] dd')).to_have_text(shown)


def test_another_date_can_be_asked_about(page: Page) -> None:
    page.locator("input").fill(datetime.fromtimestamp(UNTIL + 86400, UTC).strftime("%Y-%m-%d"))
    assert told(page, TEXT)[0] == "expired"
    page.locator("input").fill("2018-06-01")
    assert told(page, TEXT)[0] == "not-yet"
    page.locator("input").fill("")
    assert told(page, TEXT)[0] == "valid"


def test_names_are_shown_under_a_signature_only(page: Page) -> None:
    told(page, sign(ADDRESS, changed(issuer=OTHER_KEY.public.thumbprint()[:8]), OTHER_KEY))
    expect(page.get_by_text(ENTERPRISE.enterprise)).to_be_hidden()
    expect(page.get_by_text("Nobody vouches for what follows")).to_be_visible()
    told(page, TEXT)
    expect(page.get_by_text(ENTERPRISE.enterprise)).to_be_visible()


@pytest.mark.parametrize("name", [IMAGE, MARKUP])
def test_markup_in_a_signed_name_stays_text(page: Page, name: str) -> None:
    assert told(page, sign(ADDRESS, changed(enterprise=name), KEY))[0] == "valid"
    expect(page.locator('[data-fact="enterprise"] dd')).to_have_text(name)
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize("without", [NO_ED25519, NO_SUBTLE])
def test_a_browser_that_cannot_verify_says_so(page: Page, kept: dict[str, Path], without: str) -> None:
    page.add_init_script(without)
    page.goto(kept["en"].as_uri())
    assert told(page, TEXT) == ("unable", "warn")


def test_it_can_connect_to_nothing(browser: Browser, kept: dict[str, Path], site: str) -> None:
    """Its own policy, without any server's header; an injected script is blocked by it too."""
    injected = kept["en"].with_name("injected.html")
    injected.write_text(kept["en"].read_text().replace("</main>", "<script>window.pwned = 1</script></main>"))
    page = browser.new_page()
    answered: list[str] = []
    page.on("response", lambda response: answered.append(response.url))
    page.goto(injected.as_uri())
    attempts = [
        f"await fetch('{site}/health')",
        f"navigator.sendBeacon('{site}/scan', 'x')",
        f"new WebSocket('ws{site[4:]}/')",
        f"document.createElement('img').src = '{site}/static/icon.svg'",
    ]
    for attempt in attempts:
        page.evaluate(f"async () => {{ try {{ {attempt}; }} catch {{ }} }}")
    page.wait_for_timeout(200)
    assert page.evaluate("window.pwned") is None
    assert [url for url in answered if not url.startswith("file:")] == []
    assert told(page, swap(TEXT, len(TEXT) - 20)) == ("wrong-signature", "bad")
    page.close()


def test_without_scripts_it_says_that_nothing_is_checked(browser: Browser, kept: dict[str, Path]) -> None:
    off = [*ARGUMENTS, "--blink-settings=scriptEnabled=false"]
    scriptless = browser.browser_type.launch(executable_path=chromium(), args=off)
    page = scriptless.new_page()
    page.goto(kept["en"].as_uri())
    expect(page.locator("noscript p", has_text=TEXTS["en"]["noscript"])).to_be_visible()
    scriptless.close()


@pytest.mark.parametrize("page", [(lang, size) for lang in ("zh", "en") for size in (PHONE, DESK)], indirect=True)
def test_it_fits_and_can_be_read(page: Page) -> None:
    for text in (TEXT, TAG, TEXT.replace("0001#", "0002#"), ""):
        told(page, text)
        assert page.viewport_size is not None
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        assert page.evaluate(CONTRAST) == []


def test_a_served_page_saved_by_its_link_is_the_same_file(browser: Browser, site: str, tmp_path: Path) -> None:
    """The link saves what the server sent, not what the browser made of it."""
    context = browser.new_context(locale="zh-CN", accept_downloads=True)
    page = context.new_page()
    page.goto(f"{site}/scan")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="保存").click()
    waiting.value.save_as(tmp_path / "kept.html")
    served = httpx.get(f"{site}/scan/offline?lang=zh").content
    assert (tmp_path / "kept.html").read_bytes() == served
    context.close()

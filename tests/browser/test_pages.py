"""The pages as a browser shows them: one screen on a phone, both languages, no script, nothing from elsewhere."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.gateway.samples import EMISSIONS, GRADED

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1200, height=900)
SCREENS = [PHONE, DESK]
SAID = {
    "zh": ("有效", "演示轧钢有限公司", "2 级", "演示核查机构", "2018年12月31日", "DEMO", "REPLAYED", "94.12 %"),
    "en": (
        "Valid", "Demo Rolling Mill", "Grade 2", "Demo Verification Body", "31 December 2018",
        "DEMO", "REPLAYED", "94.12 %",
    ),
}  # fmt: skip
PATHS = [
    "/",
    f"/{GRADED}",
    f"/{EMISSIONS}",
    "/88.118.20260/revoked",
    "/88.118.20260/chain-only",
    "/nothing/here",
    "/scan",
]

CONTRAST = """
() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest('svg')) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(rgb(style.color)), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${node.className} ${node.textContent.trim()}`);
  }
  return poor;
}
"""


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in the language and size that the test names; a complaint of the browser fails the test."""
    language, size = getattr(request, "param", ("en", PHONE))
    context = browser.new_context(viewport=size, locale={"zh": "zh-CN", "en": "en-GB"}[language])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    context.close()
    assert [text for text in complaints if not re.search(r"status of 4\d\d", text)] == []


def visit(page: Page, site: str, path: str) -> list[str]:
    """Open a page; the addresses that the browser asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + path)
    return asked


@pytest.mark.parametrize("page", [(lang, size) for lang in SAID for size in SCREENS], indirect=True)
def test_the_first_screen_tells_what_a_customer_asks(page: Page, site: str) -> None:
    visit(page, site, f"/{GRADED}")
    language = str(page.evaluate("document.documentElement.lang"))[:2]
    height = page.viewport_size["height"] if page.viewport_size else 0
    for text in SAID[language]:
        box = page.get_by_text(text).first.bounding_box()
        assert box is not None, text
        assert box["y"] + box["height"] <= height, f"{text} lies below the first screen"
    first, mark = page.locator(".chip").first.bounding_box(), page.locator(".big .value").bounding_box()
    assert first is not None
    assert mark is not None
    assert abs(first["y"] - mark["y"]) < 80, "the mark does not stand beside the grade"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("page", [("zh", PHONE), ("en", DESK)], indirect=True)
def test_nothing_overflows_comes_from_elsewhere_or_is_hard_to_read(page: Page, site: str, path: str) -> None:
    asked = visit(page, site, path)
    assert all(url.startswith(site) for url in asked)
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    for landmark in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0 && i.hasAttribute('alt'))")


@pytest.mark.parametrize(
    ("name", "title", "colour"),
    [
        ("suspended", "Suspended", "warn"),
        ("revoked", "Revoked", "bad"),
        ("superseded", "Superseded", "warn"),
        ("expired", "Expired", "warn"),
        ("absent", "Not found on the chain", "bad"),
    ],
)
def test_what_does_not_hold_never_looks_valid(page: Page, site: str, name: str, title: str, colour: str) -> None:
    visit(page, site, f"/88.118.20260/{name}")
    expect(page.get_by_role("region", name=title)).to_have_class(f"verdict {colour}")
    expect(page.locator(".big .chip").first).to_have_text(title)
    expect(page.locator(".bar")).to_have_class("bar dim")


def test_the_grade_is_read_aloud_too(page: Page, site: str) -> None:
    visit(page, site, f"/{GRADED}")
    expect(page.locator("[aria-current]")).to_have_text("2")
    expect(page.get_by_role("img", name=re.compile("Metered 94.12 %"))).to_have_count(1)


def test_language_can_be_switched_and_stays(page: Page, site: str) -> None:
    visit(page, site, f"/{GRADED}")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("演示轧钢有限公司")
    page.get_by_role("link", name="碳账本证书查询").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("查询证书")


def test_an_identifier_typed_by_hand_leads_to_its_page(page: Page, site: str) -> None:
    visit(page, site, "/")
    page.get_by_label("Certificate identifier").fill("nonsense")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Certificate identifier").fill(GRADED)
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo Rolling Mill Co., Ltd.")


def test_the_page_needs_no_script(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site}/{EMISSIONS}")
    expect(page.get_by_text("585.476553131")).to_be_visible()
    context.close()


def test_paper_shows_what_the_screen_shows(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/{GRADED}")
    page.emulate_media(media="print")
    expect(page.get_by_text("DEMO").first).to_be_visible()
    expect(page.get_by_text("2 级")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()

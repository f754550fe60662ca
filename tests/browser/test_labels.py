"""Labels as a browser draws them: no text leaves its label, the code can be read, a void one shows elsewhere too."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from ledger.certificates.statement import Statement
from ledger.labels.draw import draw
from ledger.store.certificates import put_certificate
from tests.browser.conftest import served
from tests.credentials.issuers import issuer
from tests.gateway import samples
from tests.gateway.meters import Meter, open_gateway
from tests.gateway.samples import GRADED, MINTED
from tests.labels.test_labels import LABELS

OUTSIDE = """
() => {
  const sheet = document.querySelector('svg').getBoundingClientRect();
  return [...document.querySelectorAll('svg text')]
    .filter(node => {
      const box = node.getBoundingClientRect();
      return box.left < sheet.left + 2 || box.right > sheet.right - 2 || box.bottom > sheet.bottom - 2;
    })
    .map(node => node.textContent);
}
"""
OVERLAPS = """
() => {
  const small = node => Number(node.getAttribute('font-size')) < 700;  // a large digit's line is much higher than it
  const texts = [...document.querySelectorAll('svg text')].filter(small);
  const boxes = texts.map(node => [node.textContent, node.getBoundingClientRect()]);
  const found = [];
  for (const [i, [first, a]] of boxes.entries()) for (const [second, b] of boxes.slice(i + 1)) {
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    if (wide > 1 && high > 0.45 * Math.min(a.height, b.height)) found.push([first, second]);
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway with issuer keys: one valid certificate, one revoked."""
    gateway = open_gateway(Path(tmp_path_factory.mktemp("labels")), Meter(), lambda: MINTED + 600, issuer=issuer())
    row = samples.efficiency()
    put_certificate(gateway.engine, row)
    gateway.chain.show(Statement.from_json(row.statement))
    said = samples.statement("88.118.20260/revoked")
    put_certificate(gateway.engine, samples.stored(said, samples.FACTS))
    gateway.chain.show(said, "revoked")
    with served(gateway.app) as address:
        yield address
    gateway.ingest.close()
    gateway.engine.dispose()


@pytest.mark.parametrize("face", ["", "DejaVu Sans"])
@pytest.mark.parametrize("name", LABELS)
def test_no_text_leaves_its_label_or_covers_another(browser: Browser, name: str, face: str) -> None:
    """Also in a wide font, as a reader without those of the list may have it."""
    svg = draw(LABELS[name], "large").svg
    if face:
        svg = re.sub(r'font-family="[^"]*sans-serif"', f'font-family="{face}"', svg)
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.set_content(svg)
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(OVERLAPS) == []
    page.close()


@pytest.mark.parametrize("name", ["card-zh", "tag-en"])
def test_a_label_on_a_screen_can_be_scanned(browser: Browser, name: str) -> None:
    """At the size in print and three dots for a CSS pixel, about 300 to the inch."""
    context = browser.new_context(viewport={"width": 500, "height": 600}, device_scale_factor=3)
    page = context.new_page()
    page.set_content(draw(LABELS[name], "small").svg)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [LABELS[name].code]
    context.close()


def test_a_shop_that_embeds_a_label_shows_that_it_is_void(browser: Browser, labelled: str) -> None:
    """An error status does not hide the picture: the reader sees VOID instead of a gap."""
    page = browser.new_page()
    addresses = [f"{labelled}/{name}/label.svg" for name in (GRADED, "88.118.20260/revoked")]
    page.route("**/shop", lambda route: route.fulfill(
        content_type="text/html", body="".join(f'<img src="{address}">' for address in addresses)))  # fmt: skip
    page.goto(f"{labelled}/shop")
    widths = page.evaluate("[...document.images].map(image => image.complete && image.naturalWidth)")
    assert all(width > 200 for width in widths)
    page.close()


def test_a_code_is_checked_in_the_form(browser: Browser, labelled: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{labelled}/{GRADED}/qr.png")
    picture = Image.open(io.BytesIO(context.request.get(f"{labelled}/{GRADED}/qr.png").body())).convert("L")
    text = zxingcpp.read_barcodes(picture)[0].text
    page.goto(f"{labelled}/scan")
    page.get_by_label("Scanned text").fill(text)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("region", name="Genuine")).to_have_class("verdict good")
    page.get_by_label("Scanned text").fill(text.replace("0001#", "0002#"))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("region", name="Moved")).to_have_class("verdict bad")
    context.close()

"""The PDF: made without a warning, the same bytes each time, and no text of a document is markup."""

import json
import re

import pytest

from ledger.canonical import canonical_json
from ledger.language import LANGUAGES, Language
from ledger.reports import pdf as maker
from ledger.reports.facts import report_of, report_of_bundle
from ledger.reports.pdf import PdfError, chinese_font, pages, pdf
from tests.reports import samples
from tests.reports.bundles import bundle_of
from tests.reports.test_html import ATTACKS, attacked

SIGNATURE = b"\x89PNG"


@pytest.fixture(autouse=True)
def _with_a_chinese_font() -> None:
    if chinese_font() is None:
        pytest.skip("no Chinese font: apt-get install fonts-noto-cjk")


def page_count(data: bytes) -> int:
    found = re.search(rb"/Type/Pages/Count (\d+)", data)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["full", "bare", "below_zero"])
def test_a_pdf_without_a_warning(name: str, language: Language) -> None:
    report = report_of(canonical_json(getattr(samples, name)()), language)
    made = pdf(report)
    assert made.remarks == ()
    assert made.data.startswith(b"%PDF-1.7")
    assert page_count(made.data) == len(pages(report, ppi=20)) >= 3
    assert b"pdfuaid" in made.data


def test_the_same_result_gives_the_same_bytes_dated_by_its_period() -> None:
    report = report_of_bundle(bundle_of(samples.full()), "zh")
    first, second = pdf(report).data, pdf(report).data
    assert first == second
    assert b"CreationDate(D:20231231160000Z)" in first


def test_pages_are_pictures() -> None:
    assert all(page.startswith(SIGNATURE) for page in pages(report_of(canonical_json(samples.bare()), "en"), ppi=20))


@pytest.mark.parametrize("attack", ATTACKS)
def test_texts_of_a_document_are_never_typst(attack: str) -> None:
    """A result comes from anyone: typst reads its texts as data."""
    document = attacked(samples.full(), attack)
    made = pdf(report_of(json.dumps(document).encode(), "en"))
    assert made.data.startswith(b"%PDF")


def test_a_chinese_report_without_a_chinese_font_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "chinese_font", lambda: None)
    document = canonical_json(samples.bare())
    with pytest.raises(PdfError, match="no Chinese font"):
        pdf(report_of(document, "zh"))
    assert "no Chinese font" in pdf(report_of(document, "en")).remarks[-1]

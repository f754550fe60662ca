"""The HTML file: whole in itself, every text escaped, nothing fetched, nothing run."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ledger.canonical import canonical_json
from ledger.language import LANGUAGES, Language
from ledger.reports.blocks import Report
from ledger.reports.facts import ResultDiffers, report_of, report_of_bundle
from ledger.reports.html import html
from tests.reports import samples
from tests.reports.bundles import bundle_of
from tests.reports.pages import Page
from tests.reports.test_report import ALL

ATTACKS = (
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "{{ 7 * 7 }}",
    "]]>&lt;b&gt;", "#set page(fill: red)", "$x$ *b* _i_ `c` @ref #panic()", "\u202egnp.exe", "a\x00b\x1b[31m",
    "\ud800",
    "'; } body { display: none }", "</title><h1>", "-->",
)  # fmt: skip


def report(document: Any, language: Language = "en") -> Report:
    return report_of(canonical_json(document), language)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_fetches_nothing(name: str, language: Language) -> None:
    page = Page(html(report(getattr(samples, name)(), language)))
    assert page.foreign() == []
    assert [attributes["lang"] for tag, attributes in page.tags if tag == "html"] == [
        {"zh": "zh-Hans", "en": "en"}[language]
    ]


def test_every_picture_has_words_and_every_table_a_head() -> None:
    page = Page(html(report(samples.full())))
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert drawings
    assert all(drawing["role"] == "img" and drawing["aria-label"] for drawing in drawings)
    count = [tag for tag, _ in page.tags].count
    assert count("table") == count("thead") > 10


def test_marks_stand_in_the_strip_and_on_every_printed_page() -> None:
    page = html(report(samples.full())).decode()
    assert "NOT CERTIFIED · DEMO · UNVERIFIED · ILLUSTRATIVE" in page
    assert '<span class="chip bare">NOT CERTIFIED</span><span class="chip">DEMO</span>' in page


def test_a_bundles_report_names_its_certificate() -> None:
    found = report_of_bundle(bundle_of(samples.full()), "en")
    page = Page(html(found))
    assert found.certified
    assert "certificate 88.118.20260/CE-2018-0001" in page.text
    assert "NOT CERTIFIED" not in page.text
    assert "DEMO" in page.text


def test_a_bundles_result_must_be_the_one_that_was_signed() -> None:
    """A report never puts another result under a certificate's name."""
    bundle = replace(bundle_of(samples.full()), result=canonical_json(samples.bare()))
    with pytest.raises(ResultDiffers):
        report_of_bundle(bundle, "en")


def attacked(document: Any, attack: str) -> Any:
    """The document with the attack in every text that is none of the format's own words."""
    if isinstance(document, dict):
        kept = ("format", "line", "offset", "month", "unit", "item_unit", "output_unit", "start", "end")
        return {
            attack if name in ("coking_coal", "T") else name: value if name in kept else attacked(value, attack)
            for name, value in document.items()
        }
    if isinstance(document, list):
        return [attacked(value, attack) for value in document]
    return attack if isinstance(document, str) and not document[:2].lstrip("-")[:1].isdigit() else document


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_a_document_are_never_markup(attack: str, language: Language) -> None:
    """A result comes from anyone: whatever its texts are, the page has the same tags."""
    document = attacked(samples.full(), attack)
    data = json.dumps(document).encode()
    page = Page(html(report_of(data, language)))
    harmless = Page(html(report_of(json.dumps(attacked(samples.full(), "harmless")).encode(), language)))
    assert page.foreign() == []
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in harmless.tags}
    for character in "\u202e\x00\x1b":
        assert character not in page.text

"""Whatever a document is, a report is written or the error is named."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.language import Language
from ledger.reports.blocks import Report
from ledger.reports.facts import report_of
from ledger.reports.html import html
from ledger.reports.pdf import chinese_font, pdf
from ledger.reports.reading import ReportError
from tests.reports import samples
from tests.reports.pages import Page

FULL = samples.full()
TEXTS = st.text(max_size=60) | st.sampled_from(
    ["", "<b>", "#x", "1/0", "1/3", "-5", "0", "99999999999999999999999", "é" * 500]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**52), 2**52) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every member and entry."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield from places(inner, (*path, name))


PLACES = sorted(places(FULL), key=str)


def changed(document: Any, path: tuple[Any, ...], value: Any, *, gone: bool) -> Any:
    """A copy with one value replaced, or left out."""
    name, rest = path[0], path[1:]
    copy = dict(document) if isinstance(document, dict) else list(document)
    if rest:
        copy[name] = changed(document[name], rest, value, gone=gone)
    elif gone:
        del copy[name]
    else:
        copy[name] = value
    return copy


DOCUMENTS = st.builds(
    lambda path, value, gone: changed(FULL, path, value, gone=gone), st.sampled_from(PLACES), JUNK, st.booleans()
)


def written(document: Any, language: Language) -> Report | None:
    """The report, or None where the document was refused by name; anything else is raised."""
    try:
        return report_of(json.dumps(document).encode(), language)
    except ReportError as fault:
        if not fault.where:
            raise
        return None


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.sampled_from(["zh", "en"]))
def test_one_odd_value_is_shown_or_named(document: Any, language: Language) -> None:
    report = written(document, language)
    assert report is None or Page(html(report)).foreign() == []


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FULL)), JUNK), st.sampled_from(["zh", "en"]))
def test_odd_members_are_shown_or_named(members: dict[str, Any], language: Language) -> None:
    report = written({**FULL, **members, "format": "result/1"}, language)
    assert report is None or Page(html(report)).foreign() == []


@settings(max_examples=8, deadline=None)
@given(DOCUMENTS)
def test_what_can_be_reported_can_be_printed(document: Any) -> None:
    report = written(document, "en")
    if report is not None:
        made = pdf(report)
        assert made.data.startswith(b"%PDF")
        assert made.remarks == () or chinese_font() is None


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    with pytest.raises(ReportError):
        report_of(data, "en")

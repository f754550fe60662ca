"""Documents as they are signed: written, read back, and refused by name whatever is wrong with them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import canonical_json
from ledger.verification.advance import replay
from ledger.verification.contents import CONTENTS, Content, Decide
from ledger.verification.errors import DocumentFault
from ledger.verification.fields import Exhibit, write_fields
from ledger.verification.steps import Stated, read_body, read_frame, to_json, write_step
from terminal_signer.build import build, encode_document
from terminal_signer.document import Document, of_file
from terminal_signer.errors import CarbonError
from terminal_signer.frame import DOCUMENT, Header, KeyClass, parse
from terminal_signer.keys import generate
from tests.conftest import ROOT
from tests.verification import engagement as e


def every() -> list[Stated]:
    """One of each action."""
    story = e.signed().take("officer", "mint", e.minted(e.signed().now()))
    stated = [step.stated for step in story.made]
    more: dict[str, Content] = {
        "find": e.FIND, "rectify": e.RECTIFY, "close": e.CLOSE, "return": e.RETURN, "recalculate": e.RECALCULATE,
        "refuse": e.REASON, "appeal": e.REASON, "withdraw": e.REASON, "decide": Decide("upheld", "so"),
    }  # fmt: skip
    return stated + [Stated(e.ENGAGEMENT, action, content, b"\x01" * 32) for action, content in more.items()]


EVERY = every()


def test_every_action_is_written_and_read_back() -> None:
    assert {stated.action for stated in EVERY} == set(CONTENTS)
    for stated in EVERY:
        body = write_step(stated).body
        assert body is not None
        assert read_body(body) == stated


def test_the_page_of_the_format_names_every_action_and_field() -> None:
    page = (ROOT / "docs" / "formats" / "engagement.md").read_text(encoding="utf-8")
    for stated in EVERY:
        assert f"`{stated.action}`" in page
        for name in write_fields(stated.content):
            assert f"`{name}`" in page, name


BODY: dict[str, Any] = to_json(Stated(e.ENGAGEMENT, "find", e.FIND, b"\x01" * 32))


@pytest.mark.parametrize(
    "change",
    [
        {"format": "verification-step/2"}, {"format": None}, {"action": "bribe"}, {"action": "close"},
        {"engagement": "V-1"}, {"engagement": "88.118.20260/V 1"}, {"engagement": "x" * 400}, {"extra": 1},
        {"previous": "0x00"}, {"previous": None}, {"corrects": 5}, {"number": 0}, {"number": True}, {"number": "1"},
        {"severity": "none"}, {"text": " "}, {"text": "a\x1b[2J"}, {"text": "x" * 2001}, {"due": 1}, {"due": 2**60},
        {"exhibits": {}}, {"exhibits": [1]}, {"exhibits": [{"name": "a"}]}, {"exhibits": [{}] * 101},
        {"requirement": ""}, {"number": 1.0},
    ],
    ids=str,
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(change: dict[str, Any]) -> None:
    with pytest.raises(DocumentFault):
        read_body(json.dumps(BODY | change).encode())


def test_there_is_one_encoding_of_a_document() -> None:
    """Two encodings would be two hashes of one opinion."""
    with pytest.raises(DocumentFault, match="canonical"):
        read_body(json.dumps(BODY, indent=1).encode())
    assert read_body(canonical_json(BODY)).content == e.FIND


def test_a_document_that_no_frame_holds_is_refused_before_it_is_signed() -> None:
    exhibits = tuple(Exhibit("x" * 255, bytes([n]) * 32) for n in range(100))
    many = replace(e.READ, exhibits=exhibits, conclusion="核" * 2000, visit_list="查" * 2000)
    with pytest.raises(DocumentFault):
        write_step(Stated(e.ENGAGEMENT, "review-documents", replace(many, exhibits=exhibits * 2), b"\x01" * 32))
    assert write_step(Stated(e.ENGAGEMENT, "review-documents", many, b"\x01" * 32)).body


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(DocumentFault):
        read_body(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(EVERY), st.data())
def test_one_field_that_is_anything_is_read_back_or_refused_by_name(stated: Stated, data: st.DataObject) -> None:
    document = to_json(stated)
    name = data.draw(st.sampled_from(sorted(document)))
    document[name] = data.draw(JSON)
    try:
        body = canonical_json(document)
    except CarbonError:
        return
    try:
        read = read_body(body)
    except DocumentFault as fault:
        assert fault.message  # noqa: PT017
    else:
        assert canonical_json(to_json(read)) == body


def test_signed_frames_are_the_same_steps() -> None:
    """Real keys, real frames: the case is what the log says."""
    keys = {who: generate() for who in e.PEOPLE.values()}
    seq = dict.fromkeys(keys, 0)
    steps, previous = [], None
    for one in e.reviewed().made:
        stated = replace(one.stated, previous=previous)
        header = Header(one.by.partition("/")[0], one.by, one.at, seq[one.by], bytes(32), content_type=DOCUMENT)
        frame = parse(build(keys[one.by], header, encode_document(write_step(stated))))
        step = read_frame(frame, one.key_class)
        assert step is not None
        assert (step.by, step.at, step.stated) == (one.by, one.at, stated)
        seq[one.by] += 1
        previous = frame.digest
        steps.append(step)
    assert replay(steps).reviewer == e.PEOPLE["reviewer"]


def frame_of(document: Document, corrects: bytes | None = None) -> Any:
    header = Header(e.VERIFIER, e.PEOPLE["lead"], e.START, 0, bytes(32), None, corrects, DOCUMENT)
    return parse(build(generate(), header, encode_document(document)))


def test_other_documents_are_none_of_its_business() -> None:
    assert read_frame(frame_of(of_file("month-close", "text/plain", b"2022-01")), KeyClass.VERIFIER) is None


def test_a_frame_of_this_kind_that_cannot_be_read_is_named() -> None:
    written = write_step(EVERY[3])
    bare = replace(written, body=None)
    for document, corrects in (
        (of_file("verification-step", "application/json", b"{}"), None),
        (bare, None),
        (written, b"\x05" * 32),
    ):
        with pytest.raises(DocumentFault):
            read_frame(frame_of(document, corrects), KeyClass.VERIFIER)

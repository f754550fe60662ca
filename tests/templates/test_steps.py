"""Steps as signed documents and as a list: read, replayed, or refused by name."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands.template import main
from ledger.templates import TemplateError
from ledger.templates.approval import State, StepRefused, replay
from ledger.templates.steps import read_frame, read_frames, read_steps, replay_steps, write_step
from terminal_signer import document
from terminal_signer.build import build, encode_document
from terminal_signer.document import Document
from terminal_signer.frame import DOCUMENT, Frame, Header
from terminal_signer.keys import generate
from tests.templates import samples
from tests.templates.samples import Json
from tests.templates.test_approval import CASE, EXTENSION, WAY

REQUEST = "R-2026-0001"


def body(action: str, **more: str) -> Json:
    told = {"format": "template-step/1", "request": REQUEST, "action": action, "layer": f"0x{EXTENSION.sha256.hex()}"}
    return told | ({"purpose": "tin losses", "impact": "none"} if action == "submit" else {}) | more


STEPS: Json = {
    "format": "template-steps/1",
    "request": REQUEST,
    "layer": f"0x{EXTENSION.sha256.hex()}",
    "effective": "2026-06-01T00:00:00+08:00",
    "applicant": CASE.bodies.applicant,
    "node": CASE.bodies.node,
    "top": CASE.bodies.top,
    "steps": [
        {
            "by": step.account,
            "kid": f"0x{step.kid.hex()}",
            "at": datetime.fromtimestamp(step.at, UTC).isoformat(),
            "document": body(step.action),
        }
        for step in WAY
    ],
}


def encode(steps: Json) -> bytes:
    return json.dumps(steps).encode()


def test_a_list_of_steps_is_replayed() -> None:
    assert replay_steps(encode(STEPS)) == replay(CASE, WAY)
    assert replay_steps(encode(STEPS | {"steps": []})) == CASE


def frame(payload: bytes, who: str, kid: bytes) -> Frame:
    return Frame(
        b"", bytes(32), -7, kid, who.split("/", maxsplit=1)[0], who, 1_777_600_000, 0, bytes(32), None, None, DOCUMENT,
        payload, b"", b"",
    )  # fmt: skip


def test_signed_documents_are_the_same_steps() -> None:
    for step in WAY:
        written = write_step(step.action, step.layer, REQUEST, purpose="tin losses")
        signed = frame(document.write(written), step.account, step.kid)
        assert read_frame(signed, step.at) == (REQUEST, step)


def test_signed_frames_are_replayed_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = {step.account: generate() for step in WAY}
    frames = []
    for step in WAY:
        header = Header(step.account.partition("/")[0], step.account, step.at, 0, bytes(32), content_type=DOCUMENT)
        written = write_step(step.action, step.layer, REQUEST, purpose="tin losses")
        frames.append(build(keys[step.account], header, encode_document(written)))
    request, steps = read_frames(b"".join(frames))
    assert (request, replay(CASE, steps).state) == (REQUEST, State.REGISTERED)
    assert [step.kid for step in steps] == [keys[step.account].public.thumbprint() for step in WAY]
    signed, extension_file = tmp_path / "frames.cborseq", tmp_path / "ext.json"
    signed.write_bytes(b"".join(frames))
    extension_file.write_bytes(samples.encode(samples.extension()))
    command = ["states", str(signed), "--extension", str(extension_file), "--at", "2026-06-01"]
    assert main(command) == 0
    assert "effective" in capsys.readouterr().out
    signed.write_bytes(b"".join(reversed(frames)))
    assert main(command) == 1
    signed.write_bytes(frames[0][:-1])
    assert main(command) == 2


@pytest.mark.parametrize(
    ("action", "more", "message"),
    [
        ("submit", {}, "purpose"),
        ("submit", {"purpose": "x", "impact": "grade"}, "never enters the grade"),
        ("approve", {}, "no step"),
        ("withdraw", {}, "states a reason"),
        ("node-reject", {"reason": " "}, "states a reason"),
        ("node-approve", {"reason": "x" * 1001}, "1000"),
    ],
)
def test_a_step_that_would_be_refused_is_not_written(action: str, more: dict[str, str], message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        write_step(action, EXTENSION.sha256, REQUEST, **more)


@pytest.mark.parametrize(
    "told",
    [
        Document("opinion", "application/json", bytes(32)),
        Document("template-step", "application/json", bytes(32)),
        document.of_file("template-step", "application/json", b"[]"),
        document.of_file("template-step", "application/json", b"\xff"),
        document.of_file("template-step", "application/json", encode(body("submit", colour="red"))),
    ],
)
def test_another_document_is_refused_by_name(told: Document) -> None:
    with pytest.raises(TemplateError):
        read_frame(frame(document.write(told), "88.118.0/P-1", bytes(32)), 0)
    with pytest.raises(TemplateError):
        read_frame(frame(b"\xa0", "88.118.0/P-1", bytes(32)), 0)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("format",), "template-steps/2", "template-steps/1"),
        (("node",), "88.118", "no prefix"),
        (("node",), CASE.bodies.applicant, "three bodies"),
        (("effective",), "soon", "no time"),
        (("steps", 0, "at"), "2026-05-01", "offset"),
        (("steps", 0, "kid"), "0x00", "32 bytes"),
        (("steps", 1, "document", "request"), "R-2", "of request 'R-2'"),
        (("steps", 1, "document", "action"), "approve", "no step"),
        (("steps", 1, "document", "layer"), "0x", "32 bytes"),
        (("steps", 1, "note"), "x", "unknown member"),
    ],
)
def test_a_malformed_list_is_refused_by_name(path: tuple[Any, ...], value: Any, message: str) -> None:
    steps: Any = copy.deepcopy(STEPS)
    table = steps
    for name in path[:-1]:
        table = table[name]
    table[path[-1]] = value
    with pytest.raises(TemplateError, match=message):
        read_steps(encode(steps))


@given(st.permutations(range(5)))
def test_steps_in_another_order_are_refused(order: list[int]) -> None:
    rows = [{**STEPS["steps"][place], "at": STEPS["steps"][number]["at"]} for number, place in enumerate(order)]
    if order == sorted(order):
        assert replay_steps(encode(STEPS | {"steps": rows})).state is State.REGISTERED
        return
    with pytest.raises(StepRefused, match="not possible in state"):
        replay_steps(encode(STEPS | {"steps": rows}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.sampled_from(["", "submit", "0x" + "00" * 32, "88.1.2/a"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["by", "at", "steps"]), inner),
    max_leaves=5,
)


@settings(max_examples=200)
@given(
    st.sampled_from([(name,) for name in STEPS] + [("steps", 1, name) for name in ("by", "kid", "at", "document")]),
    JSON,
)
def test_a_list_with_anything_anywhere_is_replayed_or_refused_by_name(path: tuple[Any, ...], value: Any) -> None:
    """INV-18."""
    steps: Any = copy.deepcopy(STEPS)
    table = steps
    for name in path[:-1]:
        table = table[name]
    table[path[-1]] = value
    try:
        replay_steps(encode(steps))
    except TemplateError:
        return


@given(st.binary(max_size=100))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18."""
    with pytest.raises(TemplateError):
        read_steps(data)

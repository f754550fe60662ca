"""Steps as they are signed: a document frame of kind "template-step" whose body is a `template-step/1`.

A list of them for people to keep is `template-steps/1`: per step who signed (`by`, `kid`), when its frame was anchored
(`at`) and the document. Frames prove who signed; such a list does not, and is replayed all the same.
"""

from itertools import islice

from ledger.canonical import canonical_json
from ledger.templates.approval import MAX_STEPS, RULES, Bodies, Case, Step, draft, replay
from ledger.templates.errors import TemplateError, named
from ledger.templates.formats import is_prefix
from ledger.templates.layer import LATEST, read_time
from terminal_signer import cbor, document
from terminal_signer.document import Document
from terminal_signer.frame import Frame, content, parse
from terminal_signer.strict import Members, read_json

KIND = "template-step"
MEDIA = "application/json"
FORMAT, LIST_FORMAT = "template-step/1", "template-steps/1"
IMPACTS = ("none", "factor")
"""What an extension may ask for: nothing, or a new factor. Into the grade it cannot enter."""
MAX_BYTES = 4 << 20
MAX_REASON = 1000


def write_step(
    action: str, layer: bytes, request: str, *, reason: str = "", purpose: str = "", impact: str = "none"
) -> Document:
    """The document to sign for a step; `TemplateError` for one that would be refused in itself."""
    body: dict[str, object] = {"format": FORMAT, "request": request, "action": action, "layer": f"0x{layer.hex()}"}
    if reason:
        body["reason"] = reason
    if action == "submit":
        body |= {"purpose": purpose, "impact": impact}
    written = document.of_file(KIND, MEDIA, canonical_json(body))
    with named("see docs/formats/template.md"):
        read_body(body, "step")
    return written


def read_frame(frame: Frame, at: int) -> tuple[str, Step]:
    """Request and step of a signed frame; `at` is the time of the block that anchored it. Its signature is the log's
    business. Raises `TemplateError`."""
    where = f"frame {frame.seq} of {frame.sub}"
    if not 0 <= at < LATEST:
        raise TemplateError("a time beyond what statements know", where=where, mend="set the clock")
    with named("see docs/formats/template.md"):
        told = content(frame)
        if not isinstance(told, Document) or told.kind != KIND or told.body is None:
            raise TemplateError(f"no document of kind {KIND!r} with its body", where=where)
        request, action, layer, reason = read_body(read_json(told.body, where), where)
    return request, Step(action, frame.sub, frame.kid, at, layer, reason)


def read_frames(data: bytes, where: str = "frames") -> tuple[str, list[Step]]:
    """The request and the steps of signed frames, one after the other, by the times that they state themselves."""
    with named("see docs/formats/template.md"):
        raw = list(islice(cbor.sequence(data), MAX_STEPS + 1))
        frames = [parse(one) for one in raw]
    read = [read_frame(frame, frame.iat) for frame in frames]
    requests = sorted({request for request, _ in read})
    if len(requests) != 1 or len(read) > MAX_STEPS:
        raise TemplateError(
            f"1 to {MAX_STEPS} steps of one request are replayed, these are of {requests[:3]}", where=where,
            mend="replay each request by itself",
        )  # fmt: skip
    return requests[0], [step for _, step in read]


def read_steps(data: bytes, where: str = "steps") -> tuple[str, Case, list[Step]]:
    """The request, the draft and the steps of a `template-steps/1`, not replayed; raises `TemplateError`."""
    if len(data) > MAX_BYTES:
        raise TemplateError(f"larger than {MAX_BYTES} bytes", where=where)
    with named(f"write a {LIST_FORMAT}, see docs/formats/template.md"):
        return _read(data, where)


def replay_steps(data: bytes, where: str = "steps") -> Case:
    """Where the steps of a list lead; raises `TemplateError`, `StepRefused` for a step out of order."""
    _, case, steps = read_steps(data, where)
    return replay(case, steps)


def _read(data: bytes, where: str) -> tuple[str, Case, list[Step]]:
    with Members(read_json(data, where), where) as told:
        if (form := told.text("format")) != LIST_FORMAT:
            raise TemplateError(f"format is {form[:60]!r}", where=f"{where}.format", mend=f"write {LIST_FORMAT!r}")
        request, layer = told.text("request", 64), told.hex("layer", 32)
        effective = read_time(told.text("effective", 40), f"{where}.effective")
        bodies = Bodies(*(_prefix(told, name) for name in ("applicant", "node", "top")))
        rows = told.items("steps", MAX_STEPS)
    case = draft(bodies, layer, effective)
    return request, case, [_row(row, request, f"{where}.steps[{position}]") for position, row in enumerate(rows)]


def _prefix(told: Members, name: str) -> str:
    prefix = told.text(name)
    if not is_prefix(prefix):
        raise TemplateError(
            f"{prefix[:80]!r} is no prefix", where=f"{told.where}.{name}", mend="88.<node>.<enterprise>"
        )
    return prefix


def _row(row: object, request: str, where: str) -> Step:
    with Members(row, where) as told:
        by, kid = told.text("by"), told.hex("kid", 32)
        at = read_time(told.text("at", 40), f"{where}.at")
        named, action, layer, reason = read_body(told.inner("document").rest, f"{where}.document")
    if named != request:
        raise TemplateError(f"it is of request {named!r}, the list of {request!r}", where=f"{where}.document.request")
    return Step(action, by, kid, at, layer, reason)


def read_body(body: object, where: str) -> tuple[str, str, bytes, str | None]:
    """Request, action, layer and reason of a `template-step/1`."""
    with Members(body, where) as told:
        if (form := told.text("format")) != FORMAT:
            raise TemplateError(f"format is {form[:60]!r}", where=f"{where}.format", mend=f"write {FORMAT!r}")
        request, action, layer = told.text("request", 64), told.text("action", 40), told.hex("layer", 32)
        if action not in RULES:
            raise TemplateError(
                f"there is no step {action!r}", where=f"{where}.action", mend="one of: " + ", ".join(RULES)
            )
        reason = told.text("reason", MAX_REASON) if "reason" in told.rest else None
        if RULES[action].reason and not (reason and reason.strip()):
            raise TemplateError(f"{action} states a reason", where=f"{where}.reason", mend="say why")
        if action == "submit":
            told.text("purpose", MAX_REASON)
            if (impact := told.text("impact")) not in IMPACTS:
                raise TemplateError(
                    f"impact {impact!r}", where=f"{where}.impact",
                    mend="none, or factor: an extension never enters the grade",
                )  # fmt: skip
    return request, action, layer, reason

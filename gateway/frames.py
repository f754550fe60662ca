"""`POST /frames`: one signed frame, or a CBOR sequence of many, and an answer to each.

200 means 'answered frame by frame', not 'all accepted': a refused frame is an answer with its error, and never rolls
back its neighbours. Every logged frame is committed before its answer leaves; the answer carries the signed promise.

The answers are plain mappings, written at once: a thousand of them cost about as much as fifty signatures.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import cbor2
from fastapi import APIRouter, Depends, Request, Response

from gateway.body import BrokenSequence, bounded_body, cut_sequence, require_media
from gateway.negotiation import preferred_media
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from ledger.ingest import Answer, Duplicate, Logged

FORMAT = "answers/1"
COSE = "application/cose"
SEQUENCE = "application/cbor-seq"
ANY = "application/octet-stream"
JSON, CBOR = "application/json", "application/cbor"

_BINARY = {"schema": {"type": "string", "format": "binary", "minLength": 1}}
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": dict.fromkeys((COSE, SEQUENCE, ANY), _BINARY)}}

router = APIRouter()


async def frame_body(request: Request) -> bytes:
    return await bounded_body(request, settings_of(request).most_bytes)


@router.post("/frames", summary="Submit signed frames", openapi_extra=_BODY)
def post_frames(request: Request, body: Annotated[bytes, Depends(frame_body)]) -> Response:
    """Body: `application/cose` (one COSE_Sign1) or `application/cbor-seq` (at most 1,000), which bytes of no type
    (`application/octet-stream`) are read as. Answers: `answers/1`."""
    settings = settings_of(request)
    media = preferred_media(request, (JSON, CBOR))
    if media is None:
        raise Problem("not-acceptable", offered=f"{JSON}, {CBOR}")
    raws, broken_at = _frames_of(request, body, settings)
    answers = [_answer(answer, media == CBOR) for answer in settings.ingest.submit(raws, settings.clock())]
    if broken_at is not None:
        answers.append(_uncut(broken_at))
    document = {"format": FORMAT, "answers": answers}
    if media == CBOR:
        return Response(cbor2.dumps(document), media_type=CBOR)
    return Response(json.dumps(document, separators=(",", ":"), ensure_ascii=False), media_type=JSON)


def _frames_of(request: Request, body: bytes, settings: Settings) -> tuple[Sequence[bytes], int | None]:
    """The frames, and the offset from which on the sequence could not be cut."""
    media = require_media(request, (COSE, SEQUENCE, ANY))
    if not body:
        raise Problem("malformed-request")
    if media == COSE:
        return [body], None
    try:
        raws, broken_at = cut_sequence(body, settings.most_frames), None
    except BrokenSequence as broken:
        raws, broken_at = broken.items, broken.offset
    if len(raws) > settings.most_frames:
        raise Problem("too-many-items", limit=settings.most_frames)
    return raws, broken_at


def _answer(answer: Answer, binary: bool) -> dict[str, Any]:
    if isinstance(answer, Logged):
        return {
            "outcome": "logged",
            "digest": _bytes(answer.digest, binary),
            "index": answer.index,
            "flags": sorted(answer.flags),
            "promise": _bytes(answer.promise, binary),
        }
    if isinstance(answer, Duplicate):
        return {
            "outcome": "duplicate",
            "digest": _bytes(answer.digest, binary),
            "index": answer.index,
            "promise": _bytes(answer.promise, binary),
        }
    return {
        "outcome": "refused",
        "digest": _bytes(answer.digest, binary) if answer.digest else None,
        "error": {"code": answer.code, "message": answer.message},
    }


def _bytes(value: bytes, binary: bool) -> bytes | str:
    return value if binary else "0x" + value.hex()


def _uncut(offset: int) -> dict[str, Any]:
    """The one answer to everything behind a break: without its length the next item cannot be found."""
    message = f"byte {offset}: no CBOR item begins here; nothing from here on was read"
    return {"outcome": "refused", "digest": None, "error": {"code": "not-cbor", "message": message}}

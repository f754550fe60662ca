"""The log for everyone: checkpoint, tiles and entries as C2SP tlog-tiles has them, and receipts for senders of frames.

A checkpoint is served once its head is on the chain, so that a client can compare it with the contract. A tile of a
given width never changes, so caches may keep it for ever. A receipt names the smallest anchored head that includes its
frame; whether that head is final the receiver asks the chain itself. In COSE it is signed, and so is given for final
heads only: a block that vanishes must not leave a false statement behind.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import JSONResponse

from gateway.body import bounded_body, require_media
from gateway.negotiation import preferred_media
from gateway.problems import Problem
from gateway.settings import Settings, log_of, settings_of
from ledger.anchoring.heads import ON_CHAIN, Head, State
from ledger.log import cose_receipt
from ledger.log.tiles import TileError, parse_address
from ledger.store.anchors import AnchorStore
from ledger.store.database import reading
from ledger.store.frames import logged
from ledger.store.log import LogStore, NotInLog
from terminal_signer.build import receipt_json
from terminal_signer.receipt import Anchor, Receipt

FORMAT = "receipts/1"
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_NOT_LONG = {"Cache-Control": "no-cache"}
_MOST = 1_000
_MOST_BYTES = 128 * 1024
_DIGEST = re.compile("0x[0-9a-f]{64}")
_JSON = "application/json"
_FINAL = frozenset({State.FINAL})

router = APIRouter(prefix="/log/{log_id}")
Digest = Annotated[str, Field(pattern=f"^{_DIGEST.pattern}$")]


@dataclass(frozen=True, slots=True)
class Held:
    """A receipt with the signed checkpoint of its head, which convicts this log if the chain holds another head."""

    receipt: Receipt
    checkpoint: bytes

    def to_json(self) -> dict[str, Any]:
        return {**receipt_json(self.receipt), "checkpoint": self.checkpoint.decode()}


class Digests(BaseModel):
    """Digests of frames, in lower-case hex."""

    digests: Annotated[list[Digest], Field(min_length=1, max_length=_MOST)]


async def asked_digests(request: Request) -> list[str]:
    body = await bounded_body(request, _MOST_BYTES)
    require_media(request, ("application/json",))
    try:
        return Digests.model_validate_json(body).digests
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Problem("invalid-request", where=where, what=first["msg"]) from fault


def served_log(request: Request, log_id: str) -> bytes:
    settings = settings_of(request)
    if log_id != f"0x{settings.log_id.hex()}":
        raise Problem("unknown-log", log=log_id[:80])
    return settings.log_id


Served = Annotated[bytes, Depends(served_log)]
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": Digests.model_json_schema()}}}
}


@router.get("/checkpoint", summary="The newest anchored checkpoint, a signed note")
def checkpoint(request: Request, log_id: Served) -> Response:
    head = AnchorStore(settings_of(request).engine, log_id).newest(ON_CHAIN)
    if head is None:
        raise Problem("no-checkpoint")
    tag = f'"{sha256(head.checkpoint).hexdigest()}"'
    headers = _NOT_LONG | {"ETag": tag}
    if tag in re.split(r",\s*", request.headers.get("if-none-match", "").replace("W/", "")):
        return Response(status_code=304, headers=headers)
    return Response(head.checkpoint, headers=headers, media_type="text/plain; charset=utf-8")


@router.get("/tile/{rest:path}", summary="A tile of hashes, or of entries")
def tile(request: Request, log_id: Served, rest: str) -> Response:
    """`<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`."""
    log = log_of(request)
    try:
        address = parse_address(f"tile/{rest}")
        if address.level is None:
            body = log.entries(address.index, address.width)
        else:
            body = log.tile(address.level, address.index, address.width)
    except (TileError, NotInLog) as fault:
        raise Problem("no-tile") from fault
    return Response(body, headers=_FOR_EVER, media_type="application/octet-stream")


@router.get("/receipts/{digest}", summary="The receipt of one frame, as JSON or as COSE")
def receipt(request: Request, log_id: Served, digest: str) -> Response:
    """`receipt/1`, or 202 with {"state": "pending"} until the first anchor that includes the frame.

    `Accept: application/cose` gives an RFC 9942 receipt by the log's promise key; pending until that anchor is final.
    """
    media = preferred_media(request, (_JSON, cose_receipt.MEDIA_TYPE))
    if media is None:
        raise Problem("not-acceptable", offered=f"{_JSON}, {cose_receipt.MEDIA_TYPE}")
    states = ON_CHAIN if media == _JSON else _FINAL
    found = _receipts(request, log_id, [digest], states)[0] if _DIGEST.fullmatch(digest) else _unknown(digest)
    headers = _NOT_LONG | {"Vary": "Accept"}
    if isinstance(found, Held):
        if media == _JSON:
            return JSONResponse(found.to_json(), headers=headers)
        signed = cose_receipt.encode(found.receipt, settings_of(request).promise_key)
        return Response(signed, headers=headers, media_type=cose_receipt.MEDIA_TYPE)
    if found["state"] == "unknown":
        raise Problem("unknown-digest", digest=digest[:80])
    return JSONResponse(found, 202, headers=headers)


@router.post("/receipts", summary="The receipts of up to 1,000 frames", openapi_extra=_BODY)
def receipts(request: Request, log_id: Served, digests: Annotated[list[str], Depends(asked_digests)]) -> Response:
    """In the order asked: a `receipt/1`, or {"digest", "state": "pending" or "unknown"}, a pending one with "index"."""
    found = _receipts(request, log_id, digests, ON_CHAIN)
    rows = [item.to_json() if isinstance(item, Held) else item for item in found]
    return JSONResponse({"format": FORMAT, "receipts": rows}, headers={"Cache-Control": "no-store"})


def _unknown(digest: str) -> dict[str, Any]:
    return {"digest": digest, "state": "unknown"}


def _receipts(
    request: Request, log_id: bytes, digests: Sequence[str], states: Collection[State]
) -> list[Held | dict[str, Any]]:
    """Under the smallest head in these states; what has none is pending."""
    settings, log = settings_of(request), log_of(request)
    raw = [bytes.fromhex(digest[2:]) for digest in digests]
    with reading(settings.engine) as connection:
        known = logged(connection, log_id, raw)
    heads = _covering(AnchorStore(settings.engine, log_id), {index for index, _ in known.values()}, states)
    answers: list[Held | dict[str, Any]] = []
    for text, digest in zip(digests, raw, strict=True):
        index, _ = known.get(digest, (None, b""))
        head = None if index is None else heads.get(index)
        if index is None:
            answers.append(_unknown(text))
        elif head is None:
            answers.append({"digest": text, "state": "pending", "index": index})
        else:
            answers.append(_receipt(settings, log, digest, index, head))
    return answers


def _covering(store: AnchorStore, indices: set[int], states: Collection[State]) -> dict[int, Head]:
    """The smallest head in these states that includes each leaf; neighbours under one head cost one question."""
    found: dict[int, Head] = {}
    head: Head | None = None
    for index in sorted(indices):
        if head is None or index >= head.size:
            head = store.covering(index, states)
            if head is None:
                break
        found[index] = head
    return found


def _receipt(settings: Settings, log: LogStore, digest: bytes, index: int, head: Head) -> Held:
    place = head.place
    if place is None:
        raise ValueError(f"head {head.size} is on the chain, but no block is noted for it")
    deployment = settings.chain.deployment
    anchor = Anchor(
        chain_id=deployment.chain_id,
        contract=deployment.address("AnchorLog"),
        transaction=head.tx_hash or bytes(32),
        block=place.number,
        time=place.time,
        previous_size=head.previous_size,
    )
    path = tuple(log.inclusion(index, head.size))
    return Held(Receipt(settings.log_id, digest, index, head.size, head.root, path, anchor), head.checkpoint)

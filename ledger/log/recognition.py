"""Which kind of exhibit a file holds: told by its content, unless the accuser says it.

    receipt      a JSON object of format receipt/1; its `checkpoint`, if it has one, is an exhibit too
    checkpoint   text with an empty line, and behind it signature lines that begin with an em dash
    frame        COSE_Sign1 with the header of a frame
    signed-receipt  COSE_Sign1 with the header of an RFC 9942 receipt; the frame it is of stands in the file's name
    promise      any other COSE_Sign1

Frames and promises may also be written as hex after 0x, as the gateway answers them.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ledger.log import checkpoint, cose_receipt
from ledger.log.exhibits import Exhibits, SignedReceipt
from terminal_signer import frame as frames
from terminal_signer import promise as promises
from terminal_signer.errors import FrameRefused
from terminal_signer.receipt import from_json
from terminal_signer.strict import Malformed, read_hex, read_json

__all__ = ["KINDS", "Kind", "kind_of", "with_file"]

Kind = Literal["promise", "receipt", "signed-receipt", "checkpoint", "frame"]
KINDS: tuple[Kind, ...] = ("promise", "receipt", "signed-receipt", "checkpoint", "frame")
_DIGEST = re.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
MOST_BYTES = 2 * frames.MAX_FRAME + 16


def with_file(
    exhibits: Exhibits, data: bytes, where: str, kind: Kind | None = None, digest: bytes | None = None
) -> Exhibits:
    """The exhibits and one more; `digest` is the frame of a signed receipt. Raises CarbonError where the file is of no
    kind, or not of the kind it is said to be.

    What a receipt or promise says of its log is taken over where no log is named yet.
    """
    if len(data) > MOST_BYTES:
        raise Malformed(f"more than {MOST_BYTES} bytes", where=where)
    data = _binary(data, where)
    found = kind or kind_of(data, where)
    if found == "receipt":
        return _with_receipt(exhibits, data, where)
    if found == "checkpoint":
        checkpoint.parse(data)
        return replace(exhibits, checkpoints=(*exhibits.checkpoints, data))
    if found == "frame":
        frames.parse(data)
        return replace(exhibits, frames=(*exhibits.frames, data))
    if found == "signed-receipt":
        return _with_signed_receipt(exhibits, data, where, digest)
    promise = promises.read(data)
    return replace(exhibits, promises=(*exhibits.promises, data), log_id=exhibits.log_id or promise.log_id)


def kind_of(data: bytes, where: str) -> Kind:
    """Raises Malformed."""
    if data.lstrip()[:1] == b"{":
        return "receipt"
    if data[:1] in (b"\xd2", b"\x84"):
        try:
            frames.parse(data)
        except FrameRefused:
            return "signed-receipt" if cose_receipt.is_one(data) else "promise"
        return "frame"
    if b"\n\n\xe2\x80\x94 " in data:
        return "checkpoint"
    raise Malformed("neither promise, receipt, checkpoint nor frame", where=where, mend="name it with --kind")


def _with_signed_receipt(exhibits: Exhibits, data: bytes, where: str, digest: bytes | None) -> Exhibits:
    named = _DIGEST.search(Path(where).name)
    if digest is None and named is None:
        raise Malformed("a receipt as COSE does not say which frame it is of", where=where, mend="--digest 0x…")
    given = SignedReceipt(digest or bytes.fromhex(named[0] if named else ""), data)
    log_id = cose_receipt.told(data, given.digest).log_id
    signed = (*exhibits.signed_receipts, given)
    return replace(exhibits, signed_receipts=signed, log_id=exhibits.log_id or log_id)


def _binary(data: bytes, where: str) -> bytes:
    if not data.startswith(b"0x"):
        return data
    return read_hex(data.decode("ascii", "replace").strip(), where, None, frames.MAX_FRAME)


def _with_receipt(exhibits: Exhibits, data: bytes, where: str) -> Exhibits:
    value = read_json(data, where)
    receipt = from_json(value)
    note = value.get("checkpoint") if isinstance(value, dict) else None
    notes = exhibits.checkpoints
    if isinstance(note, str):
        raw = note.encode("utf-8", "replace")
        checkpoint.parse(raw)
        notes = (*notes, raw)
    return replace(
        exhibits, receipts=(*exhibits.receipts, receipt), checkpoints=notes, log_id=exhibits.log_id or receipt.log_id
    )

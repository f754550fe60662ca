"""Which kind of exhibit a file holds: told by its content, unless the accuser says it.

    receipt      a JSON object of format receipt/1; its `checkpoint`, if it has one, is an exhibit too
    checkpoint   text with an empty line, and behind it signature lines that begin with an em dash
    frame        COSE_Sign1 with the header of a frame
    promise      any other COSE_Sign1

Frames and promises may also be written as hex after 0x, as the gateway answers them.
"""

from dataclasses import replace
from typing import Literal

from ledger.log import checkpoint
from ledger.log.exhibits import Exhibits
from terminal_signer import frame as frames
from terminal_signer import promise as promises
from terminal_signer.errors import FrameRefused
from terminal_signer.receipt import from_json
from terminal_signer.strict import Malformed, read_hex, read_json

__all__ = ["KINDS", "Kind", "kind_of", "with_file"]

Kind = Literal["promise", "receipt", "checkpoint", "frame"]
KINDS: tuple[Kind, ...] = ("promise", "receipt", "checkpoint", "frame")
MOST_BYTES = 2 * frames.MAX_FRAME + 16


def with_file(exhibits: Exhibits, data: bytes, where: str, kind: Kind | None = None) -> Exhibits:
    """The exhibits and one more. Raises CarbonError where the file is of no kind, or not of the kind it is said to be.

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
            return "promise"
        return "frame"
    if b"\n\n\xe2\x80\x94 " in data:
        return "checkpoint"
    raise Malformed("neither promise, receipt, checkpoint nor frame", where=where, mend="name it with --kind")


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

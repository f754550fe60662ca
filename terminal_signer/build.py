"""Building frames and receipts: the writing side of frame.py and receipt.py, which a verifier never needs."""

from collections.abc import Sequence
from typing import Any

from terminal_signer import cose, document, senml
from terminal_signer.document import Document
from terminal_signer.frame import SKEW, parse
from terminal_signer.header import Header, write_header
from terminal_signer.keys import SigningKey
from terminal_signer.receipt import FORMAT, Anchor, Receipt
from terminal_signer.senml import Record


def build(key: SigningKey, header: Header, payload: bytes) -> bytes:
    """The signed bytes. Raises FrameRefused for a frame that every reader would refuse."""
    protected = write_header(header, key.alg, key.public.thumbprint())
    raw = cose.assemble(protected, {}, payload, key.sign(cose.signed_bytes(protected, payload)))
    parse(raw)
    return raw


def encode_pack(iss: str, base_time: int, records: Sequence[Record], iat: int) -> bytes:
    """The payload of a readings frame; no records make a heartbeat. Raises PayloadFault for what would be flagged."""
    return senml.write(iss + "/", base_time, records, iat + SKEW)


def encode_document(value: Document) -> bytes:
    """The payload of a document frame. Raises PayloadFault for what would be flagged."""
    return document.write(value)


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """The document `receipt/1`."""
    path = [_hex(node) for node in receipt.path]
    return {"format": FORMAT, **_shown(receipt), "path": path, "anchor": _shown(receipt.anchor)}


def _shown(part: Receipt | Anchor) -> dict[str, Any]:
    values = {name: getattr(part, name) for name in part.__slots__}
    return {name: _hex(value) if isinstance(value, bytes) else value for name, value in values.items()}


def _hex(value: bytes) -> str:
    return "0x" + value.hex()

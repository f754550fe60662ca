"""The witness's file `witness/1` (docs/formats/witness.md)."""

import json

from ledger.log.checkpoint import LARGEST_NOTE, open_checkpoint
from ledger.log.exhibits import AnchoredHead
from ledger.log.witness import MOST_HEADS, Memory, SignedHead
from terminal_signer.errors import CarbonError
from terminal_signer.keys import EDDSA, PublicKey
from terminal_signer.strict import Malformed, Members, read_document, read_hex

__all__ = ["FORMAT", "MOST_BYTES", "dumps", "loads", "open_signed"]

FORMAT = "witness/1"
MOST_BYTES = 96 << 20


def dumps(memory: Memory, origin: str) -> bytes:
    anchored = memory.anchored
    document = {
        "format": FORMAT,
        "log_id": f"0x{memory.log_id.hex()}",
        "origin": origin,
        "note_keys": [f"0x{key.raw.hex()}" for key in memory.note_keys],
        "heads": [head.note.decode() for head in memory.heads],
        "anchored": None
        if anchored is None
        else {"size": anchored.size, "root": f"0x{anchored.root.hex()}", "time": anchored.time},
        "convicted": memory.convicted,
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def loads(data: bytes, where: str = "witness") -> tuple[Memory, str]:
    """The memory and the log's origin; every signature is checked again. Raises Malformed, UnknownFormat."""
    if len(data) > MOST_BYTES:
        raise Malformed(f"more than {MOST_BYTES} bytes", where=where)
    with read_document(data, where, FORMAT) as told:
        origin = told.text("origin")
        keys = tuple(PublicKey(EDDSA, read_hex(key, where, 32)) for key in told.items("note_keys", 64))
        heads = [open_signed(_note(item, where), keys, origin) for item in told.items("heads", MOST_HEADS)]
        found = tuple(head for head in heads if head is not None)
        sizes = [head.size for head in found]
        if len(found) != len(heads) or sizes != sorted(set(sizes)):
            raise Malformed("a head that the log's key did not sign, or out of order", where=f"{where}.heads")
        anchored = told.rest.pop("anchored", None)
        known = None if anchored is None else _anchored(anchored, where)
        return Memory(told.hex("log_id", 32), keys, found, known, told.flag("convicted")), origin


def open_signed(note: bytes, keys: tuple[PublicKey, ...], origin: str) -> SignedHead | None:
    """The head of a checkpoint, if one of the keys signed it."""
    for key in keys:
        try:
            checkpoint = open_checkpoint(note, key, origin)
        except CarbonError:
            continue
        return SignedHead(checkpoint.size, checkpoint.root, note)
    return None


def _note(item: object, where: str) -> bytes:
    if not isinstance(item, str) or len(item) > LARGEST_NOTE:
        raise Malformed("not the text of a signed note", where=f"{where}.heads")
    return item.encode("utf-8", "replace")


def _anchored(item: object, where: str) -> AnchoredHead:
    with Members(item, f"{where}.anchored") as told:
        return AnchoredHead(told.integer("size"), told.hex("root", 32), told.integer("time"))

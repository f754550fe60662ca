"""The correction of a certified reading, as a signed document: written, sent, and waited for until a head is final."""

import argparse
import time

from ledger.assemble import EvidenceMissing
from ledger.commands.input_files import WrongUse
from ledger.commands.verification_acts import read_hash, read_time
from ledger.commands.verification_desk import Desk
from ledger.projecting import final_heads
from ledger.store.frames import FrameStore
from terminal_signer import document
from terminal_signer.document import CORRECTION, Item
from terminal_signer.frame import Document, content, parse
from terminal_signer.item_text import number
from terminal_signer.place import passphrase

POLL = 1.0


def sign_correction(options: argparse.Namespace, desk: Desk) -> bytes:
    """The value stated anew, with the reason, by the holder of the key. The frame that it corrects must be logged."""
    wrong = read_hash(options.frame or "")
    if FrameStore(desk.engine, desk.log_id).by_digest(wrong) is None:
        raise WrongUse("the log holds no such frame", where="--frame", mend="the digest of the frame to correct")
    start, end = _interval(options)
    item = Item(
        _needed(options, "name"), number(_needed(options, "value"), "--value"), _needed(options, "unit"), start, end
    )
    told = document.of_items(CORRECTION, (item,), reason=_needed(options, "reason"))
    document.write(told)
    signer = desk.place.signer(passphrase(options.passphrase_file, desk.ask))
    try:
        digest = signer.document(told, desk.now(), corrects=wrong)
    finally:
        signer.spool.close()
    desk.send()
    return digest


def _interval(options: argparse.Namespace) -> tuple[int, int]:
    """From–to; a register's stand by the second that ends at its time."""
    if options.at is not None:
        at = read_time(options.at, options.offset)
        return at - 1, at
    return read_time(_needed(options, "start"), options.offset), read_time(_needed(options, "end"), options.offset)


def _needed(options: argparse.Namespace, name: str) -> str:
    value: str | None = getattr(options, name)
    if value is None:
        raise WrongUse("missing", where=f"--{name}")
    return value


def await_final(options: argparse.Namespace, desk: Desk, digest: bytes) -> None:
    """Until a final head holds the correction: nothing is certified that a reorganisation could take away."""
    until = time.monotonic() + options.wait
    store = FrameStore(desk.engine, desk.log_id)
    while True:
        held = store.by_digest(digest)
        heads = final_heads(desk.engine, desk.log_id)
        if held is not None:
            told = content(parse(held.raw))
            if not isinstance(told, Document) or told.kind != CORRECTION:
                raise WrongUse("this frame is no correction", where="--signed")
            if heads and heads[-1].size > held.index:
                return
        if time.monotonic() >= until:
            raise EvidenceMissing(
                "the correction is signed, and no final head holds it yet", code="not-final",
                mend=f"later, the same with --signed 0x{digest.hex()}",
            )  # fmt: skip
        time.sleep(POLL)

"""`terminal-signer correct`: one value of an earlier frame stated anew, with the reason, as a document frame."""

import argparse
import time
from pathlib import Path

from terminal_signer import document
from terminal_signer.commands import Result, Say
from terminal_signer.document import CORRECTION, Item
from terminal_signer.errors import PayloadFault
from terminal_signer.item_text import number, seconds
from terminal_signer.place import open_place, parse_hex, passphrase


def run_correct(options: argparse.Namespace, say: Say) -> Result:
    place = open_place(Path(options.dir))
    corrects = parse_hex(options.digest, "DIGEST", 32)
    start, end = _interval(options)
    item = Item(options.name, number(options.value, "--value"), options.unit, start, end)
    value = document.of_items(CORRECTION, (item,), reason=options.reason)
    document.write(value)
    signer = place.signer(passphrase(options.passphrase_file, say("ask")))
    digest = "0x" + signer.document(value, int(time.time()), corrects=corrects).hex()
    result = {"digest": digest, "corrects": "0x" + corrects.hex(), "start": start, "end": end}
    return result, [say("correct.done", digest=digest, corrects=result["corrects"])], 0


def _interval(options: argparse.Namespace) -> tuple[int, int]:
    """From–to; a register's stand by the second that ends at its time."""
    if options.at is not None:
        if options.start is not None or options.end is not None:
            raise PayloadFault("--at is for a register, --start and --end for an amount", code="time")
        at = seconds(options.at, "--at")
        return at - 1, at
    if options.start is None or options.end is None:
        raise PayloadFault("the time is missing", code="time", mend="--start and --end, or --at for a register")
    return seconds(options.start, "--start"), seconds(options.end, "--end")

"""The words of `terminal-signer` that make, enrol and sign: options in; result for --json and lines for people out."""

import argparse
import hashlib
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from terminal_signer import document, keys, ocmf, pkcs11
from terminal_signer.csv_layout import CsvFault, CsvLayout, layout_of
from terminal_signer.csv_meter import Batch, Row, batches, read_rows
from terminal_signer.enrolment import as_document, make_request
from terminal_signer.frame import NO_FRAME, parse
from terminal_signer.item_text import read_item
from terminal_signer.keys import ES256, PublicKey
from terminal_signer.pkcs11 import TokenPlace
from terminal_signer.place import (
    Connection,
    Place,
    PlaceFault,
    connect,
    create,
    create_for_token,
    open_place,
    parse_hex,
    passphrase,
    require_none,
)
from terminal_signer.progress import progress
from terminal_signer.signer import Entry
from terminal_signer.wording import explain

Options = argparse.Namespace
Say = Callable[..., str]
Result = tuple[dict[str, Any], list[str], int]  # for --json, for people, exit code
CHUNK = 250
ALGORITHMS = {name: alg for alg, name in keys.NAMES.items()}


def run_init(options: Options, say: Say) -> Result:
    folder, alg = Path(options.dir), ALGORITHMS[options.alg]
    prev = parse_hex(options.prev, "--prev", 32) if options.prev else NO_FRAME
    token = _token(options)
    if token is None:
        phrase = passphrase(options.passphrase_file, say("ask"), twice=say("ask.again"))
        place = create(folder, keys.generate(alg), phrase, options.iss, options.sub, prev)
    else:
        require_none(folder)
        pin = passphrase(options.passphrase_file, say("ask.pin"))
        key = pkcs11.find(token, pin) if options.existing_key else pkcs11.create(token, pin, alg)
        place = create_for_token(folder, key, token, options.iss, options.sub, prev)
    kid = _hex(place.public.thumbprint())
    return {"folder": options.dir, "kid": kid}, [say("init.done", folder=options.dir, kid=kid)], 0


def _token(options: Options) -> TokenPlace | None:
    """Where the key shall be, if in a token; its label is the terminal's identifier unless another is given."""
    if options.pkcs11_module is None and options.token is None:
        if options.key_label is not None or options.existing_key:
            raise PlaceFault("--key-label and --existing-key are for a token", mend="--pkcs11-module and --token")
        return None
    if options.pkcs11_module is None or options.token is None:
        raise PlaceFault("a token is named by --pkcs11-module and --token together")
    return TokenPlace(options.pkcs11_module, options.token, options.key_label or options.sub)


def run_enrol_request(options: Options, say: Say) -> Result:
    place = open_place(Path(options.dir))
    registry = parse_hex(options.registry, "--registry", 20)
    key = place.key(passphrase(options.passphrase_file, say("ask")))
    request = make_request(key, place.iss, place.sub, options.chain_id, registry, _opening(place))
    document = as_document(request)
    return document, [f"{name:<11} {value}" for name, value in document.items() if name != "format"], 0


def _opening(place: Place) -> bytes | None:
    """What the key's frame 0 names, or will name; None when that frame is no longer held."""
    spool, kid = place.spool(), place.public.thumbprint()
    try:
        state, first = spool.key_state(kid), spool.opening(kid)
    finally:
        spool.close()
    if state.seq == 0:
        return state.prev
    return None if first is None else parse(first).prev


def run_connect(options: Options, say: Say) -> Result:
    place = open_place(Path(options.dir))
    connection = Connection(
        options.gateway, options.rpc, options.chain_id, parse_hex(options.contract, "--contract", 20),
        parse_hex(options.log_id, "--log-id", 32), PublicKey(ES256, parse_hex(options.promise_key, "--promise-key",
        64)), "finalized" if options.finality is None else options.finality,
    )  # fmt: skip
    connect(place, connection)
    return {"gateway": options.gateway}, [say("connect.done", folder=options.dir, gateway=options.gateway)], 0


def run_sign(options: Options, say: Say) -> Result:
    layout = layout_of(options.layout)
    place = open_place(Path(options.dir))
    signer = place.signer(passphrase(options.passphrase_file, say("ask")))
    bad: list[CsvFault] = []
    already = 0

    def fresh(rows: Iterator[Row]) -> Iterator[Row]:
        nonlocal already
        known = signer.spool.until(signer.kid)
        until = min((known.get(f"{place.iss}/{suffix}", 0) for suffix, _ in layout.columns.values()), default=0)
        for row in rows:
            if row.end <= until:
                already += 1
            else:
                yield row

    rows = fresh(read_rows(options.csv, layout, bad.append if options.skip_bad else None))
    signed = readings = 0
    fault: CsvFault | None = None
    with progress(say("sign.progress"), _hours(options.csv, layout), quiet=options.json) as advance:
        hours = batches(rows, place.iss + "/", layout)
        while fault is None:
            chunk, fault = _take(hours)
            if not chunk and fault is None:
                break
            signer.record_many(Entry(int(time.time()), batch) for batch in chunk)
            signed += len(chunk)
            readings += sum(len(batch.records) for batch in chunk)
            advance(len(chunk))
    result = {
        "frames": signed,
        "readings": readings,
        "already_signed": already,
        "bad_rows": [_row(item) for item in bad],
    }
    lines = [explain(item, options.language) for item in bad]
    if already:
        lines.append(say("sign.already", rows=already))
    if bad:
        lines.append(say("sign.skipped", rows=len(bad)))
    if fault is not None:
        lines += [explain(fault, options.language), say("sign.stopped", frames=signed)]
        return {**result, "error": _row(fault)}, lines, 2
    return result, [*lines, say("sign.done", frames=signed, readings=readings)], 0


def _take(hours: Iterator[Batch]) -> tuple[list[Batch], CsvFault | None]:
    """The next frames' worth; a bad row ends them, and those before it are still given."""
    chunk: list[Batch] = []
    try:
        for batch in islice(hours, CHUNK):
            chunk.append(batch)  # noqa: PERF402 - what came before a fault is kept
    except CsvFault as fault:
        return chunk, fault
    return chunk, None


def _hours(path: str, layout: CsvLayout) -> int:
    """About how many frames a file makes, for the progress bar alone."""
    try:
        with Path(path).open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) * layout.interval // 3600
    except OSError:
        return 0


def _row(fault: CsvFault) -> dict[str, Any]:
    names = ("code", "line", "column", "name", "expected", "found")
    return {name: getattr(fault, name) for name in names}


def run_heartbeat(options: Options, say: Say) -> Result:
    place = open_place(Path(options.dir))
    digest = _hex(place.signer(passphrase(options.passphrase_file, say("ask"))).heartbeat(int(time.time())))
    return {"digest": digest}, [say("heartbeat.done", digest=digest)], 0


def run_document(options: Options, say: Say) -> Result:
    place = open_place(Path(options.dir))
    items = tuple(read_item(text) for text in options.item)
    try:
        data = Path(options.file).read_bytes()
    except OSError as error:
        raise CsvFault("csv-file", "a readable file", found=f"{options.file}: {error.strerror}") from None
    if options.kind == ocmf.KIND:
        _check_ocmf(data)
    signer = place.signer(passphrase(options.passphrase_file, say("ask")))
    value = document.of_file(
        options.kind, options.media, data, items=items, reason=options.reason, number=options.number,
        sample=options.sample,
    )  # fmt: skip
    document.write(value)
    digest = _hex(signer.document(value, int(time.time())))
    result = {"digest": digest, "sha256": _hex(hashlib.sha256(data).digest()), "body": value.body is not None}
    return result, [say("document.done", digest=digest)], 0


def _check_ocmf(data: bytes) -> None:
    """A meter's own records must be readable, and travel with the frame: a hash of them proves no reading."""
    if len(data) > document.MAX_BODY:
        raise ocmf.OcmfFault(f"more than {document.MAX_BODY} bytes of records", mend="sign them in several documents")
    for number, record in enumerate(ocmf.split(data), 1):
        try:
            ocmf.read(record)
        except ocmf.OcmfFault as fault:
            raise ocmf.OcmfFault(fault.message, where=f"record {number} {fault.where}".strip()) from None


def _hex(data: bytes) -> str:
    return "0x" + data.hex()

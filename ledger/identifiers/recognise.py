"""One text in, its scheme out. The schemes overlap, so the order below decides (the first that fits):

1. `did:`
2. a web address: a GS1 Digital Link, else the handle in its path; `(01)…`: a GS1 element string
3. `urn:oid:`, `oid:`
4. `hdl:`, `doi:`, `info:hdl/`, `info:doi/`, and `dotted.prefix/suffix`: a handle, a VAA code under 88
5. dotted decimals: an OID
6. 18 signs that pass the check: a 统一社会信用代码
7. 8, 12, 13 or 14 digits that pass the check: a GTIN (a GLN looks the same; only its context tells)
8. an Ecode
9. a private code, where its owner is known
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ledger.identifiers import digital_link
from ledger.identifiers.did import parse_did
from ledger.identifiers.ecode import parse_ecode
from ledger.identifiers.element_string import parse_element_string
from ledger.identifiers.gs1 import check_gtin
from ledger.identifiers.handle import parse_handle
from ledger.identifiers.minted import read_minted
from ledger.identifiers.oid import parse_oid
from ledger.identifiers.private import private_code
from ledger.identifiers.text import MAX_URI, IdentifierError, checked, percent_decoded, refused, shown
from ledger.identifiers.uscc import check_uscc

PRIVATE_SCHEME = "code"
_WEB = re.compile(r"https?://[^/?#\s]+(/[^?#]*)", re.IGNORECASE)
_HANDLE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+/")
_DECIMALS = re.compile(r"[0-2](\.[0-9]+)+")


@dataclass(frozen=True, slots=True)
class Recognised:
    """`scheme`: did, gs1, oid, vaa, handle, uscc, gtin, ecode, private. `text` is the normalised identifier, `key` what
    look-ups compare, `warnings` what a reader should know though it is valid."""

    scheme: str
    text: str
    key: str
    warnings: tuple[str, ...] = ()


def recognise(text: str, owner: str = "") -> Recognised:
    """`owner`: the prefix 88.x.y inside which a private code is unique. Raises IdentifierError."""
    text = checked(text.strip(" "), MAX_URI)
    lower = text[:9].lower()
    if text.startswith("did:"):
        return _plain("did", parse_did(text).text)
    if lower.startswith(("http://", "https://")):
        return _web(text)
    if text.startswith("("):
        return _plain("gs1", parse_element_string(text).text)
    if lower.startswith(("urn:oid:", "oid:")):
        return _plain("oid", parse_oid(text).text)
    if lower.startswith(("hdl:", "doi:", "info:hdl/", "info:doi/")) or _HANDLE.match(text):
        return _handle(text)
    if _DECIMALS.fullmatch(text):
        return _plain("oid", parse_oid(text).text)
    return _bare(text, owner)


def _web(text: str) -> Recognised:
    if digital_link.is_plausible(text):
        link = digital_link.parse_uri(text)
        return _plain("gs1", link.text)
    found = _WEB.match(text)
    path = percent_decoded(found[1]).lstrip("/") if found else ""
    if not _HANDLE.match(path):
        raise refused("no-identifier", text=shown(text))
    return _handle(path)


def _handle(text: str) -> Recognised:
    handle = parse_handle(text)
    warnings = handle.warnings
    minted = read_minted(handle.suffix) if handle.is_vaa else None
    if minted is not None and not minted.right:
        warnings += ("check-characters",)
    return Recognised("vaa" if handle.is_vaa else "handle", handle.text, handle.key, warnings)


def _bare(text: str, owner: str) -> Recognised:
    """Codes that say nothing of their scheme: only a check that passes tells. Where none does, and no owner is known,
    the refusal is that of the first scheme whose shape the text has."""
    faults = []
    for shape, read in _BARE:
        if shape.fullmatch(text):
            try:
                return read(text)
            except IdentifierError as fault:
                faults.append(fault)
    if owner:
        private = private_code(owner, PRIVATE_SCHEME, text)
        return Recognised("private", private.text, private.handle.key)
    if faults:
        raise faults[0]
    raise refused("unknown-scheme", text=shown(text))


def _plain(scheme: str, text: str) -> Recognised:
    return Recognised(scheme, text, text)


_BARE: tuple[tuple[re.Pattern[str], Callable[[str], Recognised]], ...] = (
    (re.compile("[0-9A-Za-z]{18}"), lambda text: Recognised("uscc", text, text, check_uscc(text))),
    (re.compile("[0-9]{8}|[0-9]{12,14}"), lambda text: _plain("gtin", check_gtin(text))),
    (re.compile("[12][0-9]{5,}|3[0-9]{5}[0-9A-Za-z]+"), lambda text: _plain("ecode", parse_ecode(text).text)),
)

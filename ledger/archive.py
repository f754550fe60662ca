"""ZIP archives from strangers: known members only, each once, each below its limit whatever it says of its size.

Only what the writers here write: members stored or deflated, a directory of a few entries at the very end. Anything
else costs memory before one can look at it: an LZMA member names its dictionary's size, a directory its own length.
"""

import io
import struct
import zipfile
from collections.abc import Collection, Mapping

from terminal_signer.strict import Malformed

MEBI = 1 << 20
MAX_RATIO = 100
"""What is larger than a mebibyte and shrinks by more than this is a bomb, not evidence."""
MAX_DIRECTORY = 1 << 14
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END = struct.Struct("<4s4H2LH")  # signature, disks, counts, size and place of the directory, length of a comment
_ZIP64 = b"PK\x06\x07"


def read_archive(data: bytes, where: str, limits: Mapping[str, int], optional: Collection[str]) -> dict[str, bytes]:
    """All members by name. A ZIP fails in many ways and types; all of them are raised as `Malformed`."""
    _check_directory(data, where)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            names = [entry.filename for entry in file.infolist()]
            if len(names) != len(set(names)):
                raise Malformed("a member occurs twice", where=where)
            if odd := set(names) - set(limits):
                raise Malformed(f"unknown member {min(odd)[:80]!r}", where=where)
            if lacking := set(limits) - set(optional) - set(names):
                raise Malformed(f"member {min(lacking)!r} is missing", where=where)
            return {entry.filename: _inflate(file, entry, limits[entry.filename]) for entry in file.infolist()}
    except Malformed:
        raise
    except Exception as error:
        raise Malformed(f"not a readable ZIP archive: {str(error)[:120]}", where=where) from None


def _check_directory(data: bytes, where: str) -> None:
    """`zipfile` reads a directory whole, whatever its length, and a ZIP64 record names one of any length."""
    if len(data) < _END.size:
        raise Malformed("not a readable ZIP archive: too short", where=where)
    mark, *_, size, _, comment = _END.unpack(data[-_END.size :])
    if mark != b"PK\x05\x06" or comment or size > MAX_DIRECTORY or data[-_END.size - 20 :].startswith(_ZIP64):
        raise Malformed("not a readable ZIP archive: its directory is too large, or not at its end", where=where)


def _inflate(file: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    if entry.compress_type not in _METHODS:
        raise Malformed("neither stored nor deflated", where=entry.filename)
    limit = min(limit, MEBI + MAX_RATIO * entry.compress_size)
    with file.open(entry) as member:
        body = member.read(limit + 1) if entry.file_size <= limit else b""
    if entry.file_size > limit or len(body) != entry.file_size:
        raise Malformed(f"larger than {limit} bytes, or than it says", where=entry.filename)
    return body

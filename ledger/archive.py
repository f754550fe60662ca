"""ZIP archives from strangers: known members only, each once, each below its limit whatever it says of its size."""

import io
import zipfile
from collections.abc import Collection, Mapping

from terminal_signer.strict import Malformed

MEBI = 1 << 20
MAX_RATIO = 100
"""What is larger than a mebibyte and shrinks by more than this is a bomb, not evidence."""


def read_archive(data: bytes, where: str, limits: Mapping[str, int], optional: Collection[str]) -> dict[str, bytes]:
    """All members by name. A ZIP fails in many ways and types; all of them are raised as `Malformed`."""
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


def _inflate(file: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    limit = min(limit, MEBI + MAX_RATIO * entry.compress_size)
    with file.open(entry) as member:
        body = member.read(limit + 1) if entry.file_size <= limit else b""
    if entry.file_size > limit or len(body) != entry.file_size:
        raise Malformed(f"larger than {limit} bytes, or than it says", where=entry.filename)
    return body

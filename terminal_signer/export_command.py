"""`terminal-signer export`: frames and the gateway's promises for them, as files that others judge."""

import time
from dataclasses import dataclass
from pathlib import Path

from terminal_signer.commands import Options, Result, Say
from terminal_signer.place import PlaceFault, open_place, parse_hex
from terminal_signer.spool import Kept, Spool


@dataclass(frozen=True, slots=True)
class _Written:
    kept: Kept
    frame: Path | None
    promise: Path | None


def run_export(options: Options, say: Say) -> Result:
    """What is held of each frame that is named: `<digest>.cose`, `<digest>.promise.cose`."""
    spool, out = open_place(Path(options.dir)).spool(), Path(options.out)
    try:
        written = [_write(kept, out) for kept in _chosen(options, spool)]
    finally:
        spool.close()
    released, unpromised = (sum(lacks) for lacks in _lacking(written))
    frames, promises = len(written) - released, len(written) - unpromised
    lines = [say("export.done", frames=frames, promises=promises, folder=out)]
    if released:
        lines.append(say("export.released", count=released))
    if unpromised:
        lines.append(say("export.unpromised", count=unpromised))
    return {"frames": [_told(item) for item in written]}, lines, 0


def _chosen(options: Options, spool: Spool) -> list[Kept]:
    """Named, overdue or newest ones; each once. Raises PlaceFault for a digest that this terminal never signed."""
    digests = [_digest(text) for text in options.digests]
    if options.overdue:
        digests += [digest for digest, _ in spool.overdue(int(time.time()))]
    found = [_known(spool, digest) for digest in digests] + (spool.newest(options.last) if options.last > 0 else [])
    if not found and not options.overdue:
        raise PlaceFault("no frame is named", code="no-frame", mend="DIGEST, --last N or --overdue")
    return list({kept.digest: kept for kept in found}.values())


def _digest(text: str) -> bytes:
    try:
        return parse_hex(text, "DIGEST", 32)
    except PlaceFault as fault:
        raise PlaceFault(fault.message, code="no-frame", where=text[:80]) from None


def _known(spool: Spool, digest: bytes) -> Kept:
    kept = spool.kept(digest)
    if kept is None:
        raise PlaceFault("this terminal signed no such frame", code="no-frame", where=f"0x{digest.hex()}")
    return kept


def _write(kept: Kept, out: Path) -> _Written:
    frame = _file(out / f"{kept.digest.hex()}.cose", kept.raw)
    return _Written(kept, frame, _file(out / f"{kept.digest.hex()}.promise.cose", kept.promise))


def _file(path: Path, data: bytes | None) -> Path | None:
    if data is None:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise PlaceFault(f"cannot be written: {error.strerror}", where=str(path)) from None
    return path


def _lacking(written: list[_Written]) -> tuple[list[bool], list[bool]]:
    """Whose bytes were let go, and who has no promise yet."""
    return [item.frame is None for item in written], [item.promise is None for item in written]


def _told(item: _Written) -> dict[str, object]:
    kept = item.kept
    return {
        "digest": f"0x{kept.digest.hex()}", "seq": kept.seq, "state": kept.state, "deadline": kept.deadline,
        "index": kept.leaf_index, "size": kept.tree_size,
        "frame": str(item.frame) if item.frame else None, "promise": str(item.promise) if item.promise else None,
    }  # fmt: skip

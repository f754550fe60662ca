"""A log as its server shows it: checkpoint, tiles and entries over HTTP. Nothing of it is believed here."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import urllib3

from ledger.log.checkpoint import LARGEST_NOTE
from ledger.log.proof import HASH_SIZE
from ledger.log.tiles import TILE_BYTES, WIDTH, Tile, TileAddress, TileError, decode_entries, width_at
from terminal_signer.errors import CarbonError

__all__ = ["LogServer", "LogUnreachable"]

_ENTRY = HASH_SIZE + 2


class LogUnreachable(CarbonError):
    """No answer, or none with what was asked for. It accuses nobody."""

    code = "log-unreachable"

    def __init__(self, message: str, *, where: str, status: int = 0) -> None:
        super().__init__(message, where=where, mend="is the gateway running, and does it serve this log?")
        self.status = status


class LogServer:
    """The log `log_id` at a gateway; with `log_id` None, a log whose own address `url` is (any C2SP tlog-tiles)."""

    def __init__(self, url: str, log_id: bytes | None, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise LogUnreachable(f"{url!r:.200} is not an http address", where="--gateway")
        self.url = url.rstrip("/") + ("" if log_id is None else f"/log/0x{log_id.hex()}")
        self._pool = urllib3.PoolManager(num_pools=1, timeout=timeout, retries=False)

    def checkpoint(self) -> bytes:
        return self._get("checkpoint", LARGEST_NOTE)

    def tile(self, address: TileAddress) -> Tile:
        """Some servers drop a partial tile once the tile is full; its beginning is the same."""
        try:
            return self._get(address.path(), TILE_BYTES)
        except LogUnreachable as fault:
            if fault.status != 404 or address.width == WIDTH or address.level is None:
                raise
            full = TileAddress(address.level, address.index)
            return self._get(full.path(), TILE_BYTES)[: address.width * HASH_SIZE]

    def entries(self, size: int, progress: Callable[[int], None] = lambda _: None) -> Iterator[bytes]:
        """The digests of the first `size` leaves. Raises TileError for a bundle of another length."""
        for index in range(-(-size // WIDTH)):
            width = width_at(0, index, size)
            found = decode_entries(self._get(TileAddress(None, index, width).path(), WIDTH * _ENTRY))
            if len(found) != width:
                raise TileError(f"entries tile {index} holds {len(found)} entries instead of {width}")
            yield from found
            progress(width)

    def _get(self, path: str, most: int) -> bytes:
        where = f"{self.url}/{path}"
        try:
            answer = self._pool.request("GET", where, preload_content=False, redirect=False)
            data = answer.read(most + 1, decode_content=True)
            if len(data) > most:
                answer.close()
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as fault:
            raise LogUnreachable(f"no answer ({type(fault).__name__})", where=where) from None
        if answer.status != 200:
            raise LogUnreachable(f"HTTP {answer.status}", where=where, status=answer.status)
        if len(data) > most:
            raise LogUnreachable(f"an answer of more than {most} bytes", where=where)
        return data

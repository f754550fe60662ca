"""A connection on which no request arrives is closed: half a request, or none, would hold it for ever.

The server's own time-out begins behind an answer only, and ends with the next byte. Here whoever is to send must, from
one look to the next, finish a request or send `LEAST` bytes of it; who waits for his answer is left alone.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

PATIENCE = 30.0
LEAST = 4096


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a look at the sender every `patience` seconds."""

    patience = PATIENCE

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._bytes = self._seen = 0
        self._last: RequestResponseCycle | None = None
        self._look_again()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._bytes += len(data)
        super().data_received(data)

    def _look_again(self) -> None:
        self._timer = self.loop.call_later(self.patience, self._look)

    def _look(self) -> None:
        owes = self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        if owes and self.cycle is self._last and self._bytes - self._seen < LEAST:
            self.transport.close()
            return
        self._last, self._seen = self.cycle, self._bytes
        self._look_again()

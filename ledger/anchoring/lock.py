"""The log's lock: a lease in the store, so that one anchorer at a time works on a log, on any machine.

Every change to the outbox renews the lease in its own transaction; whoever has lost it finds out before anything is
written. The lease of a process that died on this machine is free at once, of one elsewhere when it runs out. Leases run
by the machine's clock, also in a replay.
"""

import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update

from ledger.store.database import StoreError, writing
from ledger.store.schema import leases
from terminal_signer.errors import CarbonError

SECONDS = 30


class LeaseTaken(CarbonError):
    """Another anchorer works on this log."""

    code = "lease-taken"


class LeaseLost(CarbonError):
    """Another anchorer has taken over; this one must end."""

    code = "lease-lost"


def wall_clock() -> int:
    """The machine's time."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease: host, process, and a number that no restart repeats."""

    host: str
    process: int
    number: str

    def text(self) -> str:
        return f"{self.host}:{self.process}:{self.number}"


class Lease:
    """One lease by name. Not shared between threads."""

    def __init__(
        self, engine: Engine, name: str, *, seconds: int = SECONDS, clock: Callable[[], int] = wall_clock
    ) -> None:
        self.name = name
        self.me = Holder(socket.gethostname(), os.getpid(), secrets.token_hex(8)).text()
        self._engine = engine
        self._seconds = seconds
        self._clock = clock
        self._renewed_at = 0

    def acquire(self) -> None:
        """Raises LeaseTaken, StoreError."""
        with writing(self._engine) as connection:
            row = connection.execute(select(leases).where(leases.c.name == self.name)).first()
            if row is not None and row.holder != self.me and row.until > self._clock() and not _died_here(row.holder):
                host, process, _ = row.holder.rsplit(":", 2)
                raise LeaseTaken(f"process {process} on {host} anchors this log already", where=self.name)
            if row is not None:
                connection.execute(delete(leases).where(leases.c.name == self.name))
            until = self._clock() + self._seconds
            connection.execute(insert(leases), {"name": self.name, "holder": self.me, "until": until})
        self._renewed_at = until - self._seconds

    def guard(self, connection: Connection) -> None:
        """Renew within a transaction, or raise LeaseLost so that it is rolled back."""
        mine = (leases.c.name == self.name, leases.c.holder == self.me)
        now = self._clock()
        if connection.execute(update(leases).where(*mine), {"until": now + self._seconds}).rowcount != 1:
            raise LeaseLost("another anchorer has taken over this log", where=self.name)
        self._renewed_at = now

    def keep(self) -> None:
        """Renew when a third of the time is over. Raises LeaseLost, StoreError."""
        if self._clock() >= self._renewed_at + self._seconds // 3:
            with writing(self._engine) as connection:
                self.guard(connection)

    def release(self) -> None:
        """Give it up, if it is still ours."""
        try:
            with writing(self._engine) as connection:
                mine = (leases.c.name == self.name, leases.c.holder == self.me)
                connection.execute(delete(leases).where(*mine))
        except StoreError:
            return  # it runs out by itself


def holder(engine: Engine, name: str, now: int) -> str | None:
    """Who holds a lease now (host:process), None if nobody does."""
    with engine.connect() as connection:
        row = connection.execute(select(leases).where(leases.c.name == name)).first()
    if row is None or row.until <= now or _died_here(row.holder):
        return None
    return str(row.holder).rsplit(":", 1)[0]


def _died_here(held_by: str) -> bool:
    host, process, _ = held_by.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

"""One witness a memory: two that write one file would each forget what the other has seen."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import ConfigError

__all__ = ["alone"]


@contextmanager
def alone(state: Path, refusal: str, mend: str) -> Iterator[None]:
    """Hold `<state>.lock` for as long as the context lasts; the system lets go of it when the process dies. The file
    stays: who removed it could hold another one than the next comer. Raises ConfigError."""
    lock = state.with_name(f"{state.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise ConfigError(f"cannot be locked: {fault.strerror}", where=str(lock)) from fault
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(refusal, where=str(state), mend=mend) from None
        except OSError as fault:
            raise ConfigError(f"cannot be locked: {fault.strerror}", where=str(lock)) from fault
        yield
    finally:
        os.close(opened)

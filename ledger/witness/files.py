"""Files that must be whole or not at all: evidence, and what a witness has seen."""

import os
from pathlib import Path

from ledger.errors import ConfigError

__all__ = ["read_bounded", "write_whole"]


def read_bounded(path: Path, most: int) -> bytes:
    """Raises ConfigError."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as fault:
        raise ConfigError(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    if len(data) > most:
        raise ConfigError(f"more than {most} bytes", where=str(path))
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Replace the file in one step, durable on return, mode 0600. Raises ConfigError."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as fault:
        beside.unlink(missing_ok=True)
        raise ConfigError(f"cannot be written: {fault.strerror}", where=str(path)) from fault

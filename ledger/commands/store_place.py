"""Where a command that reads the store finds it: beside the gateway's settings, unless it is told."""

import tomllib
from pathlib import Path

from ledger.errors import ConfigError

__all__ = ["configured_store", "read_log_id"]


def configured_store(folder: Path) -> str:
    """The store that the gateway of this folder writes. Raises ConfigError."""
    file = folder / "gateway.toml"
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigError(f"cannot be read as TOML: {fault}", where=str(file)) from fault
    database = str(values.get("database", "ledger.db"))
    return database if "://" in database else str(folder / database)


def read_log_id(text: str) -> bytes:
    """Raises ValueError."""
    value = bytes.fromhex(text.removeprefix("0x"))
    if len(value) != 32:
        raise ValueError(text)
    return value

"""What is confidential is written for the owner's eyes only."""

import os
from pathlib import Path

from ledger.commands.input_files import WrongUse


def write_private(path: Path, data: bytes) -> Path:
    """Raises WrongUse."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
    except OSError as fault:
        raise WrongUse(f"cannot be written: {fault.strerror}", where=str(path)) from fault
    return path

"""The key of an account from a file of mode 0600: an encrypted Ethereum keystore (version 3), or 64 hex digits.

The passphrase of a keystore comes from the environment, never from the command line.
"""

import json
import os
import stat
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

from ledger.chain.errors import KeyFileFault

PASSPHRASE = "CARBON_KEY_PASSPHRASE"  # noqa: S105 - the variable's name


def load_account(path: Path) -> LocalAccount:
    """Raises KeyFileFault."""
    where = str(path)
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise KeyFileFault(f"the key file cannot be read: {type(fault).__name__}", where=where) from None
    if mode & 0o077:
        raise KeyFileFault(f"others may read this key (mode {mode:04o})", where=where, mend=f"chmod 600 {path}")
    try:
        secret = _decrypt(text, where) if text.startswith("{") else bytes.fromhex(text.removeprefix("0x"))
        account: LocalAccount = Account.from_key(secret)
    except KeyFileFault:
        raise
    except Exception:  # the cause would quote the key
        raise KeyFileFault("not a key: 64 hex digits or an encrypted keystore are expected", where=where) from None
    return account


def save_key(path: Path, secret: bytes) -> None:
    """Write a plain key that only this user may read; never overwrites. For local chains."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileFault("a key is already here", where=str(path)) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")


def _decrypt(text: str, where: str) -> bytes:
    passphrase = os.environ.get(PASSPHRASE)
    if passphrase is None:
        raise KeyFileFault("the key is encrypted", where=where, mend=f"set {PASSPHRASE}")
    try:
        return bytes(Account.decrypt(json.loads(text), passphrase))
    except ValueError:
        raise KeyFileFault("the keystore does not open with this passphrase", where=where) from None

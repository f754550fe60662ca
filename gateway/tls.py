"""The TLS certificate and key of `carbon serve`, checked before the first connection: a mistake is told at once.

1. Both or none. A key that others than its owner and group can read is refused, and an encrypted one: nobody would be
   there to type its passphrase after a restart.
2. Beyond loopback plain HTTP is refused, for tokens and secrets would pass in clear; a proxy that ends TLS is named.
"""

import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import ConfigError

_NOT_FOR_OTHERS = 0o037  # nothing for others, no writing for the group


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: the certificate with its chain, and its private key."""

    certificate: Path
    key: Path


def tls_of(folder: Path, certificate: str | None, key: str | None) -> Tls | None:
    """The pair as configured, relative to `folder`. Raises ConfigError where one of them is missing."""
    if not certificate and not key:
        return None
    if not certificate or not key:
        absent, present = ("tls_key", "tls_certificate") if certificate else ("tls_certificate", "tls_key")
        raise ConfigError(f"{present} is set and {absent} is not", where=absent, mend="TLS takes both files")
    return Tls(folder / certificate, folder / key)


def check_files(tls: Tls) -> None:
    """That both can be read, belong together, and the key is private. Raises ConfigError."""
    for where in (tls.certificate, tls.key):
        try:
            where.open("rb").close()
        except OSError as fault:
            raise ConfigError(f"cannot be read: {fault.strerror}", where=str(where)) from fault
    mode = tls.key.stat().st_mode & 0o777
    if mode & _NOT_FOR_OTHERS:
        raise ConfigError(f"others can use this private key (mode {mode:o})", where=str(tls.key), mend="chmod 600")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(tls.certificate, tls.key, password=_no_passphrase)
    except _EncryptedKey:
        mend = "openssl pkey -in encrypted.pem -out key.pem, and chmod 600"
        raise ConfigError("the private key is encrypted", where=str(tls.key), mend=mend) from None
    except (ssl.SSLError, ValueError) as fault:
        mend = "PEM files of one certificate, with its chain, and its own private key"
        raise ConfigError(f"no pair for TLS: {_reason(fault)}", where=str(tls.certificate), mend=mend) from fault


def check_exposure(host: str, tls: Tls | None, *, behind_proxy: bool) -> None:
    """Raises ConfigError where plain HTTP would be served beyond this machine."""
    if tls is None and not behind_proxy and not is_loopback(host):
        raise ConfigError(
            f"plain HTTP on {host} would show tokens to the network", where="host",
            mend="--tls-certificate and --tls-key, or --behind-proxy where a proxy ends TLS",
        )  # fmt: skip


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _EncryptedKey(Exception):
    pass


def _no_passphrase() -> str:
    raise _EncryptedKey


def _reason(fault: Exception) -> str:
    reason = getattr(fault, "reason", None)
    return str(reason).replace("_", " ").lower() if reason else "not PEM"

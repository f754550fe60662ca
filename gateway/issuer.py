"""The gateway as issuer of credentials: its DID and its three keys, each in an encrypted PKCS#8 file of mode 0600.

    ed25519.pem   W3C credentials (Data Integrity and JOSE), status lists, compact statements of labels
    p256.pem      SD-JWT VC and its status list token (ES256)
    rsa.pem       HS_SIGNATURE values of handle records (RS256), which nothing but RSA reads
    retired.json  public halves of keys that sign no more, and until when they still verify

Keys that are missing are made when the gateway opens them. A key file is linked into its place when it is complete, so
that a crash leaves none half written and of two gateways that start at once both use the same.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.retired_keys import read_retired, write_file, write_retired
from ledger.credentials.did_document import RetiredKey, did_document, did_web, key_id, multikey_id
from ledger.credentials.key_forms import Jwk, jwk_of, rsa_jwk, thumbprint
from terminal_signer import keys
from terminal_signer.keys import KeyFault, PrivateKey

RSA_BITS = 3072
NAMES = ("ed25519", "p256", "rsa")


@dataclass(frozen=True, slots=True)
class Issuer:
    """`did` is the `did:web` of the gateway's public address."""

    did: str
    ed25519: PrivateKey
    p256: PrivateKey
    rsa: rsa.RSAPrivateKey
    retired: tuple[RetiredKey, ...] = ()

    @property
    def jwks(self) -> Mapping[str, Jwk]:
        """The public keys that sign now, by their name in `NAMES`."""
        numbers = self.rsa.public_key().public_numbers()
        own = (jwk_of(self.ed25519.public), jwk_of(self.p256.public), rsa_jwk(numbers.n, numbers.e))
        return dict(zip(NAMES, own, strict=True))

    def key_id(self, name: str) -> str:
        """The DID URL by which JOSE headers name a key of `NAMES`."""
        return key_id(self.did, self.jwks[name])

    @property
    def proof_method(self) -> str:
        """The DID URL by which Data Integrity proofs name the Ed25519 key."""
        return multikey_id(self.did, self.jwks["ed25519"])

    def published(self, now: int) -> list[Jwk]:
        """Every key that verifies at this time."""
        return [*self.jwks.values(), *(key.jwk for key in self._known(now))]

    def document(self, public_url: str, now: int) -> dict[str, object]:
        return did_document(self.did, list(self.jwks.values()), public_url, self._known(now))

    def _known(self, now: int) -> list[RetiredKey]:
        return [key for key in self.retired if now < key.until]


def open_issuer(folder: Path, passphrase: bytes, public_url: str) -> Issuer:
    """The issuer whose keys lie in `folder`; what is missing there is made. Raises KeyFault, IdentifierError."""
    did = did_web(public_url).text
    _make_folder(folder)
    return Issuer(
        did,
        _signing_key(folder / "ed25519.pem", keys.EDDSA, passphrase),
        _signing_key(folder / "p256.pem", keys.ES256, passphrase),
        _rsa_key(folder / "rsa.pem", passphrase),
        read_retired(folder),
    )


def rotate(folder: Path, passphrase: bytes, public_url: str, name: str, until: int) -> Issuer:
    """A new key under this name of `NAMES`; the old one verifies until `until` (0: not from now on, where it leaked).

    The old public half is written down before its file goes, so that a crash between the two loses nothing.
    """
    before = open_issuer(folder, passphrase, public_url)
    old = RetiredKey(before.jwks[name], until)
    kept = [key for key in before.retired if thumbprint(key.jwk) != thumbprint(old.jwk)]
    write_retired(folder, [*kept, old] if until else kept)
    (folder / f"{name}.pem").unlink()
    return open_issuer(folder, passphrase, public_url)


def _signing_key(path: Path, alg: int, passphrase: bytes) -> PrivateKey:
    if not path.exists():
        _create(path, lambda: keys.generate(alg).to_pem(passphrase))
    key = keys.load(path, passphrase)
    if key.alg != alg:
        raise KeyFault(f"the key is not of {keys.NAMES[alg]}", where=str(path), code="algorithm")
    return key


def _rsa_key(path: Path, passphrase: bytes) -> rsa.RSAPrivateKey:
    if not path.exists():
        _create(path, lambda: _rsa_pem(rsa.generate_private_key(65537, RSA_BITS), passphrase))
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    except OSError as fault:
        raise KeyFault(f"the key file cannot be read: {fault.strerror}", where=str(path)) from fault
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise KeyFault("the passphrase is wrong or the key file is damaged", where=str(path)) from fault
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeyFault("the key is not of RSA", where=str(path), code="algorithm")
    return key


def _rsa_pem(key: rsa.RSAPrivateKey, passphrase: bytes) -> bytes:
    if not passphrase:
        raise KeyFault("a key file needs a passphrase", mend="give a non-empty passphrase")
    encryption = serialization.BestAvailableEncryption(passphrase)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise KeyFault(f"the folder cannot be made: {fault.strerror}", where=str(folder)) from fault


def _create(path: Path, pem: Callable[[], bytes]) -> None:
    """A complete file at `path`, or the one that somebody else put there meanwhile."""
    beside = path.with_suffix(f".{secrets.token_hex(4)}")
    try:
        write_file(beside, pem())
        os.link(beside, path)
    except FileExistsError:
        pass
    except OSError as fault:
        raise KeyFault(f"the key file cannot be written: {fault.strerror}", where=str(path)) from fault
    finally:
        beside.unlink(missing_ok=True)

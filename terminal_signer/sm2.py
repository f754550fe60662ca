"""SM2 with SM3 (GB/T 32918.2) by way of tongsuopy, the extra `[sm]`; imported when the first such key turns up.

SM3 runs over Z ‖ message, Z binding the signer's identity `1234567812345678`, the curve and the key; tongsuopy's
signatures do that by themselves. A signature here is r‖s, 32 bytes each, and has no second valid form that others than
the key's owner could make, so that no half of s is refused.
"""

from binascii import a2b_base64
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_SM4_CBC = bytes.fromhex("06082a811ccf55016802")  # what encrypts the key files that `Secret.to_pem` writes


def installed() -> bool:
    """Whether the extra `[sm]` is here."""
    try:
        import tongsuopy.backends.tongsuo  # type: ignore[import-untyped] # noqa: F401
    except ImportError:
        return False
    return True


class Secret:
    """A signing key in memory. `public` is x‖y."""

    __slots__ = ("_key", "public")

    def __init__(self, key: Any) -> None:
        numbers = key.public_key().public_numbers()
        self._key = key
        self.public = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(message, _with_sm3()))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def to_pem(self, passphrase: bytes) -> bytes:
        """Encrypted PKCS#8: PBES2 with SM4-CBC."""
        from tongsuopy.crypto import _serialization as form  # type: ignore[import-untyped]

        pem: bytes = self._key.private_bytes(
            form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(passphrase)
        )
        return pem


def generate() -> Secret:
    from tongsuopy.crypto.asymciphers import ec  # type: ignore[import-untyped]

    return Secret(ec.generate_private_key(ec.SM2()))


def load_pem(pem: bytes, passphrase: bytes) -> Secret:
    """A key of PKCS#8. Raises ValueError for anything else, and for a wrong passphrase."""
    from tongsuopy.crypto import exceptions, serialization

    try:
        key = serialization.load_pem_private_key(pem, passphrase or None)
        if key.curve.name != "SM2":
            raise ValueError("not a key of SM2")
    except (AttributeError, TypeError, exceptions.UnsupportedAlgorithm, exceptions.InternalError) as error:
        raise ValueError(f"not a key of SM2: {type(error).__name__}") from None
    return Secret(key)


def wrote(pem: bytes) -> bool:
    """Whether the file is encrypted as `Secret.to_pem` does it; tells without the extra what is missing."""
    try:
        return _SM4_CBC in a2b_base64(b"".join(pem.split(b"-----")[2:3]))
    except ValueError:
        return False


def verifier(public: bytes) -> Callable[[bytes, bytes], bool]:
    """What verifies r‖s under the key x‖y. Raises ValueError where that is no point of the curve."""
    from tongsuopy.crypto.asymciphers import ec
    from tongsuopy.crypto.exceptions import InternalError, InvalidSignature  # type: ignore[import-untyped]

    check, with_sm3 = ec.EllipticCurvePublicKey.from_encoded_point(ec.SM2(), b"\x04" + public).verify, _with_sm3()

    def verify(signature: bytes, message: bytes) -> bool:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not (0 < r < ORDER and 0 < s < ORDER):
            return False
        try:
            check(encode_dss_signature(r, s), message, with_sm3)
        except (InvalidSignature, InternalError):
            return False
        return True

    return verify


def _with_sm3() -> Any:
    from tongsuopy.crypto import hashes
    from tongsuopy.crypto.asymciphers import ec

    return ec.ECDSA(hashes.SM3())

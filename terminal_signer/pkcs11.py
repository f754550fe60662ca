"""A terminal's key in a PKCS#11 token: a secure element, a smart card or an HSM. The secret never leaves it.

The digest is computed here and the token signs it with CKM_ECDSA, which every token with P-256 has; Ed25519 goes by
CKM_EDDSA (PKCS #11 v3.0 §2.3.6, §2.3.12). One login per token lasts as long as the process: a session that logged out
would log out all others of this process (§5.6.7). The PIN is in no file, error or log.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from terminal_signer.keys import EDDSA, ES256, KeyFault, PublicKey, low_s

if TYPE_CHECKING:
    from pkcs11 import Session

_P256 = bytes.fromhex("06082a8648ce3d030107")
_ED25519 = (bytes.fromhex("06032b6570"), b"\x13\x0cedwards25519")  # by its identifier, and by its curve name
_ALGORITHMS = {_P256: ES256, **dict.fromkeys(_ED25519, EDDSA)}
_RAW_LENGTH = {ES256: 65, EDDSA: 32}
_sessions: dict[tuple[str, str], tuple["Session", bytes]] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a key is: the module's path, the token's label, the key's label. Nothing secret."""

    module: str
    token: str
    key: str


class TokenKey:
    """A signing key that stays in its token."""

    def __init__(self, place: TokenPlace, private: Any, public: PublicKey) -> None:
        self._place = place
        self._private = private
        self.public = public
        self.alg = public.alg

    def __repr__(self) -> str:
        return f"TokenKey({self._place.token}, alg={self.alg}, kid={self.public.thumbprint().hex()})"

    def sign(self, message: bytes) -> bytes:
        """r‖s with s in the low half for ES256, R‖S for EdDSA. Raises KeyFault when the token fails."""
        mechanism = _library().Mechanism
        with _named(self._place), _lock:
            if self.alg == EDDSA:
                return bytes(self._private.sign(message, mechanism=mechanism.EDDSA))
            signature = self._private.sign(hashlib.sha256(message).digest(), mechanism=mechanism.ECDSA)
        return low_s(bytes(signature))


def find(place: TokenPlace, pin: bytes) -> TokenKey:
    """The key that the token holds under the label. Raises KeyFault."""
    with _named(place), _lock:
        return _found(place, _session(place, pin))


def create(place: TokenPlace, pin: bytes, alg: int = ES256) -> TokenKey:
    """Make a key pair in the token, sensitive and not extractable. A label that is taken is refused."""
    library = _library()
    with _named(place), _lock:
        session = _session(place, pin)
        wanted = {library.Attribute.LABEL: place.key, library.Attribute.CLASS: library.ObjectClass.PRIVATE_KEY}
        if next(iter(session.get_objects(wanted)), None) is not None:
            raise KeyFault(
                "the token holds a key of this label", where=_where(place),
                mend="choose another --key-label, or take that key with --existing-key",
            )  # fmt: skip
        with session.token.open(rw=True) as writing:  # of the same login
            _generate(writing, place.key, alg)
        return _found(place, session)


def _generate(session: "Session", label: str, alg: int) -> None:
    library = _library()
    attribute = library.Attribute
    if alg not in (ES256, EDDSA):
        raise KeyFault("a token makes keys of ES256 or EdDSA only", code="algorithm", mend="--alg ES256")
    kind, curve = (library.KeyType.EC, _P256) if alg == ES256 else (library.KeyType.EC_EDWARDS, _ED25519[0])
    parameters = session.create_domain_parameters(kind, {attribute.EC_PARAMS: curve}, local=True)
    generation = library.Mechanism.EC_KEY_PAIR_GEN if alg == ES256 else library.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
    parameters.generate_keypair(
        mechanism=generation, id=os.urandom(16), label=label, store=True,
        private_template={attribute.SENSITIVE: True, attribute.EXTRACTABLE: False},
    )  # fmt: skip


def _found(place: TokenPlace, session: "Session") -> TokenKey:
    library = _library()
    attribute = library.Attribute
    private = session.get_key(object_class=library.ObjectClass.PRIVATE_KEY, label=place.key)
    public = session.get_key(object_class=library.ObjectClass.PUBLIC_KEY, label=place.key, id=private.id)
    alg = _ALGORITHMS.get(bytes(public[attribute.EC_PARAMS]))
    if alg is None:
        raise KeyFault("the key's curve is not used here", code="algorithm", where=_where(place), mend="P-256")
    point = bytes(public[attribute.EC_POINT])
    if len(point) == _RAW_LENGTH[alg] + 2:  # a DER octet string; some tokens give the bytes alone
        point = point[2:]
    return TokenKey(place, private, PublicKey(alg, point[1:] if alg == ES256 else point))


def _session(place: TokenPlace, pin: bytes) -> "Session":
    """The session that holds the login; another PIN than its own is as wrong as it would be at the token."""
    name, tag = (place.module, place.token), hashlib.sha256(pin).digest()
    if name in _sessions:
        session, known = _sessions[name]
        if not hmac.compare_digest(tag, known):
            raise KeyFault("the token refused the PIN", code="pin", where=_where(place))
        return session
    try:
        text = pin.decode()
    except UnicodeDecodeError:
        raise KeyFault("the PIN is not UTF-8 text", code="pin", where=_where(place)) from None
    opened: Session = _library().lib(place.module).get_token(token_label=place.token).open(user_pin=text)
    _sessions[name] = opened, tag
    return opened


def _library() -> Any:
    try:
        import pkcs11
    except ImportError:
        raise KeyFault(
            "PKCS#11 is not installed", code="pkcs11-missing", mend="pip install 'carbon-ledger[pkcs11]'"
        ) from None
    return pkcs11


@contextmanager
def _named(place: TokenPlace) -> Iterator[None]:
    """Every failure of module and token under a name of ours."""
    library = _library()
    try:
        yield
    except (library.PinIncorrect, library.PinInvalid, library.PinLenRange):
        fault = KeyFault("the token refused the PIN", code="pin", where=_where(place))
    except (library.PinLocked, library.PinExpired, library.UserPinNotInitialized) as error:
        fault = KeyFault(
            f"the token's PIN cannot be used: {type(error).__name__}", code="pin", where=_where(place),
            mend="its security officer sets it anew",
        )  # fmt: skip
    except (library.NoSuchToken, library.TokenNotPresent, library.TokenNotRecognised, library.DeviceRemoved):
        fault = KeyFault("no token of this label is there", code="token", where=_where(place), mend="--token LABEL")
    except library.MultipleTokensReturned:
        fault = KeyFault("several tokens have this label", code="token", where=_where(place))
    except library.NoSuchKey:
        fault = KeyFault(
            "the token holds no such key pair", code="key-missing", where=_where(place), mend="--key-label LABEL"
        )
    except library.MultipleObjectsReturned:
        fault = KeyFault("the token holds several keys of this label", code="key-missing", where=_where(place))
    except (library.MechanismInvalid, library.DomainParamsInvalid) as error:
        fault = KeyFault(
            f"the token does not know this algorithm: {type(error).__name__}", code="algorithm", where=_where(place)
        )
    except library.PKCS11Error as error:
        loading = "while loading" in str(error)
        text = "the PKCS#11 module cannot be loaded" if loading else f"the token failed: {type(error).__name__}"
        fault = KeyFault(text, code="module" if loading else "token", where=_where(place))
    else:
        return
    raise fault from None


def _where(place: TokenPlace) -> str:
    return f"{place.module}, token {place.token!r}, key {place.key!r}"

"""Signs handle records. What was signed lately is not signed again: a signature depends on what is signed and when, and
holds for an hour. Records themselves are read from the store each time.

What is kept is found by handle, signer and a 64-bit hash of the values: where two contents of one handle collided, the
reader would see a signature that does not verify, never one that says what was not said."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric import rsa

from ledger.resolution.signature import KEY_INDEX, VALID_SECONDS, sign
from ledger.resolution.values import HandleValue, Reference

MOST_KEPT = 16_384
Content = tuple[str, str, int]


class RecordSigner:
    """Safe to share between threads; one for the application."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self._kept: OrderedDict[Content, tuple[HandleValue, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        return self._key.public_key()

    def signature(self, handle: str, values: Sequence[HandleValue], signer: str, now: int) -> HandleValue:
        """HS_SIGNATURE over these values, by the key that stands in the record `signer`. At least half of its time of
        validity lies ahead."""
        content = (handle, signer, hash(tuple(values)))
        with self._lock:
            kept = self._kept.get(content)
            if kept is not None and kept[1] <= now < kept[1] + VALID_SECONDS // 2:
                self._kept.move_to_end(content)
                return kept[0]
        value = sign(handle, values, Reference(signer, KEY_INDEX), self._key, now)
        with self._lock:
            self._kept[content] = value, now
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return value

"""The result of an evaluation: canonical JSON `result/1`, its hash, and salted commitments to its figures.

salt(name) = HMAC-SHA-256(seed, name); commitment = SHA-256(salt ‖ canonical JSON of the value); the result's hash is the
commitment named "result" to the whole document. Anyone who holds the seed can open all of them; who holds one salt can
open one figure.
"""

import hashlib
import hmac
from dataclasses import dataclass

from ledger.canonical import canonical_json

Json = object


def salt(seed: bytes, name: str) -> bytes:
    """The 32-byte salt of one field."""
    return hmac.new(seed, name.encode("utf-8"), hashlib.sha256).digest()


def commitment(seed: bytes, name: str, value: Json) -> bytes:
    """The salted commitment to one field's value."""
    return hashlib.sha256(salt(seed, name) + canonical_json(value)).digest()


@dataclass(frozen=True, slots=True)
class Result:
    """`document` is `result/1`; `seed` (32 random bytes) is kept beside it, never in it."""

    document: dict[str, Json]
    seed: bytes

    def canonical(self) -> bytes:
        """The bytes of `result.json`: the same evidence gives the same ones anywhere."""
        return canonical_json(self.document)

    def hash(self) -> bytes:
        """`resultHash` of the statement."""
        return commitment(self.seed, "result", self.document)

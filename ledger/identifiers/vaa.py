"""Industrial-internet identifiers `88.<node>.<enterprise>/<suffix>` and their hashes on chain.

The part before the first "/" is the prefix: labels of 1–63 bytes out of [a-z0-9-], joined by dots; it names a node of
the identifier registry, whose hash walks down the labels: node = keccak(parent ‖ keccak(label)), root parent 0.
The suffix belongs to the prefix holder; identifiers that differ in ASCII case only are the same one:
leaf = keccak(node ‖ keccak(suffix, ASCII letters lower-cased)). An identifier has at most 255 bytes, no control
character and no white space. Leading zeros of a label are significant.
"""

import re

from ledger.identifiers.text import FORBIDDEN, MAX_BYTES, IdentifierError, refused
from ledger.keccak import keccak256
from terminal_signer import abi

__all__ = ["PREFIX", "IdentifierError", "folded", "leaf", "node", "split", "terminal_id"]

PREFIX = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")
LOWER = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")


def node(iss: str) -> bytes:
    """Hash of the registry node that a prefix such as `88.118.20260` names."""
    if len(iss) > MAX_BYTES or not PREFIX.fullmatch(iss):
        raise refused("node-prefix", text=repr(iss[:80]))
    parent = bytes(32)
    for label in iss.split("."):
        parent = keccak256(parent + keccak256(label.encode()))
    return parent


def split(identifier: str) -> tuple[str, str]:
    """Prefix and suffix of an identifier, both checked."""
    iss, slash, suffix = identifier.partition("/")
    if len(iss) > MAX_BYTES or not PREFIX.fullmatch(iss):
        raise refused("vaa-prefix", text=repr(identifier[:80]))
    if not slash or not suffix:
        raise refused("vaa-suffix", text=repr(identifier[:80]))
    if FORBIDDEN.search(suffix):
        raise refused("control-character", text=repr(identifier[:80]))
    if len(identifier.encode()) > MAX_BYTES:
        raise refused("too-long", most=MAX_BYTES)
    return iss, suffix


def leaf(identifier: str) -> bytes:
    """Hash under which contracts keep an identifier: a certificate's subject, a terminal, a point."""
    iss, suffix = split(identifier)
    return keccak256(node(iss) + keccak256(suffix.encode().translate(LOWER)))


def folded(identifier: str) -> str:
    """One text for all that are the same identifier: equal where `leaf` is."""
    return identifier.encode().translate(LOWER).decode()


def terminal_id(iss: str, sub: str, kid: bytes) -> bytes:
    """keccak256(abi.encode(string iss, string sub, bytes32 kid)): the registry's name of a key."""
    first, second = abi.string(iss), abi.string(sub)
    return keccak256(abi.word(96) + abi.word(96 + len(first)) + kid + first + second)

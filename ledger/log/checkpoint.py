"""Checkpoints: a tree head as a signed note (C2SP tlog-checkpoint and signed-note), signed with Ed25519.

    example.org/log          origin: names the log
    20852163                 size, decimal
    CsUYapGGPo4dkMgIAUqo…=   root, base64
                             (possibly more lines, opaque)
    — example.org/log Az3grlgt…=

The signature covers the text up to and including the newline before the empty line. Its line begins with an em dash and
names the key; the base64 holds four bytes of key id, then the signature. Signatures of unknown keys are passed over, so
that a log can rotate its key and witnesses can add theirs; a false signature of the known key refuses the whole note.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from ledger.keccak import keccak256
from ledger.log.proof import HASH_SIZE, MOST_LEAVES
from terminal_signer.errors import CarbonError
from terminal_signer.keys import EDDSA, PrivateKey, PublicKey

ED25519 = b"\x01"
LARGEST_NOTE = 64 * 1024
MOST_SIGNATURES = 100

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class CheckpointError(CarbonError):
    """Not a checkpoint, or not one that the expected key signed."""

    code = "checkpoint"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head of the log that `origin` names."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note's text, which is what is signed."""
        lines = [self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    name: str
    key_id: bytes
    signature: bytes


def key_id(name: str, public: PublicKey) -> bytes:
    """The four bytes that point at a key: SHA-256(name ‖ newline ‖ type ‖ public key), its beginning."""
    return sha256(name.encode() + b"\n" + ED25519 + _ed25519(public).raw).digest()[:4]


def note_key_hash(public: PublicKey) -> bytes:
    """What the contract keeps of the log's note key: keccak256(type ‖ public key)."""
    return keccak256(ED25519 + _ed25519(public).raw)


def verifier_key(name: str, public: PublicKey) -> str:
    """The key as other log clients read it: `<name>+<key id>+<base64(type ‖ public key)>`."""
    return f"{name}+{key_id(name, public).hex()}+{b64encode(ED25519 + public.raw).decode()}"


def read_note_key(text: str) -> PublicKey | None:
    """The key behind `verifier_key`, or behind 0x and 64 hex digits; None where it is neither."""
    try:
        if text.startswith("0x"):
            return PublicKey(EDDSA, bytes.fromhex(text[2:]))
        name, identity, blob = text.split("+", 2)
        raw = b64decode(blob, validate=True)
        key = PublicKey(EDDSA, raw[1:])
    except (ValueError, CarbonError):
        return None
    return key if raw[:1] == ED25519 and identity == key_id(name, key).hex() else None


def sign(checkpoint: Checkpoint, key: PrivateKey) -> bytes:
    """The signed note, under a key that bears the origin's name. Raises CheckpointError for what could not be read
    back."""
    text = checkpoint.text()
    if _read_text(text) != checkpoint or not _is_name(checkpoint.origin):
        raise CheckpointError("this tree head cannot be written as a checkpoint", where=checkpoint.origin)
    signature = key_id(checkpoint.origin, key.public) + key.sign(text.encode())
    return f"{text}\n— {checkpoint.origin} {b64encode(signature).decode()}\n".encode()


def open_checkpoint(note: bytes, public: PublicKey, origin: str) -> Checkpoint:
    """The checkpoint of this origin, once the key's signature has been checked. Raises CheckpointError."""
    checkpoint, signatures = parse(note)
    if checkpoint.origin != origin:
        raise CheckpointError(f"the checkpoint is of another log: {checkpoint.origin[:80]!r}", where=origin)
    wanted = key_id(origin, public)
    own = [found for found in signatures if found.name == origin and found.key_id == wanted]
    if not own:
        raise CheckpointError("the log's key has not signed this checkpoint", where=origin)
    text = checkpoint.text().encode()
    if not all(public.verify(found.signature, text) for found in own):
        raise CheckpointError("the signature of the log's key is false", where=origin)
    return checkpoint


def parse(note: bytes) -> tuple[Checkpoint, tuple[NoteSignature, ...]]:
    """Text and signatures, nothing verified. Raises CheckpointError."""
    if len(note) > LARGEST_NOTE:
        raise CheckpointError(f"a note of {len(note)} bytes; at most {LARGEST_NOTE} are read")
    try:
        whole = note.decode("utf-8", "strict")
    except UnicodeDecodeError as fault:
        raise CheckpointError("the note is not UTF-8") from fault
    if any(character < " " and character != "\n" for character in whole):
        raise CheckpointError("the note holds a control character")
    text, separator, tail = whole.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise CheckpointError("the note has no signatures behind an empty line")
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise CheckpointError(f"more than {MOST_SIGNATURES} signatures")
    return _read_text(text + "\n"), tuple(_read_signature(line) for line in lines)


def _read_text(text: str) -> Checkpoint:
    lines = text.split("\n")[:-1]
    if len(lines) < 3 or not all(lines):
        raise CheckpointError("the text has fewer than three lines, or an empty one")
    origin, size, root, *extensions = lines
    if _DECIMAL.fullmatch(size) is None or int(size) >= MOST_LEAVES:
        raise CheckpointError(f"{size[:40]!r} is not a tree size")
    return Checkpoint(origin, int(size), _base64(root, HASH_SIZE, HASH_SIZE), tuple(extensions))


def _read_signature(line: str) -> NoteSignature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _is_name(parts[1]):
        raise CheckpointError("a signature line is not '— name base64'")
    blob = _base64(parts[2], 5, LARGEST_NOTE)
    return NoteSignature(parts[1], blob[:4], blob[4:])


def _base64(text: str, least: int, most: int) -> bytes:
    try:
        blob = b64decode(text.encode("ascii"), validate=True)
    except ValueError as fault:
        raise CheckpointError(f"{text[:60]!r} is not base64") from fault
    if not least <= len(blob) <= most or b64encode(blob).decode() != text:
        raise CheckpointError(f"{text[:60]!r} is not the base64 that is expected here")
    return blob


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def _ed25519(public: PublicKey) -> PublicKey:
    if public.alg != EDDSA:
        raise CheckpointError("a note is signed with Ed25519, not with another algorithm")
    return public

"""Whose keys signed the frames: each key as the terminal registry holds it, each signature under that key.

A key inside of a bundle is a claim. It counts if the registry, at the final block, holds its hash under its terminal's
identifier; class, log, life time and calibration come from there (INV-19).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from ledger.beside import Beside
from ledger.evidence.bundle import Key
from ledger.evidence.policy import Policy
from ledger.evidence.report import Failed, Finding, Unmet
from ledger.evidence.rpc import Terminal
from ledger.identifiers.vaa import IdentifierError, node, terminal_id
from ledger.keccak import keccak256
from ledger.log.admission import Enrolment
from ledger.log.replay import KeyName, key_name
from terminal_signer.frame import Frame, FrameRefused, KeyClass, parse, verify
from terminal_signer.keys import ES256, KeyFault, PublicKey, possession_message


def _enrolment(key: Key, policy: Policy, terminals: Mapping[bytes, Terminal]) -> Enrolment:
    try:
        public = PublicKey(key.alg, key.public_key)
        owner = node(key.iss)
    except KeyFault as fault:
        raise (Unmet if fault.code == "algorithm" else Failed)(f"key-{fault.code}", key=key.sub, alg=key.alg) from None
    except IdentifierError:
        raise Failed("key-unknown", key=key.sub) from None
    kid = public.thumbprint()
    identity = terminal_id(key.iss, key.sub, kid)
    entry = terminals.get(identity)
    if entry is None or (entry.node, entry.kid, entry.alg) != (owner, kid, key.alg):
        raise Failed("key-unknown", key=key.sub)
    if entry.key_hash != keccak256(key.public_key) or entry.sub_hash != keccak256(key.sub.encode()):
        raise Failed("key-unknown", key=key.sub)
    registry = policy.contracts["TerminalRegistry"]
    possession = possession_message(policy.chain_id, registry, key.iss, key.sub, kid)
    if key.alg != ES256 and not public.verify(key.proof, possession):
        raise Failed("key-possession", key=key.sub)
    return Enrolment(
        identity, key.iss, key.sub, kid, public, KeyClass(entry.key_class), entry.log_id, entry.since,
        entry.until or None, entry.reason != 0, entry.calibration_due or None,
        entry.predecessor if any(entry.predecessor) else None, entry.last_digest, key.proof,
    )  # fmt: skip


class Signatures:
    """The two halves of the claim: the keys, then the frames, verified beside the caller who goes on with contents."""

    def __init__(self) -> None:
        self.keys: dict[KeyName, Enrolment] = {}

    def check_keys(self, keys: Sequence[Key], policy: Policy, terminals: Mapping[bytes, Terminal]) -> Finding:
        """The bundle's keys with what the registry says of them. Raises Failed or Unmet."""
        found = [_enrolment(key, policy, terminals) for key in keys]
        self.keys = {(entry.iss, entry.sub, entry.kid): entry for entry in found}
        return Finding("keys", {"keys": len(found)})

    @contextmanager
    def verified_beside(self, raws: Sequence[bytes]) -> Iterator[list[bytes | Frame]]:
        """The list of frames that is worked on, raw as it begins; the caller replaces them by parsed ones."""
        self._frames: list[bytes | Frame] = list(raws)
        self._work = Beside(partial(_first_refused, self.keys), self._frames)
        try:
            yield self._frames
        finally:
            self._work.stop()

    def check_frames(self, parsed: Sequence[Frame]) -> Finding:
        """Wait for all. Raises Failed for the first frame that does not hold."""
        at = self._work.result()
        if at is not None:
            frame = parsed[at]
            refusal = _refusal(frame, self.keys) or "signature"
            raise Failed("frame-signature", key=frame.sub, seq=frame.seq, refusal=refusal)
        for frame in parsed:
            if key_name(frame) not in self.keys:
                raise Failed("frame-key", key=frame.sub, seq=frame.seq)
        return Finding("signatures", {"frames": len(parsed), "keys": len(self.keys)})


def _first_refused(keys: Mapping[KeyName, Enrolment], frames: Sequence[bytes | Frame]) -> int | None:
    return next((at for at, frame in enumerate(frames) if _refusal(frame, keys) is not None), None)


def _refusal(item: bytes | Frame, keys: Mapping[KeyName, Enrolment]) -> str | None:
    """Why a frame under a known key is refused; others, and what is no frame, are the caller's business."""
    try:
        frame = parse(item) if isinstance(item, bytes) else item
        enrolment = keys.get(key_name(frame))
        if enrolment is not None:
            verify(frame, enrolment.public_key)
    except FrameRefused as refusal:
        return refusal.code
    return None

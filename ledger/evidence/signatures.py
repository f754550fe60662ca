"""Whose keys signed the frames: each key as the terminal registry holds it, each signature under that key.

A key inside of a bundle is a claim. It counts if the registry, at the final block, holds its hash under its terminal's
identifier; class, log, life time and calibration come from there (INV-19). Signatures are verified in threads, which
run while the caller goes on parsing: the P-256 primitive releases the interpreter's lock.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from ledger.evidence.bundle import Bundle, Key
from ledger.evidence.judge import KeyName, Opened, key_name
from ledger.evidence.policy import Policy
from ledger.evidence.report import Failed, Finding, Unmet
from ledger.evidence.rpc import Terminal, terminal_id
from ledger.identifiers.vaa import IdentifierError, node
from ledger.keccak import keccak256
from ledger.log.admission import Enrolment
from terminal_signer import frame as frames
from terminal_signer.frame import Frame, FrameRefused, KeyClass
from terminal_signer.keys import ES256, KeyFault, PublicKey, possession_message

__all__ = ["SignatureThreads", "enrolments_of"]

Keys = tuple[dict[KeyName, Enrolment], Finding]

THREADS = 2


def enrolments_of(bundle: Bundle, policy: Policy, terminals: Mapping[bytes, Terminal]) -> Keys:
    """The bundle's keys with what the registry says of them. Raises Failed or Unmet."""
    found = [_enrolment(key, policy, terminals) for key in bundle.keys]
    return {(entry.iss, entry.sub, entry.kid): entry for entry in found}, Finding("keys", {"keys": len(found)})


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


class SignatureThreads:
    """Verifies frames in threads, batch by batch, as they are handed in."""

    def __init__(self, keys: Mapping[KeyName, Enrolment]) -> None:
        self.keys = keys
        self.count = 0
        self.strangers: list[Failed] = []
        self.batches: list[Future[Failed | None]] = []

    def __enter__(self) -> "SignatureThreads":
        self.pool = ThreadPoolExecutor(THREADS, "signatures")
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)

    def hand_in(self, opened: Sequence[Opened]) -> None:
        """Frames in the order of the log. One whose key is not among the keys is a stranger."""
        self.count += len(opened)
        pairs = [(entry.frame, self.keys.get(key_name(entry.frame))) for entry in opened]
        unknown = next((frame for frame, key in pairs if key is None), None)
        if unknown is not None:
            self.strangers.append(Failed("frame-key", key=unknown.sub, seq=unknown.seq))
        self.batches.append(self.pool.submit(_first_failure, pairs))

    def outcome(self) -> tuple[bool, Finding]:
        """Wait for all. Raises the first failure in the order of the log."""
        for failure in [batch.result() for batch in self.batches] + self.strangers:
            if failure is not None:
                raise failure
        return True, Finding("signatures", {"frames": self.count, "keys": len(self.keys)})


def _first_failure(pairs: Sequence[tuple[Frame, Enrolment | None]]) -> Failed | None:
    for frame, enrolment in pairs:
        try:
            if enrolment is not None:
                frames.verify(frame, enrolment.public_key)
        except FrameRefused as refusal:
            return Failed("frame-signature", key=frame.sub, seq=frame.seq, refusal=refusal.code)
    return None

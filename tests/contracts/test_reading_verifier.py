"""INV-01, INV-06, INV-18, INV-22, INV-23: the contract proves the frames that terminals sign, and no others.

Most questions are asked with the frame's own head put into the log's slot, so that every frame is anchored and only
the frame, its key and its signature can be refused.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import ape
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devnet.anvil import Anvil
from ledger.chain.answers import unhex
from ledger.chain.contracts import Function, function
from ledger.chain.errors import NodeRefused
from ledger.chain.transactions import revert
from ledger.identifiers.vaa import node
from ledger.keccak import keccak256
from ledger.log.proof import leaf_hash, node_hash
from ledger.log.tree import Tree
from terminal_signer.errors import CarbonError
from terminal_signer.frame import DOCUMENT, SENML, KeyClass, Seen, parse
from terminal_signer.frame import verify as verify_frame
from terminal_signer.keys import ES256, PrivateKey, generate, possession_message
from tests.contracts.stage import GENESIS, Stage
from tests.terminal_signer.sample import ED_KEY, IAT, ISS, KEY, SUB, frame_bytes, hour, readings, signed, with_fields
from tests.terminal_signer.test_frame import ENVELOPES, FIELDS, PROTECTEDS

LIMIT = 4096
NOW = IAT + 100
VERIFY: Function = function("ReadingVerifier", "verify")
OWN_REFUSALS = {"FrameBytesForm", "FrameBytesLength", "ReadingVerifierKey", "ReadingVerifierUnknown"} | {
    f"ReadingVerifier{name}" for name in ("Class", "NotYet", "Ended", "Calibration", "Time", "HighS", "Signature")
}
HYPOTHESIS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Desk:
    """Where the contract is asked; `terminals` by their keys."""

    chain: Anvil
    stage: Stage

    def ask(self, raw: bytes, key: PrivateKey = KEY, time: int = NOW) -> str:
        """The name of the refusal, empty for a frame that is proven; the answer is compared with the frame."""
        root = leaf_hash(sha256(raw).digest())
        return self.answer(raw, key, ((1, root, time), 0, 0, []), self.head_in_place(1, root, time))

    def answer(self, raw: bytes, key: PrivateKey, place: Any, state: Any = None) -> str:
        call = {"to": self.stage.ReadingVerifier.address, "data": self.question(raw, key, place)}
        try:
            answer = self.chain.node.call("eth_call", call, "latest", state or {})
        except NodeRefused as fault:
            refused = revert(fault)
            assert refused is not None
            return refused.reason
        digest, _, payload = VERIFY.decode(unhex(answer))
        assert (digest, payload) == (sha256(raw).digest(), parse(raw).payload)
        return ""

    def question(self, raw: bytes, key: PrivateKey, place: Any) -> str:
        return f"0x{VERIFY.encode(raw, key.public.raw[:32], key.public.raw[32:], place).hex()}"

    def head_in_place(self, size: int, root: bytes, time: int) -> Any:
        """The state in which the log's first head is this one."""
        head = keccak256(root + time.to_bytes(8, "big") + bytes(8))
        slot = keccak256(size.to_bytes(32, "big") + keccak256(self.stage.log_id + (1).to_bytes(32, "big")))
        return {self.stage.AnchorLog.address: {"stateDiff": {f"0x{slot.hex()}": f"0x{head.hex()}"}}}


def enrolled(stage: Stage, key: PrivateKey, key_class: KeyClass = KeyClass.METER, log_id: bytes = b"") -> bytes:
    registry = bytes.fromhex(stage.TerminalRegistry.address[2:])
    proof = key.sign(possession_message(ape.chain.chain_id, registry, ISS, SUB, key.public.thumbprint()))
    entry = (ISS, SUB, key.alg, key.public.raw, int(key_class), log_id or stage.log_id, 0)
    return bytes(stage.TerminalRegistry.enrol(entry, proof, sender=stage.people["enterprise"]).events[0].id)


@pytest.fixture
def desk(chain: Anvil, stage: Stage) -> Desk:
    enrolled(stage, KEY)
    return Desk(chain, stage)


def is_reading(raw: bytes) -> bool:
    """What the contract should say of a frame of `KEY` under a head of `NOW`, by the code of terminals."""
    try:
        frame = parse(raw)
        verify_frame(frame, KEY.public)
    except CarbonError:
        return False
    return (
        len(raw) <= LIMIT
        and frame.content_type == SENML
        and (frame.iss, frame.sub) == (ISS, SUB)
        and GENESIS < frame.iat <= NOW + 300
    )


@pytest.mark.parametrize("seen", [None, Seen(1, bytes(32)), Seen((1 << 63) - 1, b"\xff" * 32)])
@pytest.mark.parametrize("corrects", [None, bytes(range(32))])
@pytest.mark.parametrize("seq", [0, 23, 24, 255, 256, 65536, 1 << 32, (1 << 63) - 1])
def test_every_form_of_the_header_is_proven(desk: Desk, seen: Seen | None, corrects: bytes | None, seq: int) -> None:
    assert desk.ask(frame_bytes(seen=seen, corrects=corrects, seq=seq)) == ""


REFUSED = (
    {f"envelope: {name}": raw for name, (raw, _) in ENVELOPES.items() if len(raw) < 60_000}
    | {f"field: {name}": with_fields(**changes) for name, (changes, _) in FIELDS.items()}
    | {f"header: {name}": signed(protected) for name, (protected, _) in PROTECTEDS.items()}
    | {
        "EdDSA": frame_bytes(ED_KEY),
        "a document": frame_bytes(content_type=DOCUMENT),
        "more than 4 KiB": frame_bytes(payload=bytes(LIMIT)),
        "an old signature": frame_bytes(iat=GENESIS - 301),
        "a signature of tomorrow": frame_bytes(iat=NOW + 301),
    }
)


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED)
def test_what_the_frame_format_refuses_is_refused(desk: Desk, raw: bytes) -> None:
    """INV-18: by the contract's own errors, never by a panic."""
    assert desk.ask(raw) in OWN_REFUSALS


@HYPOTHESIS
@given(data=st.data())
def test_a_changed_frame_is_never_proven(desk: Desk, data: st.DataObject) -> None:
    """INV-01."""
    raw = frame_bytes()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 8)))
    other = raw[:start] + data.draw(st.binary(max_size=8)) + raw[end:]
    assert desk.ask(other) in ({""} if other == raw else OWN_REFUSALS)


@HYPOTHESIS
@given(data=st.data())
def test_contract_and_terminal_agree_about_signed_bytes(desk: Desk, data: st.DataObject) -> None:
    """INV-18: whatever the right key signs, the contract proves what the frame format takes, and nothing else."""
    protected = parse(frame_bytes(payload=b"")).protected
    start = data.draw(st.integers(0, len(protected)))
    end = data.draw(st.integers(start, min(len(protected), start + 4)))
    piece = data.draw(st.binary(max_size=4) | st.sampled_from([b"\x18\x07", b"\x1a\x00\x01\x00\x00", b"\x60", b"\x80"]))
    raw = signed(protected[:start] + piece + protected[end:], data.draw(st.binary(max_size=40)))
    assert (desk.ask(raw) == "") is is_reading(raw)


@HYPOTHESIS
@given(payload=st.binary(max_size=LIMIT - 300), seq=st.integers(0, (1 << 63) - 1), iat=st.integers(IAT, NOW + 300))
def test_any_payload_is_answered_as_it_was_signed(desk: Desk, payload: bytes, seq: int, iat: int) -> None:
    assert desk.ask(frame_bytes(payload=payload, seq=seq, iat=iat)) == ""


def test_a_key_of_another_class_reads_nothing(desk: Desk) -> None:
    """INV-23: what an office typed is not a meter's reading."""
    officer = generate(ES256)
    enrolled(desk.stage, officer, KeyClass.OFFICER)
    assert desk.ask(frame_bytes(officer), officer) == "ReadingVerifierClass"


def test_a_revoked_key_proves_what_an_earlier_head_holds(desk: Desk) -> None:
    """INV-06: the block of the revocation decides, not the frame's own time."""
    raw = frame_bytes()
    (key_id,) = desk.stage.TerminalRegistry.terminalsOf(node(ISS))
    ape.chain.pending_timestamp = NOW + 1_000
    desk.stage.TerminalRegistry.revoke(key_id, 1, sender=desk.stage.people["enterprise"])
    assert desk.ask(raw, time=NOW + 999) == ""
    assert desk.ask(raw, time=NOW + 1_000) == "ReadingVerifierEnded"


def test_a_reading_is_proven_by_its_place_in_the_anchored_log(desk: Desk) -> None:
    """INV-22: with a real tree; the same tree in another log proves nothing."""
    operator = desk.stage.people["operator"]
    logs = [
        bytes(desk.stage.AnchorLog.createLog(name, b"\x07" * 32, bytes(64), operator, sender=operator).events[0].logId)
        for name in ("own", "other")
    ]
    key = generate()
    enrolled(desk.stage, key, log_id=logs[0])
    frames = [frame_bytes(key, seq=seq) for seq in range(20)]
    tree = Tree(leaf_hash(sha256(raw).digest()) for raw in frames)
    for log_id, size in ((logs[0], 7), (logs[0], 20), (logs[1], 20)):
        last = desk.stage.AnchorLog.latest(log_id)
        proof = tree.consistency(last.size, size) if last.size else []
        ape.chain.pending_timestamp = NOW + 60
        desk.stage.AnchorLog.anchor(log_id, size, tree.root(size), proof, sender=operator)
    time = int(desk.stage.AnchorLog.latest(logs[0]).time)
    for index, raw in enumerate(frames):
        place = ((20, tree.root(20), time), 7, index, tree.inclusion(index, 20))
        assert desk.answer(raw, key, place) == ""
        assert desk.answer(raw, key, (place[0], 0, *place[2:])) == "ReadingVerifierNotIncluded"
        assert desk.answer(raw, key, (*place[:2], (index + 1) % 20, place[3])) == "ReadingVerifierNotIncluded"
        assert desk.answer(frames[index - 1], key, place) == "ReadingVerifierNotIncluded"


def test_gas_of_a_frame_in_a_large_log(desk: Desk) -> None:
    """As a transaction of its own, which nobody needs to send: the data alone is more than half of it (EIP-7623)."""
    raw, path = frame_bytes(payload=readings(hour())), [bytes([level + 1]) * 32 for level in range(20)]
    root = leaf_hash(sha256(raw).digest())
    for sibling in path:
        root = node_hash(root, sibling)
    place = ((1 << 20, root, NOW), 0, 0, path)
    state = desk.head_in_place(1 << 20, root, NOW)
    assert desk.answer(raw, KEY, place, state) == ""
    call = {"to": desk.stage.ReadingVerifier.address, "data": desk.question(raw, KEY, place)}
    gas = int(desk.chain.node.call("eth_estimateGas", call, "latest", state), 16)
    assert gas < 110_000

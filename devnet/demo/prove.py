"""One reading of the certificate, proven by a contract: what another contract would be told, asked with `eth_call`."""

from devnet.demo.issue import Evaluated
from devnet.demo.report import Proven
from devnet.demo.stage import Stage, StageFault
from ledger.chain.answers import hexadecimal
from ledger.evaluation.inputs import AdmittedFrame
from ledger.store.database import open_store
from ledger.store.log import LogStore
from terminal_signer.frame import SENML, KeyClass

LONGEST = 4096  # bytes of a frame that the contract reads


def prove_reading(stage: Stage, evaluated: Evaluated) -> Proven:
    """The reading in the middle of the evidence. Raises ContractRefused where the contract does not find it proven."""
    entry = _middle(evaluated)
    raw, sub = entry.frame.raw, entry.frame.sub
    key = next(known.public_key for known in evaluated.evidence.keys if known.sub == sub)
    question = (raw, key[:32], key[32:], _place(stage, evaluated, entry))
    digest, _, payload = stage.chain.call("ReadingVerifier", "verify", *question)
    if (digest, payload) != (entry.frame.digest, entry.frame.payload):
        raise StageFault("the contract answered for another frame", where=f"0x{entry.frame.digest.hex()}")
    _, call, tag = stage.chain.question("ReadingVerifier", "verify", *question)
    return Proven(digest, len(raw), hexadecimal(stage.chain.node.call("eth_estimateGas", call, tag)))


def _middle(evaluated: Evaluated) -> AdmittedFrame:
    sound = [
        entry
        for entry in evaluated.evidence.admitted
        if not entry.flags
        and entry.enrolment.key_class is KeyClass.METER
        and entry.frame.content_type == SENML
        and len(entry.frame.raw) <= LONGEST
    ]
    if not sound:
        raise StageFault("no meter signed a frame that is short and without a flag")
    return sound[len(sound) // 2]


def _place(stage: Stage, evaluated: Evaluated, entry: AdmittedFrame) -> tuple[object, ...]:
    """The first head that includes the frame, and the path to it."""
    before = evaluated.evidence.previous_size
    for head in evaluated.evidence.heads:
        if entry.index < head.size:
            break
        before = head.size
    engine = open_store(f"sqlite:///{stage.folder / 'ledger.db'}")
    path = LogStore(engine, stage.log_id).inclusion(entry.index, head.size)
    engine.dispose()
    return (head.size, head.root, head.time), before, entry.index, path

"""One valid document of every format that comes from strangers: what the mutator starts from.

The keys are published here and sign by Ed25519, so that the documents have the same bytes in every process.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.certificates.bundling import write_bundle
from ledger.certificates.claim import Claim
from ledger.certificates.statement import FIELDS, Signatures, Statement
from ledger.evaluation.activity_file import parse_activity
from ledger.evaluation.evaluate import EMISSION_STATEMENT, evaluate_file
from ledger.evaluation.hourly import Hours
from ledger.evaluation.inputs import Period, Rules
from ledger.evaluation.rates import Rates
from ledger.evaluation.result import Result
from ledger.evidence.bundle import Bundle, Key, Range
from ledger.log import checkpoint as checkpoints
from ledger.log import conviction_file, cose_receipt
from ledger.log.checkpoint import Checkpoint
from ledger.log.conviction_file import Evidence
from ledger.log.exhibits import Exhibits, SignedReceipt
from ledger.log.replay import Head
from ledger.log.tiles import encode_entries
from ledger.log.tree import Tree
from ledger.rules import load_rule
from ledger.stateproof import rlp
from ledger.stateproof.document import StateProof
from ledger.verification.contents import Apply, DrawUp, Find
from ledger.verification.fields import Exhibit
from ledger.verification.steps import KIND, MEDIA, Stated, write_step
from terminal_signer import promise as promises
from terminal_signer.build import build, encode_document, encode_pack, receipt_json
from terminal_signer.document import of_file
from terminal_signer.frame import (
    DOCUMENT,
    NO_FRAME,
    SENML,
    Document,
    Header,
    Item,
    Record,
    Seen,
    digest_of,
)
from terminal_signer.keys import PrivateKey
from terminal_signer.promise import Promise
from terminal_signer.receipt import Anchor, Receipt, leaf_hash

ISS, SUB, ORIGIN = "88.118.20260", "88.118.20260/EQ-0001", "carbon.example/log"
START = 1_609_430_400
KEY, NOTE_KEY = (PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes(31) + bytes([number]))) for number in (1, 2))
LOG_ID = hashlib.sha256(b"log").digest()


@dataclass(frozen=True, slots=True)
class Log:
    """A few frames in a tree."""

    frames: tuple[bytes, ...]
    tree: Tree


@cache
def log() -> Log:
    raws, prev = [], NO_FRAME
    for seq, payload in enumerate((pack(), pack(registers=True), document())):
        kind = DOCUMENT if seq == 2 else SENML
        raws.append(build(KEY, Header(ISS, SUB, START + 3600, seq, prev, Seen(9, LOG_ID), None, kind), payload))
        prev = digest_of(raws[-1])
    tree = Tree()
    tree.extend([leaf_hash(digest_of(raw)) for raw in raws])
    return Log(tuple(raws), tree)


@cache
def pack(registers: bool = False) -> bytes:
    records = tuple(
        Record(f"{SUB}/E", None, at, "kWh", None, Decimal(at - START) / 100)
        if registers
        else Record(f"{SUB}/P", at - 900, at, "kWh", Decimal("3.17"), None)
        for at in range(START + 900, START + 3601, 900)
    )
    return encode_pack(ISS, START, records, START + 3600)


@cache
def document() -> bytes:
    body = b"a bill over 12.5 GJ of heat"
    items = (Item("purchased_heat", Decimal("12.5"), "GJ", START, START + 86_400),)
    return encode_document(Document("declaration", "text/plain", hashlib.sha256(body).digest(), body, items))


@cache
def promise() -> bytes:
    return promises.sign(KEY, Promise(digest_of(log().frames[0]), LOG_ID, START, START + 86_400))


@cache
def _receipt() -> Receipt:
    tree = log().tree
    anchor = Anchor(88_118, bytes(20), bytes(32), 7, START, 0)
    index = 1
    path = tuple(tree.inclusion(index, len(tree)))
    return Receipt(LOG_ID, digest_of(log().frames[index]), index, len(tree), tree.root(), path, anchor)


def receipt() -> bytes:
    return json.dumps(receipt_json(_receipt())).encode()


@cache
def signed_receipt() -> bytes:
    return cose_receipt.encode(_receipt(), KEY)


@cache
def conviction() -> bytes:
    """The file of evidence that `carbon convict` and `carbon witness` write."""
    exhibits = Exhibits(
        LOG_ID, (NOTE_KEY.public,), (promise(),), (_receipt(),), (checkpoint(),), log().frames, (),
        tuple(digest_of(raw) for raw in log().frames), (SignedReceipt(_receipt().digest, signed_receipt()),),
    )  # fmt: skip
    return conviction_file.dumps(Evidence(88_118, bytes(32), (bytes(20), bytes(20)), 7, START, exhibits, ()), ())


def rlp_item() -> bytes:
    return rlp.encode([b"", b"\x01", bytes(32), [bytes(60), [b"a", b""]]])


def state_proof() -> bytes:
    return StateProof(rlp_item(), (rlp_item(), rlp_item() + b"\x01")).to_json()


@cache
def checkpoint() -> bytes:
    return checkpoints.sign(Checkpoint(ORIGIN, len(log().tree), log().tree.root(), ("an extension",)), NOTE_KEY)


def proof() -> bytes:
    """As `devnet.soak.parsers` cuts it: three numbers, two roots, hashes."""
    hashes = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(6))
    return b"".join(number.to_bytes(8, "big") for number in (3, 7, 11)) + hashes


def tile() -> bytes:
    return b"".join(hashlib.sha256(bytes([number])).digest() for number in range(200))


def entries() -> bytes:
    return encode_entries(hashlib.sha256(bytes([number])).digest() for number in range(200))


@cache
def policy() -> bytes:
    contracts = ("TerminalRegistry", "AnchorLog", "RuleRegistry", "CertificateRegistry")
    return json.dumps({
        "format": "policy/1", "chain_id": 88_118, "genesis": _hex(bytes(32)),
        "contracts": {name: _hex(bytes(20)) for name in contracts},
        "accredited": [{"address": _hex(bytes(20)), "organisation": "88.118.90001", "role": "verifier"}],
        "finality": "finalized", "max_age": None, "allow_demo": True,
    }).encode()  # fmt: skip


@cache
def deployment() -> bytes:
    names = ("IdentifierRegistry", "TerminalRegistry", "AnchorLog", "RuleRegistry", "CertificateRegistry")
    generation = {"block": 1, "contracts": {name: _hex(bytes(20)) for name in names}}
    return json.dumps({
        "format": "deployment/1", "chain_id": 88_118, "genesis": _hex(bytes(32)), "demo": True,
        "generations": [generation],
    }).encode()  # fmt: skip


@cache
def statement() -> Statement:
    values: Mapping[str, Any] = {"bytes32": bytes(32), "address": bytes(20), "string": "kWh"}
    return Statement(*(values.get(kind, 7) for kind, _ in FIELDS))


def statement_json() -> bytes:
    return json.dumps(statement().to_json()).encode()


@cache
def bundle() -> bytes:
    kept = log()
    head = Head(len(kept.tree), kept.tree.root(), START + 7200)
    key = Key(ISS, SUB, KEY.alg, KEY.public.raw, bytes(64))
    rules = {"method": rule("general"), "factors": rule("cn-a-2013")}
    made = Bundle(
        88_118, bytes(32), kept.frames, 0, (head,), (Range(0, len(kept.frames), ()),), (key,), site(), rules,
        b'{"format":"result/1"}', statement(), Signatures(bytes(65), bytes(65), bytes(65)),
    )  # fmt: skip
    return write_bundle(made)


@cache
def site(name: str = "steel_plant") -> bytes:
    return resources.files("devnet").joinpath("sites", f"{name}.toml").read_bytes()


@cache
def rule(name: str) -> bytes:
    return load_rule(name)


def ocmf() -> bytes:
    """A meter's own record; whether its signature holds is not the reader's question."""
    reading = {
        "TM": "2021-01-01T00:00:00,000+0800 S",
        "TX": "B",
        "RV": 2935.6,
        "RI": "1-b:1.8.0",
        "RU": "kWh",
        "ST": "G",
    }
    body = {"FV": "1.0", "GI": "meter", "GS": "1", "PG": "T7", "MS": "2", "RD": [reading]}
    signature = {"SA": "ECDSA-secp256r1-SHA256", "SD": "3006020101020101"}
    return f"OCMF|{json.dumps(body)}|{json.dumps(signature)}".encode()


def csv() -> bytes:
    head = "date,Usage_kWh,Lagging_Current_Reactive_Power_kVarh,Leading_Current_Reactive_Power_kVarh"
    rows = [f"01/01/2018 {minute // 60:02d}:{minute % 60:02d},3.17,2.95,0" for minute in range(15, 180, 15)]
    return "\n".join([head, *rows, ""]).encode()


def activity() -> bytes:
    head = 'format = "activity/1"\nperiod = "2022"\n[rules]\nmethod = "general"\nfactors = "cn-a-2013"\n'
    return (head + '[[activity]]\nitem = "purchased_electricity"\nvalue = "1000"\nunit = "MWh"\n').encode()


def activity_table() -> bytes:
    return "item,value,unit,period\nnatural_gas,12.5,10^4Nm3,2022-01\n外购电力,3,万千瓦时,2022-Q1\n".encode()


def group() -> bytes:
    members = "".join(f'[[member]]\nsubject = "{ISS}{at}/CE-1"\n' for at in (1, 2))
    netting = f'[[netting]]\nfrom = "{ISS}1/CE-1"\nto = "{ISS}2/CE-1"\nsource = "heat"\namount = "4"\n'
    reason = 'reason = { zh = "热", en = "heat" }\n'
    head = f'format = "group/1"\nsubject = "{ISS}/G"\nname = {{ zh = "集", en = "g" }}\n'
    return f"{head}{members}{netting}{reason}".encode()


@cache
def result() -> bytes:
    """A result as `carbon evaluate --activity` gives it."""
    data = activity()
    rules = Rules(rule("general"), rule("cn-a-2013"))
    file = parse_activity(data, "year.toml")
    return evaluate_file(file, data, rules, seed=bytes(32), kind=EMISSION_STATEMENT).canonical()


def hours() -> bytes:
    made = Hours(START, 3 * 3600, -1, (12, 0, 7), (), 3, 3600, Fraction(12, 36000), (), Rates())
    return made.encode()


def template_layer() -> bytes:
    return resources.files("ledger.templates").joinpath("layers", "flat-glass.json").read_bytes()


@cache
def verification_steps() -> tuple[bytes, ...]:
    """Documents of a verification: an application, a finding, a statement drawn up."""
    applied = Apply(f"{ISS}1", f"{ISS}2", SUB, 1, START - 86_400, START, LOG_ID, LOG_ID)
    found = Find(1, "major", "GB 17167", "no record", START + 86_400, (Exhibit("photo.jpg", LOG_ID),))
    drawn = DrawUp(31_337, bytes(20), statement())
    stated = (("apply", applied, None), ("find", found, LOG_ID), ("draw-up", drawn, LOG_ID))
    written = [write_step(Stated(f"{ISS}/V-1", action, content, last)).body for action, content, last in stated]
    return tuple(body or b"" for body in written)


@cache
def verification_record() -> bytes:
    document = of_file(KIND, MEDIA, verification_steps()[0])
    header = Header(ISS, SUB, START + 3600, 0, NO_FRAME, content_type=DOCUMENT)
    return build(KEY, header, encode_document(document))


@cache
def claim() -> bytes:
    told = Claim(LOG_ID, 9, LOG_ID, 1, Period(START - 86_400, START), Result(json.loads(result()), bytes(32)))
    return told.to_bytes()


def _hex(data: bytes) -> str:
    return "0x" + data.hex()

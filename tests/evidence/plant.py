"""A small plant with everything real but the chain: keys, frames, a log with heads, an evaluation, three signatures.

`World.facts` answers what the contracts would: it knows what was enrolled, anchored, published and minted.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from eth_account import Account
from eth_account.signers.local import LocalAccount

from ledger.certificates.certify import Parties, Terms, draw_up, sign
from ledger.certificates.statement import Domain, Signatures
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import AdmittedFrame, Period, Rules
from ledger.evaluation.site import parse_site
from ledger.evidence.bundle import RULES, Bundle, Key, Range
from ledger.evidence.case import times_of
from ledger.evidence.policy import Accredited, Policy
from ledger.evidence.rpc import ChainFacts, Terminal
from ledger.identifiers.vaa import node, terminal_id
from ledger.keccak import keccak256
from ledger.log.admission import Enrolment
from ledger.log.replay import Head, open_frame, replay
from ledger.log.tree import Tree, leaf_hash, range_proof
from ledger.rules import load_rule
from terminal_signer.build import build, encode_document, encode_pack
from terminal_signer.frame import DOCUMENT, SENML, Document, Header, Item, KeyClass, Record, Seen, digest_of, parse
from terminal_signer.keys import EDDSA, ES256, PrivateKey, generate, possession_message

HOUR, DAY = 3600, 86_400
ISS, VERIFIER_ISS, EVALUATOR_ISS = "88.118.20260", "88.118.9002", "88.118.9001"
IDENTIFIER = f"{ISS}/CE-2021-0001"
METERS = (f"{ISS}/EQ-0001", f"{ISS}/EQ-0002")
OFFICER = f"{ISS}/OFFICER-1"
APPROVER = f"{VERIFIER_ISS}/KEY-1"
START = 1_609_430_400  # 2021-01-01T00:00:00+08:00
GENESIS, CHAIN_ID = b"\x11" * 32, 31_337
LOG_ID = keccak256(b"log of the test")
CONTRACTS = {
    name: keccak256(name.encode())[12:]
    for name in ("IdentifierRegistry", "TerminalRegistry", "AnchorLog", "RuleRegistry", "CertificateRegistry")
}
SITE = f"""\
format = "site/1"
boundary = {{ zh = "全厂", en = "the whole plant" }}

[enterprise]
iss = "{ISS}"
name = {{ zh = "测试厂", en = "Test plant" }}
industry = "3130"
region = "CN"
offset = "+08:00"
subject = "{IDENTIFIER}"

[rules]
method = "general"
factors = "cn-a-2013"

[[meter]]
sub = "{METERS[0]}"
name = {{ zh = "总表", en = "main meter" }}

[[meter.point]]
id = "{ISS}/P1"
item = "purchased_electricity"
unit = "kWh"
kind = "amount"

[[meter.point]]
id = "{ISS}/P1Q"
item = "reactive_lagging"
unit = "kvarh"
kind = "amount"

[[meter]]
sub = "{METERS[1]}"
name = {{ zh = "二号表", en = "second meter" }}

[[meter.point]]
id = "{ISS}/P2"
item = "purchased_electricity"
unit = "kWh"
kind = "amount"

[[declaration]]
item = "purchased_heat"
sub = "{OFFICER}"
class = "officer"

[[source]]
id = "purchased_electricity"

[[source]]
id = "purchased_heat"
""".encode()


@dataclass
class Signer:
    """One key and its chain of frames."""

    key: PrivateKey
    iss: str
    sub: str
    key_class: KeyClass
    seq: int = 0
    prev: bytes = bytes(32)

    def pack(self, iat: int, records: Sequence[Record], seen: Seen | None, base: int | None = None) -> bytes:
        start = iat - HOUR if base is None else base
        return self.sign(iat, SENML, encode_pack(self.iss, start, records, iat), seen)

    def document(self, iat: int, document: Document, seen: Seen | None, *, corrects: bytes | None = None) -> bytes:
        return self.sign(iat, DOCUMENT, encode_document(document), seen, corrects)

    def sign(
        self, iat: int, content_type: int, payload: bytes, seen: Seen | None, corrects: bytes | None = None
    ) -> bytes:
        header = Header(self.iss, self.sub, iat, self.seq, self.prev, seen, corrects, content_type)
        raw = build(self.key, header, payload)
        self.seq, self.prev = self.seq + 1, digest_of(raw)
        return raw

    @property
    def id(self) -> bytes:
        return terminal_id(self.iss, self.sub, self.key.public.thumbprint())


class World:
    """Log, registry and certificates of one chain, with a clock that the caller moves."""

    def __init__(
        self, log_id: bytes = LOG_ID, chain_id: int = CHAIN_ID, contracts: Mapping[str, bytes] = CONTRACTS
    ) -> None:
        self.log_id, self.chain_id, self.contracts = log_id, chain_id, dict(contracts)
        self.frames: list[bytes] = []
        self.tree = Tree()
        self.heads: list[Head] = []
        self.signers: list[Signer] = []
        self.terminals: dict[bytes, Terminal] = {}
        self.published: set[bytes] = set()
        self.minted: dict[bytes, int] = {}

    def enrol(self, iss: str, sub: str, key_class: KeyClass, since: int, alg: int = ES256) -> Signer:
        signer = Signer(generate(alg), iss, sub, key_class)
        public = signer.key.public
        self.terminals[signer.id] = Terminal(
            node(iss), public.thumbprint(), self.log_id, since, 0, 0, alg, int(key_class), 0, bytes(32), bytes(32),
            keccak256(public.raw), keccak256(sub.encode()),
        )  # fmt: skip
        self.signers.append(signer)
        return signer

    def log(self, raw: bytes) -> None:
        self.frames.append(raw)
        self.tree.extend([leaf_hash(digest_of(raw))])

    def anchor(self, time: int) -> Seen:
        self.heads.append(Head(len(self.tree), self.tree.root(), time))
        return Seen(len(self.tree), self.tree.root())

    def keys(self) -> tuple[Key, ...]:
        return tuple(
            Key(signer.iss, signer.sub, signer.key.alg, signer.key.public.raw, self.proof(signer))
            for signer in self.signers
        )

    def proof(self, signer: Signer) -> bytes:
        kid, registry = signer.key.public.thumbprint(), self.contracts["TerminalRegistry"]
        return signer.key.sign(possession_message(self.chain_id, registry, signer.iss, signer.sub, kid))

    def enrolments(self) -> dict[tuple[str, str, bytes], Enrolment]:
        found = {}
        for signer in self.signers:
            entry, kid = self.terminals[signer.id], signer.key.public.thumbprint()
            found[signer.iss, signer.sub, kid] = Enrolment(
                signer.id, signer.iss, signer.sub, kid, signer.key.public, signer.key_class, entry.log_id, entry.since,
                entry.until or None, entry.reason != 0, None, None, bytes(32), b"",
            )  # fmt: skip
        return found

    def facts(self, bundle: Bundle, policy: Policy) -> ChainFacts:
        """What the contracts would answer about this bundle."""
        sizes = [0, *(head.size for head in self.heads)]
        following = bundle.previous_size in sizes and sizes.index(bundle.previous_size)
        end = following + len(bundle.heads) if following is not False else 0
        anchored = following is not False and tuple(self.heads[following:end]) == bundle.heads
        nodes = {node(ISS)} | {node(key.iss) for key in bundle.keys}
        status = self.minted.get(bundle.statement.digest(policy.domain()), 0)
        return ChainFacts(
            CHAIN_ID, GENESIS, 1000, self.heads[-1].time + HOUR,
            terminals={id_: entry for id_, entry in self.terminals.items() if entry.node in nodes},
            published=frozenset(role for role in RULES if getattr(bundle.statement, role) in self.published),
            heads=anchored, heads_latest=anchored, status=status, status_latest=status,
        )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """An honest certificate with all that is needed to verify it, or to lie about it."""

    world: World
    parties: Parties
    policy: Policy
    bundle: Bundle

    def facts(self, bundle: Bundle | None = None) -> ChainFacts:
        return self.world.facts(bundle or self.bundle, self.policy)


def parties() -> Parties:
    accounts: list[LocalAccount] = [Account.from_key(hashlib.sha256(name).digest()) for name in (b"e", b"v", b"p")]
    return Parties(*accounts)


def run_plant(
    days: int = 3,
    *,
    lose: Sequence[int] = (),
    world: World | None = None,
    mischief: Callable[[World, Signer, int, Seen], None] | None = None,
    approver_class: KeyClass = KeyClass.VERIFIER,
    alg: int = ES256,
    site_file: bytes | None = None,
    declares: tuple[str, str, str] = ("purchased_heat", "12.5", "GJ"),
) -> World:
    """Enrol, sign the site file, read hourly, anchor every six hours, close. `lose`: hours that never reach the log.

    `mischief` is called with the first meter before each hour's frames are signed; `alg` is that of the
    second meter's key, `declares` what the officer states after the period.
    """
    world = world or World()
    first = world.enrol(ISS, METERS[0], KeyClass.METER, START - 10 * DAY)
    second = world.enrol(ISS, METERS[1], KeyClass.METER, START - 10 * DAY, alg)
    officer = world.enrol(ISS, OFFICER, KeyClass.OFFICER, START - 10 * DAY, EDDSA)
    approver = world.enrol(VERIFIER_ISS, APPROVER, approver_class, START - 10 * DAY)
    end = START + days * DAY
    written = SITE if site_file is None else site_file
    site = Document("site-file", "application/toml", hashlib.sha256(written).digest(), written)
    world.log(officer.document(START - 5 * DAY, site, None))
    world.log(approver.document(START - 5 * DAY + 60, replace(site, kind="site-approval", body=None), None))
    seen = world.anchor(START - 5 * DAY + HOUR)
    for signer in (first, second):
        world.log(signer.pack(START - HOUR, (), seen))
    for hour in range(days * 24):
        closed = START + (hour + 1) * HOUR
        if mischief is not None:
            mischief(world, first, hour, seen)
        frames = [meter.pack(closed + 60, _readings(meter, hour), seen, closed - HOUR) for meter in (first, second)]
        if hour not in lose:
            for raw in frames:
                world.log(raw)
        if hour % 6 == 5:
            seen = world.anchor(closed + 600)
    name, value, unit = declares
    heat = Item(name, Decimal(value), unit, START, end)
    digest = hashlib.sha256(b"heat bill").digest()
    world.log(officer.document(end + HOUR, Document("declaration", "application/pdf", digest, None, (heat,)), seen))
    _close(world, (first, second, officer), end + 7 * DAY + HOUR, seen)
    return world


def _close(world: World, signers: Sequence[Signer], time: int, seen: Seen) -> None:
    """A head later than period and grace, which each key then sees."""
    world.log(signers[0].pack(time, (), seen))
    seen = world.anchor(time + 60)
    for signer in signers:
        world.log(signer.pack(time + 120, (), seen))
    world.anchor(time + 600)


def _readings(meter: Signer, hour: int) -> tuple[Record, ...]:
    opened = START + hour * HOUR
    points = [("P1", "kWh", 317), ("P1Q", "kvarh", 40)] if meter.sub == METERS[0] else [("P2", "kWh", 55)]
    return tuple(
        Record(f"{ISS}/{name}", at - 900, at, unit, Decimal(f"{base + (at // 900) % 7}E-2"), None)
        for at in range(opened + 900, opened + HOUR + 1, 900)
        for name, unit, base in points
    )


def rule_files() -> dict[str, bytes]:
    return {"method": load_rule("general"), "factors": load_rule("cn-a-2013")}


def certified(
    world: World,
    days: int = 3,
    *,
    site: bytes = SITE,
    signing: Parties | None = None,
    genesis: bytes = GENESIS,
    kind: int = 1,
    identifier: str = IDENTIFIER,
    rules: Mapping[str, bytes] | None = None,
) -> Case:
    """Evaluate what the log holds, let three sign, mint."""
    files, signing = dict(rules or rule_files()), signing or parties()
    world.published |= {hashlib.sha256(body).digest() for body in files.values()}
    seed = hashlib.sha256(b"seed").digest()
    period = Period(START, START + days * DAY)
    opened = [open_frame(parse(raw)) for raw in world.frames]
    facts = parse_site(site)
    rows = replay(
        opened, range(len(opened)), world.heads, world.enrolments(), world.log_id, times_of(facts, files["method"])
    )
    admitted = [AdmittedFrame(*row) for row in rows]
    result = evaluate(site, Rules(**files), admitted, period, seed=seed, kind=kind)
    terms = Terms(identifier, kind, period.start, period.end, period.end + 365 * DAY, period.end + 30 * DAY)
    leaves = [leaf_hash(entry.frame.digest) for entry in opened]
    statement = draw_up(terms, signing, ISS, site, files, world.log_id, world.heads[-1].size, leaves, result)
    domain = Domain(world.chain_id, world.contracts["CertificateRegistry"])
    signatures = Signatures(
        *(sign(statement, domain, who) for who in (signing.enterprise, signing.evaluator, signing.verifier))
    )
    world.minted[statement.digest(domain)] = 1
    proof = tuple(range_proof(0, len(opened), len(opened), world.tree.node))
    bundle = Bundle(
        world.chain_id, seed, tuple(world.frames), 0, tuple(world.heads), (Range(0, len(opened), proof),), world.keys(),
        site, files, result.canonical(), statement, signatures,
    )  # fmt: skip
    return Case(world, signing, policy_for(world, signing, genesis), bundle)


def policy_for(world: World, signing: Parties, genesis: bytes = GENESIS) -> Policy:
    accredited = (
        Accredited(bytes.fromhex(signing.evaluator.address[2:]), EVALUATOR_ISS, "evaluator"),
        Accredited(bytes.fromhex(signing.verifier.address[2:]), VERIFIER_ISS, "verifier"),
    )
    return Policy(world.chain_id, genesis, world.contracts, accredited, "finalized", None, True)

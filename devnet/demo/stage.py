"""Everything that must stand before the first reading is signed: chain, contracts, accounts, keys, rules, gateway."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from devnet.accounts import Accounts, open_accounts
from devnet.anvil import Anvil, Options
from devnet.demo.plant import Plant
from devnet.deploy import SECONDARY, TOP, create_log, create_node, deploy
from ledger.chain import terminals
from ledger.chain.answers import unhex
from ledger.chain.client import Chain
from ledger.chain.deployment import Deployment
from ledger.chain.terminals import Terms
from ledger.errors import CarbonError
from ledger.evidence.rpc import RULE_KINDS
from ledger.identifiers.vaa import node
from ledger.log.checkpoint import verifier_key
from ledger.rules.library import load_rule
from terminal_signer.frame import KeyClass
from terminal_signer.keys import EDDSA, PrivateKey, generate, save

DAY = 86_400
BEFORE = 3 * DAY  # the chain begins this long before the period: nothing is enrolled after the fact
MARKER = "demo.json"
EVALUATOR = f"{TOP}.{SECONDARY}.80001"
VERIFIER = f"{TOP}.{SECONDARY}.90001"
VERIFIER_KEY = f"{VERIFIER}/KEY-0001"
ROLE_OF = {"evaluator": 1, "verifier": 2}
FOR_EVER = 2**63 - 1


class StageFault(CarbonError):
    """The demo's folder or one of its processes is not as it must be."""

    code = "demo"


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo stands on. `keys` by terminal identifier; files lie below `folder`."""

    folder: Path
    anvil: Anvil
    chain: Chain
    accounts: Accounts
    deployment: Deployment
    log_id: bytes
    keys: Mapping[str, PrivateKey]
    promise_key: PrivateKey
    rules: Mapping[str, bytes]


def clear(folder: Path) -> None:
    """An empty folder for a new demo; a former demo is removed, anything else is left alone (StageFault)."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise StageFault("not empty, and holds no former demo", where=str(folder), mend="--dir ELSEWHERE")
        Anvil(folder / "devnet").stop()
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / MARKER).write_text('{"format": "demo-folder/1"}\n', encoding="utf-8")


@contextmanager
def chain_of(folder: Path, plant: Plant) -> Iterator[Anvil]:
    """A chain whose first block lies some days before the plant's period."""
    anvil = Anvil(folder / "devnet", Options(genesis_time=plant.period.start - BEFORE))
    anvil.start()
    try:
        yield anvil
    finally:
        anvil.stop()


def build(folder: Path, anvil: Anvil, plant: Plant) -> Stage:
    """Deploy the contracts, create nodes and the log, publish the rules, accredit evaluator and verifier."""
    accounts = open_accounts(folder / "devnet" / "keys")
    deployment = deploy(anvil.node, accounts, folder / "deployment.json")
    chain = Chain(anvil.url, deployment)
    appoint(chain, accounts)
    publish(chain, accounts, plant)
    return settle(folder, anvil, chain, accounts, plant)


def appoint(chain: Chain, accounts: Accounts) -> None:
    """Evaluator and verifier as organisations of their own, accredited."""
    for prefix, role in ((EVALUATOR, "evaluator"), (VERIFIER, "verifier")):
        give_node(chain, accounts, prefix, role)
    _accredit(chain, accounts)


def give_node(chain: Chain, accounts: Accounts, prefix: str, role: str) -> None:
    """The node of a prefix 88.118.… for the account of this role."""
    parent, _, label = prefix.rpartition(".")
    create_node(chain, accounts["secondary-node"], parent, label, accounts[role].address)


def settle(folder: Path, anvil: Anvil, chain: Chain, accounts: Accounts, plant: Plant) -> Stage:
    """An enterprise's own: its node and its laboratories', its log, its keys."""
    for prefix, role in ((plant.facts.iss, "enterprise"), *((prefix, "laboratory") for prefix in _laboratories(plant))):
        give_node(chain, accounts, prefix, role)
    note_key, promise_key = generate(EDDSA), generate()
    origin = f"carbon-ledger.invalid/{plant.facts.iss}"
    operator = accounts["anchorer"].address
    log_id = create_log(chain, accounts["log-owner"], origin, note_key.public, promise_key.public, operator)
    rules = {role: load_rule(name) for role, name in plant.facts.rules.items()}
    _keep_keys(folder, {"note": note_key, "promise": promise_key})
    (folder / "keys" / "note.vkey").write_text(verifier_key(origin, note_key.public) + "\n", encoding="ascii")
    subs = {meter.sub for meter in plant.facts.meters} | {entry.sub for entry in plant.facts.declarations}
    subs |= {document.sub for document in plant.filed}
    keys = {sub: generate() for sub in (*sorted(subs | {plant.officer}), VERIFIER_KEY)}
    return Stage(folder, anvil, chain, accounts, chain.deployment, log_id, keys, promise_key, rules)


def enrol(stage: Stage, plant: Plant) -> None:
    """Enrol every key by its holder: those of the enterprise, of a laboratory, of the verifier."""
    due = {meter.sub: meter.calibration_due or 0 for meter in plant.facts.meters}
    classes = {entry.sub: entry.key_class for entry in plant.facts.declarations} | dict.fromkeys(due, KeyClass.METER)
    classes[VERIFIER_KEY] = KeyClass.VERIFIER
    for sub, key in stage.keys.items():
        own = sub.startswith(f"{plant.facts.iss}/")
        holder = stage.accounts["enterprise" if own else "verifier" if sub == VERIFIER_KEY else "laboratory"]
        terms = Terms(classes.get(sub, KeyClass.OFFICER), stage.log_id, due.get(sub, 0))
        terminals.enrol(stage.chain, holder, terminals.request_for(stage.chain, key, sub), terms)


def _laboratories(plant: Plant) -> list[str]:
    """The organisations, other than the enterprise, whose laboratories state values."""
    named = {entry.sub.partition("/")[0] for entry in plant.facts.declarations}
    return sorted(named - {plant.facts.iss})


def publish(chain: Chain, accounts: Accounts, plant: Plant) -> None:
    """The rules that the plant's site file names."""
    for role, name in plant.facts.rules.items():
        body = load_rule(name)
        chain.send(
            accounts["publisher"], "RuleRegistry", "publish",
            RULE_KINDS[role], name, sha256(body).digest(), "", 0, FOR_EVER,
        )  # fmt: skip


def _accredit(chain: Chain, accounts: Accounts) -> None:
    for role, organisation in (("evaluator", EVALUATOR), ("verifier", VERIFIER)):
        who = unhex(accounts[role].address)
        chain.send(
            accounts["accreditor"], "CertificateRegistry", "accredit",
            who, node(organisation), ROLE_OF[role], bytes(32), 0, FOR_EVER,
        )  # fmt: skip


def _keep_keys(folder: Path, keys: Mapping[str, PrivateKey]) -> None:
    """The log's keys, encrypted, with a passphrase of their own beside them: a demo's server starts unattended."""
    place = folder / "keys"
    place.mkdir(mode=0o700)
    passphrase = secrets.token_hex(16)
    file = place / "passphrase"
    file.touch(mode=0o600)
    file.write_text(passphrase + "\n", encoding="ascii")
    for name, key in keys.items():
        save(place / f"{name}.pem", key, passphrase.encode())

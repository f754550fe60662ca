"""The committed artifacts make one deployment in which a statement becomes a certificate."""

from pathlib import Path

import ape
import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from ledger.certificates.statement import FIELDS
from ledger.identifiers.vaa import leaf, node
from terminal_signer.keys import EDDSA, ES256, generate
from tests.contracts.stage import GENESIS, YEAR, Stage, artifact, fields, refusal

OWN = ("AnchorLog", "CertificateRegistry", "IdentifierRegistry", "ProductLedger", "RuleRegistry", "TerminalRegistry")
CHECKOUT = Path(__file__).resolve().parents[2]
CODE_LIMIT = 24_576  # EIP-170
DELEGATECALL, CALLCODE = 0xF4, 0xF2


def opcodes(code: bytes) -> set[int]:
    """Those that can be reached by stepping from the start, which jumps over what PUSH carries."""
    seen, at = set(), 0
    while at < len(code):
        seen.add(code[at])
        at += 1 + (code[at] - 0x5F if 0x60 <= code[at] <= 0x7F else 0)
    return seen


@pytest.mark.parametrize("name", OWN)
def test_code_fits_and_never_runs_foreign_code(name: str) -> None:
    """No proxy, no library call, no way to disappear."""
    code = bytes.fromhex(artifact(name)["deployedBytecode"][2:])
    assert 0 < len(code) <= CODE_LIMIT
    assert not opcodes(code) & {DELEGATECALL, CALLCODE}


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("ledger/chain/abi/*.json")), ids=lambda p: p.stem
)
def test_artifacts_name_no_place_of_the_machine_that_built_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert str(Path(__file__).parents[2]) not in text
    assert set(artifact(path.stem)) == {"contractName", "compiler", "abi", "bytecode", "deployedBytecode"}


def test_the_registries_know_one_another(stage: Stage) -> None:
    registry = stage.CertificateRegistry
    assert registry.IDENTIFIERS() == stage.TerminalRegistry.IDENTIFIERS() == stage.IdentifierRegistry.address
    assert registry.ANCHORS() == stage.AnchorLog.address
    assert registry.RULES() == stage.RuleRegistry.address
    assert registry.PRODUCTS() == stage.ProductLedger.address
    assert stage.ProductLedger.CERTIFICATES() == registry.address
    assert registry.DEMO() is False
    for name in ("IdentifierRegistry", "RuleRegistry", "CertificateRegistry"):
        assert stage.contracts[name].authority() == stage.AccessManager.address


def test_identifiers_hash_as_in_python(stage: Stage) -> None:
    assert bytes(stage.IdentifierRegistry.nodeOf("88.118.20260")) == node("88.118.20260")
    for identifier in ("88.118.20260/CE-2018-0001", "88.118.20260/碳效-É/Z", "88.101.0042/a"):
        owner, hashed = stage.IdentifierRegistry.leafOf(identifier)
        assert bytes(owner) == node(identifier.split("/")[0])
        assert bytes(hashed) == leaf(identifier)


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_keys_are_enrolled_with_the_thumbprint_that_terminals_use(stage: Stage, alg: int) -> None:
    key = generate(alg)
    enrolment, proof = stage.enrolment(key)
    event = stage.TerminalRegistry.enrol(enrolment, proof, sender=stage.people["enterprise"]).events[0]
    assert bytes(event.kid) == key.public.thumbprint()
    assert bytes(event.proof) == proof
    assert list(stage.TerminalRegistry.terminalsOf(node("88.118.20260"))) == [event.id]


def test_a_stolen_proof_enrols_nothing_elsewhere(stage: Stage) -> None:
    """INV-19: a proof of possession binds chain, registry, enterprise and terminal."""
    key = generate()
    _, proof = stage.enrolment(key, "EQ-0001")
    other, _ = stage.enrolment(key, "EQ-0002")
    enrol = stage.TerminalRegistry.enrol
    assert refusal(lambda: enrol(other, proof, sender=stage.people["enterprise"])) == "TerminalKeyNoPossession"


def test_a_statement_becomes_a_certificate(stage: Stage) -> None:
    ape.chain.pending_timestamp = GENESIS + YEAR + 1
    statement = stage.statement()
    minted = next(event for event in stage.mint(statement).events if event.event_name == "CertificateMinted")
    token = int.from_bytes(statement.digest(stage.domain()), "big")
    assert minted.tokenId == token
    assert stage.CertificateRegistry.statusOf(token) == 1
    assert stage.CertificateRegistry.ownerOf(token) == stage.people["enterprise"].address
    shown = stage.CertificateRegistry.check("88.118.20260/ce-2018-0001")
    assert (shown.tokenId, shown.status, shown.kind, shown.grade) == (token, 1, 2, 3)
    assert (shown.coverage, shown.periodEnd, shown.verifier) == (
        9_900,
        GENESIS + YEAR,
        stage.parties["verifier"].address,
    )

    ape.chain.pending_timestamp = statement.valid_until
    ape.chain.mine()
    assert stage.CertificateRegistry.statusOf(token) == 5


def test_the_digest_is_eip712_and_that_of_python(stage: Stage) -> None:
    statement = stage.statement(unit="kWh × 碳", grade_value=2**64 - 1, supersedes=2**256 - 1)
    struct = [{"name": name, "type": kind} for kind, name in FIELDS]
    domain = {
        "name": "carbon-ledger",
        "version": "1",
        "chainId": ape.chain.chain_id,
        "verifyingContract": stage.CertificateRegistry.address,
    }
    values = dict(zip((name for _, name in FIELDS), fields(statement), strict=True))
    key = Account.create()
    signed = Account.sign_message(encode_typed_data(domain, {"Statement": struct}, values), key.key)
    digest = bytes(stage.CertificateRegistry.digest(fields(statement)))
    assert digest == statement.digest(stage.domain()) == bytes(signed.message_hash)


def test_the_abi_struct_is_the_statement() -> None:
    mint = next(item for item in artifact("CertificateRegistry")["abi"] if item.get("name") == "mint")
    assert tuple((part["type"], part["name"]) for part in mint["inputs"][0]["components"]) == FIELDS

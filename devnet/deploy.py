"""Deployment on a local chain: the contracts in the order of their dependencies, roles, the nodes 88 and 88.118."""

from pathlib import Path
from typing import Final

from eth_account.signers.local import LocalAccount

from devnet.accounts import Accounts, fund
from ledger.chain.answers import hexadecimal, unhex
from ledger.chain.client import Chain
from ledger.chain.contracts import function
from ledger.chain.deployment import Deployment, Generation, load, save
from ledger.chain.errors import ChainError, WrongChain
from ledger.chain.node import Node
from ledger.chain.transactions import Call, deploy_contract, transact
from ledger.identifiers.vaa import node as identifier_node
from ledger.log.checkpoint import note_key_hash
from terminal_signer.keys import PublicKey

ROOT: Final = bytes(32)
TOP, SECONDARY = "88", "118"

ROLE_NUMBERS: Final = {"registrar": 1, "accreditor": 2, "publisher": 3, "suspender": 4, "revoker": 5}
HOLDERS: Final = {
    "registrar": ("registrar",),
    "accreditor": ("accreditor",),
    "publisher": ("publisher",),
    "suspender": ("suspender",),
    "revoker": ("revoker", "confirmer"),
}
DUTIES: Final = {
    "registrar": ("IdentifierRegistry", ("createNode", "proposeReassignment", "withdrawReassignment")),
    "accreditor": ("CertificateRegistry", ("accredit", "endAccreditation")),
    "publisher": ("RuleRegistry", ("publish",)),
    "suspender": ("CertificateRegistry", ("suspend", "reinstate")),
    "revoker": ("CertificateRegistry", ("proposeRevocation", "withdrawRevocation", "confirmRevocation")),
}


def deploy(node: Node, accounts: Accounts, path: Path, *, demo: bool = True) -> Deployment:
    """Deploy everything and write deployment.json to `path`. Raises ChainError."""
    fund(node, [account.address for account in accounts.by_role.values()])
    chain_id, genesis, latest = node.batch(
        [("eth_chainId", []), ("eth_getBlockByNumber", ["0x0", False]), ("eth_blockNumber", [])]
    )
    number = hexadecimal(chain_id)
    contracts = _contracts(node, accounts["admin"], number, demo)
    deployment = Deployment(number, unhex(genesis["hash"]), demo, (Generation(hexadecimal(latest) + 1, contracts),))
    _grant(node, accounts, deployment)
    chain = Chain(node.url, deployment)
    create_node(chain, accounts["registrar"], "", TOP, accounts["top-node"].address)
    create_node(chain, accounts["top-node"], TOP, SECONDARY, accounts["secondary-node"].address)
    save(deployment, path)
    return deployment


def standing(node: Node, path: Path) -> Deployment | None:
    """The deployment that `path` names, None if there is none. Raises WrongChain when this chain does not hold it,
    DeploymentFault when it is of an earlier edition."""
    if not path.exists():
        return None
    deployment = load(path)
    Chain(node.url, deployment).verify()
    deployment.address("ProductLedger")  # an earlier edition has none, and its pages answer otherwise
    addresses = deployment.generations[-1].contracts.values()
    codes = node.batch([("eth_getCode", [f"0x{address.hex()}", "latest"]) for address in addresses])
    if any(unhex(code) == b"" for code in codes):
        raise WrongChain(
            "the chain does not hold the contracts of this deployment",
            where=str(path),
            mend="carbon devnet down --erase, then carbon devnet up",
        )
    return deployment


def create_node(chain: Chain, holder: LocalAccount, parent: str, label: str, owner: str) -> bytes:
    """Create `parent`.`label` for the account `owner`; `holder` holds the parent. Answers the node's hash."""
    above = identifier_node(parent) if parent else ROOT
    receipt = chain.send(holder, "IdentifierRegistry", "createNode", above, label, owner)
    created: bytes = receipt.event("IdentifierRegistry", "NodeCreated")["node"]
    return created


def create_log(
    chain: Chain, owner: LocalAccount, origin: str, note_key: PublicKey, promise_key: PublicKey, operator: str
) -> bytes:
    """Create a log whose heads the account `operator` anchors. Answers its id."""
    hashed = note_key_hash(note_key)
    receipt = chain.send(owner, "AnchorLog", "createLog", origin, hashed, promise_key.raw, operator)
    log_id: bytes = receipt.event("AnchorLog", "LogCreated")["logId"]
    return log_id


def _contracts(node: Node, admin: LocalAccount, chain_id: int, demo: bool) -> dict[str, bytes]:
    def deployed(name: str, *arguments: object) -> bytes:
        address = deploy_contract(node, admin, chain_id, name, *arguments).contract
        if address is None:
            raise ChainError(f"the deployment of {name} left no contract")
        return address

    manager = deployed("AccessManager", admin.address)
    identifiers = deployed("IdentifierRegistry", manager)
    terminals = deployed("TerminalRegistry", identifiers)
    anchors = deployed("AnchorLog")
    rules = deployed("RuleRegistry", manager)
    certificates = deployed("CertificateRegistry", manager, identifiers, anchors, rules, demo)
    products = function("CertificateRegistry", "PRODUCTS")  # the registry's constructor made it
    question = {"to": f"0x{certificates.hex()}", "data": f"0x{products.encode().hex()}"}
    ledger = products.decode(unhex(node.call("eth_call", question, "latest")))
    readings = deployed("ReadingVerifier", terminals, anchors)
    return {
        "AccessManager": manager,
        "IdentifierRegistry": identifiers,
        "TerminalRegistry": terminals,
        "AnchorLog": anchors,
        "RuleRegistry": rules,
        "CertificateRegistry": certificates,
        "ProductLedger": unhex(ledger),
        "ReadingVerifier": readings,
    }


def _grant(node: Node, accounts: Accounts, deployment: Deployment) -> None:
    """Bind each role to its functions and give it to its accounts, in one transaction."""
    steps = []
    for role, number in ROLE_NUMBERS.items():
        contract, names = DUTIES[role]
        selectors = [function(contract, name).selector for name in names]
        target = deployment.address(contract)
        steps.append(_manager("setTargetFunctionRole", target, selectors, number))
        steps.append(_manager("labelRole", number, role))
        steps += [_manager("grantRole", number, accounts[holder].address, 0) for holder in HOLDERS[role]]
    call = Call(deployment.address("AccessManager"), _manager("multicall", steps))
    transact(node, accounts["admin"], call, deployment.chain_id, "AccessManager.multicall")


def _manager(name: str, *arguments: object) -> bytes:
    return function("AccessManager", name).encode(*arguments)

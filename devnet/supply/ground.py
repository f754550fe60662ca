"""One chain and three enterprises on it, each with keys, a log and a gateway of its own; one after the other works."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from devnet.accounts import Accounts, fund, open_accounts
from devnet.anvil import Anvil
from devnet.demo import stage
from devnet.demo.issue import Evaluated, Issuance, certify_result, evaluate_logged
from devnet.demo.plant import Plant
from devnet.demo.replay import Replay, agents_of, days_of
from devnet.demo.screen import Screen
from devnet.demo.server import server_of
from devnet.demo.stage import Stage
from devnet.deploy import deploy
from devnet.supply.makers import TRADE_ITEMS
from ledger.chain.client import Chain
from ledger.chain.deployment import save
from ledger.resolution.names import alias_of
from ledger.store.aliases import Alias, put_alias
from ledger.store.database import open_store

OWN = ("enterprise", "laboratory", "log-owner", "anchorer")
"""Accounts that each enterprise has for itself; registries, evaluator and verifier are the same for all."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The chain with its contracts, the rules published, evaluator and verifier accredited."""

    folder: Path
    anvil: Anvil
    chain: Chain
    accounts: Accounts


@dataclass(slots=True)
class Enterprise:
    """One that has replayed its days. `issued`: by identifier."""

    stage: Stage
    plant: Plant
    evaluated: Evaluated
    issued: dict[str, Issuance]
    frames: int

    @property
    def address(self) -> bytes:
        return address_of(self.stage.accounts)

    def certify(self, identifier: str) -> Issuance:
        name = identifier.rpartition("/")[2]
        issued = certify_result(
            self.stage, self.plant, self.evaluated, identifier=identifier, bundle_name=f"{name}.bundle"
        )
        self.issued[identifier] = issued
        self._name(identifier)
        return issued

    def _name(self, identifier: str) -> None:
        """GTIN and batch lead to the certificate too, and its label leads by them."""
        item, batch = TRADE_ITEMS[identifier]
        engine = open_store(f"sqlite:///{self.stage.folder / 'ledger.db'}")
        for link in (item, f"{item}/10/{batch}"):
            prefix = identifier.partition("/")[0]
            put_alias(engine, Alias(alias_of(f"https://id.gs1.org{link}"), identifier, prefix, self.stage.chain.now()))
        engine.dispose()


def address_of(accounts: Accounts) -> bytes:
    return bytes.fromhex(accounts["enterprise"].address[2:])


def open_ground(folder: Path, anvil: Anvil, plant: Plant) -> Ground:
    """Raises ChainError."""
    accounts = open_accounts(folder / "devnet" / "keys")
    chain = Chain(anvil.url, deploy(anvil.node, accounts, folder / "deployment.json"))
    stage.appoint(chain, accounts)
    stage.publish(chain, accounts, plant)
    return Ground(folder, anvil, chain, accounts)


def accounts_of(ground: Ground, name: str) -> Accounts:
    """An enterprise's own accounts, made when they are first asked for, with those that all share."""
    own = open_accounts(ground.folder / name / "devnet" / "keys", OWN)
    fund(ground.anvil.node, [account.address for account in own.by_role.values()])
    return Accounts(own.folder, {**ground.accounts.by_role, **own.by_role})


def operate(ground: Ground, plant: Plant, name: str, screen: Screen) -> Enterprise:
    """An enterprise from its first key to its result: enrol, replay, evaluate what was logged."""
    folder, accounts = ground.folder / name, accounts_of(ground, name)
    save(ground.chain.deployment, folder / "deployment.json")
    settled = stage.settle(folder, ground.anvil, ground.chain, accounts, plant)
    stage.enrol(settled, plant)
    title, days = plant.title[screen.language], days_of(plant)
    with (
        server_of(settled, 0) as server,
        screen.counted("chain-replay", days, name=title, days=days) as bar,
        agents_of(settled, server.url) as agents,
    ):
        tally = Replay(settled, plant, agents, bar, server.let_anchor).run()
    return Enterprise(settled, plant, evaluate_logged(settled, plant), {}, tally.frames)


def identifiers(plant: Plant) -> Iterable[str]:
    """Of what the plant makes."""
    return [f"{plant.facts.iss}/{product.id}" for product in plant.facts.organisation.products]

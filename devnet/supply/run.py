"""The supply chain from the first reading at the smelter to the car's tree, with every attempt to cheat on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from eth_utils.crypto import keccak

from devnet.anvil import Anvil
from devnet.demo import check
from devnet.demo.issue import statement_of
from devnet.demo.plant import Plant
from devnet.demo.report import Tampering
from devnet.demo.screen import Bar, Screen
from devnet.supply import makers
from devnet.supply.attempts import ATTEMPTS
from devnet.supply.ground import Enterprise, Ground, accounts_of, address_of, identifiers, open_ground, operate
from devnet.supply.lending import lending
from devnet.supply.makers import AIR_FILTER, INGOT, OIL_FILTER, SEDAN, Delivery
from devnet.supply.report import Certified, Delivered, Report
from devnet.supply.scene import Scene
from ledger.certificates.statement import Statement
from ledger.chain.goods import read_picture
from ledger.chain.products import deliver
from ledger.evaluation.footprints import footprint_of, inputs_of
from ledger.identifiers.vaa import leaf
from ledger.tracing.trace import trace
from ledger.upstream import ordered

THOUSANDTHS, MILLIONTHS = 1_000, 1_000_000
SMELTER, FILTERS, CAR = "smelter", "filters", "car"


@dataclass(slots=True)
class SupplyChain:
    """The steps, one after the other. `days`: how many each enterprise replays."""

    ground: Ground
    screen: Screen
    days: int
    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    delivered: list[tuple[str, str, Statement, int]] = field(default_factory=list)
    attempts: list[Tampering] = field(default_factory=list)

    def run(self, smelting: Plant) -> Report:
        """Raises ChainError, StageFault."""
        self._work(SMELTER, smelting)
        self._certify(SMELTER)
        metal = self._deliver(SMELTER, FILTERS, INGOT, makers.metal_for_filters(self.days))
        self._work(FILTERS, makers.filter_maker(self.days, metal))
        self._certify(FILTERS)
        built = Decimal(makers.cars_made(self.days))
        goods = {
            "certified_component_1": self._deliver(FILTERS, CAR, OIL_FILTER, built),
            "certified_component_2": self._deliver(FILTERS, CAR, AIR_FILTER, built),
            "certified_aluminium": self._deliver(SMELTER, CAR, INGOT, makers.metal_for_cars(self.days)),
        }
        self._work(CAR, makers.car_maker(self.days, goods))
        with self.screen.counted("chain-attempts", len(ATTEMPTS)) as bar:
            scene = self._scene()
            self._try(scene, bar, minted=False)
            self._certify(CAR)
            self._try(scene, bar, minted=True)
        return self._report()

    def _work(self, name: str, plant: Plant) -> None:
        self.enterprises[name] = operate(self.ground, plant, name, self.screen)

    def _certify(self, name: str) -> None:
        enterprise = self.enterprises[name]
        for identifier in identifiers(enterprise.plant):
            issued = enterprise.certify(identifier).issued.statement
            figure = f"{Decimal(issued.footprint) / MILLIONTHS:,f}"
            self.screen.line("chain-certified", identifier=identifier, footprint=figure, unit=issued.unit.strip("{}"))

    def _deliver(self, giver: str, taker: str, identifier: str, amount: Decimal) -> Delivery:
        """Units on the product ledger, and what the taker's office is told with them."""
        enterprise = self.enterprises[giver]
        issued = enterprise.issued[identifier].issued
        quantity, number = int(amount * THOUSANDTHS), int.from_bytes(issued.token, "big")
        receiver = address_of(accounts_of(self.ground, taker))
        deliver(self.ground.chain, enterprise.stage.accounts["enterprise"], receiver, number, quantity)
        self.delivered.append((giver, taker, issued.statement, quantity))
        footprint = Decimal(issued.statement.footprint) / MILLIONTHS
        return Delivery(issued.token, Decimal(quantity) / THOUSANDTHS, issued.statement.unit, footprint)

    def _scene(self) -> Scene:
        """The car maker's statement as its three are about to sign it."""
        car, smelter = self.enterprises[CAR], self.enterprises[SMELTER]
        statement = statement_of(car.stage, car.plant, car.evaluated, SEDAN)
        inputs = ordered(inputs_of(footprint_of(car.evaluated.result.document, SEDAN)))
        ingots = int.from_bytes(smelter.issued[INGOT].issued.token, "big")
        return Scene(self.ground, smelter, self.enterprises[FILTERS], car, statement, inputs, ingots)

    def _try(self, scene: Scene, bar: Bar, *, minted: bool) -> None:
        for attempt in ATTEMPTS:
            if attempt.minted is minted:
                with scene.undone():
                    seen = attempt.run(scene)
                self.attempts.append(
                    Tampering(attempt.name, attempt.invariant, attempt.title, attempt.answer, seen, attempt.says)
                )
                bar.advance(attempt.title[self.screen.language])

    def _report(self) -> Report:
        with self.screen.step("chain-access"), lending(self.enterprises[CAR], self.ground.folder / "bank") as bank:
            readers = tuple(bank.run())
        with self.screen.step("chain-verify"):
            certified = tuple(self._verified())
        with self.screen.step("chain-trace"):
            picture = read_picture(self.ground.chain, "latest")
            traced = trace(picture, picture.newest[leaf(SEDAN)], None, keccak)
        parts = {int.from_bytes(one.token, "big"): one.footprint["parts"] for one in certified}
        marks = dict.fromkeys(mark for one in self.enterprises.values() for mark in one.evaluated.result.marks)
        delivered = tuple(
            Delivered(
                self.enterprises[giver].plant.title, self.enterprises[taker].plant.title, statement.identifier,
                quantity, statement.unit,
            )
            for giver, taker, statement, quantity in self.delivered
        )  # fmt: skip
        return Report(certified, delivered, tuple(self.attempts), readers, traced, parts, tuple(marks))

    def _verified(self) -> Iterator[Certified]:
        """Each bundle in a fresh process that knows nothing but a policy and the node."""
        for enterprise in self.enterprises.values():
            for identifier, issuance in enterprise.issued.items():
                answer = check.verify_apart(issuance.bundle, issuance.policy, "--rpc", issuance.rpc)
                footprint = footprint_of(enterprise.evaluated.result.document, identifier)
                yield Certified(
                    identifier, enterprise.plant.title, enterprise.frames, footprint, issuance.issued.token,
                    issuance.issued.gas_used, answer.code == 0,
                )  # fmt: skip


def run(folder: Path, anvil: Anvil, smelting: Plant, screen: Screen, days: int) -> Report:
    """Everything, on a chain that has just begun. Raises ChainError, StageFault."""
    with screen.step("chain-ground"):
        ground = open_ground(folder, anvil, smelting)
    return SupplyChain(ground, screen, days).run(smelting)

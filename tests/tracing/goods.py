"""Certificates of invented goods as events tell of them: a small smelter's market without a chain."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from eth_utils.crypto import keccak

from ledger.certificates.statement import Domain, Statement
from ledger.identifiers.vaa import leaf
from ledger.tracing.picture import NOBODY, Happening, Picture, draw
from ledger.upstream import Input, least_footprint, upstream_root
from tests.certificates.sample import STATEMENT

DOMAIN = Domain(31_337, b"\x0c" * 20)
NOW = STATEMENT.valid_until - 1
HOLDER = b"\x0a" * 20
PREFIX = "88.118.20260"


class Market:
    """Events in the order in which the contracts would emit them; nothing is refused here."""

    def __init__(self) -> None:
        self.events: list[Happening] = []
        self.statements: dict[int, Statement] = {}
        self.accounts: dict[int, tuple[int, int]] = {}  # by certificate: its account, and the account's footprint

    def certify(
        self, name: str, quantity: int = 1000, inputs: Sequence[Input] = (), supersedes: int = 0, **changes: Any
    ) -> int:
        """A certificate that carries just what its inputs carry, and 1 kgCO2e a unit more."""
        identifier = f"{PREFIX}/{name}"
        carried = least_footprint([(part.quantity, self.accounts[part.id][1]) for part in inputs], quantity)
        statement = replace(
            STATEMENT, kind=3, identifier=identifier, subject=leaf(identifier), unit="t", quantity=quantity,
            footprint=carried + 10**6, upstream_root=upstream_root(inputs, keccak), supersedes=supersedes, grade=0,
            grade_value=0, site=keccak(text=f"{len(self.events)}"),
        )  # fmt: skip
        return self.book(replace(statement, **changes), inputs)

    def book(self, statement: Statement, inputs: Sequence[Input] = ()) -> int:
        token = int.from_bytes(statement.digest(DOMAIN, keccak), "big")
        self.statements[token] = statement
        before = self._made_of(statement.supersedes)
        if statement.supersedes:
            self.say("CertificateSuperseded", statement.supersedes, successor=token)
        self.say("CertificateMinted", token, statement=statement)
        for part in inputs:
            if (burned := part.quantity - before.get(part.id, 0)) > 0:
                self.say("Transfer", part.id, sender=HOLDER, receiver=NOBODY, amount=burned)
                self.say("Used", part.id, tokenId=token, quantity=burned)
        self._account(statement, token)
        return token

    def say(self, name: str, number: int, **values: Any) -> None:
        self.events.append(Happening(name, number, values))

    def picture(self, time: int = NOW) -> Picture:
        return draw(DOMAIN, 99, time, self.events)

    def _made_of(self, token: int) -> Mapping[int, int]:
        picture = self.picture()
        return {part.id: part.quantity for part in picture.certificates[token].inputs} if token else {}

    def _account(self, statement: Statement, token: int) -> None:
        if statement.supersedes:
            account = self.accounts[statement.supersedes][0]
            issued = self.picture().accounts[account].issued
            minted = max(0, statement.quantity - issued)
            taken = {"predecessor": statement.supersedes, "successor": token, "minted": minted}
            self.say("AccountTakenOver", account, footprint=statement.footprint, **taken)
            self.accounts[account] = (account, statement.footprint)
        else:
            account, minted = token, statement.quantity
            opened = {"quantity": minted, "footprint": statement.footprint, "unit": statement.unit}
            self.say("AccountOpened", token, **opened)
        self.accounts[token] = (account, statement.footprint)
        self.say("Transfer", account, sender=NOBODY, receiver=HOLDER, amount=minted)


def chain_of(market: Market, length: int) -> int:
    """A certificate that rests on one that rests on one …; the last one's token."""
    token = market.certify("tier-0")
    for number in range(1, length):
        token = market.certify(f"tier-{number}", inputs=(Input(token, 900),))
    return token

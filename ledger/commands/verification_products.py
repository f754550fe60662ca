"""A verification of a product: what a claim can certify, and what a correction does to goods that are out already."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from ledger.certificates.booking import has_goods
from ledger.certificates.claim import Claim
from ledger.chain.client import Chain
from ledger.chain.products import account_of, balance_of
from ledger.commands.input_files import WrongUse
from ledger.evaluation.document import PRODUCT_FOOTPRINT
from ledger.evaluation.footprints import footprint_of, footprints_of
from ledger.store.certificates import StoredCertificate, unreplaced_beside
from ledger.store.standing import standing_of

THOUSANDTHS, MILLIONTHS = Decimal(1_000), Decimal(1_000_000)


def certified_identifier(claim: Claim, wished: str | None) -> str:
    """What the certificate is to be of. A product's claim may hold several footprints: then one of them is named."""
    if claim.kind != PRODUCT_FOOTPRINT:
        return wished or claim.identifier
    known = [str(found["identifier"]) for found in footprints_of(claim.result.document)]
    if wished is None and len(known) == 1:
        return known[0]
    if wished is None or wished not in known:
        what = "which product?" if wished is None else f"the claim has no footprint of {wished[:80]}"
        raise WrongUse(what, where="--identifier", mend="one of " + ", ".join(known) if known else "nothing was made")
    return wished


def claimed_lines(claim: Claim, text: Mapping[str, str]) -> Iterator[str]:
    """Each product or batch that the claim can certify, with what its minting burns."""
    for found in footprints_of(claim.result.document):
        yield text["claimed-product"].format(
            identifier=found["identifier"], value=_text(int(found["value"]) / MILLIONTHS), unit=_unit(found["unit"]),
            quantity=_text(int(found["quantity"]) / THOUSANDTHS),
        )  # fmt: skip
        for part in found["inputs"]:
            quantity = _text(int(part["quantity"]) / THOUSANDTHS)
            yield text["claimed-input"].format(quantity=quantity, unit=_unit(part["unit"]), account=part["account"])


@dataclass(frozen=True, slots=True)
class Goods:
    """The account that a correction takes over, in 10⁻³ of `unit`: what the successor certifies, what was issued under
    the certificates before it, and what of that is no longer with the enterprise."""

    account: int
    unit: str
    certified: int
    issued: int
    gone: int

    def to_json(self) -> dict[str, Any]:
        figures = {name: str(getattr(self, name)) for name in ("certified", "issued", "gone")}
        return {"account": f"0x{self.account:064x}", "unit": self.unit, **figures}

    def lines(self, text: Mapping[str, str]) -> Iterator[str]:
        """Nothing where no more is out than is certified: then the ledger does everything that is to be done."""
        if self.certified >= self.issued:
            return
        certified, issued, gone, beyond = (
            f"{_text(number / THOUSANDTHS)} {_unit(self.unit)}"
            for number in (self.certified, self.issued, self.gone, self.gone - self.certified)
        )
        yield text["goods-lowered"].format(certified=certified, issued=issued)
        if self.gone > self.certified:
            yield text["goods-oversold"].format(gone=gone, beyond=beyond)
        else:
            left = _text((self.certified - self.gone) / THOUSANDTHS)
            yield text["goods-left"].format(left=f"{left} {_unit(self.unit)}", gone=gone)


def goods_of(chain: Chain, old: StoredCertificate, claim: Claim, holder: bytes) -> Goods | None:
    """As the enterprise's account `holder` has them; None where the certificate has none, or the claim no footprint."""
    on_ledger = old.kind == PRODUCT_FOOTPRINT and has_goods(chain)
    found = footprint_of(claim.result.document, old.identifier) if on_ledger else None
    account = None if found is None else account_of(chain, int.from_bytes(old.token_id))
    if found is None or account is None:
        return None
    gone = account.issued - balance_of(chain, holder, account.id)
    return Goods(account.id, found["unit"], int(found["quantity"]), account.issued, gone)


def certified_beside(engine: Engine, old: StoredCertificate) -> tuple[tuple[str, bytes], ...]:
    """Identifier and token of what the enterprise has certified over the same time besides, and nobody revoked."""
    standings = ((one, standing_of(engine, one[1])) for one in unreplaced_beside(engine, old))
    return tuple(one for one, standing in standings if standing is None or standing.status != "revoked")


def _text(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _unit(unit: str) -> str:
    return unit.strip("{}")

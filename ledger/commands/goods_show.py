"""Goods that somebody holds (`goods/1`), and what was done with some (`goods-change/1`), for machines and people."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.text import Text

from ledger.canonical import decimal_text
from ledger.commands.cells import printable
from ledger.commands.goods_texts import TEXTS
from ledger.commands.trace_json import number
from ledger.commands.trace_texts import TEXTS as TRACE_TEXTS
from ledger.language import Language
from ledger.tracing.picture import ACTIVE, EXPIRED, Account, Picture

THOUSANDTHS, MILLIONTHS = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Moved:
    """`quantity` in 10⁻³ of the account's unit was delivered `to` an address, or retired (None)."""

    action: str
    picture: Picture
    account: Account
    quantity: int
    to: bytes | None
    transaction: bytes
    block: int


def show_list(picture: Picture, held: Sequence[Account], holder: bytes, language: Language, *, as_json: bool) -> None:
    if as_json:
        rows = [_row(picture, account, holder) for account in held]
        document = {"format": "goods/1", "holder": "0x" + holder.hex(), "block": picture.block, "goods": rows}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    text, console = TEXTS[language], Console(highlight=False)
    for account in held:
        row = _row(picture, account, holder)
        status = row["status"]
        style = "green" if status == ACTIVE else "yellow" if status == EXPIRED else "red"
        unit = printable(account.unit).strip("{}")
        line = Text(printable(row["identifier"] or "?"), style="bold")
        line.append(f"  {row['quantity']} {unit}  {row['footprint']} kgCO2e/{unit}  ", style="not bold")
        line.append(TRACE_TEXTS[language]["status-" + status], style=f"not bold {style}")
        console.print(line, soft_wrap=True)
        console.print(Text(f"  {row['account']}", style="dim"), soft_wrap=True)
    console.print(text["held" if held else "nothing"].format(count=len(held), block=f"{picture.block:,}"))


def show_moved(moved: Moved, language: Language, *, as_json: bool) -> None:
    row = _row(moved.picture, moved.account, b"")
    amount = decimal_text(Fraction(moved.quantity, THOUSANDTHS))
    if as_json:
        document = {
            "format": "goods-change/1", "action": moved.action, "account": row["account"],
            "identifier": row["identifier"], "quantity": amount, "unit": moved.account.unit,
            "to": None if moved.to is None else "0x" + moved.to.hex(), "transaction": "0x" + moved.transaction.hex(),
            "block": moved.block,
        }  # fmt: skip
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    unit, name = printable(moved.account.unit).strip("{}"), printable(row["identifier"] or row["account"])
    to = "" if moved.to is None else "0x" + moved.to.hex()
    print(TEXTS[language]["done-" + moved.action].format(amount=amount, unit=unit, name=name, to=to, block=moved.block))


def _row(picture: Picture, account: Account, holder: bytes) -> dict[str, Any]:
    certificate = picture.certificates.get(account.certificate)
    return {
        "account": number(account.number),
        "identifier": None if certificate is None else certificate.statement.identifier,
        "quantity": decimal_text(Fraction(account.held.get(holder, 0), THOUSANDTHS)),
        "unit": account.unit,
        "footprint": decimal_text(Fraction(account.footprint, MILLIONTHS)),
        "status": ACTIVE if certificate is None else certificate.status_at(picture.time),
    }

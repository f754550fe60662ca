"""`carbon goods list | deliver | retire`: certified goods on the product ledger.

Exit codes: 0 done, 1 the chain refused or did not answer, 2 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ledger.canonical import CanonicalError, decimal_text, exact_number
from ledger.chain import deployment
from ledger.chain.answers import unhex
from ledger.chain.client import NO_ADDRESS, Chain
from ledger.chain.errors import DeploymentFault, KeyFileFault
from ledger.chain.goods import read_picture
from ledger.chain.keyfile import load_account
from ledger.chain.products import deliver, retire
from ledger.commands.goods_show import Moved, show_list, show_moved
from ledger.commands.goods_texts import TEXTS
from ledger.commands.refusal_texts import explain_refusal
from ledger.commands.store_place import gateway_settings
from ledger.commands.trace import RPC, token_of
from ledger.errors import ConfigError
from ledger.identifiers.text import IdentifierError
from ledger.identifiers.vaa import node
from ledger.language import LANGUAGES, asked
from ledger.tracing.picture import Account, Picture, TracingError
from terminal_signer.errors import CarbonError

THOUSANDTHS = 1_000
_INPUT = (ConfigError, DeploymentFault, IdentifierError, KeyFileFault)


class WrongUse(ConfigError):
    """An option that is none."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        chain = _chain(options)
        picture = read_picture(chain, "latest")
        if options.action == "list":
            holder = _address(chain, options.holder)
            held = [account for account in picture.accounts.values() if account.held.get(holder)]
            show_list(picture, held, holder, language, as_json=options.json)
        else:
            show_moved(_move(options, chain, picture, TEXTS[language]), language, as_json=options.json)
    except CarbonError as fault:
        print(f"carbon goods {options.action}: {explain_refusal(fault, language)}", file=sys.stderr)
        return 2 if isinstance(fault, _INPUT) else 1
    return 0


def _move(options: argparse.Namespace, chain: Chain, picture: Picture, text: dict[str, str]) -> Moved:
    """Deliver or retire, by the holder's own transaction."""
    account = _account(picture, options.goods)
    quantity = _quantity(options.quantity)
    holder = load_account(Path(options.key_file) if options.key_file else options.dir / "keys" / "holder.key")
    if options.action == "deliver":
        to = _address(chain, options.to)
        _check_certified(picture, account, unhex(holder.address.lower()), quantity, text)
        receipt = deliver(chain, holder, to, account.number, quantity)
    else:
        to = None
        texts = {"beneficiary": options.beneficiary, "reason": options.reason}
        receipt = retire(chain, holder, account.number, quantity, **texts)
    return Moved(options.action, picture, account, quantity, to, receipt.transaction, receipt.block_number)


def _check_certified(picture: Picture, account: Account, holder: bytes, quantity: int, text: dict[str, str]) -> None:
    """After a correction downwards the maker may hold units that are certified no more: the contract takes nothing
    back, and an honest maker does not sell them. Raises TracingError."""
    if holder != picture.certificates[account.certificate].statement.recipient:
        return
    gone = account.issued - account.held.get(holder, 0)
    if account.issued > account.certified and gone + quantity > account.certified:
        certified, others, left = (
            decimal_text(Fraction(number, THOUSANDTHS))
            for number in (account.certified, gone, max(account.certified - gone, 0))
        )
        raise TracingError(text["not-certified"].format(certified=certified, others=others, left=left))


def _account(picture: Picture, wanted: str) -> Account:
    account = picture.account_of(token_of(picture, wanted))
    if account is None:
        raise TracingError("its certificate opened no account on the product ledger", where=wanted[:80])
    return account


def _quantity(text: str) -> int:
    """10⁻³ of the unit."""
    try:
        thousandths = exact_number(text) * THOUSANDTHS
    except CanonicalError:
        thousandths = exact_number("0")
    if thousandths <= 0 or thousandths.denominator != 1:
        raise WrongUse(f"{text[:40]!r} is no quantity", where="QUANTITY", mend="above 0, at most three decimals")
    return thousandths.numerator


def _address(chain: Chain, who: str) -> bytes:
    """An address, or whoever holds a prefix."""
    if who.startswith("0x"):
        try:
            address = bytes.fromhex(who[2:])
        except ValueError:
            address = b""
        if len(address) != len(NO_ADDRESS):
            raise WrongUse(f"{who[:60]!r} is no address", mend="0x and 40 hex digits, or a prefix 88.x.y")
        return address
    found = unhex(chain.call("IdentifierRegistry", "holderOf", node(who)))
    if found == NO_ADDRESS:
        raise WrongUse(f"nobody holds {who[:80]} on this chain", mend="its parent node creates it")
    return found


def _chain(options: argparse.Namespace) -> Chain:
    values = gateway_settings(options.dir)
    path = options.deployment or options.dir / values.get("deployment", "deployment.json")
    chain = Chain(options.rpc or str(values.get("rpc", RPC)), deployment.load(path))
    chain.verify()
    return chain


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "carbon goods", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | deliver | retire")
    for name in ("list", "deliver", "retire"):
        action = actions.add_parser(name, help=text[name], description=text[name], formatter_class=style)
        if name == "list":
            action.add_argument("holder", metavar="HOLDER", help=text["holder"])
        else:
            action.add_argument("goods", metavar="GOODS", help=text["goods"])
            action.add_argument("quantity", metavar="QUANTITY", help=text["quantity"])
            action.add_argument("--key-file", metavar="FILE", help=text["key-file"])
        if name == "deliver":
            action.add_argument("--to", required=True, metavar="HOLDER", help=text["to"])
        if name == "retire":
            action.add_argument("--for", dest="beneficiary", required=True, metavar="TEXT", help=text["for"])
            action.add_argument("--reason", required=True, metavar="TEXT", help=text["reason"])
        action.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
        action.add_argument("--rpc", metavar="URL", help=text["rpc"])
        action.add_argument("--deployment", type=Path, metavar="FILE", help=text["deployment"])
        action.add_argument("--json", action="store_true", help=text["json"])
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser

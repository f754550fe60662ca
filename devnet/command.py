"""`carbon devnet up | down | status`. Exit codes: 0 done, 1 it failed, 2 wrong use.

In the working folder: `deployment.json`; `devnet/` with the chain's state; `devnet/keys/`, one file a role. A second
`up` changes nothing; an `up` after a restart or a SIGKILL goes on from the state on disk.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table

from devnet.accounts import ROLES, open_accounts
from devnet.anvil import Anvil, Options
from devnet.command_texts import DUTIES_ZH, TEXTS
from devnet.deploy import deploy, standing
from devnet.process import port_is_free
from ledger.chain.answers import hexadecimal
from ledger.chain.client import Chain
from ledger.chain.deployment import Deployment
from ledger.language import LANGUAGES, Language, asked
from terminal_signer.errors import CarbonError

FORMAT = "devnet/1"
PORT, BLOCK_TIME = 8545, 5


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        if options.action == "up":
            return _up(options, language)
        if options.action == "down":
            return _down(options, language)
        return _status(options, language)
    except CarbonError as fault:
        print(f"carbon devnet: {fault}", file=sys.stderr)
        return 1


def _up(options: argparse.Namespace, language: Language) -> int:
    wanted = Options(genesis_time=options.genesis_time, block_time=options.block_time or None)
    port = options.port if options.port is not None else PORT if port_is_free(PORT) else 0
    anvil = Anvil(options.dir / "devnet", wanted, port=0 if _known(options.dir) and options.port is None else port)
    anvil.start(detached=True)
    path = options.dir / "deployment.json"
    if standing(anvil.node, path) is None:
        deploy(anvil.node, open_accounts(options.dir / "devnet" / "keys"), path, demo=not options.strict)
        anvil.save()
    if anvil.recovered:
        print(f"carbon devnet: {TEXTS[language]['recovered']}", file=sys.stderr)
    return _show(describe(options.dir, anvil), language, options.json)


def _down(options: argparse.Namespace, language: Language) -> int:
    anvil = Anvil(options.dir / "devnet")
    was_running = anvil.running
    anvil.stop()
    if options.erase and _known(options.dir):
        shutil.rmtree(options.dir / "devnet")
        (options.dir / "deployment.json").unlink(missing_ok=True)
    said = "down-erased" if options.erase else "down-done" if was_running else "down-nothing"
    document = {"format": FORMAT, "running": False, "was_running": was_running, "erased": options.erase}
    print(json.dumps(document) if options.json else TEXTS[language][said])
    return 0


def _status(options: argparse.Namespace, language: Language) -> int:
    if not _known(options.dir):
        document = {"format": FORMAT, "running": False, "known": False}
        text = TEXTS[language]
        said = f"{text['absent'].format(folder=options.dir)}\n  {text['absent-mend']}"
        print(json.dumps(document) if options.json else said)
        return 0
    return _show(describe(options.dir, Anvil(options.dir / "devnet")), language, options.json)


def describe(folder: Path, anvil: Anvil) -> dict[str, Any]:
    """The document `devnet/1`: no key, only addresses. Raises CarbonError."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "running": anvil.running,
        "known": True,
        "chain_id": anvil.options.chain_id,
        "replay": anvil.options.genesis_time is not None,
        "rpc": anvil.url,
        "keys": str(folder / "devnet" / "keys"),
    }
    if not document["running"]:
        return document
    deployment = standing(anvil.node, folder / "deployment.json")
    if deployment is not None:
        document |= _deployed(deployment, Chain(anvil.url, deployment))
    accounts = open_accounts(folder / "devnet" / "keys").by_role
    held = anvil.node.batch([("eth_getBalance", [account.address, "latest"]) for account in accounts.values()])
    document["accounts"] = [
        {"role": role, "address": account.address.lower(), "wei": str(hexadecimal(amount))}
        for (role, account), amount in zip(accounts.items(), held, strict=True)
    ]
    return document


def _deployed(deployment: Deployment, chain: Chain) -> dict[str, Any]:
    latest, safe, final = chain.depths()
    contracts = deployment.generations[-1].contracts
    return {
        "time": latest.time,
        "blocks": {"latest": latest.number, "safe": safe.number, "finalized": final.number},
        "demo": deployment.demo,
        "contracts": {name: f"0x{address.hex()}" for name, address in contracts.items()},
    }


def _show(document: dict[str, Any], language: Language, as_json: bool) -> int:
    if as_json:
        print(json.dumps(document, indent=2))
    else:
        Console().print(_page(document, language))
    return 0


def _page(document: dict[str, Any], language: Language) -> Group:
    text = TEXTS[language]
    running = document["running"]
    facts = Table(show_header=False, box=None, pad_edge=False)
    facts.add_column(style="bold")
    facts.add_column(overflow="fold")
    state = f"[green]{text['running']}" if running else f"[yellow]{text['stopped']}"
    facts.add_row(text["chain"], f"{document['chain_id']}  {state}")
    facts.add_row(text["node"], document["rpc"] if running else text["start-mend"])
    facts.add_row(text["keys"], document["keys"])
    if "blocks" in document:
        time = datetime.fromtimestamp(document["time"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        facts.add_row(text["clock"], time)
        facts.add_row(text["blocks"], text["block-line"].format(**document["blocks"]))
    parts: list[Any] = [facts]
    if "contracts" in document:
        parts.append(Padding(_contracts(document, text), (1, 0, 0, 0)))
    if "accounts" in document:
        parts.append(Padding(_accounts(document, language), (1, 0, 0, 0)))
    if document.get("demo"):
        parts.append(f"\n[yellow]{text['demo']}")
    return Group(*parts)


def _contracts(document: dict[str, Any], text: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(text["contract"])
    table.add_column(text["address"], overflow="fold")
    for name, address in document["contracts"].items():
        table.add_row(name, address)
    return table


def _accounts(document: dict[str, Any], language: Language) -> Table:
    text = TEXTS[language]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(text["account"], no_wrap=True)
    table.add_column(text["address"], no_wrap=True)
    table.add_column(text["duty"], overflow="fold")
    duties = DUTIES_ZH if language == "zh" else ROLES
    for account in document["accounts"]:
        table.add_row(account["role"], account["address"], duties.get(account["role"], ""))
    return table


def _known(folder: Path) -> bool:
    return (folder / "devnet" / "anvil.json").exists()


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="carbon devnet", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="up | down | status")
    for name in ("up", "down", "status"):
        action = actions.add_parser(name, help=text[name], description=text[name])
        action.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
        if name == "up":
            action.add_argument("--port", type=int, metavar="N", help=text["port"])
            action.add_argument("--genesis-time", type=int, metavar="UNIX", help=text["genesis-time"])
            action.add_argument("--block-time", type=int, default=BLOCK_TIME, metavar="S", help=text["block-time"])
            action.add_argument("--strict", action="store_true", help=text["strict"])
        if name == "down":
            action.add_argument("--erase", action="store_true", help=text["erase"])
        action.add_argument("--json", action="store_true", help=text["json"])
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser

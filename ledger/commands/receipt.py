"""`carbon log receipt DIGEST`: fetch one frame's receipt from any gateway and check it against the chain.

Exit codes: 0 fetched and checked, 1 false or not to be had, 2 wrong use, 3 not under a final head yet.
"""

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from ledger.chain import deployment
from ledger.chain.client import Chain
from ledger.commands.receipt_texts import TEXTS
from ledger.commands.store_place import gateway_settings, read_log_id
from ledger.errors import ConfigError
from ledger.language import LANGUAGES, Language, asked
from ledger.log import cose_receipt
from terminal_signer import receipt as receipts
from terminal_signer.build import receipt_json
from terminal_signer.errors import CarbonError
from terminal_signer.keys import ES256, PublicKey
from terminal_signer.receipt import Receipt

FORMAT = "checked-receipt/1"
JSON = "application/json"
_DIGEST = re.compile("0x[0-9a-f]{64}", re.ASCII)
_SECONDS = 20


class ReceiptRefused(CarbonError):
    """The gateway gave no receipt, or one of another frame or log."""

    code = "receipt"


class _WrongUse(Exception):
    """The sentence to print; exit code 2."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said: the receipt as it came, or the leaf of a frame that waits for its anchor."""

    raw: bytes
    pending: int | None


@dataclass(frozen=True, slots=True)
class Checked:
    """`signed`: by the log's promise key. `held`: the contract has the head; `final`: in a block that cannot vanish."""

    receipt: Receipt
    signed: bool
    held: bool
    final: bool

    @property
    def kept(self) -> bool:
        """A receipt that is false is kept where it is signed: it may convict its signer."""
        return self.held or self.signed


def main(argv: Sequence[str]) -> int:
    language = asked(argv)
    options = _parser(TEXTS[language]).parse_args(argv)
    try:
        return _run(options, language)
    except _WrongUse as wrong:
        return _complain(str(wrong), 2)
    except CarbonError as fault:
        return _complain(str(fault), 2 if isinstance(fault, ConfigError) else 1)


def _run(options: argparse.Namespace, language: Language) -> int:
    text = TEXTS[language]
    digest, log_id = _digest(options.digest, text), _log(options, text)
    out = options.out or Path(f"receipt-{digest.hex()}.{'cose' if options.cose else 'json'}")
    if out.exists():
        raise _WrongUse(text["exists"].format(path=out))
    chain = Chain(options.rpc, deployment.load(options.deployment or options.dir / "deployment.json"))
    chain.verify()
    media = cose_receipt.MEDIA_TYPE if options.cose else JSON
    answer = fetch(f"{options.gateway.rstrip('/')}/log/0x{log_id.hex()}/receipts/0x{digest.hex()}", media)
    if answer.pending is not None:
        document = {"format": FORMAT, "digest": f"0x{digest.hex()}", "state": "pending", "index": answer.pending}
        print(json.dumps(document, indent=2) if options.json else text["pending"].format(index=answer.pending))
        return 3
    checked = check(answer.raw, digest, log_id, chain, signed=options.cose)
    if checked.kept:
        out.write_bytes(answer.raw)
    if options.json:
        print(json.dumps(_document(checked, out), indent=2))
    else:
        print("\n".join(_lines(checked, out, text)))
    return 0 if checked.final else 3 if checked.held else 1


def fetch(url: str, media: str) -> Answer:
    """Raises ReceiptRefused."""
    if not url.startswith(("http://", "https://")):
        raise ReceiptRefused("not an http address", where=url)
    request = urllib.request.Request(url, headers={"Accept": media})  # noqa: S310 – scheme checked above
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
            raw, pending = response.read(receipts.MAX_BYTES + 1), response.status == 202
    except urllib.error.HTTPError as error:
        with error:
            raise ReceiptRefused(f"HTTP {error.code}{_told(error.read(65_536))}", where=url) from None
    except (OSError, HTTPException, ValueError) as error:
        raise ReceiptRefused(f"no answer: {getattr(error, 'reason', error)}", where=url) from None
    return Answer(raw, _index(raw, url) if pending else None)


def check(raw: bytes, digest: bytes, log_id: bytes, chain: Chain, *, signed: bool) -> Checked:
    """Path and signature must hold, or ReceiptRefused and its like are raised; then what the contract says."""
    if signed:
        record = chain.log_record(log_id)
        if record is None:
            raise ReceiptRefused("the chain has no such log", where=f"0x{log_id.hex()}")
        receipt = cose_receipt.read(raw, digest, PublicKey(ES256, record.promise_key))
    else:
        receipt = receipts.loads(raw)
        receipts.check(receipt)
    here = (digest, log_id, chain.deployment.chain_id, chain.deployment.address("AnchorLog"))
    anchor = receipt.anchor
    if (receipt.digest, receipt.log_id, anchor.chain_id, anchor.contract) != here:
        raise ReceiptRefused("the receipt is of another frame, log or chain")
    head = (log_id, receipt.size, receipt.root, anchor.time, anchor.previous_size)
    final, latest = (bool(chain.call("AnchorLog", "isAnchored", *head, tag=tag)) for tag in ("finalized", "latest"))
    return Checked(receipt, signed, held=final or latest, final=final)


def _document(checked: Checked, out: Path) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "state": "final" if checked.final else "not-final" if checked.held else "false",
        "signed": checked.signed,
        "file": str(out) if checked.kept else None,
        "receipt": receipt_json(checked.receipt),
    }


def _lines(checked: Checked, out: Path, text: Mapping[str, str]) -> list[str]:
    receipt, anchor = checked.receipt, checked.receipt.anchor
    time = datetime.fromtimestamp(min(anchor.time, 253_402_300_799), UTC).strftime("%Y-%m-%d %H:%M:%S")
    lines = [
        text["frame"].format(digest=f"0x{receipt.digest.hex()}"),
        text["leaf"].format(index=f"{receipt.index:,}", size=f"{receipt.size:,}"),
        text["head"].format(root=f"0x{receipt.root.hex()}"),
        text["anchor"].format(
            block=f"{anchor.block:,}", time=time, contract=f"0x{anchor.contract.hex()}", chain=anchor.chain_id
        ),
        text["path"],
    ]
    if checked.signed:
        lines.append(text["signature"])
    lines.append(text["final" if checked.final else "not-final" if checked.held else "false"])
    if checked.signed and not checked.held:
        lines.append(text["evidence"].format(path=out))
    return [*lines, text["kept"].format(path=out)] if checked.kept else lines


def _index(raw: bytes, url: str) -> int:
    try:
        index = json.loads(raw)["index"]
    except (ValueError, KeyError, TypeError, RecursionError):
        index = None
    if type(index) is not int or index < 0:
        raise ReceiptRefused("neither a receipt nor a leaf that waits for one", where=url)
    return index


def _told(body: bytes) -> str:
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return f": {problem['detail']!s:.300}" if isinstance(problem, dict) and problem.get("detail") else ""


def _digest(given: str, text: Mapping[str, str]) -> bytes:
    if _DIGEST.fullmatch(given.lower()) is None:
        raise _WrongUse(text["bad-digest"].format(digest=given[:80]))
    return bytes.fromhex(given[2:])


def _log(options: argparse.Namespace, text: Mapping[str, str]) -> bytes:
    given = options.log or gateway_settings(options.dir).get("log_id")
    if given is None:
        raise _WrongUse(text["no-log"])
    try:
        return read_log_id(str(given))
    except ValueError:
        raise _WrongUse(text["bad-log"].format(log=str(given)[:80])) from None


def _parser(text: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon log receipt", description=text["about"], epilog=text["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("digest", metavar="DIGEST", help=text["digest"])
    parser.add_argument("--cose", action="store_true", help=text["cose"])
    parser.add_argument("--out", type=Path, metavar="FILE", help=text["out"])
    parser.add_argument("--gateway", default="http://127.0.0.1:8000", metavar="URL", help=text["gateway"])
    parser.add_argument("--rpc", default="http://127.0.0.1:8545", metavar="URL", help=text["rpc"])
    parser.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    parser.add_argument("--deployment", type=Path, metavar="FILE", help=text["deployment"])
    parser.add_argument("--log", metavar="0x…", help=text["log"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _complain(what: str, code: int) -> int:
    print(f"carbon log receipt: {what}", file=sys.stderr)
    return code

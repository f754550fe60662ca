"""The options of `carbon verification`, an action at a time."""

import argparse
from collections.abc import Callable
from pathlib import Path

from ledger.commands.verification_acts import CRITERIA
from ledger.commands.verification_texts import TEXTS
from ledger.language import LANGUAGES, Language

ACTIONS = {
    "apply": "apply",
    "plan": "plan",
    "declare": "declare",
    "review-documents": "review_documents",
    "visit": "visit",
    "find": "find",
    "rectify": "rectify",
    "close": "close",
    "return": "return_",
    "recalculate": "recalculate",
    "technical-review": "technical_review",
    "opine": "opine",
    "refuse": "reasoned",
    "appeal": "reasoned",
    "decide": "decide",
    "withdraw": "reasoned",
    "draw-up": "",
    "sign": "",
}
"""The method of `Acts` that makes the document."""
LOOKS = ("list", "show", "claim")
CORRECTABLE = ("plan", "review-documents", "visit", "find", "rectify", "recalculate")
_WITH_EXHIBITS = ("review-documents", "visit", "find", "rectify", "recalculate")
_WITH_TEXT = (
    "apply", "declare", "review-documents", "visit", "find", "rectify", "close", "recalculate", "technical-review",
    "opine", "decide",
)  # fmt: skip
_WITH_REASON = ("return", "refuse", "appeal", "withdraw")
_WITH_NUMBER = ("find", "rectify", "close", "return", "recalculate")
_WITH_CLAIM = ("apply", "rectify", "recalculate", "technical-review", "opine", "draw-up", "mint")
Option = Callable[..., None]
_NAME = "88.118.20260/V-2022-0001"
EXAMPLES = {
    "list": "list --key lead\ncarbon verification list --me 88.118.90001/P-3 --json",
    "show": f"show {_NAME} --lang zh\ncarbon verification show {_NAME} --out record.cbor",
    "claim": "claim site.toml --period 2022",
    "apply": f"apply {_NAME} --claim claim.json --verifier 88.118.90001 --evaluator 88.118.80001 --key officer",
    "plan": f"plan {_NAME} --team 88.118.90001/P-2 --reviewer 88.118.90001/P-3 \\\n"
    "    --visit-from 2023-03-08 --visit-until 2023-03-10 --key lead",
    "declare": f"declare {_NAME} --key reviewer",
    "review-documents": f'review-documents {_NAME} --exhibit bills.pdf --text "complete" --key member',
    "visit": f"visit {_NAME} --started 2023-03-09T09:00 --ended 2023-03-09T16:30 \\\n"
    '    --place "main substation" --met "energy manager" --text "as in the site file" --key lead',
    "find": f'find {_NAME} --severity major --requirement "GB 17167, 4.3" \\\n'
    '    --text "no calibration record" --exhibit photo.jpg --key member',
    "rectify": f'rectify {_NAME} --text "found in the archive" --exhibit record.pdf --key officer\n'
    f'carbon verification rectify {_NAME} --text "never calibrated" --unable --key officer',
    "close": f'close {_NAME} --text "record seen" --key member',
    "return": f'return {_NAME} --reason "it is another meter\'s" --due 2023-04-30 --key member',
    "recalculate": f'recalculate {_NAME} --rule "upper default" --text "for the quarter" --claim new.json --key lead',
    "technical-review": f'technical-review {_NAME} --text "evidence suffices" --key reviewer',
    "opine": f'opine {_NAME} --misstatement 120 --text "nothing material" --report report.pdf --key lead',
    "draw-up": f"draw-up {_NAME} --claim claim.json --site site.toml --key evaluator",
    "sign": f"sign {_NAME} --account verifier.key --key lead",
    "mint": f"mint {_NAME} --claim claim.json --site site.toml --account holder.key --key officer",
    "refuse": f'refuse {_NAME} --reason "no access to the furnace hall" --key lead',
    "appeal": f'appeal {_NAME} --reason "the hall was open all day" --key officer',
    "decide": f'decide {_NAME} --uphold --text "it was open" --key other',
    "withdraw": f'withdraw {_NAME} --reason "the period is wrong" --key officer',
    "correct": "correct 88.118.20260/CE-2022-0001 --frame 0x… --name 88.118.20260/EQ-0001/kWh \\\n"
    "    --value 10 --unit kWh --start 2022-01-01T02:00 --end 2022-01-01T03:00 \\\n"
    '    --reason "decimal point slipped" --site site.toml --engagement 88.118.20260/V-2023-0002 --key officer',
}
OPINIONS = ("unmodified", "modified", "adverse", "disclaimer")


def parser(language: Language) -> argparse.ArgumentParser:
    text = TEXTS[language]
    style = argparse.RawDescriptionHelpFormatter
    whole = argparse.ArgumentParser(
        "carbon verification", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    pages = whole.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name in (*LOOKS, *ACTIONS, "mint", "correct"):
        said = text["help." + name]
        page = pages.add_parser(
            name,
            help=said,
            description=said,
            epilog=f"{text['example']}\n  carbon verification {EXAMPLES[name]}",
            formatter_class=style,
        )
        if name == "correct":
            page.add_argument("certificate", metavar="CERTIFICATE", help=text["certificate"])
        elif name not in ("list", "claim"):
            page.add_argument("engagement", metavar="ENGAGEMENT", help=text["engagement"])
        _own(name, page, text)
        if name not in LOOKS:
            page.add_argument("--passphrase-file", metavar="FILE", help=text["opt.passphrase"])
            page.add_argument("--no-send", action="store_true", help=text["opt.no-send"])
        page.add_argument("--key", type=Path, metavar="DIR", help=text["opt.key"])
        page.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["opt.dir"])
        page.add_argument("--database", metavar="X", help=text["opt.database"])
        page.add_argument("--log", metavar="0x…", help=text["opt.log"])
        page.add_argument("--record", type=Path, metavar="FILE", help=text["opt.record"])
        page.add_argument("--rpc", metavar="URL", help=text["opt.rpc"])
        page.add_argument("--deployment", type=Path, metavar="FILE", help=text["opt.deployment"])
        page.add_argument("--offset", default="+08:00", metavar="±HH:MM", help=text["opt.offset"])
        page.add_argument("--json", action="store_true", help=text["opt.json"])
        page.add_argument("--lang", choices=LANGUAGES, help=text["opt.lang"])
    return whole


def _own(name: str, page: argparse.ArgumentParser, text: dict[str, str]) -> None:
    def option(flag: str, **more: object) -> None:
        page.add_argument(flag, help=text["opt." + flag.lstrip("-")], **more)  # type: ignore[arg-type]

    if name in _WITH_TEXT:
        option("--text")
    if name in _WITH_REASON:
        option("--reason")
    if name in _WITH_NUMBER:
        option("--number", type=int, metavar="N")
    if name in _WITH_EXHIBITS:
        option("--exhibit", type=Path, action="append", metavar="FILE")
    if name in _WITH_CLAIM:
        option("--claim", type=Path, metavar="FILE")
    if name in CORRECTABLE:
        option("--corrects", metavar="0x…")
    if name == "list":
        option("--me", metavar="IDENTIFIER")
    elif name == "show":
        option("--out", type=Path, metavar="FILE")
    elif name == "apply":
        for flag in ("--verifier", "--evaluator"):
            option(flag, metavar="PREFIX")
        option("--identifier", metavar="IDENTIFIER")
        option("--supersedes", metavar="0x…")
    elif name == "plan":
        option("--team", action="append", metavar="PERSON")
        option("--reviewer", metavar="PERSON")
        option("--assurance", choices=("limited", "reasonable"), default="reasonable")
        option("--materiality", type=int, default=500, metavar="BP")
        option("--criteria", default=CRITERIA)
        option("--visit-from", metavar="TIME")
        option("--visit-until", metavar="TIME")
    elif name == "review-documents":
        option("--visit-list")
    elif name == "visit":
        for flag in ("--started", "--ended"):
            option(flag, metavar="TIME")
        option("--place")
        option("--person", action="append", metavar="PERSON")
        option("--met", action="append", metavar="WHO")
    elif name == "rectify":
        option("--unable", action="store_true")
    elif name == "recalculate":
        option("--rule")
    elif name == "technical-review":
        option("--send-back", action="store_true")
    elif name == "opine":
        option("--opinion", choices=OPINIONS, default="unmodified")
        option("--misstatement", metavar="BP")
        option("--report", type=Path, metavar="FILE")
    elif name == "decide":
        which = page.add_mutually_exclusive_group(required=True)
        which.add_argument("--uphold", action="store_true", help=text["opt.uphold"])
        which.add_argument("--dismiss", action="store_true", help=text["opt.dismiss"])
    _own_dates(name, option)
    _own_issuing(name, option)


def _own_dates(name: str, option: Option) -> None:
    if name == "find":
        option("--severity", choices=("minor", "major"), default="minor")
        option("--requirement")
    if name in ("find", "return"):
        option("--due", metavar="TIME")


def _own_issuing(name: str, option: Option) -> None:
    if name == "claim":
        option("site", type=Path, metavar="SITE")
        option("--period", required=True, metavar="P")
        option("--out", type=Path, default=Path("claim.json"), metavar="FILE")
        option("--statement", action="store_true")
    if name in ("draw-up", "mint", "correct"):
        option("--site", type=Path, metavar="FILE")
    if name in ("claim", "draw-up", "mint", "correct"):
        option("--rules", type=Path, metavar="DIR")
    if name == "draw-up":
        option("--valid-days", type=int, default=365, metavar="N")
        option("--evaluator-account", metavar="0x…")
        option("--verifier-account", metavar="0x…")
    if name in ("sign", "mint"):
        option("--account", type=Path, required=True, metavar="FILE")
    if name in ("mint", "correct"):
        option("--publish", action="append", metavar="FIGURE")
        option("--bundle", type=Path, metavar="FILE")
    if name == "correct":
        _correcting(option)


def _correcting(option: Option) -> None:
    option("--frame", metavar="0x…")
    for flag in ("--name", "--value", "--unit", "--reason"):
        option(flag)
    for flag in ("--start", "--end", "--at"):
        option(flag, metavar="TIME")
    option("--signed", metavar="0x…")
    option("--wait", type=int, default=60, metavar="SECONDS")
    option("--out", type=Path, default=Path("claim.json"), metavar="FILE")
    option("--engagement", metavar="ENGAGEMENT")
    for flag in ("--verifier", "--evaluator"):
        option(flag, metavar="PREFIX")
    for flag in ("--account", "--evaluator-key", "--verifier-key"):
        option(flag, type=Path, metavar="FILE")

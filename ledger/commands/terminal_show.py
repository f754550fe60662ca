"""A change of the registry and its list, for machines (`terminal-change/1`, `terminals/1`) and for people."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape

from ledger.chain.client import Chain
from ledger.chain.enrolments import CONTRACT
from ledger.chain.registry import Listed, Register
from ledger.chain.terminals import REASONS, Change, Terms
from ledger.commands.terminal_texts import TEXTS
from ledger.language import Language
from terminal_signer.keys import NAMES

__all__ = ["Done", "show_done", "show_list"]

_COLOURS = {"in-force": "green", "overdue": "yellow", "revoked": "red", "unproven": "red", "unsupported": "yellow"}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: `action` is enrolled, rotated or revoked. `replaced` is the predecessor's kid."""

    action: str
    change: Change
    iss: str
    sub: str
    kid: bytes
    alg: int
    terms: Terms
    replaced: bytes | None = None
    last_digest: bytes | None = None
    reason: str | None = None
    had_ended: bool = False


def show_done(done: Done, language: Language, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_document(done), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(done, TEXTS[language])))


def _document(done: Done) -> dict[str, Any]:
    return {
        "format": "terminal-change/1", "action": done.action, "id": _hex(done.change.id), "iss": done.iss,
        "sub": done.sub, "kid": _hex(done.kid), "alg": done.alg, "class": done.terms.key_class.name.lower(),
        "log_id": _hex(done.terms.log_id), "calibration_due": done.terms.calibration_due or None,
        "replaced": _hex(done.replaced) or None, "last_digest": _hex(done.last_digest) or None, "reason": done.reason,
        "transaction": _hex(done.change.transaction), "block": done.change.block, "time": done.change.time,
    }  # fmt: skip


def _lines(done: Done, text: dict[str, str]) -> Iterator[str]:
    terms, change = done.terms, done.change
    words = {"sub": done.sub, "class": text[terms.key_class.name.lower()], "reason": text.get(done.reason or "", "")}
    yield text[f"done.{done.action}"].format(alg=_algorithm(done.alg), **words)
    block = text["block"].format(block=change.block, time=_time(change.time))
    facts = {"key": _hex(done.kid), "id": _hex(change.id)}
    if done.action == "revoked":
        facts |= {"marked": block} if done.had_ended else {"ended": block}
    else:
        facts |= {"log": _hex(terms.log_id), "replaces": _hex(done.replaced)}
        facts |= {"continues": _hex(done.last_digest) if any(done.last_digest or b"") else "", "since": block}
        facts |= {"calibration": _moment(terms.calibration_due) if terms.calibration_due else ""}
    yield from (f"  {_padded(text[f'fact.{name}'], 12)}{value}" for name, value in facts.items() if value)
    if done.action == "revoked":
        yield text["revoked-note"]


def show_list(chain: Chain, register: Register, keys: Sequence[Listed], language: Language, *, as_json: bool) -> None:
    if as_json:
        deployment = chain.deployment
        document = {
            "format": "terminals/1", "chain_id": deployment.chain_id, "registry": _hex(deployment.address(CONTRACT)),
            "block": register.block.number, "time": register.block.time, "terminals": [_entry(key) for key in keys],
        }  # fmt: skip
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    text = TEXTS[language]
    console = Console(highlight=False, soft_wrap=True)
    for line in _rows(keys, text):
        console.print(line)
    for standing in ("unproven", "unsupported"):
        if any(key.standing == standing for key in keys):
            console.print(text[f"{standing}-note"], markup=False)
    alive = sum(key.standing in ("in-force", "overdue") for key in keys)
    facts = {"keys": len(keys), "alive": alive, "block": register.block.number, "time": _time(register.block.time)}
    console.print(text["as-of"].format(**facts) if keys else text["none"])


def _entry(key: Listed) -> dict[str, Any]:
    return {
        "id": _hex(key.id), "iss": key.iss, "sub": key.sub, "kid": _hex(key.kid), "alg": key.alg,
        "class": key.key_class.name.lower(), "log_id": _hex(key.log_id), "since": key.since, "until": key.until,
        "reason": key.reason, "calibration_due": key.calibration_due, "predecessor": _hex(key.predecessor) or None,
        "last_digest": _hex(key.last_digest), "standing": key.standing,
    }  # fmt: skip


def _rows(keys: Sequence[Listed], text: dict[str, str]) -> Iterator[str]:
    """A line for each terminal, and below it one for each of its keys: 80 columns hold it, however long its name."""
    if keys:
        yield f"[bold]  {_columns(text['alg'], text['id'], text['since'], text['until'])}{text['standing']}[/]"
    for (sub, key_class), own in groupby(keys, key=lambda key: (key.sub, key.key_class)):
        yield f"[bold]{escape(_printable(sub))}[/]  {text[key_class.name.lower()]}"
        for key in own:
            until = "" if key.until is None else _minute(key.until)
            cells = _algorithm(key.alg), key.id.hex()[:12], _minute(key.since), until
            yield f"  {_columns(*cells)}{_standing(key, text)}"
            if key.until is None and key.calibration_due is not None:
                yield f"  {_columns('')}{text['due'].format(time=_minute(key.calibration_due))}"


def _columns(*cells: str) -> str:
    return "".join(_padded(cell, width) for cell, width in zip(cells, (7, 14, 18, 18), strict=False))


def _padded(text: str, width: int) -> str:
    return text + " " * max(1, width - cell_len(text))


def _standing(key: Listed, text: dict[str, str]) -> str:
    reason = next((name for name, number in REASONS.items() if number == key.reason), None)
    shown = text[key.standing].format(reason=text[reason] if reason else key.reason)
    colour = _COLOURS.get(key.standing)
    return f"[{colour}]{shown}[/]" if colour else shown


def _printable(text: str) -> str:
    """A stranger's text without what could steer the reader's terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _algorithm(alg: int) -> str:
    return NAMES.get(alg, str(alg))


def _moment(second: int) -> str:
    return f"{_time(second)} UTC"


def _minute(second: int) -> str:
    return _time(second)[:16]


def _time(second: int) -> str:
    """A block's time is a uint64: past the year 9999 it is shown as a number."""
    if second >= 253_402_300_800:
        return str(second)
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _hex(data: bytes | None) -> str:
    return "" if data is None else f"0x{data.hex()}"

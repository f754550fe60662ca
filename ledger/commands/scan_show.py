"""What `carbon scan` prints: a verdict, the signed facts, and what nobody can know without a network."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ledger.commands.cells import padded, printable, width
from ledger.commands.scan_texts import TEXTS
from ledger.identifiers.digital_link import parse_path
from ledger.identifiers.element_string import element_string
from ledger.identifiers.recognise import Recognised
from ledger.labels.compact import FIELDS, PRODUCT_FOOTPRINT, Compact
from ledger.labels.offline import Checked, Outcome
from ledger.language import Language
from ledger.reports.unit_words import unit_text

FORMAT = "scan/1"
_GOOD, _BAD, _OPEN = "32", "31", "33"
_SIGNS = {_GOOD: "✓", _BAD: "✗", _OPEN: "–"}
_COLOURS = {
    Outcome.VALID: _GOOD, Outcome.WRONG_SIGNATURE: _BAD, Outcome.MOVED: _BAD, Outcome.REVOKED: _BAD,
    Outcome.SUSPENDED: _BAD,
}  # fmt: skip


def lines(
    recognised: Recognised | None, checked: Checked | None, language: Language, *, has_keys: bool, colour: bool
) -> Iterator[str]:
    text = TEXTS[language]
    if checked is None:
        yield _painted(_OPEN, text["unsigned"], colour)
    else:
        tone = _COLOURS.get(checked.outcome, _OPEN)
        yield _painted(tone, text[f"outcome.{checked.outcome.value}"], colour)
        if checked.outcome is Outcome.UNKNOWN_KEY:
            yield f"  {text['no-keys' if not has_keys else 'other-keys']}"
        if checked.outcome is Outcome.WRONG_SIGNATURE:
            yield f"  {text['said-only']}"
    yield from _table(_facts(recognised, checked, language))
    yield from (f"  ! {text[f'note.{note}']}" for note in (checked.notes if checked else ()))
    yield from (f"  ! {text[warning]}" for warning in (recognised.warnings if recognised else ()) if warning in text)
    if checked is not None and checked.outcome is not Outcome.WRONG_SIGNATURE:
        yield text["cannot"].format(day=_day(checked.as_of, checked.code.compact.offset))
        yield from (f"  – {text[f'cannot.{name}']}" for name in checked.cannot_know)
        if checked.outcome is not Outcome.MOVED and "other-host" not in checked.notes:
            yield f"  → {checked.code.address}"


def _facts(recognised: Recognised | None, checked: Checked | None, language: Language) -> Iterator[tuple[str, str]]:
    text = TEXTS[language]
    if checked is not None:
        yield from signed_facts(checked, language)
    elif recognised is not None:
        yield text["scheme"], text[f"scheme.{recognised.scheme}"]
        yield text["identifier"], recognised.text


def signed_facts(checked: Checked, language: Language) -> Iterator[tuple[str, str]]:
    said, text = checked.code.compact, TEXTS[language]
    yield text["kind"], text[f"kind.{said.kind}"]
    if said.marks:
        yield text["marks"], " ".join(said.mark_names)
    if checked.outcome is Outcome.MOVED:
        yield text["address-says"], checked.code.named or _typed(checked.code.link)
    yield text["identifier"], said.identifier
    if checked.outcome is Outcome.WRONG_SIGNATURE:
        return
    if said.link:
        yield text["trade-item"], _typed(said.link)
    for name in ("product", "enterprise", "uscc"):
        if getattr(said, name):
            yield text[name], getattr(said, name)
    yield text["period"], f"{_day(said.period_start, said.offset)} – {_day(said.period_end - 1, said.offset)}"
    yield from _figures(said, language)
    yield text["issued"], _day(said.issued_at, said.offset)
    yield text["until"], _day(said.valid_until - 1, said.offset) if said.valid_until else text["no-end"]
    yield text["checked"], _day(checked.at, said.offset)
    yield text["host"], said.host
    yield text["key"], said.issuer.hex()
    yield text["token"], f"0x{said.token.hex()}…"
    yield text["tree"], str(said.tree_size)


def _typed(link: str) -> str:
    return element_string(parse_path(link))


def _figures(said: Compact, language: Language) -> Iterator[tuple[str, str]]:
    text = TEXTS[language]
    if said.kind == PRODUCT_FOOTPRINT:
        per = text["per"].format(unit=unit_text(said.unit, language))
        yield text["footprint"], f"{_millionths(said.footprint)} kgCO2e {per}"
        return
    if said.grade:
        yield text["grade"], text["grade.of"].format(grade=said.grade, k=_millionths(said.k))
    if said.intensity is not None:
        yield text["level"], f"{text[f'level.{said.level}']} (L = {_millionths(said.intensity)} {text['l.unit']})"


def _table(facts: Iterator[tuple[str, str]]) -> Iterator[str]:
    rows = [(name, printable(value)) for name, value in facts]
    first = max((width(name) for name, _ in rows), default=0)
    return (f"  {padded(name, first)}  {value}" for name, value in rows)


def document(text: str, recognised: Recognised | None, checked: Checked | None) -> dict[str, Any]:
    """`scan/1`. What a wrong signature or an unknown key stands under is not stated as fact: `stated`."""
    known = None
    if recognised is not None:
        warnings = list(recognised.warnings)
        known = {"scheme": recognised.scheme, "identifier": recognised.text, "warnings": warnings}
    answer: dict[str, Any] = {"format": FORMAT, "text": text, "recognised": known, "outcome": None}
    if checked is None:
        return answer
    said = checked.code.compact
    return {
        **answer,
        "outcome": checked.outcome.value,
        "notes": list(checked.notes),
        "checked_at": checked.at,
        "as_of": checked.as_of,
        "cannot_know": list(checked.cannot_know),
        "stated": {name: _plain(getattr(said, name)) for name in FIELDS},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return str(value) if isinstance(value, int) and abs(value) >= 1 << 53 else value


def _day(seconds: int, offset: int) -> str:
    zone = timezone(timedelta(minutes=offset))
    return datetime.fromtimestamp(min(seconds, 1 << 37), UTC).astimezone(zone).strftime("%Y-%m-%d")


def _millionths(value: int) -> str:
    text = f"{Decimal(value).scaleb(-6):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _painted(colour: str, text: str, painted: bool) -> str:
    line = f"{_SIGNS[colour]} {text}"
    return f"\x1b[{colour}m{line}\x1b[0m" if painted else line

"""An audit for machines and for people: `audit/1` as JSON, a table with the findings below it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.commands.log_texts import TEXTS
from ledger.language import Language
from ledger.log.audit import Audited, KeyAudit

__all__ = ["as_json", "show"]

MOST_LINES = 10
_COLUMNS = ("frames", "seq", "missing", "forks", "late", "heartbeats")


def as_json(audits: Mapping[bytes, Sequence[KeyAudit]]) -> dict[str, Any]:
    logs = [
        {"log_id": f"0x{log_id.hex()}", "keys": [_key(audit) for audit in found]} for log_id, found in audits.items()
    ]
    return {
        "format": "audit/1",
        "whole": all(audit.whole for found in audits.values() for audit in found),
        "logs": logs,
    }


def _key(audit: KeyAudit) -> dict[str, Any]:
    key = audit.enrolment
    return {
        "iss": key.iss,
        "sub": key.sub,
        "kid": f"0x{key.kid.hex()}",
        "class": key.key_class.name.lower(),
        "enrolled_at": key.enrolled_at,
        "until": key.until,
        "revoked": key.revoked,
        "calibration_due": key.calibration_due,
        "frames": audit.frames,
        "heartbeats": audit.heartbeats,
        "first": _end(audit.first),
        "last": _end(audit.last),
        "missing": audit.missing,
        "holes": [
            {"first": hole.first, "last": hole.last, "since": hole.since, "until": hole.until} for hole in audit.holes
        ],
        "forks": [
            {"seq": fork.seq, "digests": [f"0x{digest.hex()}" for digest in fork.digests]} for fork in audit.forks
        ],
        "breaks": list(audit.breaks),
        "flags": dict(audit.flags),
        "ahead": audit.ahead,
        "closed": audit.closed,
        "whole": audit.whole,
    }


def _end(end: Audited | None) -> dict[str, int] | None:
    return None if end is None else {"seq": end.seq, "iat": end.iat, "accepted": end.accepted}


def show(audits: Mapping[bytes, Sequence[KeyAudit]], language: Language) -> None:
    """On standard output. Long lists of findings are cut; `--json` has them all."""
    text, console = TEXTS[language], Console()
    if not audits:
        console.print(text["none"])
    for log_id, found in audits.items():
        console.print(_table(f"0x{log_id.hex()}", found, text))
        for audit in found:
            lines = list(_lines(audit, text))
            for line in lines[:MOST_LINES]:
                console.print(f"  {escape(line)}", soft_wrap=True, highlight=False)
            if len(lines) > MOST_LINES:
                console.print(f"  {text['more'].format(count=len(lines) - MOST_LINES)}")
        broken = sum(not audit.whole for audit in found)
        frames = f"{sum(audit.frames for audit in found):,}"
        summary = text["some" if broken else "all"].format(keys=len(found), frames=frames, broken=broken)
        console.print(f"[{'red' if broken else 'green'}]{summary}[/]", highlight=False)


def _table(log_id: str, found: Sequence[KeyAudit], text: dict[str, str]) -> Table:
    table = Table(title=text["title"].format(log=log_id), title_justify="left", box=None, pad_edge=False)
    table.add_column(text["terminal"], overflow="fold")
    table.add_column(text["class"])
    for name in _COLUMNS:
        table.add_column(text[name], justify="right")
    table.add_column(text["last"])
    table.add_column(text["verdict"])
    for audit in found:
        first, last = audit.first, audit.last
        numbers = (audit.frames, audit.missing, len(audit.forks), audit.flags.get("late", 0), audit.heartbeats)
        frames, missing, forks, late, heartbeats = (f"{number:,}" for number in numbers)
        span = f"{first.seq}–{last.seq}" if first and last else "–"
        table.add_row(
            escape(audit.enrolment.sub), text[audit.enrolment.key_class.name.lower()], frames, span, missing, forks,
            late, heartbeats, _time(last.iat) if last else "–", _verdict(audit, text),
        )  # fmt: skip
    return table


def _verdict(audit: KeyAudit, text: dict[str, str]) -> str:
    if audit.whole:
        return f"[green]{text['whole' if audit.frames else 'silent']}[/]"
    if audit.holes or audit.forks or audit.breaks:
        return f"[red]{text['broken']}[/]"
    return f"[yellow]{text['open' if audit.frames else 'silent']}[/]"


def _lines(audit: KeyAudit, text: dict[str, str]) -> Iterator[str]:
    key = audit.enrolment
    if key.until is not None:
        yield text["ended"].format(
            sub=key.sub, time=_time(key.until), how=text["revoked" if key.revoked else "rotated"]
        )
    if key.calibration_due is not None:
        yield text["calibration"].format(sub=key.sub, time=_time(key.calibration_due))
    if audit.closed is False:
        yield text["not-closed"].format(sub=key.sub)
    if audit.ahead > 0:
        yield text["ahead"].format(sub=key.sub, seconds=audit.ahead)
    if audit.flags:
        flags = ", ".join(f"{name} × {count}" for name, count in audit.flags.items())
        yield text["flags"].format(sub=key.sub, flags=flags)
    for fork in audit.forks:
        yield text["fork"].format(sub=key.sub, seq=fork.seq, count=len(fork.digests))
    for seq in audit.breaks:
        yield text["break"].format(sub=key.sub, seq=seq)
    for hole in audit.holes:
        times = {"since": _time(hole.since), "until": _time(hole.until)}
        yield text["hole"].format(sub=key.sub, count=f"{hole.frames:,}", first=hole.first, last=hole.last, **times)


def _time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M")

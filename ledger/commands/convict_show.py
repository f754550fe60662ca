"""Findings for machines and for people."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from ledger.chain.client import Chain
from ledger.commands.convict_findings import LIMITS, SENTENCES
from ledger.commands.convict_texts import TEXTS
from ledger.language import Language
from ledger.log.conviction import exit_code
from ledger.log.exhibits import Exhibits, Facts, Finding, Weight

__all__ = ["as_json", "moment", "sentence", "show"]

_SIGNS = {Weight.PROVEN: "[red]✗[/]", Weight.CLEAR: "[green]✓[/]", Weight.OPEN: "[yellow]?[/]"}
_TIMES = ("deadline", "time")


def sentence(finding: Finding, language: Language) -> str:
    told = {name: moment(value) if name in _TIMES else value for name, value in finding.details.items()}
    return SENTENCES[finding.code][language].format(**told)


def as_json(
    chain: Chain, exhibits: Exhibits, facts: Facts, findings: Sequence[Finding], faults: Sequence[str]
) -> dict[str, Any]:
    return {
        "format": "findings/1",
        "exit_code": exit_code(findings),
        "as_of": {"chain_id": chain.deployment.chain_id, "block": facts.block, "time": facts.time},
        "log_id": None if exhibits.log_id is None else f"0x{exhibits.log_id.hex()}",
        "findings": [
            {
                "code": found.code, "weight": str(found.weight), "against": found.against or None, **found.details,
                "sentence": sentence(found, "en"),
            }
            for found in findings
        ],
        "not_shown": list(faults),
    }  # fmt: skip


def show(chain: Chain, exhibits: Exhibits, facts: Facts, findings: Sequence[Finding], language: Language) -> None:
    """On standard output: where it was looked, a sentence for each finding, the verdict."""
    text, console = TEXTS[language], Console(highlight=False)
    place = {"block": facts.block, "time": moment(facts.time), "chain": chain.deployment.chain_id}
    console.print(text["as-of"].format(**place), style="dim")
    if exhibits.log_id is not None:
        console.print(text["log-line"].format(log=f"0x{exhibits.log_id.hex()}"), style="dim", soft_wrap=True)
    code = exit_code(findings)
    said = [
        found for found in findings if code != 1 or found.weight is not Weight.OPEN
    ]  # what else is open is no matter
    for found in sorted(said, key=lambda finding: list(_SIGNS).index(finding.weight)):
        console.print(f"{_SIGNS[found.weight]} {escape(sentence(found, language))}")
        if found.code in LIMITS:
            console.print(Padding(escape(LIMITS[found.code][language]), (0, 0, 0, 2), expand=False), style="dim")
    if code == 1:
        whom = dict.fromkeys(text[found.against] for found in findings if found.against)
        console.print(f"[bold red]{escape(text['proven'].format(whom=', '.join(whom)))}[/]")
    else:
        console.print(f"[yellow]{text['open']}[/]" if code == 3 else f"[green]{text['clear']}[/]")


def moment(second: int | str) -> str:
    return datetime.fromtimestamp(int(second), UTC).strftime("%Y-%m-%d %H:%M:%S")

"""`carbon group`: the results of a group's members added up, once each. Reads files; changes nothing but --out.

Exit codes: 0 added up, 2 results that overlap or do not fit together, a malformed file, wrong use.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.canonical import canonical_json
from ledger.commands.evaluate_show import number
from ledger.commands.input_files import read
from ledger.evaluation.group import add_group
from ledger.evaluation.group_file import parse_group
from ledger.evaluation.group_member import read_member
from ledger.language import LANGUAGES, Language, asked
from terminal_signer.errors import CarbonError

MAX_RESULT = 64 << 20
TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Add up the results of a group's members: each subject and each point once, deliveries between "
        "members netted only where the group file says so.",
        "epilog": "examples:\n  carbon group group.toml smelter.json foundry.json\n"
        "  carbon group group.toml results/*.json --json > group.json\n\n"
        "exit codes: 0 added up · 2 results that overlap or do not fit, a malformed file, wrong use",
        "file": "the group file (group/1, TOML): the members' subjects, and what they deliver to each other",
        "results": "the members' results (result/1), as carbon evaluate --out writes them",
        "out": "write the group's document (group-result/1) to this file",
        "json": "print the group's document",
        "lang": "the language of the answer",
        "member": "member", "own": "its own total, {unit}", "share": "share", "netted": "netted: {reason}",
        "total": "group", "scopes": "scope 1 {one} · scope 2 {two} · scope 3 {three}", "marks": "marks",
        "coverage": "metered and anchored {coverage}", "written": "written to {path}",
    },
    "zh": {
        "about": "汇总集团各成员的结果：每个主体、每个测点只计一次；成员间交付仅在集团文件写明时才相抵。",
        "epilog": "示例：\n  carbon group group.toml smelter.json foundry.json\n"
        "  carbon group group.toml results/*.json --json > group.json\n\n"
        "退出码：0 已汇总 · 2 结果重叠或不相容、文件有误或用法错误",
        "file": "集团文件（group/1，TOML）：成员主体及其相互交付",
        "results": "各成员的结果（result/1），由 carbon evaluate --out 写出",
        "out": "将集团文件（group-result/1）写入此处",
        "json": "输出集团文件",
        "lang": "输出语言",
        "member": "成员", "own": "自身合计，{unit}", "share": "占比", "netted": "相抵：{reason}",
        "total": "集团", "scopes": "范围一 {one} · 范围二 {two} · 范围三 {three}", "marks": "标记",
        "coverage": "计量且锚定 {coverage}", "written": "已写入 {path}",
    },
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        group = parse_group(read(options.group), options.group.name)
        members = [read_member(read(path, MAX_RESULT), str(path)) for path in options.results]
        document = canonical_json(found := add_group(group, members))
        if options.out is not None:
            options.out.write_bytes(document)
    except (CarbonError, OSError) as fault:
        print(f"carbon group: {fault}", file=sys.stderr)
        return 2
    if options.json:
        print(document.decode())
        return 0
    _show(found, language)
    if options.out is not None:
        print(TEXTS[language]["written"].format(path=options.out))
    return 0


def _show(document: Mapping[str, Any], language: Language) -> None:
    text, console, emissions = TEXTS[language], Console(highlight=False), document["emissions"]
    console.print(f"[bold]{escape(document['group']['name'][language])}[/bold]")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(text["member"])
    table.add_column(text["own"].format(unit=emissions["unit"]), justify="right")
    for member in document["members"]:
        name = f"{escape(member['name'][language])}  [dim]{escape(member['subject'])}[/dim]"
        table.add_row(name, number(member["total"]))
    for netting in document["netted"]:
        reason = text["netted"].format(reason=escape(netting["reason"][language]))
        table.add_row(f"[dim]{reason}[/dim]", f"-{number(netting['amount'])}")
    table.add_section()
    table.add_row(f"[bold]{text['total']}[/bold]", f"[bold]{number(emissions['total'])}[/bold]")
    console.print(table)
    one, two, three = (number(emissions[f"scope{scope}"]) for scope in (1, 2, 3))
    console.print(text["scopes"].format(one=one, two=two, three=three))
    console.print(text["coverage"].format(coverage=f"{document['quality']['coverage'] / 100:.2f} %"))
    if document["marks"]:
        console.print(f"{text['marks']} [yellow]{' '.join(document['marks'])}[/yellow]")


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "carbon group", description=text["about"], epilog=text["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("group", type=Path, metavar="GROUP", help=text["file"])
    parser.add_argument("results", type=Path, nargs="+", metavar="RESULT", help=text["results"])
    parser.add_argument("--out", type=Path, metavar="FILE", help=text["out"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser

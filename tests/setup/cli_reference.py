"""Keep docs/cli.md equal to what `--help` prints, and README to commands that exist.

    python -m tests.setup.cli_reference           write docs/cli.md
    python -m tests.setup.cli_reference --check   exit 1 and say what differs

Versions of Python wrap help texts differently, so the comparison ignores white space.
"""

import contextlib
import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ledger import cli
from terminal_signer import cli as terminal

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "cli.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
HEADING = """# Commands

Written by `python -m tests.setup.cli_reference` from what `--help` prints; `make docs` fails when the two differ.
"""
Program = Callable[[list[str]], int | None]
PROGRAMS: dict[str, Program] = {"carbon": cli.main, "terminal-signer": terminal.main}


def help_of(program: str, words: list[str]) -> str:
    """What `program words… --help` prints, in English, 100 columns wide."""
    out = io.StringIO()
    os.environ.update({"COLUMNS": "100", "CARBON_LANG": "en", "NO_COLOR": "1"})
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        PROGRAMS[program]([*words, "--help"])
    return "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines())


def pages() -> Iterator[tuple[str, str]]:
    """Each command line and its help page: programs, commands, subcommands."""
    for program in PROGRAMS:
        top = help_of(program, [])
        yield program, top
        for command in list(cli.COMMANDS) if program == "carbon" else _subcommands(top):
            yield from _pages_of(program, [command])


def _pages_of(program: str, words: list[str]) -> Iterator[tuple[str, str]]:
    page = help_of(program, words)
    yield " ".join([program, *words]), page
    for word in _subcommands(page):
        yield from _pages_of(program, [*words, word])


def _subcommands(page: str) -> list[str]:
    """argparse lists them under a positional argument, four columns in; or that argument is `{a,b}` or `a | b`."""
    told = re.search(r"^positional arguments:\n(.*?)(?:\n\n|\Z)", page, re.MULTILINE | re.DOTALL)
    if found := re.findall(r"^    ([a-z][a-z-]*)(?:  |$)", told[1] if told else "", re.MULTILINE):
        return list(found)
    plain = re.search(r"^  (?:\{([a-z,-]+)\}|([a-z-]+(?: \| [a-z-]+)+))$", told[1] if told else "", re.MULTILINE)
    return [] if plain is None else plain[1].split(",") if plain[1] else plain[2].split(" | ")


def reference() -> str:
    """The text of docs/cli.md."""
    parts = [f"{'#' * (len(name.split()) + 1)} {name}\n\n```text\n{page}\n```\n" for name, page in pages()]
    return "\n".join([HEADING, *parts])


def faults_of_commands(text: str, help_pages: dict[str, str], targets: set[str]) -> Iterator[str]:
    """Command lines in the code blocks of a page that name a target, a command or an option that does not exist."""
    for block in re.findall(r"```(?:sh|console|)\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            words = line.split("#")[0].removeprefix("$ ").split()
            program = words[0].rsplit("/", 1)[-1] if words else ""
            if program == "make":
                named = [word for word in words[1:] if re.fullmatch(r"[a-z]+", word)]
                yield from (f"{line.strip()}: no target '{word}'" for word in named if word not in targets)
            elif program in PROGRAMS:
                yield from (f"{line.strip()}: {fault}" for fault in _faults_of_call([program, *words[1:]], help_pages))


def _faults_of_call(words: list[str], help_pages: dict[str, str]) -> Iterator[str]:
    depth = len(words)
    while depth > 1 and " ".join(words[:depth]) not in help_pages:
        depth -= 1
    name = " ".join(words[:depth])
    rest = words[depth:]
    if depth == 1 and rest and not rest[0].startswith("-"):
        yield f"no command '{rest[0]}'"
        return
    for word in rest:
        option = word.split("=")[0]
        if re.fullmatch(r"--[a-z-]+", option) and option not in help_pages[name]:
            yield f"'{name}' has no option {option}"


def makefile_targets() -> set[str]:
    """The documented targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def check() -> list[str]:
    """What is out of step; empty when nothing is."""
    faults = []
    if " ".join(REFERENCE.read_text(encoding="utf-8").split()) != " ".join(reference().split()):
        faults.append("docs/cli.md differs from --help (write it again with: python -m tests.setup.cli_reference)")
    help_pages = dict(pages())
    for page in PAGES:
        if page == REFERENCE:
            continue
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(ROOT)
        faults.extend(f"{name}: {fault}" for fault in faults_of_commands(text, help_pages, makefile_targets()))
    return faults


def main(argv: list[str]) -> int:
    """0 in step or written, 1 out of step, 2 usage."""
    if argv == ["--check"]:
        faults = check()
        print("\n".join(faults) if faults else "README, docs and --help: in step")
        return 1 if faults else 0
    if argv:
        print(__doc__, file=sys.stderr)
        return 2
    REFERENCE.write_text(reference(), encoding="utf-8")
    print(f"written: {REFERENCE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

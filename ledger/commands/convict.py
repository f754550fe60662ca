"""`carbon log convict`: what signed things prove, and against whom; and evidence that a third party can judge again.

Exit codes: 0 nothing contradicts, 1 something is proven against somebody, 2 malformed or wrong use, 3 cannot be judged.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from ledger.chain.client import Chain
from ledger.chain.errors import ChainUnreachable, NodeRefused, WrongChain
from ledger.commands.convict_show import as_json, show
from ledger.commands.convict_texts import TEXTS
from ledger.commands.store_place import read_log_id
from ledger.errors import ConfigError
from ledger.language import LANGUAGES, Language, asked
from ledger.log import conviction, conviction_file
from ledger.log.checkpoint import read_note_key
from ledger.log.conviction_file import Evidence
from ledger.log.exhibits import Exhibits, Facts, Finding
from ledger.log.recognition import KINDS, with_file
from ledger.witness.files import read_bounded, write_whole
from ledger.witness.gather import Gathered, gather
from ledger.witness.server import LogServer
from ledger.witness.trust import facts_for, open_chain
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PublicKey
from terminal_signer.strict import read_hex

__all__ = ["add_trust_flags", "believed_chain", "evidence_of", "fill", "main", "note_keys"]

UNJUDGED = (ChainUnreachable, NodeRefused, WrongChain)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(language).parse_args(arguments)
    try:
        return _convict(options, language)
    except UNJUDGED as fault:
        return _complain(TEXTS[language]["unjudged"].format(fault=fault), 3)
    except CarbonError as fault:
        return _complain(str(fault), 2)


def _convict(options: argparse.Namespace, language: Language) -> int:
    text = TEXTS[language]
    exhibits, claimed = _submitted(options, text)
    chain = believed_chain(options)
    if claimed is not None and _place(chain) != (claimed.chain_id, claimed.genesis, claimed.contracts):
        return _complain(text["unjudged"].format(fault=text["other-chain"]), 3)
    facts = facts_for(chain, exhibits)
    gathered = Gathered(exhibits, ())
    if options.gateway and exhibits.log_id is not None:
        gathered = _gather(exhibits, facts, LogServer(options.gateway, exhibits.log_id), text, quiet=options.json)
    exhibits, findings = gathered.exhibits, conviction.judge(gathered.exhibits, facts)
    if options.json:
        print(json.dumps(as_json(chain, exhibits, facts, findings, gathered.faults), indent=2, ensure_ascii=False))
    else:
        show(chain, exhibits, facts, findings, language)
        _add_remarks(gathered.faults, claimed, findings, text)
    code = conviction.exit_code(findings)
    if options.out and code == 1:
        write_whole(options.out, evidence_of(chain, exhibits, facts, findings))
        print(text["written"].format(file=options.out), file=sys.stderr)
    return code


def evidence_of(chain: Chain, exhibits: Exhibits, facts: Facts, findings: list[Finding]) -> bytes:
    """The evidence file."""
    place = _place(chain)
    return conviction_file.dumps(Evidence(*place, facts.block, facts.time, exhibits, ()), findings)


def _place(chain: Chain) -> tuple[int, bytes, tuple[bytes, bytes]]:
    known = chain.deployment
    return known.chain_id, known.genesis, (known.address("AnchorLog"), known.address("TerminalRegistry"))


def _submitted(options: argparse.Namespace, text: dict[str, str]) -> tuple[Exhibits, Evidence | None]:
    if options.check and options.files:
        raise ConfigError(text["both"])
    if options.check:
        evidence = conviction_file.loads(read_bounded(options.check, conviction_file.MOST_BYTES), str(options.check))
        return evidence.exhibits, evidence
    if not options.files:
        raise ConfigError(text["nothing"])
    exhibits = Exhibits(note_keys=note_keys(options.note_key, text))
    if options.log is not None:
        exhibits = replace(exhibits, log_id=log_id_of(options.log, text))
    digest = None if options.digest is None else read_hex(options.digest, "--digest", 32)
    for path in options.files:
        exhibits = with_file(exhibits, read_bounded(path, 1 << 20), str(path), options.kind, digest)
    if exhibits.checkpoints and exhibits.log_id is None:
        raise ConfigError(text["need-log"])
    return exhibits, None


def _gather(exhibits: Exhibits, facts: Facts, server: LogServer, text: dict[str, str], *, quiet: bool) -> Gathered:
    total = max((head.size for head in conviction.measured(exhibits, facts)), default=None)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(text["reading"], total=total)
        return gather(exhibits, facts, server, lambda read: progress.advance(task, read))


def _add_remarks(
    faults: Sequence[str], claimed: Evidence | None, findings: Sequence[Finding], text: dict[str, str]
) -> None:
    console = Console(highlight=False, markup=False)
    for fault in dict.fromkeys(faults):
        console.print(text["not-shown"].format(fault=fault), style="yellow")
    codes = {found.code for found in findings}
    for code in dict.fromkeys(claimed.findings if claimed else ()):
        if code not in codes:
            console.print(text["claimed"].format(code=code), style="yellow")


def believed_chain(options: argparse.Namespace) -> Chain:
    """What the user believes in. Raises ConfigError, ChainError."""
    deployment = options.deployment or options.dir / "deployment.json"
    return open_chain(options.rpc, deployment, options.policy, options.confirmations)


def note_keys(given: Sequence[str], text: dict[str, str]) -> tuple[PublicKey, ...]:
    """Each is a key, or a file that holds one. Raises ConfigError."""
    keys = []
    for item in given:
        path = Path(item)
        spelled = path.read_text(encoding="utf-8", errors="replace") if len(item) < 250 and path.is_file() else item
        key = read_note_key(spelled.strip())
        if key is None:
            raise ConfigError(text["bad-key"].format(key=spelled[:80]), where="--note-key")
        keys.append(key)
    return tuple(keys)


def log_id_of(given: str, text: dict[str, str]) -> bytes:
    try:
        return read_log_id(given)
    except ValueError:
        raise ConfigError(text["bad-log"].format(log=given[:80]), where="--log") from None


def add_trust_flags(parser: argparse.ArgumentParser, text: dict[str, str]) -> None:
    parser.add_argument("--rpc", required=True, metavar="URL", help=text["rpc"])
    parser.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    parser.add_argument("--deployment", type=Path, metavar="FILE", help=text["deployment"])
    parser.add_argument("--policy", type=Path, metavar="FILE", help=text["policy"])
    parser.add_argument("--confirmations", type=int, metavar="N", help=text["confirmations"])
    parser.add_argument("--log", metavar="0x…", help=text["log"])
    parser.add_argument("--note-key", action="append", default=[], metavar="KEY", help=text["note-key"])


def fill(parser: argparse.ArgumentParser, text: dict[str, str]) -> None:
    """The arguments of `carbon log convict`."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=text["files"])
    parser.add_argument("--check", type=Path, metavar="FILE", help=text["check"])
    parser.add_argument("--kind", choices=KINDS, help=text["kind"])
    parser.add_argument("--digest", metavar="0x…", help=text["digest"])
    add_trust_flags(parser, text)
    parser.add_argument("--gateway", metavar="URL", help=text["gateway"])
    parser.add_argument("--out", type=Path, metavar="FILE", help=text["out"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])


def _parser(language: Language) -> argparse.ArgumentParser:
    text = TEXTS[language]
    parser = argparse.ArgumentParser(
        "carbon log convict", description=text["about"], epilog=text["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    fill(parser, text)
    return parser


def _complain(what: str, code: int) -> int:
    print(f"carbon log convict: {what}", file=sys.stderr)
    return code

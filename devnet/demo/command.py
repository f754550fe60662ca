"""`carbon demo`: the main job from the command line."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from rich.console import Console

from devnet.demo import check, issue, prove, show, stage
from devnet.demo.attacks import ATTACKS
from devnet.demo.drill import Drill
from devnet.demo.plant import NoReadings, Plant, simulated_factory, simulated_mill, steel_plant
from devnet.demo.replay import Replay, Tally, agents_of, days_of
from devnet.demo.report import Report, Tampering
from devnet.demo.screen import Screen
from devnet.demo.server import Server, server_of
from devnet.demo.texts import TEXTS
from devnet.factories.names import FACTORIES
from devnet.supply import command as supply
from devnet.tampers import TAMPERS
from ledger.language import LANGUAGES, Language, choose
from terminal_signer.csv_meter import CsvFault

DONE, FAILED, BAD_INPUT = 0, 1, 2
FOLDER = Path(".carbon/demo")
DAYS, MOST_DAYS = 3, 20


def main(argv: Sequence[str]) -> int:
    """0 verified and every forgery caught, 1 not so, 2 the file of readings cannot be used."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.chain and arguments.serve:
        parser.error(TEXTS[choose(arguments.lang)]["chain-serve"])
    screen = Screen(choose(arguments.lang), Console(stderr=True, quiet=arguments.quiet))
    if arguments.chain:
        return supply.main(arguments, screen)
    arguments.dir = arguments.dir or FOLDER
    try:
        plant = _plant(arguments, screen)
    except (CsvFault, NoReadings) as fault:
        where = arguments.readings if isinstance(fault, CsvFault) else ""
        print(f"carbon demo: {where}{': ' if where else ''}{fault}", file=sys.stderr)
        return BAD_INPUT
    with ExitStack() as running:
        report, url, bundle = _run(arguments, plant, screen, running)
        _print(report, screen.language, arguments, url, bundle)
        if arguments.serve:
            screen.line("serving")
            _wait_for_a_signal()
    return DONE if report.sound else FAILED


def _parser() -> argparse.ArgumentParser:
    text = TEXTS[choose()]
    parser = argparse.ArgumentParser(
        prog="carbon demo", description=text["about"].format(count=len(TAMPERS), attacks=len(ATTACKS)),
        epilog=text["example"], formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--readings", type=Path, metavar="FILE", help=text["readings"])
    named = text["factory"].format(names=", ".join(FACTORIES))
    what.add_argument("--factory", choices=FACTORIES, metavar="NAME", help=named)
    what.add_argument("--chain", action="store_true", help=text["chain-option"])
    parser.add_argument("--days", type=_days, default=DAYS, metavar="N", help=text["days"])
    parser.add_argument("--skip-bad", action="store_true", help=text["skip_bad"])
    parser.add_argument("--dir", type=Path, metavar="DIR", help=text["dir"])
    parser.add_argument("--serve", action="store_true", help=text["serve"])
    parser.add_argument("--port", type=int, default=0, metavar="N", help=text["port"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--quiet", action="store_true", help=text["quiet"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _days(text: str) -> int:
    """Each enterprise's days begin on a Monday and stay within a month."""
    number = int(text)
    if not 1 <= number <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"1 to {MOST_DAYS}")
    return number


def _plant(arguments: argparse.Namespace, screen: Screen) -> Plant:
    if arguments.factory is not None:
        return simulated_factory(arguments.factory)
    if arguments.readings is None:
        return simulated_mill()
    skip = (lambda fault: screen.line("skipped", line=fault)) if arguments.skip_bad else None
    return steel_plant(arguments.readings, skip)


def _run(
    arguments: argparse.Namespace, plant: Plant, screen: Screen, running: ExitStack
) -> tuple[Report, str, issue.Issuance]:
    """The steps, in order. What must end with the demo is registered in `running`."""
    folder: Path = arguments.dir
    stage.clear(folder)
    with screen.step("chain"):
        anvil = running.enter_context(stage.chain_of(folder, plant))
        ground = stage.build(folder, anvil, plant)
    with screen.step("enrol"):
        stage.enrol(ground, plant)
    with screen.step("gateway"):
        server = running.enter_context(server_of(ground, arguments.port))
    tally = _replay(ground, plant, server, screen)
    with screen.step("evaluate"):
        evaluated = issue.evaluate_logged(ground, plant)
    with screen.step("mint"):
        issued = issue.certify_result(ground, plant, evaluated)
    with screen.step("prove"):
        proven = prove.prove_reading(ground, evaluated)
    screen.line("proven", bytes=proven.size, gas=f"{proven.gas:,}")
    with screen.step("verify"):
        answer = check.verify_apart(issued.bundle, issued.policy, "--rpc", anvil.url)
    tampers = _forge_all(issued, screen)
    attacks = _attack_all(Drill(ground, server), screen)
    proof = folder.resolve() / "state-proof.json"
    with screen.step("verify-again"):
        again = check.verify_apart(issued.bundle, issued.policy, "--rpc", anvil.url, "--save-proof", str(proof))
    with screen.step("verify-offline"):
        block_hash = f"0x{ground.chain.block(again.document['as_of']['block']).hash.hex()}"
        trust = ("--offline", str(proof), "--block-hash", block_hash)
        offline = check.verify_apart(issued.bundle, issued.policy, *trust)
    verified = answer.code == again.code == offline.code == 0
    report = issue.report_of(
        ground, plant, evaluated, issued, tally, proven, verified=verified, tampers=tampers, attacks=attacks
    )  # fmt: skip
    return report, f"{server.url}/{plant.identifier}", issued


def _replay(ground: stage.Stage, plant: Plant, server: Server, screen: Screen) -> Tally:
    with (
        screen.counted("replay", days_of(plant), days=days_of(plant)) as bar,
        agents_of(ground, server.url) as agents,
    ):
        tally = Replay(ground, plant, agents, bar, server.let_anchor).run()
    screen.line("replayed", frames=f"{tally.frames:,}", anchors=tally.anchors)
    return tally


def _forge_all(issued: issue.Issuance, screen: Screen) -> list[Tampering]:
    """Two at a time: while one copy is verified, the next is forged."""
    forge = partial(check.forge, bundle=issued.bundle, policy=issued.policy, rpc=issued.rpc)
    found = []
    with screen.counted("tamper", len(TAMPERS)) as bar, ThreadPoolExecutor(2) as pool:
        for tampering in pool.map(forge, TAMPERS):
            found.append(tampering)
            bar.advance(tampering.title[screen.language])
    return found


def _attack_all(drill: Drill, screen: Screen) -> list[Tampering]:
    """One after the other: each leaves gateway, log and chain at work for the next."""
    found = []
    with screen.counted("attack", len(ATTACKS)) as bar:
        for attack in ATTACKS:
            seen = attack.run(drill) or None
            found.append(Tampering(attack.name, attack.invariant, attack.title, attack.answer, seen, attack.says))
            bar.advance(attack.title[screen.language])
    return found


def _print(report: Report, language: Language, arguments: argparse.Namespace, url: str, issued: issue.Issuance) -> None:
    if arguments.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
        return
    verify = check.verify_command(issued.bundle, issued.policy, issued.rpc)
    parts = () if arguments.serve else ("devnet up", "serve")
    start = [f"{check.program()} {part} --dir {arguments.dir}" for part in parts]
    show.show(report, language, Console(), url=url, start=start, verify=verify)


def _wait_for_a_signal() -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()

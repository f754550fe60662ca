"""A plant of two days with everything real – chain, gateway, anchorer – and people at work with `carbon verification`.

The demo's own stage carries it; each person has a folder with a key, as `terminal-signer init` makes it.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from rich.console import Console

from devnet.binaries import AnvilMissing, find_anvil
from devnet.demo import stage as demo
from devnet.demo.plant import EMISSION_STATEMENT, Hour, Plant
from devnet.demo.replay import Replay, agents_of, days_of
from devnet.demo.screen import Screen
from devnet.demo.server import Server, server_of
from ledger.anchoring.heads import State
from ledger.chain import terminals
from ledger.chain.terminals import Terms
from ledger.commands.verification import main
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import parse_site
from ledger.store.anchors import AnchorStore
from ledger.store.database import open_store
from ledger.store.log import LogStore
from terminal_signer.csv_meter import Batch
from terminal_signer.frame import KeyClass, Record
from terminal_signer.keys import generate
from terminal_signer.place import Connection, connect, create, open_place

DAY, HOUR = 86_400, 3600
START = 1_640_966_400  # 2022-01-01T00:00+08:00
ISS = "88.118.20260"
IDENTIFIER = f"{ISS}/CE-2022-0001"
METER, POINT = f"{ISS}/EQ-0001", f"{ISS}/EQ-0001/kWh"
PHRASE = "each person's passphrase"
SITE = f"""\
format = "site/1"
boundary = {{ zh = "全厂", en = "the whole plant" }}
marks = ["REPLAYED"]

[enterprise]
iss = "{ISS}"
name = {{ zh = "测试厂", en = "Test plant" }}
industry = "3130"
region = "CN"
offset = "+08:00"
subject = "{IDENTIFIER}"

[rules]
method = "general"
factors = "cn-a-2013"

[[meter]]
sub = "{METER}"
name = {{ zh = "总表", en = "main meter" }}

[[meter.point]]
id = "{POINT}"
item = "purchased_electricity"
unit = "kWh"
kind = "amount"

[[source]]
id = "purchased_electricity"
""".encode()
Person = tuple[str, str, KeyClass]
NOBODY: Mapping[str, str] = MappingProxyType({})
PEOPLE: dict[str, Person] = {
    "officer": (f"{ISS}/OF-0002", "enterprise", KeyClass.OFFICER),
    "evaluator": (f"{demo.EVALUATOR}/P-1", "evaluator", KeyClass.OFFICER),
    "lead": (f"{demo.VERIFIER}/P-1", "verifier", KeyClass.VERIFIER),
    "member": (f"{demo.VERIFIER}/P-2", "verifier", KeyClass.VERIFIER),
    "reviewer": (f"{demo.VERIFIER}/P-3", "verifier", KeyClass.VERIFIER),
    "other": (f"{demo.VERIFIER}/P-4", "verifier", KeyClass.VERIFIER),
}


def plant_of(days: int = 2) -> Plant:
    """One meter, 10 kWh an hour; in its third hour it signs 1,000."""
    hours = []
    for hour in range(days * 24):
        start = START + hour * HOUR
        value = Decimal(1000 if hour == 2 else 10)
        record = Record(POINT, start, start + HOUR, "kWh", value, None)
        hours.append(Hour(start + HOUR, {METER: Batch(start, (record,))}))
    facts = parse_site(SITE, "site.toml")
    return Plant(SITE, facts, EMISSION_STATEMENT, IDENTIFIER, Period(START, START + days * DAY), tuple(hours))


@dataclass
class Office:
    """The stage with its people. `frames`: digests of what the meters signed, by meter and the end of the hour."""

    stage: demo.Stage
    plant: Plant
    server: Server
    frames: dict[tuple[str, int], bytes]
    capsys: pytest.CaptureFixture[str] | None = None

    @property
    def folder(self) -> Path:
        return self.stage.folder

    def run(self, who: str | None, *words: str, code: int = 0) -> tuple[Any, str]:
        """`carbon verification` as typed, with --json; what was printed as an error where it fails."""
        assert self.capsys is not None
        self.capsys.readouterr()
        key = [] if who is None else ["--key", str(self.folder / who)]
        found = main([*words, *key, "--dir", str(self.folder), "--json"])
        shown = self.capsys.readouterr()
        assert PHRASE not in shown.out + shown.err
        assert found == code, shown.err
        return (json.loads(shown.out) if code == 0 else None), shown.err

    def said(self, who: str | None, *words: str) -> str:
        """The same as people see it."""
        assert self.capsys is not None
        self.capsys.readouterr()
        key = [] if who is None else ["--key", str(self.folder / who)]
        assert main([*words, *key, "--dir", str(self.folder)]) == 0
        return self.capsys.readouterr().out

    def pass_days(self, days: float) -> None:
        """The chain's clock runs on, the anchorer anchors what is new, the chain makes it final."""
        self.stage.anvil.set_time(self.stage.chain.now() + int(days * DAY))
        self.stage.anvil.mine(1)
        self.await_final()

    def await_final(self) -> None:
        engine = open_store(f"sqlite:///{self.folder / 'ledger.db'}")
        try:
            for _ in range(600):
                size = LogStore(engine, self.stage.log_id).size()
                final = AnchorStore(engine, self.stage.log_id).heads([State.FINAL])
                if final and final[-1].size >= size:
                    return
                self.stage.anvil.finalize()
                time.sleep(0.05)
        finally:
            engine.dispose()
        raise AssertionError("no final head")

    def account(self, role: str) -> str:
        return str(self.stage.accounts.key_file(role))


@contextmanager
def office(
    folder: Path, without: Sequence[str] = (), plant: Plant | None = None, clerks: Mapping[str, str] = NOBODY
) -> Iterator[Office]:
    """From an empty folder to two days in the log, all of them final. `without`: people who have no key yet. `clerks`:
    folder and identifier of officers beside them, whose documents no replay signs."""
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    plant = plant or plant_of()
    people = {who: person for who, person in PEOPLE.items() if who not in without}
    people |= {who: (sub, "enterprise", KeyClass.OFFICER) for who, sub in clerks.items()}
    with demo.chain_of(folder, plant) as anvil:
        built = demo.build(folder, anvil, plant)
        replayed = {sub: key for sub, key in built.keys.items() if sub not in clerks.values()}
        stage = replace(built, keys=replayed)
        demo.enrol(stage, plant)
        _give_keys(stage, people)
        (folder / "site.toml").write_bytes(plant.site)
        with server_of(stage, 0) as server:
            frames = _replayed(stage, plant, server)
            for who in people:
                _connect(stage, who, server.url)
            yield Office(stage, plant, server, frames)


def _replayed(stage: demo.Stage, plant: Plant, server: Server) -> dict[tuple[str, int], bytes]:
    with (
        agents_of(stage, server.url) as agents,
        Screen("en", Console(quiet=True)).counted("replay", days_of(plant), days=days_of(plant)) as bar,
    ):
        replay = Replay(stage, plant, agents, bar, server.let_anchor)
        replay.run()
        return dict(replay._signed)


def _give_keys(stage: demo.Stage, people: Mapping[str, Person]) -> None:
    for who, (sub, role, key_class) in people.items():
        key = generate()
        create(stage.folder / who, key, PHRASE.encode(), sub.partition("/")[0], sub, bytes(32))
        request = terminals.request_for(stage.chain, key, sub)
        terminals.enrol(stage.chain, stage.accounts[role], request, Terms(key_class, stage.log_id, 0))


def _connect(stage: demo.Stage, who: str, url: str) -> None:
    connection = Connection(
        url, stage.anvil.url, stage.deployment.chain_id, stage.deployment.address("AnchorLog"), stage.log_id,
        stage.promise_key.public, "finalized",
    )  # fmt: skip
    connect(open_place(stage.folder / who), connection)

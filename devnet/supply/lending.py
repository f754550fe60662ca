"""A bank that lends against the car's certificate: granted the evidence until a date, it recomputes every figure.

All of it over the car maker's running gateway: the car maker signs its grants with an officer's key and reads its log
with `carbon access`, the bank fetches and verifies in a process of its own.
"""

import io
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from devnet.demo.check import SECONDS
from devnet.demo.report import Tampering
from devnet.demo.server import Server, server_of
from devnet.supply.ground import Enterprise
from devnet.supply.makers import SEDAN
from ledger.chain import terminals
from ledger.chain.terminals import Terms
from ledger.commands import access
from ledger.commands.credential_fetch import FetchRefused, Source, authorised
from ledger.commands.private_file import write_private
from ledger.language import Language
from terminal_signer.frame import KeyClass
from terminal_signer.keys import generate
from terminal_signer.place import Connection, connect, create

BANK, FORMER = "88.118.40001", "88.118.40002"
CLIENTS = {"bank": (BANK, "financier"), "bank-buying": (BANK, "customer"), "former-lender": (FORMER, "financier")}
DAY = 86_400
SPAN = 30 * DAY
VERIFIED, LOGGED = "verified", "read bank, refused former-lender"
Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Lending:
    """The car maker's folder with its officer's in it, the bank's beside it, and the gateway's address."""

    folder: Path
    bank: Path
    url: str
    rpc: str

    def run(self) -> Iterator[Tampering]:
        """Each who asks, and what came of it. Raises CarbonError."""
        for name, (organisation, role) in CLIENTS.items():
            self._client(name, organisation, role)
        now = int(time.time())
        yield _row("stranger", self._asked("bank"))
        self._grant(BANK, now, now + SPAN)
        self._grant(FORMER, now - SPAN, now - DAY)
        yield _row("granted", self._recomputed())
        yield _row("other-role", self._asked("bank-buying"))
        yield _row("over", self._asked("former-lender"))
        yield _row("logged", self._logged())

    def _client(self, name: str, organisation: str, role: str) -> None:
        told = self._access("client", "add", "--organisation", organisation, "--role", role, "--id", name)
        write_private(self._secret(name), f"{told['client_secret']}\n".encode())

    def _grant(self, to: str, since: int, until: int) -> None:
        officer = self.folder / "officer"
        self._access(
            "grant", "add", "--to", to, "--role", "financier", "--about", SEDAN, "--part", "bundle",
            "--from", _date(since), "--until", _date(until), "--purpose", "loan against the certificate",
            "--key", str(officer), "--passphrase-file", str(officer / "passphrase"),
        )  # fmt: skip

    def _access(self, *words: str) -> dict[str, Any]:
        """`carbon access …` as the car maker types it."""
        out = io.StringIO()
        with redirect_stdout(out):
            access.main([*words, "--dir", str(self.folder), "--json"])
        told: dict[str, Any] = json.loads(out.getvalue())
        return told

    def _asked(self, name: str) -> str:
        """The code by which the gateway refuses the bundle to a client."""
        try:
            source = authorised(Source(self.url, "en"), name, self._secret(name).read_text().strip())
            source.answer(f"/evidence/{quote(SEDAN)}?part=bundle")
        except FetchRefused as refused:
            return refused.code
        return "read"

    def _recomputed(self) -> str:
        """Fetched and verified by one command in a fresh process."""
        words = [*fetch_words(self.folder, self.bank, self.rpc), "--gateway", self.url, "--json"]
        environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-m", "ledger", *words], capture_output=True, timeout=SECONDS, check=False,
            env=environment, cwd=self.bank,
        )  # fmt: skip
        return VERIFIED if done.returncode == 0 else done.stderr.decode(errors="replace").strip()[-200:]

    def _logged(self) -> str:
        """What the car maker sees of it."""
        entries = self._access("log", "--enterprise", SEDAN.partition("/")[0])["entries"]
        return ", ".join(f"{entry['act']} {entry['client_id']}" for entry in entries)

    def _secret(self, name: str) -> Path:
        return self.bank / f"{name}.secret"


def fetch_words(folder: Path, bank: Path, rpc: str) -> list[str]:
    """What the bank types behind `carbon`."""
    return [
        "access", "fetch", SEDAN, "--dir", str(folder), "--client", "bank",
        "--secret-file", str(bank / "bank.secret"), "--part", "bundle", "--out", str(bank / "sedan.bundle"),
        "--policy", str(folder / "policy.json"), "--rpc", rpc,
    ]  # fmt: skip


@contextmanager
def lending(enterprise: Enterprise, bank: Path) -> Iterator[Lending]:
    """The car maker with an officer's key of its own and its gateway running; the bank's folder is made. Raises
    CarbonError."""
    stage = enterprise.stage
    folder, bank = stage.folder.resolve(), bank.resolve()
    bank.mkdir(mode=0o700)
    sub, phrase = f"{enterprise.plant.facts.iss}/OF-0009", secrets.token_hex(16)
    key = generate()
    place = create(folder / "officer", key, phrase.encode(), enterprise.plant.facts.iss, sub, bytes(32))
    write_private(folder / "officer" / "passphrase", f"{phrase}\n".encode())
    terms = Terms(KeyClass.OFFICER, stage.log_id)
    terminals.enrol(stage.chain, stage.accounts["enterprise"], terminals.request_for(stage.chain, key, sub), terms)
    stage.anvil.finalize()
    with server_of(stage, 0) as server:
        connect(place, _connection(enterprise, server))
        yield Lending(folder, bank, server.url, stage.anvil.url)


def _connection(enterprise: Enterprise, server: Server) -> Connection:
    stage = enterprise.stage
    return Connection(
        server.url, stage.anvil.url, stage.deployment.chain_id, stage.deployment.address("AnchorLog"), stage.log_id,
        stage.promise_key.public, "finalized",
    )  # fmt: skip


def _date(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _row(name: str, seen: str) -> Tampering:
    expected, title, says = ROWS[name]
    return Tampering(name, "INV-20", _both(title), expected, seen, _both(says))


def _both(words: Words) -> Mapping[Language, str]:
    return {"en": words[0], "zh": words[1]}


ROWS: Mapping[str, tuple[str, Words, Words]] = {
    "stranger": (
        "unknown-evidence", ("a bank that was granted nothing", "未获授权的银行"),
        ("as if there were no such certificate", "如同没有这张证书"),
    ),
    "granted": (
        VERIFIED, ("the bank, granted the evidence for 30 days", "获授权 30 天的银行"),
        ("fetched it and recomputed every figure by one command", "一条命令即取回证据并重算全部数值"),
    ),
    "other-role": (
        "unknown-evidence", ("the same bank as a customer", "同一银行以客户身份"),
        ("granted to the financier, not to the customer", "授权对象是金融机构身份，不是客户身份"),
    ),
    "over": (
        "not-granted", ("a former lender whose grant has run out", "授权已到期的原贷款方"),
        ("refused, with the reason", "拒绝，并说明原因"),
    ),
    "logged": (
        LOGGED, ("the car maker, of who asked for it", "整车厂查看谁来读取"),
        ("sees each reading and refusal in its log", "在读取日志中看到每次读取与拒绝"),
    ),
}  # fmt: skip

"""Verification as a stranger would do it: the real command in a fresh process with a bundle, a policy and a node."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devnet.demo.report import Tampering
from devnet.tampers import Tamper
from ledger.commands.verify_texts import CLAIM_TITLES
from ledger.errors import CarbonError

SECONDS = 300


class VerifierFault(CarbonError):
    """The verifying process gave no answer that could be read."""

    code = "verifier"


@dataclass(frozen=True, slots=True)
class Answer:
    """What `carbon verify --json` said; `failed` names the first claim that does not hold."""

    code: int
    document: dict[str, Any]

    @property
    def failed(self) -> str | None:
        states = ((claim["claim"], claim["state"]) for claim in self.document.get("claims", []))
        return next((claim for claim, state in states if state == "failed"), None)


def program() -> str:
    """What a reader types for this command: a checkout's own environment need not be the shell's."""
    own = Path(".venv/bin/carbon")
    return str(own) if own.exists() and "VIRTUAL_ENV" not in os.environ else "carbon"


def verify_command(bundle: Path, policy: Path, rpc: str) -> str:
    """What a reader would type."""
    return f"{program()} verify {bundle} --policy {policy} --rpc {rpc}"


def verify_apart(bundle: Path, policy: Path, *trust: str) -> Answer:
    """Run the command in a new process with an empty environment and another working directory. `trust`: the flags that
    say what is believed of the chain."""
    arguments = [str(bundle.resolve()), "--policy", str(policy.resolve()), *trust, "--json"]
    environment = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "ledger", "verify", *arguments],
        capture_output=True, timeout=SECONDS, check=False, env=environment, cwd=bundle.parent,
    )  # fmt: skip
    try:
        document = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.decode(errors="replace").strip()[-300:]
        raise VerifierFault(f"carbon verify ended with {done.returncode} and no answer: {last}") from None
    return Answer(done.returncode, document)


def forge(tamper: Tamper, bundle: Path, policy: Path, rpc: str) -> Tampering:
    """Forge a copy and verify it. Caught means: exit 1, and the first claim that failed is the one it breaks."""
    copy = bundle.with_name(f"forged-{tamper.name}.bundle")
    copy.write_bytes(tamper.forge(bundle.read_bytes()))
    answer = verify_apart(copy, policy, "--rpc", rpc)
    failed = answer.failed if answer.code == 1 else None
    return Tampering(
        tamper.name, tamper.invariant, tamper.title, tamper.claim, failed, CLAIM_TITLES[tamper.claim]
    )  # fmt: skip

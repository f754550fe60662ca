"""Forge, with the pinned compiler and without a trace outside the checkout.

    python -m contracts.forge test
    python -m contracts.forge snapshot

Arguments go to forge as they are, and its exit code comes back. The binary is $CARBON_FORGE, else npm's package for
this platform, else the one on PATH.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from contracts.compiler import CHECKOUT, CONTRACTS, CompilerMissingError, install


def binary() -> Path:
    """Where forge is; raises `CompilerMissingError` where it is not."""
    named = os.environ.get("CARBON_FORGE")
    packaged = sorted((CONTRACTS / "node_modules" / "@foundry-rs").glob("forge-*/bin/forge"))
    found = named or (packaged[0] if packaged else None) or shutil.which("forge")
    if not found:
        raise CompilerMissingError("forge is missing; install it with: make setup")
    return Path(found)


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run forge in contracts/ and return what it printed; its caches go to `.tools/`."""
    install()
    home = CHECKOUT / ".tools" / "foundry"
    home.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"HOME": str(home), "FOUNDRY_DISABLE_NIGHTLY_WARNING": "1", "NO_COLOR": "1"} | variables
    command = [str(binary()), *arguments]
    return subprocess.run(command, cwd=CONTRACTS, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    try:
        finished = run(*sys.argv[1:])
    except CompilerMissingError as failure:
        raise SystemExit(str(failure)) from None
    sys.stdout.write(finished.stdout)
    sys.stderr.write(finished.stderr)
    raise SystemExit(finished.returncode)

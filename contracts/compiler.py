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
    """Node: the one that a Python wheel put beside the interpreter, because the machine's is too old; else PATH's."""
    beside = Path(sys.executable).parent / "node"
    found = str(beside) if beside.exists() else shutil.which("node")
    if not found:
        raise CompilerMissingError("node is missing; install it with: make setup")
    return Path(found)


def install() -> Path:
    """Write the wrappers for this checkout and return the one that speaks standard JSON."""
    if not (CONTRACTS / "node_modules" / "solc").is_dir():
        raise CompilerMissingError("the npm packages are missing; install them with: make setup")
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

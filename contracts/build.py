"""Compile the contracts and write what the Python side needs of them.

    python -m contracts.build           write ledger/chain/abi/*.json and contracts/storage-layout.json
    python -m contracts.build --check   compile again and compare with what is committed

The output depends on the sources and the pinned compiler only: source names are relative, and no metadata hash is
appended to the bytecode. Exit codes: 0 written or equal, 1 different or not compilable, 2 usage.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from contracts.compiler import CHECKOUT, CONTRACTS, SOLCX_FOLDER, VERSION, CompilerMissingError, install

ABI_FOLDER = CHECKOUT / "ledger" / "chain" / "abi"
LAYOUT_FILE = CONTRACTS / "storage-layout.json"
OWN = (
    "AnchorLog",
    "CertificateRegistry",
    "IdentifierRegistry",
    "ProductLedger",
    "ReadingVerifier",
    "RuleRegistry",
    "TerminalRegistry",
)
ACCESS_MANAGER = "@openzeppelin/contracts/access/manager/AccessManager.sol"
SETTINGS: dict[str, Any] = {
    "evmVersion": "osaka",
    "optimizer": {"enabled": True, "runs": 200},
    "metadata": {"bytecodeHash": "none", "appendCBOR": False},
}
OUTPUTS = ["abi", "evm.bytecode", "evm.deployedBytecode", "storageLayout"]
IMPORT = re.compile(r'^import\s+(?:[^"]*\s)?"([^"]+)";', re.MULTILINE)


class CompilationError(RuntimeError):
    """The compiler's own messages."""


def sources(roots: list[str]) -> dict[str, str]:
    """Every source reachable from `roots`, by source name (`src/…`, `@openzeppelin/…`)."""
    found: dict[str, str] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = CONTRACTS / ("node_modules" if name.startswith("@") else "") / name
        found[name] = path.read_text(encoding="utf-8")
        waiting += [resolved(name, target) for target in IMPORT.findall(found[name])]
    return dict(sorted(found.items()))


def resolved(importer: str, target: str) -> str:
    """The source name of an import."""
    return os.path.normpath(Path(importer).parent / target) if target.startswith(".") else target


def compile_contracts(roots: list[str]) -> dict[str, dict[str, Any]]:
    """Standard-JSON outputs by contract name for the contracts that `roots` define themselves."""
    wrapper = install()
    os.environ.setdefault("SOLCX_BINARY_PATH", str(SOLCX_FOLDER))
    import solcx

    selection = {root: {"*": OUTPUTS} for root in roots}
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources(roots).items()},
        "settings": SETTINGS | {"outputSelection": selection},
    }
    try:
        answer = solcx.compile_standard(request, solc_binary=wrapper)
    except solcx.exceptions.SolcError as failure:
        raise CompilationError(_messages(str(failure.stdout_data)) or str(failure)) from None
    return {name: output for root in roots for name, output in answer["contracts"].get(root, {}).items()}


def _messages(stdout: str) -> str:
    try:
        return "\n".join(error["formattedMessage"] for error in json.loads(stdout)["errors"])
    except (ValueError, KeyError):
        return ""


def artifact(name: str, output: dict[str, Any]) -> str:
    """The JSON text of one `ledger/chain/abi/<name>.json`."""
    document = {
        "contractName": name,
        "compiler": VERSION,
        "abi": output["abi"],
        "bytecode": "0x" + output["evm"]["bytecode"]["object"],
        "deployedBytecode": "0x" + output["evm"]["deployedBytecode"]["object"],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def layout(output: dict[str, Any]) -> list[dict[str, Any]]:
    """Slots of one contract, structs expanded; free of the compiler's node numbers."""
    types = output["storageLayout"]["types"] or {}

    def rows(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row(entry) for entry in entries]

    def row(entry: dict[str, Any]) -> dict[str, Any]:
        shown = {"slot": int(entry["slot"]), "offset": entry["offset"], "label": entry["label"]}
        kind = types[entry["type"]]
        shown["type"] = kind["label"]
        while "value" in kind:
            kind = types[kind["value"]]
        if "members" in kind:
            shown["members"] = rows(kind["members"])
        return shown

    return rows(output["storageLayout"]["storage"])


def products() -> dict[Path, str]:
    """Every generated file with the text that it must have."""
    outputs = compile_contracts([f"src/{name}.sol" for name in OWN] + [ACCESS_MANAGER])
    files = {ABI_FOLDER / f"{name}.json": artifact(name, outputs[name]) for name in (*OWN, "AccessManager")}
    slots = {"format": "storage-layout/1", "contracts": {name: layout(outputs[name]) for name in OWN}}
    return files | {LAYOUT_FILE: json.dumps(slots, indent=1) + "\n"}


def stale(files: dict[Path, str]) -> list[Path]:
    """The files that are absent or differ, and artifacts that no contract makes any longer."""
    differing = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return differing + [path for path in sorted(ABI_FOLDER.glob("*.json")) if path not in files]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m contracts.build", description="Compile the contracts.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args(argv)
    try:
        files = products()
    except (CompilerMissingError, CompilationError) as failure:
        print(failure, file=sys.stderr)
        return 1
    differing = [str(path.relative_to(CHECKOUT)) for path in stale(files)]
    if arguments.check:
        for name in differing:
            print(f"{name} is not what the sources compile to; run: python -m contracts.build", file=sys.stderr)
        return 1 if differing else 0
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(files)} files, {len(differing)} changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

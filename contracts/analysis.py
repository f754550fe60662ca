"""Slither over the contracts: every finding is answered here, and nothing that is not found is.

    python -m contracts.analysis

Slither lies in `.tools/analysis` (`make analysis` puts it there). Forge compiles with the pinned compiler, without a
network. Exit codes: 0 every finding is answered, 1 one is not or an answer is stale, 2 slither is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from contracts.compiler import CHECKOUT, CONTRACTS
from contracts.forge import binary, run

PROGRAM = CHECKOUT / ".tools" / "analysis" / "bin" / "slither"
PLACE = CHECKOUT / ".tools" / "slither"
ANSWERS = CONTRACTS / "slither.json"


def findings() -> set[str]:
    """`detector: contract.name` of everything that slither reports about our own sources."""
    variables = {"FOUNDRY_OUT": str(PLACE / "out"), "FOUNDRY_CACHE_PATH": str(PLACE / "cache")}
    shutil.rmtree(PLACE, ignore_errors=True)  # slither would read what earlier builds left as well
    built = run("build", "--build-info", "--skip", "./test/**", "--skip", "./symbolic/**", **variables)
    if built.returncode != 0:
        raise SystemExit(built.stderr)
    report = PLACE / "report.json"
    command = [str(PROGRAM), ".", "--ignore-compile", "--foundry-out-directory", str(PLACE / "out")]
    command += ["--filter-paths", "node_modules", "--json", str(report)]
    environment = os.environ | variables | {"PATH": f"{binary().parent}:{os.environ.get('PATH', '')}"}
    done = subprocess.run(command, cwd=CONTRACTS, env=environment, capture_output=True, text=True, check=False)
    if not report.exists():
        raise SystemExit(done.stderr)
    return {_name(entry) for entry in json.loads(report.read_text())["results"]["detectors"]}


def _name(entry: dict[str, object]) -> str:
    element = entry["elements"][0]  # type: ignore[index]
    parent = element["type_specific_fields"]["parent"]
    inner = parent.get("type_specific_fields", {}).get("parent", {}) if parent["type"] == "function" else {}
    owner = f"{inner['name']}.{parent['name']}" if inner else parent["name"]
    return f"{entry['check']}: {owner}.{element['name']}"


def main() -> int:
    if not Path(PROGRAM).exists():
        print("slither is missing; install it with: make analysis", file=sys.stderr)
        return 2
    answered = json.loads(ANSWERS.read_text(encoding="utf-8")) if ANSWERS.exists() else {}
    found = findings()
    for name in sorted(found - answered.keys()):
        print(f"not answered: {name}", file=sys.stderr)
    for name in sorted(answered.keys() - found):
        print(f"answered, but no longer found: {name}", file=sys.stderr)
    if found != answered.keys():
        return 1
    print(f"slither: {len(found)} findings, each answered in {ANSWERS.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

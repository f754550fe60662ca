"""Keep the last column of the table in docs/threat-model.md: which tests attack each invariant.

    python -m tests.setup.threat_table           write the column
    python -m tests.setup.threat_table --check   exit 1 where it is not what the tests say

A test attacks an invariant when its file names it (INV-nn), in a docstring or a test's name (inv_nn).
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "threat-model.md"
NOBODY = "no test"
_ROW = re.compile(r"^\| (INV-\d\d) \|(.*)\|([^|]*)\|$")
_NAMED = re.compile(r"INV-(\d\d)|test_\w*inv_(\d\d)", re.IGNORECASE)


def attackers() -> dict[str, list[str]]:
    """Paths under tests/ (and contracts/test/) by invariant."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "contracts" / "test").rglob("*.sol")]:
        for numbers in _NAMED.findall(path.read_text(encoding="utf-8")):
            name = path.relative_to(ROOT).as_posix().removeprefix("tests/")
            found[f"INV-{''.join(numbers)}"].add(name)
    return {name: sorted(paths) for name, paths in found.items()}


def written(text: str) -> str:
    """The page with its last column brought up to date."""
    known = attackers()
    lines = []
    for line in text.splitlines():
        row = _ROW.match(line)
        if row:
            tests = ", ".join(f"`{path}`" for path in known.get(row[1], [])) or NOBODY
            line = f"| {row[1]} |{row[2]}| {tests} |"
        lines.append(line)
    return "\n".join(lines) + "\n"


def main(argv: list[str]) -> int:
    """0 in step or written, 1 out of step, 2 usage."""
    if argv not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    before = PAGE.read_text(encoding="utf-8")
    after = written(before)
    if argv:
        if after != before:
            print("docs/threat-model.md is not what the tests say (write it again: python -m tests.setup.threat_table)")
        return int(after != before)
    PAGE.write_text(after, encoding="utf-8")
    print("written: docs/threat-model.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

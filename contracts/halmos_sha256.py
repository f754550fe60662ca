"""Halmos as it is, but for one fault: run by the interpreter of `.tools/analysis`.

Halmos 0.3.3 declares its unknown function for SHA-256 over as many *bits* as the argument has bytes, and stops at the
first use. Here the function is declared over the right number; nothing else of halmos is changed.
"""

from typing import Any

import z3  # type: ignore[import-not-found]
from halmos import sevm  # type: ignore[import-not-found]
from halmos.__main__ import main  # type: ignore[import-not-found]

PREFIX = "f_sha256_"


def declared(name: str, *sorts: Any) -> Any:
    if name.startswith(PREFIX):
        return z3.Function(name, z3.BitVecSort(8 * int(name.removeprefix(PREFIX))), sorts[-1])
    return z3.Function(name, *sorts)


if __name__ == "__main__":
    sevm.Function = declared
    raise SystemExit(main())

"""Lines of code: what is left without blank lines, comments and docstrings.

python -m tests.setup.code_lines FILE…      counts them; without files, those that an auditor of the verifier reads
"""

import ast
import io
import sys
import tokenize
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_SILENT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip


def verifier() -> list[Path]:
    """The modules that decide whether evidence holds; evaluation, grading and the statement are counted apart."""
    terminal = [CHECKOUT / "terminal_signer" / f"{name}.py" for name in ("cose", "frame", "receipt")]
    return [
        *sorted((CHECKOUT / "ledger" / "evidence").glob("*.py")),
        CHECKOUT / "ledger" / "log" / "proof.py",
        *terminal,
    ]


def code_lines(source: str) -> int:
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - _docstrings(ast.parse(source)))


def _docstrings(tree: ast.Module) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for text in node.body:
                if (
                    isinstance(text, ast.Expr)
                    and isinstance(text.value, ast.Constant)
                    and type(text.value.value) is str
                ):
                    lines.update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return lines


if __name__ == "__main__":
    total = 0
    for path in [Path(name) for name in sys.argv[1:]] or verifier():
        count = code_lines(path.read_text(encoding="utf-8"))
        total += count
        print(f"{count:6}  {path}")
    print(f"{total:6}  in all")

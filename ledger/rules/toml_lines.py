"""Where the fields of a TOML file stand: the line of each table header and of each key.

`tomllib` gives values without lines; an error that a person is to mend needs them.
"""

import re

from terminal_signer.errors import CarbonError

FieldPath = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)([A-Za-z0-9_.\-\" \t]+)\]\]?\s*(#.*)?")  # one way to match: a line may be long
_KEY = re.compile(r"\s*([A-Za-z0-9_\-]+|\"[^\"]*\")\s*(?:\.\s*([A-Za-z0-9_\-]+)\s*)?=")


class SourceFile:
    """A file's text, its name, and the error its reader raises."""

    def __init__(self, name: str, text: str, error: type[CarbonError]) -> None:
        self.name = name
        self.text = text
        self.kind = error
        self._lines: dict[FieldPath, int] | None = None

    def error(self, path: FieldPath, message: str, mend: str) -> CarbonError:
        return self.kind(message, where=self.place(path), mend=mend)

    def place(self, path: FieldPath) -> str:
        """File, line, field."""
        field = ".".join(f"[{step + 1}]" if isinstance(step, int) else step for step in path).replace(".[", "[")
        return f"{self.name}, line {self.line(path)}" + (f", field {field}" if field else "")

    def place_of_text(self, path: FieldPath, text: str) -> str:
        begin = self.line(path)
        for number, line in enumerate(self.text.split("\n")[begin - 1 :], begin):
            if text in line:
                return f"{self.name}, line {number}"
        return f"{self.name}, line {begin}"

    def line(self, path: FieldPath) -> int:
        """The line of the nearest enclosing thing that has one."""
        if self._lines is None:
            self._lines = _lines(self.text)
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def _lines(text: str) -> dict[FieldPath, int]:
    """Line of each header and key; headers of arrays of tables carry their position."""
    found: dict[FieldPath, int] = {}
    table: FieldPath = ()
    counts: dict[FieldPath, int] = {}
    quoted = False
    for number, line in enumerate(text.split("\n"), 1):
        if not quoted:
            if header := _HEADER.fullmatch(line):
                table = _header_path(header, counts)
                found.setdefault(table, number)
            elif key := _KEY.match(line):
                path = (*table, key[1].strip('"'))
                found.setdefault(path, number)
                if key[2]:
                    found.setdefault((*path, key[2]), number)
        quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return found


def _header_path(header: re.Match[str], counts: dict[FieldPath, int]) -> FieldPath:
    path: FieldPath = ()
    names = [name.strip().strip('"') for name in header[2].split(".")]
    for position, name in enumerate(names):
        path = (*path, name)
        if header[1] == "[[" and position == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path

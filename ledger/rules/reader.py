"""Reading a TOML file so that every refusal names file, line, field and how to mend it.

`Table` hands out typed fields and, at the end, refuses fields that nobody asked for: a typing error never passes as an
absent option. Quantities are strings: a TOML float is refused.

Keys of many dotted parts are refused before `tomllib` sees them: it takes time and memory by the square of their number
(100 KB of "a.a.a…" cost it 10 GB), and no format here nests so deep.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction

from ledger.canonical import MAX_NUMBER_TEXT, CanonicalError, exact_number
from ledger.rules.toml_lines import FieldPath, SourceFile
from terminal_signer.errors import CarbonError

MAX_BYTES = 1 << 20
MAX_PARTS = 16  # of a dotted key
MAX_NUMBER = 10**MAX_NUMBER_TEXT  # a hexadecimal number in TOML may have any length

_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_DEEP = re.compile(rf"(?<![A-Za-z0-9_\\-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_PARTS}}}")


class Table:
    """One table of the file. Each accessor raises the file's own error, with the line of the field."""

    def __init__(self, values: Mapping[str, object], path: FieldPath, file: "SourceFile") -> None:
        self._values = values
        self._path = path
        self._file = file
        self._asked: set[str] = set()

    def __contains__(self, field: str) -> bool:
        return field in self._values

    def __iter__(self) -> Iterator[str]:
        """The fields present, in the file's order."""
        return iter(self._values)

    def error(self, field: str, message: str, mend: str = "") -> CarbonError:
        """The error to raise about one field."""
        return self._file.error((*self._path, field) if field else self._path, message, mend)

    def place(self, field: str = "") -> str:
        """Where a field stands, for errors that are found later."""
        return self._file.place((*self._path, field) if field else self._path)

    def text(self, field: str, default: str | None = None, *, longest: int = 2000) -> str:
        value = self._get(field, default)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self.error(field, f"expected a text of 1 to {longest} characters", f'write {field} = "…"')
        return value

    def optional_text(self, field: str) -> str | None:
        return self.text(field) if field in self._values else None

    def number(self, field: str, default: str | None = None) -> Fraction:
        """An exact number written as a string; whole numbers may stand without quotes."""
        value = self._get(field, default)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < MAX_NUMBER:
            return Fraction(value)
        if not isinstance(value, str):
            raise self.error(field, "expected an exact number", f'write it in quotes: {field} = "0.6101"')
        try:
            return exact_number(value)
        except CanonicalError as fault:
            raise self.error(field, fault.message, fault.mend) from None

    def integer(self, field: str, default: int | None = None) -> int:
        value = self._get(field, default)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**53:
            raise self.error(field, "expected a whole number", "write digits without quotes")
        return value

    def flag(self, field: str, default: bool | None = None) -> bool:
        value = self._get(field, default)
        if not isinstance(value, bool):
            raise self.error(field, "expected true or false", f"write {field} = true")
        return value

    def texts(self, field: str, default: list[str] | None = None) -> list[str]:
        value = self._get(field, default)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(field, "expected a list of texts", f'write {field} = ["…"]')
        return [str(item) for item in value]

    def years(self, field: str) -> tuple[int, int | None]:
        """Reporting years from–to, inclusive: [2018, 2020]; [2022] is open at the end."""
        value = self._get(field, None)
        if (
            not isinstance(value, list)
            or len(value) not in (1, 2)
            or not all(isinstance(year, int) and not isinstance(year, bool) and 1900 <= year <= 2200 for year in value)
            or value != sorted(value)
        ):
            raise self.error(
                field, "expected reporting years", f"write {field} = [2018, 2020], or [2022] if still open"
            )
        return int(value[0]), int(value[1]) if len(value) == 2 else None

    def names(self, field: str) -> dict[str, str]:
        """A text in both languages: { zh = "…", en = "…" }."""
        table = self.table(field)
        both = {"zh": table.text("zh"), "en": table.text("en")}
        table.finish()
        return both

    def table(self, field: str) -> "Table":
        value = self._get(field, None)
        if not isinstance(value, dict):
            raise self.error(field, "expected a table", f"write [{field}] and its fields below")
        return Table(value, (*self._path, field), self._file)

    def tables(self, field: str, *, required: bool = False) -> list["Table"]:
        value = self._get(field, [] if not required else None)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value) or (required and not value):
            raise self.error(field, "expected tables", f"write [[{field}]] once for each")
        return [Table(item, (*self._path, field, position), self._file) for position, item in enumerate(value)]

    def finish(self) -> None:
        """Refuse fields that nobody asked for."""
        for field in self._values:
            if field not in self._asked:
                known = ", ".join(sorted(self._asked))
                raise self.error(field, f"unknown field {field!r}", f"known here: {known}")

    def line_of_text(self, text: str) -> str:
        """Where a text inside a list of this table stands: file and line, as in an error."""
        return self._file.place_of_text(self._path, text)

    def _get(self, field: str, default: object) -> object:
        self._asked.add(field)
        if field in self._values:
            return self._values[field]
        if default is None:
            raise self.error(field, f"{field!r} is missing", f"add {field} = …")
        return default


def read_toml(data: bytes, name: str, error: type[CarbonError], form: str) -> Table:
    """The file's top table, its `format` checked; every failure is an `error` naming `name` and the line."""
    text = _decode(data, name, error)
    if deep := _DEEP.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise error(f"a key of more than {MAX_PARTS} parts", where=f"{name}, line {line}", mend="nest less deep")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise error(f"not TOML: {fault}", where=name, mend="check quotes and brackets at that line") from None
    except (ValueError, RecursionError, OverflowError) as fault:
        raise error(f"not readable: {type(fault).__name__}", where=name, mend="check numbers and nesting") from None
    file = SourceFile(name, text, error)
    top = Table(values, (), file)
    found = top.text("format")
    if found != form:
        raise top.error("format", f"expected {form!r}, found {found[:60]!r}", "use a program that knows that format")
    return top


def _decode(data: bytes, name: str, error: type[CarbonError]) -> str:
    if len(data) > MAX_BYTES:
        raise error(f"larger than {MAX_BYTES} bytes", where=name, mend="split the file")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise error("not UTF-8", where=f"{name}, line {line}", mend="save the file as UTF-8") from None

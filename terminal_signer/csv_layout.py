"""How a meter writes its CSV: presets, layouts from a TOML file, and the fault that names a place in a file.

timestamp = "date"                 the column with the end of each interval
time_format = "%d/%m/%Y %H:%M"     as strptime
offset = "+08:00"                  fixed; an interval belongs to the month of its start in it
end_of_day = "closes-day"          or "as-written"
interval = 900                     seconds
[columns]
"Usage_kWh" = { point = "EQ-0001/kWh", unit = "kWh" }
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from terminal_signer import units
from terminal_signer.errors import CarbonError

DAY = 86_400
_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3]):([0-5][0-9])\Z", re.ASCII)
_FIELDS = {"timestamp": str, "time_format": str, "offset": str, "end_of_day": str, "interval": int, "columns": dict}
MAX_BYTES = 64 * 1024


class CsvFault(CarbonError):
    """A row that cannot be read. `line` counts from 1, `column` too (0: the whole line); `found` is what stands there.

    `code`: csv-file, csv-encoding, csv-header, csv-fields, csv-time, csv-order, csv-number, csv-layout.
    """

    code = "csv"

    def __init__(
        self, code: str, expected: str, *, line: int = 0, column: int = 0, name: str = "", found: str = ""
    ) -> None:
        place = f"line {line}" if line else ""
        if column:
            place += f", column {column}" + (f" ({name})" if name else "")
        shown = f", found {found[:60]!r}" if found else ""
        super().__init__(f"expected {expected}{shown}", code=code, where=place)
        self.line, self.column, self.name, self.expected, self.found = line, column, name, expected, found[:60]


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """How a meter writes.

    `columns` maps a CSV column to (suffix of the measuring point, unit); times are as `time_format` of strptime in the
    fixed `offset`; `interval` in seconds.
    """

    timestamp: str
    time_format: str
    offset: str
    end_of_day: Literal["as-written", "closes-day"]
    columns: Mapping[str, tuple[str, str]]
    interval: int

    def __post_init__(self) -> None:
        if not self.columns or self.timestamp in self.columns:
            raise CsvFault("csv-layout", "columns of readings beside the timestamp's")
        if self.interval <= 0 or DAY % self.interval:
            raise CsvFault("csv-layout", "an interval that divides a day", found=str(self.interval))
        self.offset_seconds()

    def offset_seconds(self) -> int:
        found = _OFFSET.match(self.offset)
        if found is None:
            raise CsvFault("csv-layout", "a fixed offset such as +08:00", found=self.offset)
        seconds = int(found[2]) * 3600 + int(found[3]) * 60
        return -seconds if found[1] == "-" else seconds


UCI_STEEL = CsvLayout(
    timestamp="date",
    time_format="%d/%m/%Y %H:%M",
    offset="+09:00",
    end_of_day="closes-day",
    columns={
        "Usage_kWh": ("EQ-0001/kWh", "kWh"),
        "Lagging_Current_Reactive_Power_kVarh": ("EQ-0001/kvarh-lagging", "kvarh"),
        "Leading_Current_Reactive_Power_kVarh": ("EQ-0001/kvarh-leading", "kvarh"),
    },
    interval=900,
)
PRESETS = {"uci-steel": UCI_STEEL}


def layout_of(name: str) -> CsvLayout:
    """A preset, or the layout in file `name`. Raises CsvFault("csv-layout")."""
    if name in PRESETS:
        return PRESETS[name]
    try:
        with Path(name).open("rb") as file:
            fields = tomllib.loads(file.read(MAX_BYTES).decode())
    except OSError as error:
        expected = f"a layout file, or one of: {', '.join(PRESETS)}"
        raise CsvFault("csv-layout", expected, found=f"{name}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise CsvFault("csv-layout", f"TOML in {name}", found=str(error)) from None
    return from_fields(fields)


def from_fields(fields: dict[str, Any]) -> CsvLayout:
    for name, kind in _FIELDS.items():
        if type(fields.get(name)) is not kind:
            raise CsvFault("csv-layout", f"{name} ({kind.__name__})", found=str(fields.get(name, "nothing")))
    if extra := sorted(fields.keys() - _FIELDS.keys()):
        raise CsvFault("csv-layout", f"only {', '.join(_FIELDS)}", found=extra[0])
    if fields["end_of_day"] not in ("as-written", "closes-day"):
        raise CsvFault("csv-layout", "end_of_day = as-written or closes-day", found=fields["end_of_day"])
    columns = {column: _column(column, value) for column, value in fields["columns"].items()}
    return CsvLayout(**{**fields, "columns": columns})


def _column(column: str, value: Any) -> tuple[str, str]:
    if not isinstance(value, dict) or value.keys() != {"point", "unit"}:
        raise CsvFault("csv-layout", f"{column} = {{ point = …, unit = … }}", found=str(value))
    point, unit = value["point"], value["unit"]
    if not isinstance(point, str) or not isinstance(unit, str) or not units.is_unit(unit):
        raise CsvFault("csv-layout", f"{column}: a point and a unit of SenML or UCUM", found=str(unit))
    return point, unit

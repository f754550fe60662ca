"""The two languages of a report, read from `locales/`, and days and periods in each reader's form."""

import tomllib
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib import resources
from typing import Any

from ledger.language import Language
from ledger.reports.reading import ReportError

LATEST = 1 << 33


class Wording:
    """Texts of one language. A key is a dotted path; one that is absent is a fault of the program (KeyError)."""

    def __init__(self, language: Language, texts: dict[str, Any]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        found = self._find(key)
        if not isinstance(found, str):
            raise KeyError(key)
        return found.format(**values) if values else found

    def get(self, key: str, **values: object) -> str | None:
        """The text, or None: for codes that a document may bring before this program knows them."""
        found = self._find(key)
        return found.format(**values) if isinstance(found, str) else None

    def group(self, key: str) -> dict[str, str]:
        return dict(self._find(key))

    def _find(self, key: str) -> Any:
        found: Any = self._texts
        for part in key.split(".", 1) if key.count(".") else (key,):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def date(self, seconds: int, offset: str) -> str:
        at = _moment(seconds, offset)
        name = self("form.months").split()[at.month - 1]
        return self("form.date", year=at.year, month=at.month, day=at.day, name=name)

    def moment(self, seconds: int, offset: str) -> str:
        """Day and time of day, short."""
        return _moment(seconds, offset).strftime("%Y-%m-%d %H:%M")

    def period(self, start: int, end: int, offset: str) -> str:
        """A half-open period of whole days as first and last day; any other with its times."""
        first, last = _moment(start, offset), _moment(end, offset)
        if (first.hour, first.minute, first.second) == (last.hour, last.minute, last.second) == (0, 0, 0):
            return self("form.period", start=self.date(start, offset), end=self.date(end - 1, offset))
        return self("form.period", start=self.moment(start, offset), end=self.moment(end, offset))

    def month(self, label: str, *, short: bool = False) -> str:
        """2022-01 as January 2022, or as Jan."""
        year, _, number = label.partition("-")
        if not (number.isdecimal() and year.isdecimal() and len(label) == 7 and 1 <= int(number) <= 12):
            return label[:30]
        name = self("form.months").split()[int(number) - 1]
        return name[:3].strip() if short else self("form.month", name=name, year=int(year))

    def duration(self, seconds: int) -> str:
        """Hours, or days where it is long; minutes where it is short."""
        for size, unit in ((2 * 86_400, "days"), (3600, "hours")):
            if seconds >= size:
                whole = 86_400 if unit == "days" else 3600
                tenths = round(seconds * 10 / whole)
                text = f"{tenths // 10:,}" + (f".{tenths % 10}" if tenths % 10 else "")
                return self(f"form.{unit}", count=text)
        return self("form.minutes", count=seconds // 60) if seconds >= 60 else self("form.seconds", count=seconds)

    def listing(self, parts: list[str]) -> str:
        """A, B and C."""
        if len(parts) < 2:
            return "".join(parts)
        return self("form.comma").join(parts[:-1]) + self("form.and") + parts[-1]


def _moment(seconds: int, offset: str) -> datetime:
    if not 0 <= seconds < LATEST:
        raise ReportError(f"{seconds} is no time of this era", where="period")
    return datetime.fromtimestamp(seconds, zone(offset))


def zone(offset: str) -> timezone:
    """A fixed offset such as +08:00; anything else counts as UTC."""
    try:
        parsed = datetime.strptime(offset, "%z").utcoffset()
    except ValueError:
        return UTC
    return timezone(parsed if parsed is not None else timedelta(0))


@cache
def wording(language: Language, *, energy: bool = False) -> Wording:
    """`energy`: for a result in standard coal, where nothing is emitted but used."""
    text = resources.files("ledger.reports").joinpath("locales", f"{language}.toml").read_text(encoding="utf-8")
    texts = tomllib.loads(text)
    others = texts.pop("in_energy")
    if energy:
        texts |= {group: texts[group] | members for group, members in others.items()}
    return Wording(language, texts)

"""The two languages of the gateway, read from `locales/`, and dates, moments and shares in each reader's form."""

import tomllib
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from ledger.language import Language


class Wording:
    """Texts of one language. A key is a dotted path; one that is absent is a fault of the program (KeyError)."""

    def __init__(self, language: Language, texts: dict[str, Any]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        found: Any = self._texts
        for part in key.split("."):
            found = found[part]
        if not isinstance(found, str):
            raise KeyError(key)
        return found.format(**values) if values else found

    def lines(self, key: str) -> list[str]:
        found: Any = self._texts
        for part in key.split("."):
            found = found[part]
        return [str(line) for line in found]

    def has(self, key: str) -> bool:
        found: Any = self._texts
        for part in key.split("."):
            if not isinstance(found, dict) or part not in found:
                return False
            found = found[part]
        return True

    def date(self, seconds: int, offset: str = "+00:00") -> str:
        """The calendar day in the given offset."""
        day = datetime.fromtimestamp(seconds, zone(offset))
        name = self.lines("form.months")[day.month - 1]
        return self("form.date", year=day.year, month=day.month, day=day.day, name=name)

    def moment(self, seconds: int, offset: str = "+00:00") -> str:
        """Day and time of day with the offset named: a reader must not have to guess the time zone."""
        at = datetime.fromtimestamp(seconds, zone(offset))
        named = "UTC" if offset in ("+00:00", "Z") else f"UTC{offset}"
        return self("form.moment", date=self.date(seconds, offset), time=at.strftime("%H:%M:%S"), zone=named)

    def period(self, start: int, end: int, offset: str = "+00:00") -> str:
        """A half-open period of whole days as first and last day; one that does not end at midnight with its times."""
        first, last = datetime.fromtimestamp(start, zone(offset)), datetime.fromtimestamp(end, zone(offset))
        if (first.hour, first.minute, first.second) == (last.hour, last.minute, last.second) == (0, 0, 0):
            return self("form.period", start=self.date(start, offset), end=self.date(end - 1, offset))
        return self("form.period", start=self.moment(start, offset), end=self.moment(end, offset))

    def duration(self, seconds: int) -> str:
        """In the largest unit of which there are two or more, rounded down."""
        for name, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
            if seconds >= 2 * size:
                return self(f"form.{name}", count=seconds // size)
        return self("form.seconds", count=seconds)

    def number(self, text: str) -> str:
        """A decimal text with its thousands set apart, no digit dropped; a fraction n/d to four places, marked so."""
        if "/" in text:
            exact = Fraction(text)
            rounded = (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
            return f"≈ {rounded:,}"
        whole, point, fraction = text.partition(".")
        return (f"{int(whole):,}" if whole.lstrip("-").isdecimal() else whole) + point + fraction

    def share(self, basis_points: int) -> str:
        """10000 basis points are 100 %; no trailing zeros."""
        return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".") + " %"


def zone(offset: str) -> timezone:
    """A fixed offset such as +08:00; anything else counts as UTC, which `moment` then names."""
    try:
        parsed = datetime.strptime(offset, "%z").utcoffset()
    except ValueError:
        return UTC
    return timezone(parsed if parsed is not None else timedelta(0))


@cache
def wording(language: Language) -> Wording:
    text = resources.files("gateway").joinpath("locales", f"{language}.toml").read_text(encoding="utf-8")
    return Wording(language, tomllib.loads(text))

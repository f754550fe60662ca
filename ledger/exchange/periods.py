"""Times as PACT writes and reads them (RFC 3339), and the validity period of a footprint.

Without another rule a footprint is valid for three years from the end of its reference period. A certificate that ends
earlier ends it earlier; nothing makes it longer. Ends are exclusive.
"""

import re
from datetime import UTC, datetime
from fractions import Fraction

_YEARS = 3
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,20}))?(?: ?([Zz]|[+ -]\d{2}:?\d{2}))?)?"
)


def moment(seconds: int) -> str:
    """Unix seconds as `2025-01-01T00:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(text: str) -> Fraction | None:
    """A moment as Unix seconds, None for what is none. A `+` that arrived as a blank is taken for what it was; a date
    alone is its midnight in UTC, as is a time without an offset."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    day, time, offset = found[1], found[2] or "00:00", (found[4] or "Z").replace(" ", "+").upper()
    if time.endswith(":60") and time.count(":") == 2:  # a leap second counts as the one before
        time = time.removesuffix("60") + "59"
    try:
        at = datetime.fromisoformat(f"{day}T{time}{'+00:00' if offset == 'Z' else offset}")
        return Fraction(int(at.timestamp())) + Fraction(f"0.{found[3] or 0}")
    except (ValueError, OverflowError):
        return None


def validity(period_end: int, valid_until: int) -> tuple[int, int]:
    """Start and end of the validity period."""
    return period_end, max(period_end, min(valid_until, years_after(period_end, _YEARS)))


def years_after(seconds: int, years: int) -> int:
    """The same day and time in another year; 29 February becomes the 28th where there is none."""
    at = datetime.fromtimestamp(seconds, UTC)
    try:
        return int(at.replace(year=at.year + years).timestamp())
    except ValueError:
        return int(at.replace(year=at.year + years, day=28).timestamp())

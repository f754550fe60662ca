"""Days on which a factory works: weekends, and the public holidays of a year in mainland China."""

from datetime import date, datetime

_HOLIDAYS = {
    2022: ((1, 1, 3), (1, 31, 7), (4, 3, 3), (4, 30, 5), (6, 3, 3), (9, 10, 3), (10, 1, 7)),
    2023: ((1, 1, 2), (1, 21, 7), (4, 5, 1), (4, 29, 5), (6, 22, 3), (9, 29, 8)),
}
"""First day as month and day, and how many days."""


def holiday(moment: datetime) -> bool:
    day = moment.date().toordinal()
    spans = _HOLIDAYS[moment.year]
    return any(0 <= day - date(moment.year, month, first).toordinal() < days for month, first, days in spans)


def working_day(moment: datetime) -> bool:
    """Monday to Friday, but on holidays."""
    return moment.weekday() < 5 and not holiday(moment)


def spring_festival(moment: datetime) -> bool:
    """The week in which nearly every factory rests."""
    day = moment.date().toordinal()
    month, first, days = _HOLIDAYS[moment.year][1]
    return 0 <= day - date(moment.year, month, first).toordinal() < days

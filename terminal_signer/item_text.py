"""Declared figures as people type them: numbers, times with their offset, and items of a document."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from terminal_signer.document import Item
from terminal_signer.errors import PayloadFault

MAX_NUMBER = 40


def read_item(text: str) -> Item:
    """ "NAME VALUE UNIT START END", parted by blanks."""
    parts = text.split()
    if len(parts) != 5:
        raise PayloadFault(
            f"{text!r:.80} is no item", where="--item",
            mend='for example "coal.purchased 812.5 t 2022-03-01T00:00:00+08:00 2022-04-01T00:00:00+08:00"',
        )  # fmt: skip
    name, value, unit, start, end = parts
    return Item(name, number(value, "--item"), unit, seconds(start, "--item"), seconds(end, "--item"))


def seconds(text: str, option: str) -> int:
    """Unix seconds, or a time of ISO 8601 with its offset."""
    if text.isascii() and text.isdigit() and len(text) <= 12:
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.microsecond:
        raise PayloadFault(
            f"{text!r:.60} is no time in whole seconds with its offset", code="time", where=option,
            mend="for example 2022-03-01T08:00:00+08:00",
        )  # fmt: skip
    return int(moment.timestamp())


def number(text: str, option: str) -> Decimal:
    try:
        if len(text) <= MAX_NUMBER:
            return Decimal(text)
    except InvalidOperation:
        pass
    raise PayloadFault(f"{text!r:.60} is no number", where=option, mend="for example 3.17")

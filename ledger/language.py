"""Which of the project's two languages a person reads: Chinese or English."""

import os
from collections.abc import Sequence
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def choose(flag: str | None = None) -> Language:
    """The language of a `--lang` flag, else of CARBON_LANG, LC_ALL, LC_MESSAGES or LANG, else English."""
    for wish in (flag, *(os.environ.get(name) for name in ("CARBON_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))):
        if wish:
            return "zh" if wish.lower().startswith("zh") else "en"
    return "en"


def asked(arguments: Sequence[str]) -> Language:
    """The language that `--lang zh` or `--lang=zh` asks for among a command's arguments, else as `choose` has it.

    Wanted before they are parsed: the help that the parser prints is in that language too.
    """
    for place, argument in enumerate(arguments):
        flag, _, value = argument.partition("=")
        if flag == "--lang":
            return choose(value or next(iter(arguments[place + 1 :]), None))
    return choose()

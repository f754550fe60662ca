"""Which of the project's two languages a person reads: Chinese or English."""

import os
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def choose(flag: str | None = None) -> Language:
    """The language of a `--lang` flag, else of CARBON_LANG, LC_ALL, LC_MESSAGES or LANG, else English."""
    for wish in (flag, *(os.environ.get(name) for name in ("CARBON_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))):
        if wish:
            return "zh" if wish.lower().startswith("zh") else "en"
    return "en"

"""The root of every error that this project raises on purpose.

An error says what happened, where, and how to mend it. Parsers of foreign bytes raise subclasses of `CarbonError` and
nothing else.
"""


class CarbonError(Exception):
    """What happened (`message`), where (`where`: file, line, field), how to mend it (`mend`).

    `code` is a stable kebab-case name for machines; a subclass sets a default.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, where: str = "", mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.mend = mend
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" ({self.mend})" if self.mend else ""
        return f"{place}{self.message}{remedy}"


class UnknownFormat(CarbonError):
    """A document names a format, or a major version of one, that this program does not know."""

    code = "unknown-format"


class FrameRefused(CarbonError):
    """The envelope is not stored. `code` is one of REFUSALS (docs/formats/frame.md)."""

    code = "not-cbor"


class PayloadFault(CarbonError):
    """An authentic frame whose content cannot count; it is stored and flagged. `code` is one of PAYLOAD_FAULTS."""

    code = "payload"


REFUSALS = (
    "too-large",
    "not-cbor",
    "not-deterministic",
    "wrong-tag",
    "unprotected-header",
    "header-field",
    "unknown-key",
    "algorithm",
    "high-s",
    "signature",
)
PAYLOAD_FAULTS = ("payload", "unit", "time", "negative-register")

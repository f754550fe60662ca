"""The errors of this package: every refusal says where it stands, what it is, and how to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager

from terminal_signer.errors import CarbonError


class TemplateError(CarbonError):
    """A layer, a merged template or a request for one is refused."""

    code = "template"


class RecordError(CarbonError):
    """A record does not keep to its template. `index` is the item's; None where the record as a whole is meant."""

    code = "record"

    def __init__(self, message: str, *, index: int | None = None, where: str = "", mend: str = "") -> None:
        super().__init__(message, where=where, mend=mend)
        self.index = index


@contextmanager
def named(mend: str) -> Iterator[None]:
    """Errors of what this package reads with become its own."""
    try:
        yield
    except (TemplateError, RecordError):
        raise
    except CarbonError as fault:
        raise TemplateError(fault.message, where=fault.where, mend=fault.mend or mend) from None

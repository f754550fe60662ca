"""The two errors of this package: a document that is none, and a step that may not be taken."""

from collections.abc import Iterator
from contextlib import contextmanager

from terminal_signer.errors import CarbonError


class DocumentFault(CarbonError):
    """Bytes that are no document of a verification."""

    code = "verification-document"


class StepRefused(CarbonError):
    """A step that may not be taken. `code` is the rule that it breaks (docs/formats/engagement.md)."""

    code = "wrong-state"


@contextmanager
def named() -> Iterator[None]:
    """Errors of what this package reads with become its own."""
    try:
        yield
    except DocumentFault:
        raise
    except CarbonError as fault:
        mend = fault.mend or "see docs/formats/engagement.md"
        raise DocumentFault(fault.message, where=fault.where, mend=mend) from None

"""The interpreter's settings while frames are opened and verified by the ten thousand."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["undisturbed"]

SWITCH_SECONDS = 1e-4


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection, for frames and records form no cycles; and the interpreter's lock changes hands often, so
    that a thread gets it back soon after each signature though the caller computes on."""
    interval, collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.disable()
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if collecting:
            gc.enable()

"""Python without an optional extra, for tests of what is then said."""

import sys

import pytest


def without_sm(patch: pytest.MonkeyPatch) -> None:
    """As if tongsuopy were not installed."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "tongsuopy"]:
        patch.setitem(sys.modules, name, None)
    patch.setitem(sys.modules, "tongsuopy", None)

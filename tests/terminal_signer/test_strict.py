"""JSON of strangers: read in one way, and never deeper than is allowed."""

from collections.abc import Callable
from typing import Any

import pytest

from terminal_signer.strict import MAX_DEPTH, loads_bounded, loads_unique

DEEP = MAX_DEPTH + 1


@pytest.mark.parametrize("read", [loads_bounded, loads_unique])
@pytest.mark.parametrize(
    "data",
    [
        b"[" * DEEP + b"]" * DEEP,
        ('{"\u0122":' + "[" * DEEP + "]" * DEEP + ',"\u0122":1}').encode("utf-16-le"),
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-32"),
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xff"}',
        b"",
    ],
)
def test_what_is_deep_or_no_utf8_is_refused(read: Callable[[bytes], Any], data: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read(data)


def test_no_name_stands_twice() -> None:
    assert loads_unique(b'{"a": 1.5, "b": {"a": "\xc4\xa2"}}') == {"a": 1.5, "b": {"a": "Ģ"}}
    with pytest.raises(ValueError, match="twice"):
        loads_unique(b'{"b": {"a": 1, "a": 2}}')

"""Registered handle records, and other names of identifiers."""

import pytest
from sqlalchemy import Engine

from ledger.resolution import faults
from ledger.resolution.faults import HandleFault
from ledger.resolution.values import HIDDEN, HandleValue, Reference, text_value
from ledger.store.aliases import MOST_NAMES, Alias, aliases_named, aliases_of, put_alias, remove_alias
from ledger.store.handles import create_record, find_handles, put_values, record_of, remove_values

NOW = 1_790_000_000
OWNER, OTHER = "88.118.8", "88.118.9"
HANDLE = f"{OWNER}/Abc"
URL = text_value(1, "URL", "https://factory.example/100%_a", timestamp=NOW)


def fault_of(act: object, *arguments: object, **options: object) -> int:
    assert callable(act)
    with pytest.raises(HandleFault) as caught:
        act(*arguments, **options)
    return caught.value.response


def test_a_record_and_its_values(engine: Engine) -> None:
    full = HandleValue(7, "T", b"\x00\xff", 5, 1, HIDDEN, NOW, (Reference("a/b", 3),))
    assert create_record(engine, HANDLE, OWNER, [full, URL], NOW, overwrite=False)
    found = record_of(engine, "88.118.8/aBC")
    assert found is not None
    assert (found.handle, found.owner, found.values) == (HANDLE, OWNER, (URL, full))
    assert record_of(engine, f"{OWNER}/other") is None


def test_creating_it_again(engine: Engine) -> None:
    create_record(engine, HANDLE, OWNER, [URL], NOW, overwrite=False)
    again = (engine, HANDLE.upper(), OWNER, [text_value(2, "T", "x")], NOW)
    assert fault_of(create_record, *again, overwrite=False) == faults.HANDLE_EXISTS
    assert create_record(*again, overwrite=True) is False
    found = record_of(engine, HANDLE)
    assert found is not None
    assert (found.handle, [value.index for value in found.values]) == (HANDLE, [2])


def test_some_values_of_a_record(engine: Engine) -> None:
    note = text_value(5, "NOTE", "x")
    given = (engine, HANDLE, OWNER, [note], NOW)
    assert fault_of(put_values, *given, overwrite=True, create=False) == faults.HANDLE_NOT_FOUND
    create_record(engine, HANDLE, OWNER, [URL], NOW, overwrite=False)
    put_values(*given, overwrite=False, create=False)
    assert fault_of(put_values, *given, overwrite=False, create=False) == faults.VALUE_EXISTS
    put_values(engine, HANDLE, OWNER, [text_value(5, "NOTE", "y")], NOW, overwrite=True, create=False)
    many = [text_value(index, "T", "x") for index in range(10, 110)]
    assert fault_of(put_values, engine, HANDLE, OWNER, many, NOW, overwrite=True, create=False) == faults.INVALID_VALUE
    found = record_of(engine, HANDLE)
    assert found is not None
    assert [value.text for value in found.values] == [URL.text, "y"]


def test_taking_values_away(engine: Engine) -> None:
    create_record(engine, HANDLE, OWNER, [URL, text_value(2, "T", "x"), text_value(3, "T", "x")], NOW, overwrite=False)
    remove_values(engine, HANDLE, OWNER, [2, 99])
    assert fault_of(remove_values, engine, HANDLE, OWNER, [99]) == faults.VALUES_NOT_FOUND
    remove_values(engine, HANDLE, OWNER, [])
    assert record_of(engine, HANDLE) is None
    assert fault_of(remove_values, engine, HANDLE, OWNER, []) == faults.HANDLE_NOT_FOUND


def test_a_record_is_its_owners(engine: Engine) -> None:
    """INV-20: no other organisation changes it, whatever lies in its prefix."""
    create_record(engine, HANDLE, OWNER, [URL], NOW, overwrite=False)
    for act, arguments in (
        (create_record, {"overwrite": True}),
        (put_values, {"overwrite": True, "create": False}),
    ):
        assert fault_of(act, engine, HANDLE, OTHER, [URL], NOW, **arguments) == faults.NO_PERMISSION
    assert fault_of(remove_values, engine, HANDLE, OTHER, []) == faults.NO_PERMISSION


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ({"URL": "*factory*"}, [HANDLE]),
        ({"url": "*FACTORY*"}, [HANDLE]),
        ({"URL": "https://factory.example/100%_a"}, [HANDLE]),
        ({"URL": "https://factory.example/100%__"}, []),
        ({"URL": "factory"}, []),
        ({"URL": "*", "NOTE": "a*"}, [HANDLE]),
        ({"URL": "*", "NOTE": "b*"}, []),
        ({"SECRET": "*"}, []),
        ({"URL": "*\\*"}, []),
    ],
)
def test_looking_up_by_what_a_record_says(engine: Engine, patterns: dict[str, str], expected: list[str]) -> None:
    """INV-20: a hidden value is found by its owner only."""
    secret = HandleValue(3, "SECRET", b"s", permissions=HIDDEN)
    create_record(engine, HANDLE, OWNER, [URL, text_value(2, "NOTE", "abc"), secret], NOW, overwrite=False)
    assert find_handles(engine, patterns, OTHER) == expected
    assert find_handles(engine, {"SECRET": "*"}, OWNER) == [HANDLE]


def test_other_names(engine: Engine) -> None:
    first, second = (Alias("gs1:/01/09506000134352", f"{OWNER}/{name}", OWNER, NOW) for name in ("A", "B"))
    batch = Alias("gs1:/01/09506000134352/10/K1", f"{OWNER}/C", OWNER, NOW)
    assert all(put_alias(engine, one) for one in (first, second, batch))
    assert not put_alias(engine, first)
    assert aliases_named(engine, [batch.alias, first.alias]) == [batch, first, second]
    assert aliases_of(engine, f"{OWNER}/B") == [second]
    assert len(aliases_of(engine)) == 3
    assert remove_alias(engine, first.alias, first.identifier)
    assert not remove_alias(engine, first.alias, first.identifier)


def test_a_name_stands_for_few(engine: Engine) -> None:
    for number in range(MOST_NAMES):
        put_alias(engine, Alias("oid:1.2", f"{OWNER}/{number}", OWNER, NOW))
    assert fault_of(put_alias, engine, Alias("oid:1.2", f"{OWNER}/x", OWNER, NOW)) == faults.INVALID_VALUE

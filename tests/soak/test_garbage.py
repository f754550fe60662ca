"""INV-18: whatever bytes a parser of foreign bytes is given, it reads them or raises an error of ours; 2,000 a parser.

The table of parsers and the mutations are those of `carbon soak`: a parser that is added there is tested here.
"""

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from devnet.soak.mutate import MOST_SAVED, Count, feed, input_of, shares
from devnet.soak.mutations import BYTE_MUTATIONS, STRUCTURED, mutate
from devnet.soak.parsers import CBOR, PARSERS, Parser
from terminal_signer.errors import CarbonError

MANY = settings(
    max_examples=2_000,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_garbage(parser: Parser) -> None:
    """INV-18"""
    documents = list(parser.samples())

    @MANY
    @given(st.one_of(st.integers(0, 2**64), st.binary(max_size=300)))
    def reads_or_refuses(drawn: int | bytes) -> None:
        if isinstance(drawn, bytes):
            data = drawn
        else:
            chance = Random(drawn)  # noqa: S311 - repeatable on purpose
            data = mutate(chance, chance.choice(documents), chance.choice(documents), parser.family)
        parser.accepts(data)  # anything but an error of ours falls through

    reads_or_refuses()


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_what_the_mutator_starts_from_is_valid(parser: Parser) -> None:
    """Else the damage would only ever be seen by the first check. A proof's parts come from different trees."""
    assert parser.name == "proof" or all(parser.accepts(document) for document in parser.samples())


@pytest.mark.parametrize("mutation", [*BYTE_MUTATIONS, *sum(map(tuple, STRUCTURED.values()), ())])
def test_no_mutation_fails(mutation: object) -> None:
    assert callable(mutation)
    for parser in PARSERS:
        for number in range(30):
            chance, document = Random(number), parser.samples()[0]  # noqa: S311 - repeatable on purpose
            assert isinstance(mutation(chance, document, document), bytes)
            assert isinstance(mutation(chance, b"", b""), bytes)


def test_inputs_are_a_function_of_the_seed() -> None:
    for parser in PARSERS:
        assert [input_of(parser, 5, number) for number in range(40)] == [input_of(parser, 5, n) for n in range(40)]
        assert [input_of(parser, 5, number) for number in range(40)] != [input_of(parser, 6, n) for n in range(40)]


def test_every_input_is_shared_out() -> None:
    for inputs in (0, 1, 7, 1_000, 99_999):
        assert sum(shares(inputs).values()) == inputs
    assert set(shares(10_000)) == {parser.name for parser in PARSERS}
    assert min(shares(10_000).values()) > 0


def test_a_parser_that_falls_over_is_found_and_its_input_kept(tmp_path: Path) -> None:
    def fragile(data: bytes) -> None:
        if b"\xff" in data:
            raise KeyError("not ours")
        raise CarbonError("ours")

    broken = Parser("a/b", CBOR, lambda: (b"",), fragile)
    count = feed(broken, [(number, bytes([0xFF - number % 2])) for number in range(2 * MOST_SAVED + 2)], tmp_path)
    assert (count.inputs, count.read, len(count.failures)) == (2 * MOST_SAVED + 2, 0, MOST_SAVED + 1)
    first = count.failures[0]
    assert "KeyError" in first.fault
    assert Path(first.file).read_bytes() == b"\xff"
    assert len(list(tmp_path.iterdir())) == MOST_SAVED
    total = Count(inputs=1)
    total.add(count)
    assert total.inputs == count.inputs + 1

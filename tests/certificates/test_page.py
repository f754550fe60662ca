"""How a page and a label call the product of a certificate."""

import pytest

from ledger.certificates.page import product_named
from tests.evaluation.press_shop import BRACKET, footprints, shop

DOCUMENT = {
    "products": [
        {"name": {"zh": "甲", "en": "A"}, "batches": []},
        {
            "name": {"zh": "支架", "en": "Bracket"},
            "footprint": {"identifier": "88.1.1/bracket"},
            "batches": [
                {"id": "B7", "footprint": {"identifier": "88.1.1/bracket/B7"}},
                {"id": "B8", "footprint": None},
            ],
        },
    ]
}


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("88.1.1/bracket", {"zh": "支架", "en": "Bracket"}),
        ("88.1.1/bracket/B7", {"zh": "支架（批次 B7）", "en": "Bracket (batch B7)"}),
        ("88.1.1/bracket/B8", None),
        ("", None),
    ],
)
def test_a_product_and_its_batch_by_name(identifier: str, name: dict[str, str] | None) -> None:
    assert product_named(DOCUMENT, identifier) == name


def test_the_product_of_a_real_result() -> None:
    found = product_named(footprints(shop()).document, BRACKET)
    assert found is not None
    assert found["en"]
    assert product_named({}, BRACKET) is None

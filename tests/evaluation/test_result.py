"""Hash, commitments and openings of a result."""

import hashlib
import hmac
import json
from typing import Any

from ledger.canonical import canonical_json
from ledger.evaluation.result import commit, commitment, figures, salt
from ledger.log.tree import leaf_hash, root_of_leaves
from tests.evaluation.plant import SEED, result, whole


def test_salts_and_commitments_are_those_of_the_format() -> None:
    expected = hmac.new(SEED, b"emissions.total", "sha256").digest()
    assert salt(SEED, "emissions.total") == expected
    assert commitment(SEED, "emissions.total", "1.5") == hashlib.sha256(expected + b'"1.5"').digest()


def test_the_hash_covers_the_whole_document() -> None:
    found = result(whole())
    assert found.hash() == hashlib.sha256(salt(SEED, "result") + canonical_json(found.document)).digest()
    assert json.loads(found.canonical()) == found.document


def test_figures_stand_in_their_fixed_order() -> None:
    names = [name for name, _ in figures(result(whole()).document)]
    assert names == [
        "emissions.total", "emissions.energy", "emissions.deductions",
        "emissions.scope1", "emissions.scope2", "emissions.scope3",
        "emissions.by_month.2022-01", "emissions.by_month.2022-02",
        "emissions.by_source.natural_gas", "emissions.by_source.purchased_electricity",
        "emissions.by_source.purchased_heat", "emissions.bases.location", "emissions.by_gas.CO2",
        "activity.natural_gas", "activity.purchased_electricity", "activity.purchased_heat", "activity.value_added",
        "grade.level",
    ]  # fmt: skip


def test_a_product_s_figures_can_be_opened_alone() -> None:
    document = result(whole()).document | {
        "products": [{"id": "pane", "total": "12", "quantity": "4", "unit": "t", "intensity": "3"}]
    }
    assert [(name, value["value"], value["unit"]) for name, value in figures(document)[-3:]] == [
        ("products.pane.total", "12", "tCO2"),
        ("products.pane.quantity", "4", "t"),
        ("products.pane.intensity", "3", "tCO2/t"),
    ]


def test_the_root_of_the_figures_is_the_trees_root() -> None:
    found = result(whole())
    leaves = [leaf_hash(commitment(SEED, name, value)) for name, value in figures(found.document)]
    assert found.figures_root() == root_of_leaves(leaves)


def test_an_opening_opens_one_figure_and_no_other() -> None:
    openings = result(whole()).openings()
    entry: Any = openings["emissions.total"]
    salted = bytes.fromhex(entry["salt"][2:])
    assert commit(salted, entry["value"]) == commitment(SEED, "emissions.total", entry["value"])
    assert len({opening["salt"] for opening in openings.values()}) == len(openings)


def test_a_statement_takes_its_fields_from_the_result() -> None:
    found = result(whole(), kind=2)
    fields = found.statement_fields()
    assert fields["grade"] == 4
    assert fields["grade_value"] == found.document["grade"]["value"] > 1_200_000
    assert (fields["result_hash"], fields["figures"]) == (found.hash(), found.figures_root())
    assert fields["metered"] + fields["defaulted"] + fields["declared"] + fields["estimated"] == 10_000
    assert result(whole()).statement_fields()["grade"] == 0


def test_the_seed_never_shows_in_the_document() -> None:
    text = result(whole()).canonical().decode()
    assert SEED.hex() not in text
    assert salt(SEED, "emissions.total").hex() not in text

"""What a grant of evidence opens of an SD-JWT."""

import pytest

from ledger.access.disclosures import granted_fields
from ledger.access.grants import Decision, Part
from tests.credentials.envelopes import sd_jwt

FIELDS = sd_jwt().fields()
ACTIVITY = {"activity.natural_gas", "activity.purchased_electricity", "activity.rolled_steel", "value_added"}
FIGURES = {*ACTIVITY, "total_emissions", "scopes", "products.h-beam", "output.h-beam"}


def figures(*names: str) -> dict[Part, Decision]:
    return {Part.FIGURES: Decision(True, "granted", figures=frozenset(names))}


@pytest.mark.parametrize(
    ("decisions", "opened"),
    [
        ({}, set()),
        ({part: Decision(False, "stranger") for part in Part}, set()),
        ({Part.RESULT: Decision(True, "granted")}, set(FIELDS)),
        ({Part.BUNDLE: Decision(True, "own")}, set(FIELDS)),
        ({Part.ACTIVITY: Decision(True, "granted")}, ACTIVITY),
        ({Part.FIGURES: Decision(True, "granted")}, FIGURES),
        (figures("emissions.total"), {"total_emissions"}),
        (figures("emissions.scope1", "emissions.scope2"), set()),
        (figures("emissions.scope1", "emissions.scope2", "emissions.scope3"), {"scopes"}),
        (figures("activity.natural_gas", "activity.value_added"), {"activity.natural_gas", "value_added"}),
        (figures("products.h-beam.intensity"), {"products.h-beam"}),
        (figures("products.h-beam.quantity"), {"output.h-beam"}),
        (figures("products.h-beam.total", "emissions.by_month.2018-01", "activity"), set()),
    ],
)
def test_fields_by_part(decisions: dict[Part, Decision], opened: set[str]) -> None:
    """INV-20: a figure that was not granted as evidence does not come out by another door."""
    assert set(granted_fields(decisions, FIELDS)) == opened


def test_output_of_an_item_goes_with_the_activity() -> None:
    fields = ["activity.rolled_steel", "output.rolled_steel", "output.other"]
    assert granted_fields({Part.ACTIVITY: Decision(True, "granted")}, fields) == fields[:2]


def test_what_was_refused_opens_nothing_though_it_names_figures() -> None:
    refused = {Part.FIGURES: Decision(False, "over", figures=frozenset({"emissions.total"}))}
    assert granted_fields(refused, FIELDS) == []

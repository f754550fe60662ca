"""Later versions of a layer, and items that move from enterprises' extensions into the industry's."""

import copy
import re
from typing import Any

import pytest

from ledger.templates import Layer, TemplateError, merge
from ledger.templates.succession import migration, promotable, promote, successor_faults
from tests.templates.samples import GLASS, PUBLIC, Json, extended, extension, layer, quantity

TIN = quantity(3000, "锡槽锡耗", "Tin of the float bath")


def of(enterprise: int, items: Json, **head: Any) -> Layer:
    return layer(extension(items, handle=f"88.118.{enterprise}/META_CARBON_GLASS_EXT_1", **head))


def at_index(index: int) -> Json:
    return {**TIN, "x-index": index}


def test_an_item_that_enough_enterprises_carry_is_promotable() -> None:
    carriers = [of(1, {"tinBath": at_index(3000)}), of(2, {"tinBath": at_index(3007)})]
    assert promotable(GLASS, carriers) == []
    assert promotable(GLASS, [*carriers, carriers[0]]) == []
    (one,) = promotable(GLASS, [*carriers, of(3, {"tinBath": at_index(3000)})])
    assert one.carriers == {"88.118.1": 3000, "88.118.2": 3007, "88.118.3": 3000}


@pytest.mark.parametrize(
    "other",
    [
        of(3, {"tinBath": {**TIN, "x-unit": "kg"}}),
        of(3, {"tinBath": {**TIN, "x-source-kinds": ["measured"]}}),
        of(3, {"tinBath": {**TIN, "x-disabled": True}}),
        of(3, {"tin": TIN}),
        of(3, {"tinBath": TIN}, base={"handle": GLASS.handle, "sha256": "0x" + "00" * 32}),
    ],
)
def test_another_item_does_not_count(other: Layer) -> None:
    assert promotable(GLASS, [of(1, {"tinBath": TIN}), of(2, {"tinBath": TIN}), other]) == []


def test_promoting_makes_a_minor_version_with_a_migration_map() -> None:
    carriers = [of(number, {"tinBath": at_index(3000 + number)}) for number in (1, 2, 3)]
    chosen = promotable(GLASS, carriers)
    promoted = promote(GLASS, chosen, "1.1.0", "2027-01-01T00:00:00+08:00")
    assert promoted.handle == "88.118.0/META_CARBON_GLASS_1.1.0"
    assert promoted.items[-1].index == GLASS.items[-1].index + 1
    assert [item.layer for item in merge(PUBLIC, promoted).items if item.code == "tinBath"] == ["industry"]
    index = promoted.items[-1].index
    assert migration(chosen, promoted) == {f"88.118.{number}": {3000 + number: index} for number in (1, 2, 3)}
    with pytest.raises(TemplateError, match=r"write 1\.1\.0, or above"):
        promote(GLASS, chosen, "1.0.1", "2027-01-01T00:00:00+08:00")


def test_only_an_industry_version_lets_an_item_into_the_grade() -> None:
    assert not any(item.schema.get("x-grade") for item in extended().items)
    chosen = promotable(GLASS, [of(number, {"tinBath": TIN}) for number in (1, 2, 3)])
    document = copy.deepcopy(promote(GLASS, chosen, "1.1.0", "2027-01-01T00:00:00+08:00").document)
    document["properties"]["tinBath"]["x-grade"] = True
    graded = [item.code for item in merge(PUBLIC, layer(document)).items if item.schema.get("x-grade")]
    assert graded == ["tinBath"]


def later(version: str, changes: Json, base: Layer = GLASS, required: list[str] | None = None) -> Layer:
    """A version with items changed; None takes one away."""
    document = copy.deepcopy(base.document)
    head = document["x-template"]
    head["handle"], head["version"] = head["handle"].removesuffix(head["version"]) + version, version
    properties = document["properties"]
    for code, change in changes.items():
        properties[code] = {**properties.get(code, {}), **(change or {})}
        if change is None:
            del properties[code]
    if required is not None:
        document["required"] = required
    return layer(document)


GAS = quantity(2250, "氢气用量", "Hydrogen")


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (later("1.0.1", {}), None),
        (later("1.1.0", {"hydrogen": GAS}), None),
        (later("2.0.0", {"diesel": {"x-disabled": True}}), None),
        (later("1.0.0", {}), r"write 1\.0\.1"),
        (later("0.9.0", {}), r"write 1\.0\.1"),
        (later("1.0.1", {"hydrogen": GAS}), r"write 1\.1\.0"),
        (later("1.9.0", {"diesel": {"x-disabled": True}}), r"write 2\.0\.0"),
        (later("9.0.0", {"diesel": None}), "2205 'diesel' is gone"),
        (later("9.0.0", {"diesel": {"x-unit": "kg"}}), "2205 'diesel' is not what it was"),
        (later("9.0.0", {"diesel": {"x-index": 2251}}), "2205 'diesel' is not what it was"),
        (later("9.0.0", {}, required=["glassCases"]), "2230 'purchasedElectricity' is not what it was"),
        (later("1.0.1", {}, required=["glassCases", "purchasedElectricity", "diesel"]), r"write 1\.1\.0"),
        (later("1.0.1", {}, PUBLIC), "is no version of"),
    ],
)
def test_a_later_version_deletes_and_changes_nothing(new: Layer, message: str | None) -> None:
    faults = "\n".join(map(str, successor_faults(GLASS, new)))
    if message is None:
        assert faults == ""
        return
    assert re.search(message, faults)


def test_a_change_of_the_public_layer_is_a_major_version() -> None:
    added = {"nace": {**copy.deepcopy(PUBLIC.document["properties"]["oid"]), "x-index": 2007}}
    added["nace"]["x-names"] = {"zh": "NACE 代码", "en": "NACE code"}
    assert "write 2.0.0" in str(successor_faults(PUBLIC, later("1.1.0", added, PUBLIC))[0])
    assert successor_faults(PUBLIC, later("2.0.0", added, PUBLIC)) == []


def test_what_is_disabled_stays_disabled() -> None:
    disabled = later("2.0.0", {"diesel": {"x-disabled": True}})
    enabled = later("3.0.0", {"diesel": {"x-disabled": False}}, disabled)
    assert "is not what it was" in str(successor_faults(disabled, enabled)[0])

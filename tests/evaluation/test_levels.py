"""Levels: each adds up exactly to the one above, whatever the tree of meters, the keys, the signs."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import exact_number
from ledger.evaluation.activity_file import parse_activity
from ledger.evaluation.evaluate import evaluate_file
from ledger.evaluation.levels import whole
from ledger.evaluation.site_units import ENTERPRISE
from tests.evaluation.plant import HOURS, OFFICER, PERIOD, POWER, RULES, SEED, SITE, Log, hour, item, result
from tests.evaluation.plant import whole as whole_log
from tests.evaluation.works import (
    CULLET,
    NAME,
    PANES,
    PRODUCTS,
    log,
    organised,
    point,
    table,
    unit,
    works,
)

KWH = Fraction("0.5703") / 1000
TO_FURNACE = table("allocation", of='"enterprise"', source='"purchased_heat"', rule='"avoid"', to='"furnace"')
MIXED = table("allocation", of='"line"', rule='"physical"')


def levels(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {level["id"]: level for level in document["levels"]}


def adds_up(document: dict[str, Any]) -> None:
    """Every level is the sum of those below and its shared part, which is the sum of what made it."""
    found = levels(document)
    assert found["enterprise"]["total"] == document["emissions"]["total"]
    assert found["enterprise"]["by_month"] == {
        month: value or "0" for month, value in document["emissions"]["by_month"].items()
    }
    for identity, level in found.items():
        below = [other for other in found.values() if other["parent"] == identity]
        parts = [exact_number(other["total"]) for other in below] + [exact_number(level["shared"])]
        assert sum(parts) == exact_number(level["total"])
        assert sum(map(exact_number, level["by_source"].values())) == exact_number(level["total"])
        assert sum(map(exact_number, level["by_month"].values())) == exact_number(level["total"])
        made = [
            exact_number(value) for sort in ("own", "remainder", "unplaced", "moved") for value in level[sort].values()
        ]
        assert sum(made) == exact_number(level["shared"])
    products = [exact_number(product["total"]) for product in document.get("products", [])]
    if products:
        assert sum(products) + exact_number(document["unassigned"]) == exact_number(document["emissions"]["total"])


def test_sub_meters_carve_their_units_out_of_the_main_meter() -> None:
    document = result(log(), works()).document
    found, hours = levels(document), len(HOURS)
    adds_up(document)
    assert exact_number(found["furnace"]["own"]["purchased_electricity"]) == 3 * hours * KWH
    assert exact_number(found["line"]["total"]) == 4 * hours * KWH
    assert exact_number(found["line"]["remainder"]["purchased_electricity"]) == Fraction("1.5") * hours * KWH
    assert exact_number(found["cutter"]["total"]) == Fraction("1.5") * hours * KWH
    assert exact_number(found["enterprise"]["remainder"]["purchased_electricity"]) == hours * KWH
    assert found["enterprise"]["unplaced"] == {"purchased_heat": "11"}
    assert set(found["furnace"]["own"]) == {"natural_gas", "purchased_electricity"}
    assert "allocations" not in document
    assert [entry["code"] for entry in document["findings"]] == ["not-allocated"]


def test_a_result_without_units_is_what_it_was() -> None:
    document = result(whole_log()).document
    assert not {"levels", "allocations", "transfers", "products", "unassigned", "teams"} & set(document)


def test_sub_meters_that_exceed_their_parent_are_brought_down_to_it() -> None:
    document = result(log(cutter="4", oven="2"), works()).document
    found = levels(document)
    adds_up(document)
    assert exact_number(found["line"]["total"]) == 4 * len(HOURS) * KWH
    assert found["line"]["remainder"] == {}
    assert exact_number(found["cutter"]["total"]) == 2 * exact_number(found["oven"]["total"])
    assert "children-exceed-parent" in {entry["code"] for entry in document["findings"]}


def test_a_sub_meter_that_names_no_unit_stands_where_its_parent_does() -> None:
    """The cutter's own unit has nothing then; the line keeps all, the cutter's part as its own."""
    found = levels(result(log(), works().replace('at = "cutter"\n', "", 1)).document)
    assert exact_number(found["line"]["own"]["purchased_electricity"]) == Fraction("1.5") * len(HOURS) * KWH
    assert exact_number(found["line"]["shared"]) == 3 * len(HOURS) * KWH
    assert found["cutter"]["total"] == "0"


def test_what_is_allocated_goes_down_and_nothing_is_lost() -> None:
    """Heat belongs to the furnace alone; what is left of the main meter is parted by area; what is left of the line's
    by the panes' and cullet's mass among its machines."""
    by_area = table(
        "allocation", of='"enterprise"', rule='"physical"', unit='"m2"', key='{ furnace = "300", line = "100" }'
    )
    by_mass = table("allocation", of='"line"', rule='"physical"', key=f'{{ cutter = "{PANES}", oven = "{CULLET}" }}')
    document = result(log(), works(TO_FURNACE, by_area, by_mass, MIXED)).document
    found = levels(document)
    adds_up(document)
    assert found["enterprise"]["shared"] == "0"
    assert exact_number(found["furnace"]["moved"]["purchased_heat"]) == 11
    assert exact_number(found["furnace"]["moved"]["purchased_electricity"]) == Fraction(3, 4) * len(HOURS) * KWH
    assert found["line"]["shared"] == "0"
    assert exact_number(found["cutter"]["total"]) == (Fraction("1.5") + Fraction("1.75") * 4 / 5) * len(HOURS) * KWH
    rules = [(entry["of"], entry["source"], entry["rule"]) for entry in document["allocations"]]
    assert rules == [
        ("enterprise", "*", "physical"),
        ("enterprise", "purchased_heat", "avoid"),
        ("line", "*", "physical"),
        ("line", "*", "physical"),
    ]
    area = document["allocations"][0]["key"]
    assert [(line["to"], line["amount"], line["unit"], line["share"]) for line in area] == [
        ("furnace", "300", "m2", "3/4"),
        ("line", "100", "m2", "1/4"),
    ]


def test_typed_activity_stands_at_no_unit() -> None:
    """A plain file has no meters: all is unplaced but what a rule gives to one unit; no product's output is known."""
    rows = {"purchased_electricity": "720 kWh", "natural_gas": "1 10^4Nm3", "purchased_heat": "100 GJ"}
    data = "item,value,unit,period\n" + "".join(
        f"{name},{text.replace(' ', ',')},2022-01\n" for name, text in rows.items()
    )
    site = works(TO_FURNACE, MIXED).encode()
    file = parse_activity(data.encode(), "works.csv")
    document = evaluate_file(file, data.encode(), RULES, seed=SEED, kind=1, site=site).document
    adds_up(document)
    assert levels(document)["furnace"]["total"] == "11"
    assert set(levels(document)["enterprise"]["unplaced"]) == set(rows)
    assert products(document)["panes"]["quantity"] is None


def test_avoided_is_a_claim_that_is_checked() -> None:
    """Nothing to part: no finding. Something left at the main meter: it stays there, and the finding says so."""
    avoided = table("allocation", of='"enterprise"', source='"purchased_electricity"', rule='"avoid"')
    document = result(log(line="5"), works(avoided, MIXED)).document
    assert document["findings"] == []
    adds_up(document)
    document = result(log(), works(avoided, MIXED)).document
    assert [(entry["code"], entry["place"]) for entry in document["findings"]] == [
        ("not-avoided", "enterprise purchased_electricity")
    ]
    adds_up(document)


def products(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {product["id"]: product for product in document["products"]}


def test_products_are_parted_by_mass_or_by_value() -> None:
    mass = products(result(log(), works(MIXED)).document)
    assert (mass["panes"]["quantity"], mass["panes"]["unit"]) == ("96", "t")
    assert exact_number(mass["panes"]["intensity"]) == exact_number(mass["cullet"]["intensity"])
    assert mass["panes"]["allocation"] == [
        {"source": "purchased_electricity", "of": "line", "rule": "physical", "share": "4/5"}
    ]
    priced = PRODUCTS.replace("output", 'price_unit = "CNY/t"\nprice = "500"\noutput', 1)
    priced = priced.replace(f'output = "{CULLET}"', f'price_unit = "CNY/kg"\nprice = "1"\noutput = "{CULLET}"')
    economic = table("allocation", of='"line"', rule='"economic"', reason=NAME)
    document = result(log(), works(economic, products=priced)).document
    value = products(document)
    adds_up(document)
    assert [product["allocation"][0]["share"] for product in value.values()] == ["2/3", "1/3"]
    assert document["allocations"][0]["reason"] == {"zh": "名", "en": "name"}
    assert [entry["code"] for entry in document["findings"]] == ["physical-key-possible"]


@pytest.mark.parametrize(
    ("cullet", "share", "code"),
    [("0", "0/1", None), (None, None, "key-without-data")],
    ids=["made nothing", "stated nothing"],
)
def test_a_co_product_without_output(cullet: str | None, share: str | None, code: str | None) -> None:
    """Made none of: no part, no intensity. Nothing known of it: nothing is parted, and that is a finding."""
    found = log(cullet="0")
    if cullet is None:
        found.frames = [entry for entry in found.frames if not _states(entry, CULLET)]
    document = result(found, works(MIXED)).document
    adds_up(document)
    product = products(document)["cullet"]
    assert product["intensity"] is None
    assert product["quantity"] == cullet
    assert [entry["share"] for entry in product["allocation"]] == ([] if share is None else [share])
    assert [entry["code"] for entry in document["findings"] if entry["code"].startswith("key")] == (
        [code] if code else []
    )


def _states(entry: Any, name: str) -> bool:
    return any(record.point == name for record in getattr(entry.content, "records", ()))


def test_a_key_of_zeros_parts_nothing() -> None:
    found = Log([entry for entry in log(cullet="0").frames if not _states(entry, PANES)])
    for start in HOURS:
        found.add(hour(start, "0", PANES, "t"), f"{PANES.rpartition('/')[0]}")
    document = result(found, works(MIXED)).document
    adds_up(document)
    assert "key-all-zero" in {entry["code"] for entry in document["findings"]}
    assert exact_number(products(document)["panes"]["total"]) == 0


def test_a_unit_with_one_product_needs_no_key_and_units_below_keep_theirs() -> None:
    """The enterprise makes one more thing: it carries all but what the line's products carry."""
    steam = table("product", id='"steam"', name=NAME, at='"enterprise"', output='"value_added"')
    document = result(log(), works(MIXED, products=PRODUCTS + steam)).document
    adds_up(document)
    line = levels(document)["line"]["total"]
    found = products(document)
    assert exact_number(found["panes"]["total"]) + exact_number(found["cullet"]["total"]) == exact_number(line)
    assert document["unassigned"] == "0"
    assert found["steam"]["allocation"] == []


UNITS = ("a", "b", "c")
PARENTS = st.tuples(st.just(""), st.sampled_from(["", "a"]), st.sampled_from(["", "a", "b"]))
METERS = st.lists(
    st.tuples(st.integers(-1, 5), st.sampled_from(["", *UNITS]), st.decimals("0", "50", places=2)),
    min_size=1,
    max_size=6,
)
KEYS = st.lists(
    st.tuples(st.sampled_from(["enterprise", *UNITS]), st.lists(st.integers(0, 5), min_size=3, max_size=3)), max_size=4
)


@settings(deadline=None, max_examples=80)
@given(PARENTS, METERS, KEYS, st.decimals("0", "900", places=1))
def test_every_level_adds_up_for_any_tree(
    parents: tuple[str, str, str],
    meters: list[tuple[int, str, Any]],
    rules: list[tuple[str, list[int]]],
    exported: Any,
) -> None:
    """Also where sub-meters exceed their parents, and where exported electricity makes a level negative."""
    names = [POWER, *(f"{POWER}-{at}" for at in range(1, len(meters)))]
    points = ""
    for at, (parent, where, _) in enumerate(meters):
        lines = ([f'parent = "{names[parent]}"'] if 0 <= parent < at else []) + ([f'at = "{where}"'] if where else [])
        points += point(names[at], *lines)
    text = SITE[: SITE.index("\n[[meter.point]]")] + points
    text += f'\n[[declaration]]\nitem = "exported_electricity"\nsub = "{OFFICER}"\nclass = "officer"\n'
    text += '\n[[source]]\nid = "purchased_electricity"\n[[source]]\nid = "exported_electricity"\n'
    text += "".join(unit(name, "process", parent) for name, parent in zip(UNITS, parents, strict=True))
    text += "".join(_allocations(rules, dict(zip(UNITS, parents, strict=True))))
    found = Log()
    for name, (_, _, value) in zip(names, meters, strict=True):
        found.add(hour(PERIOD.start, str(value), name))
    found.declare(item("exported_electricity", str(exported), "kWh"))
    document = result(found, text).document
    adds_up(document)
    organisation, _ = organised(found, text)
    assert whole(organisation.levels.figures(ENTERPRISE)) == exact_number(document["emissions"]["total"])


def _allocations(rules: list[tuple[str, list[int]]], parents: dict[str, str]) -> list[str]:
    """One allocation of each unit among those right below it, where the key is not zero."""
    found = {}
    for of, amounts in rules:
        below = [name for name, parent in parents.items() if (parent or "enterprise") == of]
        key = dict(zip(below, amounts, strict=False))
        if any(key.values()):
            stated = ", ".join(f'{name} = "{amount}"' for name, amount in key.items())
            found[of] = table("allocation", of=f'"{of}"', rule='"physical"', key=f"{{ {stated} }}")
    return list(found.values())

"""A child only adds or tightens: every way around it is refused, naming both items and their layers."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import canonical_json
from ledger.templates import TemplateError, merge, parse_layer, parse_template, refusals, warnings
from ledger.templates.library import load_layer
from ledger.templates.schema import faults
from ledger.templates.vocabulary import REFERENCES
from tests.templates.samples import (
    GLASS,
    GLASS_TEMPLATE,
    PUBLIC,
    Json,
    encode,
    extended,
    extension,
    layer,
    quantity,
    restated,
)


def refused(document: Json) -> str:
    """The sentences of all refusals of an extension."""
    return "\n".join(map(str, refusals(PUBLIC, GLASS, layer(document))))


def test_an_extension_adds_its_items_and_changes_the_hash() -> None:
    template = extended()
    assert [item.code for item in template.items if item.layer == "extension"] == ["tinBath"]
    assert len(template.items) == len(GLASS_TEMPLATE.items) + 1
    assert template.sha256 != GLASS_TEMPLATE.sha256
    assert [part.kind for part in template.layers] == ["public", "industry", "extension"]
    assert [item.index for item in template.items] == sorted(item.index for item in template.items)


def test_the_same_layers_give_the_same_bytes() -> None:
    assert extended().canonical == extended().canonical == parse_template(extended().canonical).canonical


def test_an_extension_may_tighten_and_require() -> None:
    items = {
        "naturalGas": restated("naturalGas", **{"x-source-kinds": ["measured"], "x-accuracy": 3, "x-maximum": "900"}),
        "orgName": restated("orgName", maxLength=100, **{"x-visibility": "authorized"}),
        "ghgSet": restated("ghgSet", items={"type": "string", "enum": ["CO2"]}, maxItems=1),
        "standard": restated("standard", pattern="^GB/T [0-9]{4,5}$"),
    }
    required = ["naturalGas", "orgName", "ghgSet", "standard", "diesel"]
    template = extended(extension(items, required))
    now = {item.code: item for item in template.items}
    assert now["naturalGas"].source_kinds == ("measured",)
    assert (now["naturalGas"].layer, now["orgName"].layer) == ("industry", "public")
    assert now["naturalGas"].required
    assert now["diesel"].required
    assert len(template.items) == len(GLASS_TEMPLATE.items)


@pytest.mark.parametrize(
    ("code", "changes", "message"),
    [
        ("glassCases", {}, "required and cannot become optional"),
        ("naturalGas", {"x-unit": "t"}, "x-unit"),
        ("naturalGas", {"x-names": {"zh": "天然气", "en": "Gas"}}, "x-names"),
        ("naturalGas", {"x-index": 2206}, "index is 2200 and cannot become 2206"),
        ("naturalGas", {"x-index": 3000}, "index is 2200 and cannot become 3000"),
        ("naturalGas", {"x-minimum": None}, "x-minimum is '0' and cannot become absent"),
        ("naturalGas", {"x-minimum": "-1"}, "x-minimum"),
        ("naturalGas", {"x-source-kinds": ["measured", "lab"]}, "x-source-kinds"),
        ("naturalGas", {"x-visibility": "public"}, "visibility"),
        ("naturalGas", {"minItems": 1, "maxItems": 400, "x-grade": True}, "x-grade"),
        ("naturalGas", {"x-disabled": True}, "x-disabled"),
        ("limestonePurity", {"x-maximum": "100.1"}, "x-maximum"),
        ("output", {"x-unit": "t"}, "x-unit"),
        ("orgName", {"maxLength": 201}, "maxLength"),
        ("orgName", {"minLength": 0}, "minLength"),
        ("orgName", {"minLength": None}, "minLength"),
        ("objectType", {"enum": ["enterprise", "country"]}, "enum"),
        ("objectType", {"enum": None, "maxLength": 10}, "enum"),
        ("industryCode", {"pattern": "^[A-Z][0-9]{2,4}$"}, "pattern"),
        ("industryCode", {"pattern": None}, "pattern"),
        ("uscc", {"format": None}, "format"),
        ("uscc", {"x-mapping": {"pact": "other"}}, "x-mapping"),
        ("grade", {"minimum": 0}, "minimum"),
        ("grade", {"maximum": None}, "maximum"),
        ("grade", {"type": "string", "minimum": None, "maximum": None, "maxLength": 1}, "type"),
        ("totalEmission", {"x-accuracy": 1}, "x-accuracy"),
        ("scopes", {"uniqueItems": False}, "uniqueItems"),
        ("scopes", {"items": {"type": "string", "enum": ["1", "4"]}}, "enum"),
    ],
)  # fmt: skip
def test_what_loosens_or_changes_an_item_is_refused(code: str, changes: Json, message: str) -> None:
    base = next(item for item in GLASS_TEMPLATE.items if item.code == code)
    required = [code] if base.required and changes else []
    sentences = refused(extension({code: restated(code, **changes)}, required))
    assert message in sentences
    assert f"{base.layer} item {base.index} {code!r}" in sentences
    assert "extension layer 88.118.20260/META_CARBON_GLASS_EXT_1" in sentences


@pytest.mark.parametrize(
    ("code", "item", "message"),
    [
        ("gas", quantity(2200, "气", "Gas"), "has the index of industry item 2200 'naturalGas'"),
        ("gas", quantity(2999, "气", "Gas"), "outside the layer's own indices, 3000 to 4999"),
        ("gas", quantity(2100, "气", "Gas"), "outside the layer's own indices"),
        ("naturalgas", quantity(3000, "气", "Gas"), "has the code of industry item 2200 'naturalGas'"),
        ("gas", quantity(3000, "气", "consumption OF natural gas"), "has the en name of industry item 2200"),
        ("gas", quantity(3000, "气", "Ｄolomite in the batch"), "has the en name of industry item 2221"),
        ("gas", quantity(3000, "企业名称", "Gas"), "has the zh name of public item 2000 'orgName'"),
        ("gas", quantity(3000, "气", "Gas", {"x-grade": True}), "would enter the grade"),
    ],
)  # fmt: skip
def test_an_index_or_a_name_is_given_out_once(code: str, item: Json, message: str) -> None:
    sentences = refused(extension({code: item}))
    assert message in sentences
    assert f"extension item {item['x-index']} {code!r}" in sentences


@pytest.mark.parametrize("keyword", ["x-definition", "x-personal"])
def test_an_extension_says_what_an_item_is_and_whether_it_is_personal(keyword: str) -> None:
    item = quantity(3000, "锡", "Tin")
    del item[keyword]
    assert f"lacks {keyword}" in refused(extension({"tinBath": item}))


@pytest.mark.parametrize("changes", [{"x-index": 3000}, {"x-names": {"zh": "别的", "en": "TIN OF THE  FLOAT BATH"}}])
def test_twins_within_a_layer_are_refused(changes: Json) -> None:
    items = {"tinBath": quantity(3000, "锡槽锡耗", "Tin of the float bath"), "other": quantity(3001, "别", "Other")}
    items["other"] |= changes
    sentences = refused(extension(items))
    assert "extension item 3000 'tinBath'" in sentences
    assert "'other'" in sentences


def test_a_child_names_its_base_by_handle_and_hash() -> None:
    other = load_layer("cement")
    wrong = extension(base={"handle": GLASS.handle, "sha256": f"0x{other.sha256.hex()}"})
    assert "is based on" in refused(wrong)
    assert "is based on" in refused(extension(base={"handle": other.handle, "sha256": f"0x{other.sha256.hex()}"}))
    with pytest.raises(TemplateError, match="layer of kind industry, not extension"):
        merge(PUBLIC, None, GLASS)
    with pytest.raises(TemplateError, match="is based on"):
        merge(PUBLIC, None, layer())


def test_a_required_code_exists() -> None:
    assert "requires 'tin'" in refused(extension(required=["tin"]))


def test_all_refusals_are_found_at_once() -> None:
    items = {"gas": quantity(2201, "气", "Gas"), "naturalGas": restated("naturalGas", **{"x-unit": "t"})}
    found = list(refusals(PUBLIC, GLASS, layer(extension(items, ["nobody"]))))
    assert len(found) >= 4
    with pytest.raises(TemplateError) as first:
        merge(PUBLIC, GLASS, layer(extension(items, ["nobody"])))
    assert str(first.value) == str(found[0])


@pytest.mark.parametrize(
    ("item", "like"),
    [
        (quantity(3000, "天然气用量", "Gas from the grid", unit="10^4Nm3"), "naturalGas"),
        (quantity(3000, "某某", "Limestone used in the batch"), "limestone"),
        (quantity(3000, "天然气用量", "Gas from the grid", unit="t"), None),
        (quantity(3000, "锡槽锡耗", "Tin of the float bath"), None),
    ],
)
def test_the_same_thing_under_another_name_is_a_warning(item: Json, like: str | None) -> None:
    found = warnings(PUBLIC, GLASS, layer(extension({"x": item})))
    assert [warned.like.code for warned in found] == ([like] if like else [])
    extended(extension({"x": item}))


def test_a_template_is_for_its_industry() -> None:
    assert GLASS_TEMPLATE.serves("C3041")
    assert not GLASS_TEMPLATE.serves("C3011")
    assert merge(PUBLIC).serves("C3011")


def test_an_item_is_visible_from_its_effective_time() -> None:
    template, day = extended(), 1_780_243_200  # 2026-06-01 00:00 at +08:00
    assert "tinBath" not in {item.code for item in template.visible(day - 1)}
    assert "naturalGas" in {item.code for item in template.visible(day - 1)}
    assert "tinBath" in {item.code for item in template.visible(day)}


def test_a_disabled_item_keeps_its_index_and_is_not_visible() -> None:
    template = extended(extension({"tinBath": quantity(3000, "锡", "Tin", {"x-disabled": True})}))
    assert template.items[-1].index == 3000
    assert template.items[-1] not in template.visible(2**32)


def test_a_template_has_one_text() -> None:
    canonical = extended().canonical
    for other in (b" " + canonical, canonical + b"\n", canonical.replace(b",", b", ", 1)):
        with pytest.raises(TemplateError, match="canonical JSON"):
            parse_template(other)
    with pytest.raises(TemplateError, match="template/1"):
        parse_template(GLASS.canonical)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("x-template", "layers"), []),
        (("x-template", "format"), "template/2"),
        (("x-template", "effective"), -1),
        (("x-template", "industries"), ["glass"]),
        (("x-template", "handle"), "nobody"),
        (("additionalProperties",), True),
        (("$defs",), {}),
        (("required",), ["nobody"]),
        (("properties", "tinBath", "x-layer"), "device"),
        (("properties", "tinBath", "x-index"), 2000),
    ],
)
def test_a_template_that_nobody_merged_is_refused(path: tuple[str, ...], value: Any) -> None:
    document = extended_document()
    table = document
    for name in path[:-1]:
        table = table[name]
    table[path[-1]] = value
    with pytest.raises(TemplateError):
        parse_template(canonical_json(document))


def extended_document() -> Json:
    document: Json = json.loads(extended().canonical)
    return document


TEXT_RULES = st.fixed_dictionaries(
    {"maxLength": st.integers(0, 6)},
    optional={"minLength": st.integers(0, 3), "enum": st.lists(st.text("ab", max_size=4), min_size=1, max_size=4)},
)
NUMBER_RULES = st.fixed_dictionaries(
    {},
    optional={
        "x-minimum": st.sampled_from(["-1", "0", "0.5"]),
        "x-maximum": st.sampled_from(["0.5", "1", "2.25"]),
        "x-accuracy": st.integers(0, 3),
    },
)
NUMBERS = st.sampled_from(["-2", "-1", "0", "0.0", "0.50", "0.5", "1", "1.000", "2.25", "3", "x", "1.10"])


def plain(rule: Json, *, number: bool) -> Json:
    kind = {"format": "decimal", "x-unit": "t"} if number else {}
    names = {"x-names": {"zh": "某", "en": "Some"}, "x-visibility": "public"}
    return {"x-index": 2205, "type": "string", **names, **kind, **rule}


@settings(max_examples=400, deadline=None)
@given(st.data(), st.booleans())
def test_what_fits_a_child_fits_its_base(data: st.DataObject, number: bool) -> None:
    """Whatever two rules are drawn: if the child's is accepted, no value passes it that the base would refuse."""
    rules = NUMBER_RULES if number else TEXT_RULES
    base = {"thing": plain(data.draw(rules), number=number)}
    child = {"thing": plain(data.draw(rules), number=number)}
    public = reworked(base)
    try:
        below = parse_layer(encode(public))
        reference = {"handle": below.handle, "sha256": f"0x{below.sha256.hex()}"}
        above = parse_layer(encode(extension(child, base=reference)))
        template = merge(below, None, above)
    except TemplateError:
        return
    value = data.draw(NUMBERS if number else st.text("ab", max_size=7))
    item = template.items[0]
    if not list(faults(item.rule, value, REFERENCES)):
        assert not list(faults(below.items[0].rule, value, REFERENCES))


def reworked(items: Json) -> Json:
    head = {**PUBLIC.document["x-template"]}
    return {**PUBLIC.document, "x-template": head, "properties": items, "required": []}

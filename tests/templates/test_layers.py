"""The shipped layers, and what a layer file may not say."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import canonical_json
from ledger.templates import TemplateError, merge, parse_layer, parse_template
from ledger.templates.layer import Layer
from ledger.templates.library import find_base, find_industry, layer_names, load_layer
from ledger.templates.vocabulary import RANGES
from tests.templates.samples import GLASS, PUBLIC, Json, encode, extension, quantity

INDUSTRIES = {name: load_layer(name) for name in layer_names()}
BLOCKS = {"flat-glass": 2200, "cement": 2300, "steel": 2400, "chemicals": 2500, "auto-parts": 2600, "aluminium": 2700}


@pytest.mark.parametrize("name", INDUSTRIES)
def test_a_shipped_layer_keeps_to_its_block_and_merges(name: str) -> None:
    layer, first = INDUSTRIES[name], BLOCKS[name]
    assert all(first <= item.index < first + 100 for item in layer.items)
    template = merge(PUBLIC, layer)
    assert len(template.items) == len(PUBLIC.items) + len(layer.items)
    assert parse_template(template.canonical).canonical == template.canonical
    assert layer.confidence == "memory-medium"


def test_the_shipped_layers_are_the_six_industries_and_one_public() -> None:
    assert set(INDUSTRIES) == set(BLOCKS)
    least, most = RANGES["public"]
    assert all(least <= item.index <= most for item in PUBLIC.items)
    assert len({layer.sha256 for layer in [PUBLIC, *INDUSTRIES.values()]}) == 7


def test_a_hash_is_of_what_the_file_says_not_of_how_it_is_laid_out() -> None:
    layer = parse_layer(canonical_json(GLASS.document))
    assert layer.sha256 == GLASS.sha256


@pytest.mark.parametrize(
    ("wish", "name"),
    [("steel", "steel"), ("C3041", "flat-glass"), ("C3130", "steel"), ("88.118.0/META_CARBON_ALU_1.0.0", "aluminium")],
)
def test_an_industry_goes_by_name_code_or_handle(wish: str, name: str) -> None:
    assert find_industry(wish) is load_layer(name)


@pytest.mark.parametrize("wish", ["", "public", "C99", "../flat-glass", "C30"])
def test_an_unknown_industry_is_named(wish: str) -> None:
    with pytest.raises(TemplateError, match="no industry"):
        find_industry(wish)


def test_a_base_is_found_by_its_handle() -> None:
    assert find_base(GLASS.handle) is GLASS
    with pytest.raises(TemplateError, match="no layer"):
        find_base("88.118.0/META_CARBON_X_1.0.0")


def changed(path: tuple[str, ...], value: Any) -> bytes:
    """The sample extension with one member changed; None takes it away."""
    document = extension()
    table: Json = document
    for name in path[:-1]:
        table = table[name]
    table[path[-1]] = value
    if value is None:
        del table[path[-1]]
    return encode(document)


HEAD, ITEM = ("x-template",), ("properties", "tinBath")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("$schema",), "https://json-schema.org/draft-07/schema", r"\$schema"),
        (("$schema",), None, "missing"),
        (("type",), "array", "object"),
        (("$defs",), {}, "fixed by the format"),
        (("title",), "x", "unknown member"),
        (("required",), ["tinBath", "tinBath"], "each once"),
        ((*HEAD, "format"), "template-layer/2", "template-layer/1"),
        ((*HEAD, "layer"), "device", "unknown layer"),
        ((*HEAD, "version"), "1.0", "version"),
        ((*HEAD, "version"), "01.0.0", "version"),
        ((*HEAD, "handle"), "88.118.20260/META_CARBON_GLASS_1.0.0", "no handle of a layer"),
        ((*HEAD, "handle"), "88.118/META_CARBON_GLASS_EXT_1", "no handle of a layer"),
        ((*HEAD, "handle"), "META_CARBON_GLASS_EXT_1", "prefix"),
        ((*HEAD, "names"), {"zh": "x"}, "'en' is missing"),
        ((*HEAD, "base"), None, "'base' is missing"),
        ((*HEAD, "base", "sha256"), "0xAB", "hex"),
        ((*HEAD, "effective"), "2026-06-01", "offset"),
        ((*HEAD, "effective"), "2026-06-01T00:00:00", "offset"),
        ((*HEAD, "effective"), "tomorrow", "no time"),
        ((*HEAD, "effective"), "9999-12-31T23:59:59+00:00", "beyond"),
        ((*HEAD, "confidence"), "sure", "unknown mark"),
        ((*HEAD, "industries"), ["C3041"], "unknown member"),
        ((*ITEM, "x-index"), 1999, "index"),
        ((*ITEM, "x-index"), 5000, "index"),
        ((*ITEM, "x-index"), True, "index"),
        ((*ITEM, "x-names"), {"zh": "锡"}, "both languages"),
        ((*ITEM, "x-names"), {"zh": "锡", "en": "a\nb"}, "both languages"),
        ((*ITEM, "x-names"), {"zh": "锡", "en": " a"}, "both languages"),
        ((*ITEM, "x-unit"), "furlongs", "no unit"),
        ((*ITEM, "x-unit"), None, "no unit"),
        ((*ITEM, "x-visibility"), "hidden", "unknown class"),
        ((*ITEM, "x-personal"), "no", "true or false"),
        ((*ITEM, "x-source-kinds"), [], "come from"),
        ((*ITEM, "x-source-kinds"), ["ledger", "ledger"], "twice"),
        ((*ITEM, "x-source-kinds"), ["guess"], "come from"),
        ((*ITEM, "x-mapping"), {"sap": "x"}, "names of fields"),
        ((*ITEM, "x-minimum"), 0, "decimal"),
        ((*ITEM, "x-minimum"), "1e3", "decimal"),
        ((*ITEM, "x-accuracy"), "2", "whole number"),
        ((*ITEM, "type"), "number", "unknown type"),
        ((*ITEM, "minItems"), 0, "without bounds"),
        ((*ITEM, "maxItems"), 401, "without bounds"),
        ((*ITEM, "items"), {"$ref": "#/$defs/other"}, "unknown reference"),
        ((*ITEM, "anyOf"), [], "has no 'anyOf'"),
        ((*ITEM, "examples"), [[{"qty": "1"}]], "missing"),
    ],
)  # fmt: skip
def test_a_malformed_layer_is_refused_by_name(path: tuple[str, ...], value: Any, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as refused:
        parse_layer(changed(path, value), "ext.json")
    assert str(refused.value).startswith("ext.json")


PLAIN: Json = {
    "x-index": 3001, "x-names": {"zh": "班次", "en": "Shift"}, "x-visibility": "authorized", "type": "string",
    "maxLength": 10,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"maxLength": 4001}, "whole number"),
        ({"maxLength": None}, "without bound"),
        ({"minLength": 11}, "no value fits"),
        ({"pattern": "^(a+)+$"}, "safe subset"),
        ({"pattern": 5}, "pattern"),
        ({"format": "email"}, "unknown format"),
        ({"format": ["date"]}, "unknown format"),
        ({"enum": []}, "texts"),
        ({"enum": ["a", "a"]}, "twice"),
        ({"enum": ["eleven chars"]}, "characters"),
        ({"enum": [1]}, "expected string"),
        ({"x-minimum": "0"}, "belongs to numbers"),
        ({"x-unit": "t"}, "belongs to numbers"),
        ({"x-source-kinds": ["lab"]}, "belongs to quantities"),
        ({"format": "decimal", "x-unit": "t", "x-minimum": "2", "x-maximum": "1"}, "no value fits"),
        ({"format": "decimal", "x-unit": "*"}, "no unit"),
        ({"type": "object", "maxLength": None, "properties": {}}, "plain value"),
        ({"type": "array", "maxLength": None, "items": {"type": "integer"}, "maxItems": 2}, "plain value"),
        ({"type": "array", "maxLength": None, "items": {"type": "string", "maxLength": 5}}, "plain value"),
        ({"type": "array", "maxLength": None, "items": 5}, "expected a schema"),
        ({"type": "integer", "maxLength": None, "minimum": 3, "maximum": 2}, "no value fits"),
        ({"type": "integer"}, "no 'maxLength'"),
        ({"type": ["string"]}, "unknown type"),
        ({"examples": ["far too long for it"]}, "characters"),
        ({"examples": "abc"}, "examples"),
    ],
)  # fmt: skip
def test_a_malformed_item_is_refused_by_name(changes: Json, message: str) -> None:
    schema = {keyword: value for keyword, value in (PLAIN | changes).items() if value is not None}
    with pytest.raises(TemplateError, match=message) as refused:
        parse_layer(encode(extension({"shift": schema})), "ext.json")
    assert "shift" in str(refused.value)


def test_a_code_is_a_name_of_a_field() -> None:
    for code in ("Tin", "1a", "a-b", "", "a" * 65, "锡"):
        with pytest.raises(TemplateError, match="no code"):
            parse_layer(encode(extension({code: quantity(3000, "锡", "Tin")})))


def test_duplicate_members_floats_and_depth_are_refused() -> None:
    text = encode(extension()).decode()
    deep = text.replace('"ledger"', "[" * 70 + "]" * 70)
    for broken in (text.replace('"type":', '"type": "object", "type":', 1), text.replace("3000", "3000.0"), deep):
        with pytest.raises(TemplateError, match=r"strict JSON|nested"):
            parse_layer(broken.encode())
    with pytest.raises(TemplateError, match="larger than"):
        parse_layer(b" " * (512 * 1024 + 1))
    with pytest.raises(TemplateError, match="more than 400 items"):
        parse_layer(encode(extension({f"i{n}": quantity(3000 + n, f"项{n}", f"Item {n}") for n in range(401)})))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | st.text(max_size=8) | st.sampled_from(["string", "t", "3000"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, child in children for deeper in paths(child, (*path, key)))]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_layer_with_anything_anywhere_is_read_or_refused_by_name(data: st.DataObject) -> None:
    """INV-18."""
    document = extension(
        {"tinBath": quantity(3000, "锡", "Tin", {"examples": []}), "shift": copy.deepcopy(PLAIN)}, ["shift"]
    )
    *path, last = data.draw(st.sampled_from(paths(document)[1:]))
    table: Any = document
    for key in path:
        table = table[key]
    table[last] = data.draw(JSON)
    try:
        layer = parse_layer(json.dumps(document).encode())
    except TemplateError:
        return
    assert isinstance(layer, Layer)
    assert parse_layer(layer.canonical).canonical == layer.canonical


@given(st.binary(max_size=200))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18."""
    for parse in (parse_layer, parse_template):
        with pytest.raises(TemplateError):
            parse(data)

"""The template of an evaluation: checked, named in the result, and without influence on any figure."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.evaluation.activity_file import parse_activity
from ledger.evaluation.evaluate import evaluate, evaluate_file
from ledger.evaluation.inputs import Rules
from ledger.evaluation.result import Result
from ledger.evaluation.site import SiteError
from ledger.templates import Template, TemplateError, merge, parse_layer
from ledger.templates.library import load_layer, shipped_template
from tests.evaluation.plant import ELECTRICITY_ONLY, ISS, PERIOD, RULES, SEED, SITE, whole
from tests.templates.samples import encode, extension, quantity

STEEL = shipped_template("steel")
NAMED = SITE.replace('scheme = "zhejiang', f'template = "{STEEL.handle}"\nscheme = "zhejiang')


def outcome(template: bytes | None, site: str = SITE, **more: Any) -> Result:
    return evaluate(
        site.encode(), replace(RULES, template=template), whole().frames, PERIOD, seed=SEED, kind=2, **more
    )  # fmt: skip


def steel_extension(owner: str) -> Template:
    base = load_layer("steel")
    head: Any = {
        "handle": f"{owner}/META_CARBON_STEEL_EXT_1",
        "base": {"handle": base.handle, "sha256": f"0x{base.sha256.hex()}"},
    }
    told = extension({"tinPlating": quantity(3000, "镀锡耗锡", "Tin of plating")}, **head)
    return merge(load_layer("public"), base, parse_layer(encode(told)))


@pytest.mark.parametrize("site", [SITE, NAMED])
def test_the_result_names_the_template_by_the_hash_that_is_shown(site: str) -> None:
    rules = outcome(STEEL.canonical, site).document["rules"]
    assert rules["template"] == {"id": STEEL.handle, "edition": "1.0.0", "sha256": f"0x{STEEL.sha256.hex()}"}


def test_without_a_template_the_result_names_none() -> None:
    assert "template" not in outcome(None).document["rules"]


def test_no_figure_hangs_on_the_template() -> None:
    """INV-11: an enterprise does not extend its way to a better grade."""
    assert outcome(None).document["grade"]["grade"] is not None
    documents = [
        outcome(template).document
        for template in (None, shipped_template().canonical, STEEL.canonical, steel_extension(ISS).canonical)
    ]
    for document in documents:
        document["rules"].pop("template", None)
        assert document == documents[0]


def test_typed_figures_take_a_template_too() -> None:
    data = b"item,value,unit,period\npurchased_electricity,1000,MWh,2022\n"
    file = parse_activity(data, "year.csv")

    def typed(template: Template, site: bytes | None) -> Result:
        rules = Rules(RULES.method, RULES.factors, template=template.canonical)
        return evaluate_file(file, data, rules, seed=SEED, kind=1, site=site)

    assert typed(STEEL, None).document["rules"]["template"]["id"] == STEEL.handle
    with pytest.raises(SiteError, match="the site's industry is C3130"):
        typed(shipped_template("cement"), ELECTRICITY_ONLY.encode())


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 100, STEEL.canonical + b"\n", load_layer("steel").canonical])
def test_bytes_that_are_no_merged_template_are_refused(data: bytes) -> None:
    with pytest.raises(TemplateError):
        outcome(data)


@pytest.mark.parametrize(
    ("template", "site", "message"),
    [
        (shipped_template("cement").canonical, SITE, "is for C3011, the site's industry is C3130"),
        (shipped_template().canonical, NAMED, "the site file names template"),
        (None, NAMED, "was given none"),
        (steel_extension("88.118.1").canonical, SITE, "extension of another enterprise"),
    ],
)
def test_a_template_that_is_not_the_sites_is_refused(template: bytes | None, site: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        outcome(template, site)

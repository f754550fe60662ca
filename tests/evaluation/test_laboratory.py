"""INV-16: reports that were edited, used twice, renumbered, or made without a sample that anyone took."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from ledger.evaluation.inputs import AdmittedFrame
from ledger.evaluation.site import SiteError, parse_site
from terminal_signer.document import CORRECTION
from terminal_signer.frame import Document, Item, KeyClass
from tests.evaluation.plant import FEBRUARY, ISS, LAB, OFFICER, PERIOD, SITE, Log, item, result, whole

FACTOR, VALUE, UNIT = "natural_gas.ncv", "gas_heating_value", "GJ/(10*4.m3{n})"
SAMPLER = f"{ISS}/OF-2"
SAMPLED = SITE.replace('class = "laboratory"\n', f'class = "laboratory"\nsampler = "{SAMPLER}"\n')
JANUARY = PERIOD.start - 2_592_000  # 2022-01-01, +08:00
DEFAULT, MEASURED = ["default"] * 2, ["measured"] * 2


def report(
    *items: Item,
    original: str = "A",
    number: str | None = None,
    sample: str | None = None,
    kind: str = "laboratory-result",
) -> Document:
    digest = sha256(original.encode()).digest() if original else bytes(32)
    return Document(kind, "application/pdf", digest, None, items, number=number, sample=sample)


def heating(value: str = "380", start: int = PERIOD.start, end: int = PERIOD.end) -> Item:
    return item(VALUE, value, UNIT, start, end)


def analyte(name: str, value: str, start: int) -> Item:
    return item(name, value, "%", start, start + 86_400)


def reported(log: Log, content: Document, sub: str = LAB) -> AdmittedFrame:
    return log.add(content, sub, KeyClass.LABORATORY)


def sampled(log: Log, sample: str = "S-1", sub: str = SAMPLER, key_class: KeyClass = KeyClass.OFFICER) -> None:
    log.add(report(original="taking", sample=sample, kind="sample"), sub, key_class)


def used(log: Log, text: str = SITE) -> tuple[list[str], list[str]]:
    """Whence each month's heating value came, and the findings."""
    document: dict[str, Any] = result(log, text).document
    inputs = [
        ("default" if used["kind"] == "factor" else used["kind"])
        for line in document["trace"]
        if line["line"] == "emission" and line["source"] == "natural_gas"
        for used in line["inputs"]
        if used["id"] == FACTOR
    ]
    return inputs, [entry["code"] for entry in document["findings"] if entry["code"] != "not-entitled"]


def test_a_report_takes_the_factors_place() -> None:
    log = whole()
    reported(log, report(heating(), number="L-22/1", sample="S-1"))
    assert used(log) == (MEASURED, [])
    document = result(log).document
    (line,) = [line for line in document["trace"] if line["line"] == "declared" and line["item"] == VALUE]
    assert (line["number"], line["sample"]) == ("L-22/1", "S-1")
    assert line["document"] == "0x" + sha256(b"A").hexdigest()


def test_one_report_number_is_one_document() -> None:
    """INV-16: an edited report with the old number is refused, and so is the first one: nobody knows which is true. The
    default comes back, openly."""
    log = whole()
    reported(log, report(heating("380", end=FEBRUARY), original="A", number="L-22/1"))
    reported(log, report(heating("300", start=FEBRUARY), original="B", number="L-22/1"))
    assert used(log) == (DEFAULT, ["report-number-reused"])
    document = result(log).document
    assert document["findings"][0]["count"] == 2
    assert next(line for line in document["factors"] if line["id"] == FACTOR)["basis"] == "default"


@pytest.mark.parametrize("second", [("A", "L-22/1"), ("B", "L-22/2"), ("B", None)])
def test_numbers_that_are_no_fault(second: tuple[str, str | None]) -> None:
    """The same original again, another number, none at all."""
    log = whole()
    reported(log, report(heating(end=FEBRUARY), original="A", number="L-22/1"))
    reported(log, report(heating("381", start=FEBRUARY), original=second[0], number=second[1]))
    inputs, says = used(log)
    assert inputs == MEASURED
    assert "report-number-reused" not in says


def test_numbers_are_a_laboratorys_own() -> None:
    other = "88.118.20997/LAB-1"
    log = whole()
    reported(log, report(heating(), original="A", number="1"))
    reported(log, report(original="B", number="1"), other)
    assert used(log) == (MEASURED, [])


@pytest.mark.parametrize(
    ("first", "second", "figures"),
    [
        ({"cao": "65", "mgo": "2"}, {"cao": "65", "mgo": "2"}, {"analytes": "2"}),
        ({"cao": "65", "mgo": "2", "so3": "1"}, {"cao": "65.0", "mgo": "2", "so3": "1.1"}, {"analytes": "2"}),
        ({"cao": "65", "mgo": "2"}, {"cao": "65", "mgo": "2.1"}, None),
        ({"cao": "65"}, {"cao": "65"}, None),
        ({"cao": "65", "mgo": "2"}, {"mgo": "65", "cao": "2"}, None),
    ],
)
def test_one_analysis_in_two_months_is_told(
    first: dict[str, str], second: dict[str, str], figures: dict[str, str] | None
) -> None:
    """INV-16: a mixed sample, tested once and used again."""
    log = whole()
    for original, values, start in (("A", first, JANUARY), ("B", second, FEBRUARY)):
        reported(log, report(*(analyte(name, value, start) for name, value in values.items()), original=original))
    found = [entry for entry in result(log).document["findings"] if entry["code"] == "analysis-repeated"]
    wanted = {"code": "analysis-repeated", "place": "88.118.20998 2022-01 2022-02", "count": 1, "figures": figures}
    assert found == ([] if figures is None else [wanted])


def test_one_sample_in_two_months_is_told() -> None:
    """INV-16."""
    log = whole()
    reported(log, report(analyte("cao", "65", JANUARY), original="A", sample="S-1"))
    reported(log, report(analyte("cao", "64", FEBRUARY), original="B", sample="S-1"))
    (found,) = [entry for entry in result(log).document["findings"] if entry["code"] == "analysis-repeated"]
    assert found["figures"] == {"sample": "S-1"}


def test_one_original_for_two_months_is_told_where_two_reports_use_it() -> None:
    """INV-16."""
    log = whole()
    reported(log, report(analyte("cao", "65", JANUARY), analyte("cao", "64", FEBRUARY), original="two months"))
    reported(log, report(analyte("mgo", "2", JANUARY), original="one"))
    assert used(log)[1] == []
    reported(log, report(analyte("mgo", "3", FEBRUARY), original="one"))
    assert used(log)[1] == ["analysis-repeated"]


@pytest.mark.parametrize(
    ("prepare", "sample", "inputs"),
    [
        (lambda log: sampled(log), "S-1", MEASURED),
        (lambda log: sampled(log), "S-2", DEFAULT),
        (lambda log: sampled(log), None, DEFAULT),
        (lambda log: None, "S-1", DEFAULT),
        (lambda log: sampled(log, sub=LAB, key_class=KeyClass.LABORATORY), "S-1", DEFAULT),
        (lambda log: sampled(log, sub=OFFICER), "S-1", DEFAULT),
    ],
    ids=["vouched for", "another sample", "no sample", "nobody took it", "the laboratory itself", "another officer"],
)
def test_sampler_and_laboratory_both_sign(
    prepare: Callable[[Log], None], sample: str | None, inputs: list[str]
) -> None:
    """INV-16: without the sampler's own signature a value does not count, and the default stands openly."""
    log = whole()
    prepare(log)
    reported(log, report(heating(), sample=sample))
    says = [] if inputs == MEASURED else ["sample-unsigned"]
    assert used(log, SAMPLED) == (inputs, says)


def test_a_sample_that_was_taken_after_its_report_is_none() -> None:
    """INV-16."""
    log = whole()
    reported(log, report(heating(), sample="S-1"))
    sampled(log)
    assert used(log, SAMPLED) == (DEFAULT, ["sample-unsigned"])


def test_a_correction_is_as_good_as_the_report_that_it_corrects() -> None:
    log = whole()
    sampled(log)
    good = reported(log, report(heating("380"), sample="S-1"))
    log.add(report(heating("385"), kind=CORRECTION), LAB, KeyClass.LABORATORY, corrects=good)
    document = result(log, SAMPLED).document
    values = {line["value"] for line in document["trace"] if line["line"] == "declared" and line["item"] == VALUE}
    assert values == {"385"}
    log.frames[-2] = replace(good, content=report(heating("380"), sample="S-9"))
    assert used(log, SAMPLED)[0] == DEFAULT


@pytest.mark.parametrize(
    ("value", "inputs", "code"),
    [("380", MEASURED, []), ("-1", DEFAULT, ["negative-amount"]), ("38000", DEFAULT, ["impossible"])],
)
def test_a_value_that_no_gas_has_does_not_count(value: str, inputs: list[str], code: list[str]) -> None:
    """INV-16: results pushed to the low-carbon side."""
    log = whole()
    reported(log, report(heating(value)))
    assert used(log) == (inputs, code)


def test_figures_without_an_original_are_told() -> None:
    """INV-16: they count, unless the site file requires the document."""
    log = whole()
    reported(log, report(heating(), original=""))
    assert used(log) == (MEASURED, ["no-original"])
    required = SITE.replace('class = "laboratory"\n', 'class = "laboratory"\ndocuments = "required"\n')
    assert used(log, required) == (DEFAULT, ["no-original"])


def test_an_announced_unit_binds() -> None:
    announced = SITE.replace('class = "laboratory"\n', 'class = "laboratory"\nunit = "GJ/t"\n')
    with pytest.raises(SiteError, match=r"does not fit 'natural_gas\.ncv'"):
        result(whole(), announced)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f'sampler = "{LAB}"', "its own sample"),
        ('documents = "always"', "unknown word"),
        ('unit = "widget"', "no unit"),
        ("certified = 1", "expected true or false"),
    ],
)
def test_declarations_that_are_refused(line: str, message: str) -> None:
    text = SITE.replace('class = "laboratory"\n', f'class = "laboratory"\n{line}\n')
    with pytest.raises(SiteError, match=message) as caught:
        parse_site(text.encode(), "plant.toml")
    assert caught.value.where.startswith("plant.toml, line")
    assert caught.value.mend


def test_a_sampler_is_for_laboratories() -> None:
    text = SITE.replace('class = "officer"\n', f'class = "officer"\nsampler = "{SAMPLER}"\n', 1)
    with pytest.raises(SiteError, match="was sampled"):
        parse_site(text.encode())


def test_the_samplers_frames_belong_to_the_evidence() -> None:
    assert SAMPLER in parse_site(SAMPLED.encode()).terminals()

"""Site files: every refusal names file, line, field, and how to mend it."""

import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.evaluation.site import SiteError, parse_site
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass
from tests.evaluation.plant import ISS, LAB, METER, OFFICER, POWER, SITE, Log, result


def test_a_site_file_as_read() -> None:
    site = parse_site(SITE.encode())
    assert (site.iss, site.offset, site.subject, site.industry) == (ISS, 28_800, f"{ISS}/CE-2022-0001", "C3130")
    assert next((meter.sub, point.id) for meter, point in site.points()) == (METER, POWER)
    assert site.meters[0].calibration_due == 1_672_502_400  # 2023-01-01T00:00+08:00: the end of the day named
    assert {(entry.sub, entry.key_class) for entry in site.declarations} == {
        (OFFICER, KeyClass.OFFICER),
        (LAB, KeyClass.LABORATORY),
    }
    assert site.sources[3].absent == {"zh": "无", "en": "none burnt"}


@pytest.mark.parametrize("name", ["rolling_mill.toml", "steel_plant.toml"])
def test_shipped_site_files_fit_their_rules(name: str) -> None:
    site = parse_site(resources.files("devnet").joinpath("sites", name).read_bytes(), name)
    assert "REPLAYED" in site.marks


FORM = [
    ('format = "site/1"', 'format = "site/2"', "expected 'site/1'", "format"),
    ('offset = "+08:00"', 'offset = "Asia/Shanghai"', "no fixed offset", "enterprise.offset"),
    ('offset = "+08:00"', "offset = 8", "expected a text", "enterprise.offset"),
    (f'subject = "{ISS}/', 'subject = "88.118.1/', "does not lie under", "enterprise.subject"),
    ('ratio = "10"', 'ratio = "0"', "above zero", "meter[1].point[1].ratio"),
    ('ratio = "10"', "ratio = 10.5", "expected an exact number", "meter[1].point[1].ratio"),
    ('ratio = "10"', 'rato = "10"', "unknown field 'rato'", "meter[1].point[1].rato"),
    ('unit = "kWh"', 'unit = "kwh"', "no unit", "meter[1].point[1].unit"),
    ('kind = "register"', 'kind = "counter"', "unknown kind", "meter[2].point[1].kind"),
    ("rollover = 100000", "rollover = 0", "above zero", "meter[2].point[1].rollover"),
    ('"2022-12-31"', '"31/12/2022"', "expected a day", "meter[1].calibration_due"),
    ('class = "laboratory"', 'class = "meter"', "unknown class", "declaration[3].class"),
    ('class = "laboratory"', 'class = "officer"', "does not lie under", "declaration[3].sub"),
    (
        'class = "officer"\ndemo',
        'class = "officer"\nreplaces = "x"\ndemo',
        "only a laboratory",
        "declaration[2].replaces",
    ),
    ('marks = ["ILLUSTRATIVE"]', 'marks = ["GOLD"]', "unknown mark", "marks"),
    ('id = "natural_gas"', 'id = "purchased_electricity"', "stands twice", "source[2].id"),
    ("absent = { zh", "absent = { cn", "'zh' is missing", "source[4].absent.zh"),
    ('industry = "C3130"\n', "", "'industry' is missing", "enterprise.industry"),
]


@pytest.mark.parametrize(("old", "new", "message", "field"), FORM, ids=[fault[2] + " " + fault[3] for fault in FORM])
def test_a_broken_site_file_names_file_line_and_field(old: str, new: str, message: str, field: str) -> None:
    assert old in SITE
    with pytest.raises(SiteError, match=re.escape(message)) as caught:
        parse_site(SITE.replace(old, new, 1).encode(), "plant.toml")
    found = re.fullmatch(r"plant\.toml, line (\d+), field (\S+)", caught.value.where)
    assert found is not None
    assert found[2] == field
    assert caught.value.mend
    named = field.rpartition(".")[2]
    assert named in SITE.replace(old, new, 1).splitlines()[int(found[1]) - 1] or "is missing" in message


JOIN = [
    ('item = "natural_gas"', 'item = "gas"', "no item 'gas'", "meter[2].point[1].item"),
    ('unit = "m3{n}"', 'unit = "m3"', "m3 does not fit 'natural_gas'", "meter[2].point[1].item"),
    ('item = "purchased_heat"', 'item = "heat"', "no item 'heat'", "declaration[1].item"),
    ('item = "purchased_heat"', 'item = "natural_gas"', "counted twice", "declaration[1].item"),
    ('replaces = "natural_gas.ncv"', 'replaces = "ncv"', "no source reads the factor 'ncv'", "declaration[3].item"),
    ('id = "diesel"', 'id = "petrol"', "no source 'petrol'", "source[4].id"),
    ('[[source]]\nid = "natural_gas"\n', "", "'natural_gas' is fed, but no source", "meter[2].point[1].item"),
    ('id = "natural_gas"\n', 'id = "natural_gas"\n\n[[source]]\nid = "lpg"\n', "nothing feeds 'lpg'", "source[3].id"),
    (
        'id = "natural_gas"\n',
        'id = "natural_gas"\nabsent = { zh = "无", en = "no" }\n',
        "called absent",
        "source[2].id",
    ),
    ('marks = ["ILLUSTRATIVE"]', "max_delay = 90000", "may only tighten", None),
    ('method = "general"', 'method = "steel"', "names method 'steel'", None),
    ('factors = "cn-a-2013"', 'factors = "cn-d-2011"', "names factors 'cn-d-2011'", None),
]


@pytest.mark.parametrize(("old", "new", "message", "field"), JOIN, ids=[fault[2] for fault in JOIN])
def test_a_site_file_that_does_not_fit_its_rules_is_refused(
    old: str, new: str, message: str, field: str | None
) -> None:
    """INV-11: a boundary with a meter outside it, or an item that would count twice, is not evaluated."""
    assert old in SITE
    with pytest.raises(SiteError, match=re.escape(message)) as caught:
        result(Log(), SITE.replace(old, new, 1))
    assert field is None or re.fullmatch(rf"site file, line \d+, field {re.escape(field)}", caught.value.where)
    assert caught.value.mend


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18."""
    with pytest.raises(CarbonError):
        parse_site(data)


@settings(deadline=None)
@given(st.integers(0, len(SITE.encode()) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_site_file_reads_or_is_refused_by_name(at: int, damage: bytes) -> None:
    """INV-18: some bytes changed anywhere."""
    data = SITE.encode()
    try:
        parse_site(data[:at] + damage + data[at + len(damage) :])
    except SiteError as error:
        assert error.where  # noqa: PT017

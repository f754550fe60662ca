"""Bad site files, as the people who write them make them: file and line, what was expected, how to mend it."""

import re
from dataclasses import dataclass

import pytest

from ledger.evaluation.site import SiteError
from tests.evaluation.plant import ISS, METER, OFFICER, POWER, SITE, Log, result


@dataclass(frozen=True, slots=True)
class Slip:
    """`old` becomes `new`; the refusal says `message`, names the line that holds `at`, and how to mend it."""

    old: str
    new: str
    message: str
    mend: str
    at: str


VALUE_ADDED = f'item = "value_added"\nsub = "{OFFICER}"\n'
SLIPS = {
    "an unknown source": Slip('id = "diesel"', 'id = "deisel"', "no source 'deisel'", "perhaps ", 'id = "deisel"'),
    "an unknown item": Slip(
        'item = "purchased_electricity"',
        'item = "electricty"',
        "no item 'electricty'",
        "perhaps ",
        'item = "electricty"',
    ),
    "an item that nothing feeds": Slip(
        'id = "natural_gas"\n',
        'id = "natural_gas"\n\n[[source]]\nid = "coke"\n',
        "nothing feeds 'coke'",
        "map a point or a declaration",
        'id = "coke"',
    ),
    "a meter outside the boundary": Slip(
        '[[source]]\nid = "natural_gas"\n',
        "",
        "no source in the boundary counts it",
        "list [[source]]",
        'item = "natural_gas"',
    ),
    "cubic metres where normal ones are wanted": Slip(
        'unit = "m3{n}"', 'unit = "m3"', "m3 does not fit 'natural_gas'", "converts to", 'item = "natural_gas"'
    ),
    "a unit that is none": Slip('unit = "kWh"', 'unit = "kwh"', "no unit", "", 'unit = "kwh"'),
    "value added in dollars": Slip(
        VALUE_ADDED,
        VALUE_ADDED + 'unit = "{USD}"\n',
        "{USD} does not fit 'value_added'",
        "converts to CNY",
        'item = "value_added"',
    ),
    "value added in two currencies": Slip(
        VALUE_ADDED,
        VALUE_ADDED
        + 'unit = "{CNY}"\nclass = "officer"\n\n[[declaration]]\nitem = "value_added"\n'
        + f'sub = "{ISS}/OF-9"\nunit = "{{USD}}"\n',
        "{USD} does not fit 'value_added'",
        "converts to CNY",
        f'sub = "{ISS}/OF-9"',
    ),
    "an uncertainty over 100 %": Slip(
        'ratio = "10"', 'ratio = "10"\nuncertainty = "120"', "from 0 to 100", "for 2 %", 'uncertainty = "120"'
    ),
    "a negative ratio": Slip('ratio = "10"', 'ratio = "-10"', "above zero", "transformers", 'ratio = "-10"'),
    "a negative rollover": Slip("rollover = 100000", "rollover = -1", "above zero", "starts again", "rollover = -1"),
    "a decimal without quotes": Slip('ratio = "10"', "ratio = 0.1", "exact number", "in quotes", "ratio = 0.1"),
    "metered and declared": Slip(
        'item = "purchased_heat"',
        'item = "purchased_electricity"',
        "counted twice",
        "[[cross_check]]",
        f'sub = "{OFFICER}"',
    ),
    "a point twice": Slip(
        "rollover = 100000\n",
        f'rollover = 100000\n\n[[meter.point]]\nid = "{POWER}"\nitem = "natural_gas"\n'
        'unit = "m3{n}"\nkind = "register"\n',
        "stands twice",
        "once",
        f'id = "{POWER}"',
    ),
    "a terminal of another enterprise": Slip(
        f'sub = "{METER}"', 'sub = "88.118.1/EQ-1"', "does not lie under", ISS, "88.118.1/EQ-1"
    ),
    "a field that is not known": Slip(
        'name = { zh = "气表"', 'calibrated = true\nname = { zh = "气表"', "unknown field", "known here", "calibrated"
    ),
    "a field that is missing": Slip(
        'kind = "register"\n', "", "'kind' is missing", "add kind", f'id = "{ISS}/EQ-2/gas"'
    ),
    "a day that is none": Slip('"2022-12-31"', '"2022-02-30"', "expected a day", "2019-06-30", '"2022-02-30"'),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_refused_with_its_line_and_how_to_mend_it(slip: Slip) -> None:
    assert slip.old in SITE
    text = SITE.replace(slip.old, slip.new, 1)
    with pytest.raises(SiteError, match=re.escape(slip.message)) as caught:
        result(Log(), text)
    where = re.fullmatch(r"site file, line (\d+), field [a-z_.\[\]0-9]+", caught.value.where)
    assert where is not None
    around = text.splitlines()[max(0, int(where[1]) - 2) : int(where[1]) + 1]
    assert any(slip.at in line for line in around), caught.value.where
    assert slip.mend in caught.value.mend

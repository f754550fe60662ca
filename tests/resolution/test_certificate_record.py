"""What certificates, templates and terminals say as handle records."""

import json
from dataclasses import replace

import pytest

from ledger.resolution.certificate import STATUS_SECONDS, Certified, State, certificate_values
from ledger.resolution.template_record import template_values
from ledger.resolution.terminal_record import MOST, terminal_values
from ledger.resolution.values import HandleValue
from ledger.templates.library import layer_names, load_layer, shipped_template
from tests.gateway.meters import Meter
from tests.gateway.samples import DOMAIN, GRADED, MINTED, statement

SAID = statement(template=shipped_template().sha256, supersedes=5)
CERTIFIED = Certified(
    identifier=GRADED, token_id=SAID.digest(DOMAIN), kind=2, grade=2, k="0.734512", footprint="",
    period_start=SAID.period_start, period_end=SAID.period_end, valid_until=SAID.valid_until, issued_at=MINTED,
    evaluator=SAID.evaluator, verifier=SAID.verifier, page="https://ledger.example/x",
    document="https://ledger.example/y",
    chain_id=1, contract=bytes(20), statement=SAID, transaction=b"\x77" * 32, enterprise="演示轧钢有限公司",
    industry="3130", offset="+08:00", rules={"method": "general/2015"}, template=("88.100.0/META_CARBON_PUB_1.0.0",
    "1.0.0"),
    marks=("DEMO",),
)  # fmt: skip
STATE = State("superseded", MINTED + 600, 431, b"\x01" * 32, "correction")


def texts(values: list[HandleValue]) -> dict[int, str]:
    return {value.index: value.text for value in values}


def test_what_a_certificate_says() -> None:
    told = texts(certificate_values(CERTIFIED, STATE))
    assert told[1] == "https://ledger.example/x"
    assert told[2020] == "2018-01-01"
    assert told[2021] == "2019-01-01"
    assert told[2057] == "0.734512"
    assert told[2058] == "2"
    assert told[2060] == "94.12"
    assert told[2075] == "superseded"
    assert (told[4007], told[4008]) == ("2019-01-09T02:23:20Z", "431")
    assert told[4010] == "0x" + "01" * 32
    assert json.loads(told[2080])["size"] == SAID.tree_size
    assert told[2030] == f"general/2015 0x{SAID.method.hex()}"
    assert 2056 not in told


def test_what_only_the_chain_knows() -> None:
    told = texts(certificate_values(replace(CERTIFIED, statement=None, enterprise="", transaction=b""), STATE))
    assert 2058 in told
    assert not {2000, 2030, 2080, 4004} & set(told)


def test_items_stand_under_index_and_code_of_the_public_layer() -> None:
    public = {item.index: item for item in load_layer("public").items}
    for value in certificate_values(CERTIFIED, STATE):
        if 2000 <= value.index < 2200:
            assert value.type == public[value.index].code
            assert public[value.index].visibility == "public"


def test_the_status_is_to_be_asked_again_soon() -> None:
    values = {value.index: value for value in certificate_values(CERTIFIED, STATE)}
    assert values[2075].ttl == STATUS_SECONDS
    assert values[2058].ttl > STATUS_SECONDS


@pytest.mark.parametrize("name", [None, *layer_names()])
def test_what_a_template_says(name: str | None) -> None:
    template = shipped_template(name)
    now = template.effective
    told = texts(template_values(template, "https://ledger.example/t", now))
    assert told[3] == template.names["zh"]
    items = [index for index in told if index >= 2000]
    assert items == [item.index for item in template.items if not item.disabled]
    assert json.loads(told[2058])["zh"] == "碳效等级"
    early = texts(template_values(template, "https://ledger.example/t", now - 1))
    assert len(early) < len(told), "items of a layer show from the time when it takes effect"


def test_a_terminals_keys_newest_first_and_hidden() -> None:
    old = Meter().enrolment()
    new = replace(Meter().enrolment(), enrolled_at=old.enrolled_at + 5, predecessor=old.kid)
    values = terminal_values([replace(old, until=old.enrolled_at + 5), new])
    told = texts(values)
    assert (told[4101], told[4102]) == (f"0x{new.kid.hex()}", "active")
    assert (told[4111], told[4112]) == (f"0x{old.kid.hex()}", "rotated")
    assert not any(value.is_public for value in values)
    assert len(terminal_values([new] * (MOST + 9))) < 10 * (MOST + 1)

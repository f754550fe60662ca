"""What a person sees at the end of a demo, in both languages: the summary, the forgeries, the attacks, the way back."""

import io

import pytest
from rich.console import Console

from devnet.demo.attacks import ATTACKS
from devnet.demo.report import Proven, Report, Tampering
from devnet.demo.show import show
from devnet.tampers import TAMPERS
from ledger.commands.verify_texts import CLAIM_TITLES
from ledger.language import Language
from tests.evaluation.plant import SITE, result, whole

URL = "http://127.0.0.1:8000/c/88.118.20999/CE-2022-0001"


def tried(*, caught: bool) -> tuple[Tampering, ...]:
    return tuple(
        Tampering(one.name, one.invariant, one.title, one.claim, one.claim if caught else None, CLAIM_TITLES[one.claim])
        for one in TAMPERS
    )


def attacked() -> tuple[Tampering, ...]:
    return tuple(Tampering(one.name, one.invariant, one.title, one.answer, one.answer, one.says) for one in ATTACKS)


def report(*, caught: bool = True) -> Report:
    return Report(
        title={"zh": "示例厂", "en": "Sample plant"}, period="2022-01-31 – 2022-02-01", marks=("DEMO",), frames=48,
        readings=96, result=result(whole(), SITE).document, token=bytes(32), identifier="88.118.20999/CE-2022-0001",
        kind=2, transaction="0x00", anchor_count=2, anchor_gas=140_000, proven=Proven(bytes(32), 375, 78_237),
        verified=True, tampers=tried(caught=caught), attacks=attacked(),
    )  # fmt: skip


def shown(found: Report, language: Language) -> str:
    out = io.StringIO()
    show(found, language, Console(file=out, width=200), url=URL, start=["carbon serve"], verify="carbon verify X")
    return out.getvalue()


@pytest.mark.parametrize(
    ("language", "heads"), [("en", ["the verifier's answer", "what happened"]), ("zh", ["复核程序的回答", "结果"])]
)
def test_everything_that_was_found_is_told(language: Language, heads: list[str]) -> None:
    page = shown(report(), language)
    for words in (*heads, "96", "88.118.20999/CE-2022-0001", "78,237", URL, "carbon serve", "carbon verify X"):
        assert words in page
    assert all(one.title[language] in page for one in (*tried(caught=True), *attacked()))
    assert page.count("✓") == len(TAMPERS) + len(ATTACKS)
    assert "✗" not in page


def test_a_forgery_that_nothing_caught_stands_out() -> None:
    page = shown(report(caught=False), "en")
    assert page.count("✗") == len(TAMPERS)
    assert page.count("✓") == len(ATTACKS)

"""`carbon verification` over a store without gateway or chain: what each sees, what is refused, in both languages."""

import ast
import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands import verification_acts as acts
from ledger.commands.input_files import WrongUse
from ledger.commands.verification import main
from ledger.commands.verification_parser import EXAMPLES, parser
from ledger.commands.verification_rules import RULES_ZH
from ledger.commands.verification_texts import TEXTS
from ledger.ingest import Ingest
from ledger.store.database import migrate, open_store
from ledger.verification.contents import CONTENTS
from ledger.verification.errors import DocumentFault
from ledger.verification.record import read_file
from ledger.verification.stages import Role, State
from ledger.verification.steps import Stated
from terminal_signer.keys import generate
from terminal_signer.place import PASSPHRASE, create
from tests.conftest import ROOT
from tests.verification import engagement as e
from tests.verification.desk import LOG, Desk

PHRASE = "a phrase of one's own"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv(PASSPHRASE, PHRASE)
    engine = open_store(str(tmp_path / "ledger.db"))
    migrate(engine)
    ingest = Ingest(engine, LOG, generate())
    yield Desk(engine, ingest)
    ingest.close()
    engine.dispose()


@pytest.fixture
def run(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def typed(*words: str, who: str | None = None, clear: bool = True) -> tuple[int, str, str]:
        capsys.readouterr()
        key = [] if who is None else ["--key", str(folder_of(desk, tmp_path, who))]
        code = main([*words, *key, "--dir", str(tmp_path)])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return typed


def folder_of(desk: Desk, folder: Path, who: str) -> Path:
    """The person's key as `terminal-signer init` leaves it; it is not connected, so that nothing is sent."""
    path = folder / who
    if not path.exists():
        sub = e.PEOPLE[who]
        create(path, desk.keys[who], PHRASE.encode(), sub.partition("/")[0], sub, bytes(32))
    return path


def test_both_languages_say_the_same_and_everything_has_words() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for text in TEXTS.values():
        for kind, words in (("state", State), ("role", Role), ("action", CONTENTS)):
            assert all(f"{kind}.{word}" in text for word in words)
        placeholders = {key: set(_fields(value)) for key, value in text.items()}
        assert all(placeholders[key] == set(_fields(TEXTS["en"][key])) for key in text)


def test_every_rule_has_chinese_words_and_a_line_in_the_page() -> None:
    page = (ROOT / "docs" / "formats" / "engagement.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", page.partition("## Rules")[2].partition("What no rule")[0]))
    assert RULES_ZH.keys() <= listed
    assert set(_raised()) - RULES_ZH.keys() == {"flagged", "unknown-key"}


def _raised() -> Iterator[str]:
    """The codes that the package refuses with: `code=…`, and the second argument of `_require`."""
    for path in (ROOT / "ledger" / "verification").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
            second = call.args[1:2] if isinstance(call.func, ast.Name) and call.func.id == "_require" else []
            yield from (str(one.value) for one in [*named, *second] if isinstance(one, ast.Constant))


def _fields(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]


def test_each_sees_what_waits_for_him(desk: Desk, run: Run) -> None:
    desk.tell(e.found())
    assert "lead verifier 88.118.9002/P-1: conservative recalculation finding 1" in run("list", who="member")[1]
    assert "nothing waits for you" in run("list", who="officer")[1]
    assert "nothing waits for you" in run("list", who="reviewer")[1]
    assert "没有待您处理的事项" in run("list", "--me", e.PEOPLE["reviewer"], "--lang", "zh")[1]
    code, out, _ = run("list", "--json")
    assert code == 0
    (one,) = json.loads(out)["engagements"]
    assert (one["engagement"], one["state"], one["waiting"][0]["action"]) == (e.ENGAGEMENT, "visited", "recalculate")


def test_a_time_line_shows_people_documents_and_what_does_not_count(desk: Desk, run: Run) -> None:
    desk.tell(e.found())
    last = desk.last
    desk.say("stranger", Stated(e.ENGAGEMENT, "refuse", e.REASON), e.START + 40 * e.DAY)
    desk.last = last
    code, out, _ = run("show", e.ENGAGEMENT)
    assert code == 0
    for words in ("site visited", e.PEOPLE["reviewer"], "declared independence", "finding 1, major", "GB 17167",
                  "rolling shop", "met: energy manager", "does not count", "[stranger]"):  # fmt: skip
        assert words in out
    assert all(len(line) <= 110 for line in out.splitlines())
    assert "现场核查" in run("show", e.ENGAGEMENT, "--lang", "zh")[1]


def test_what_is_signed_is_kept_where_nothing_is_connected(desk: Desk, run: Run) -> None:
    desk.tell(e.Story().take("officer", "apply", e.APPLY))
    words = ["plan", e.ENGAGEMENT, "--reviewer", e.PEOPLE["reviewer"], "--visit-from", "2030-01-01"]
    code, out, _ = run(*words, "--visit-until", "2030-01-05", who="lead")
    assert code == 0
    assert "not sent yet" in out
    assert "lead verifier 88.118.9002/P-1: declaration" in out


def test_a_refusal_speaks_chinese_too(desk: Desk, run: Run) -> None:
    desk.tell(e.found())
    code, _, err = run("technical-review", e.ENGAGEMENT, "--text", "y", "--lang", "zh", who="reviewer")
    assert code == 1
    assert "[open-finding] 仍有未关闭的不符合项" in err


@pytest.mark.parametrize(
    ("words", "who", "code", "said"),
    [
        (["find", e.ENGAGEMENT, "--requirement", "x", "--text", "y"], "officer", 1, "[wrong-role]"),
        (["technical-review", e.ENGAGEMENT, "--text", "y"], "reviewer", 1, "[open-finding]"),
        (["opine", e.ENGAGEMENT, "--misstatement", "0", "--text", "y"], "lead", 1, "[wrong-state]"),
        (["opine", e.ENGAGEMENT, "--misstatement", "1.5", "--text", "y"], "lead", 2, "--misstatement"),
        (["close", e.ENGAGEMENT, "--text", "y"], "lead", 1, "[not-rectified]"),
        (["close", e.ENGAGEMENT, "--number", "7", "--text", "y"], "lead", 1, "[no-such-finding]"),
        (["rectify", e.ENGAGEMENT, "--text", "y"], "officer", 1, "[no-evidence]"),
        (["rectify", e.ENGAGEMENT, "--text", "y", "--exhibit", "nowhere.pdf"], "officer", 2, "nowhere.pdf"),
        (["rectify", e.ENGAGEMENT], "officer", 2, "--text: missing"),
        (["rectify", e.ENGAGEMENT, "--text", " "], "officer", 2, "blank"),
        (["rectify", e.ENGAGEMENT, "--text", "a\x1b[2Jb", "--unable"], "officer", 2, "printable"),
        (["withdraw", e.ENGAGEMENT], "officer", 2, "--reason: missing"),
        (["find", e.ENGAGEMENT, "--text", "y", "--requirement", "x", "--due", "soon"], "lead", 2, "no time"),
        (["find", e.ENGAGEMENT, "--text", "y", "--requirement", "x", "--corrects", "0x12"], "lead", 2, "no hash"),
        (["show", "88.118.20260/V-9"], None, 2, "nobody applied"),
        (["show", e.ENGAGEMENT, "--offset", "8"], None, 2, "no offset"),
        (["show", e.ENGAGEMENT, "--log", "xyz"], None, 2, "--log"),
        (["withdraw", e.ENGAGEMENT, "--reason", "x"], None, 2, "--key"),
        (["draw-up", e.ENGAGEMENT], "evaluator", 2, "no opinion"),
        (["apply", "V-1", "--claim", "none.json"], "officer", 2, "none.json"),
        (["claim", "none.toml", "--period", "2021"], None, 2, "none.toml"),
        (["correct", "88.118.20260/CE-9", "--engagement", "88.118.20260/V-2"], "officer", 2, "no certificate"),
        (["show", e.ENGAGEMENT, "--record", "none.cbor"], None, 2, "none.cbor"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_with_its_place(
    desk: Desk, run: Run, words: list[str], who: str | None, code: int, said: str
) -> None:
    desk.tell(e.found())
    found, out, err = run(*words, who=who)
    assert (found, out) == (code, ""), err
    assert said in err
    assert err.startswith(f"carbon verification {words[0]}: ")
    assert "\x1b" not in err


def test_what_an_option_does_not_say_is_asked_for(desk: Desk, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.tell(e.found())
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return "never calibrated"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)
    code, out, err = run("rectify", e.ENGAGEMENT, "--unable", who="officer")
    assert code == 0, err
    assert asked == ["what is to be said: "]
    assert "conservative recalculation finding 1" in out


@pytest.mark.parametrize("action", EXAMPLES)
def test_the_examples_of_the_help_are_commands(action: str) -> None:
    for line in EXAMPLES[action].replace("\\\n", " ").split("\ncarbon verification "):
        assert parser("en").parse_args(shlex.split(line)).action == action


def test_times_are_local_unless_they_say_otherwise() -> None:
    assert acts.read_time("2022-03-09T08:00", "+08:00") == acts.read_time("2022-03-09T00:00Z", "+00:00")
    assert acts.time_text(acts.read_time("2022-03-09", "+08:00"), 8 * 3600) == "2022-03-09 00:00"
    for wrong in ("", "2022-13-01", "9" * 30):
        with pytest.raises(WrongUse):
            acts.read_time(wrong, "+08:00")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_a_record_that_is_garbage_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(DocumentFault):
        read_file(data, "record")

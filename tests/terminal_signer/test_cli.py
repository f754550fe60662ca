"""`terminal-signer` as a user types it: results, messages in two languages, exit codes, nothing secret shown."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from terminal_signer import wording
from terminal_signer.cli import COMMANDS, main
from terminal_signer.frame import Document, Item, content, digest_of, parse
from terminal_signer.keys import PublicKey, possession_message
from terminal_signer.place import PASSPHRASE, open_place
from terminal_signer.promise import verify
from terminal_signer.spool import Spool
from tests.terminal_signer.fakes import CHAIN_ID, CONTRACT, LOG_ID, Ledger, ledger_server
from tests.terminal_signer.test_csv_meter import GOOD, HEADER
from tests.terminal_signer.test_ocmf import PAYLOAD, record

PHRASE = "a long phrase 口令"
REGISTRY = "0x" + "11" * 20


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARBON_LANG", "en")
    monkeypatch.setenv(PASSPHRASE, PHRASE)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def made(capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["init", "--iss", "88.118.20260", "--sub", "88.118.20260/EQ-0001"]) == 0
    capsys.readouterr()
    return Path("terminal")


@pytest.fixture
def ledger(made: Path) -> Ledger:
    public = open_place(made).public
    return Ledger(keys={public.thumbprint(): public})


@pytest.fixture
def connected(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    with ledger_server(ledger) as address:
        arguments = ["connect", "--gateway", address, "--rpc", address + "/rpc", "--chain-id", str(CHAIN_ID)]
        arguments += ["--contract", "0x" + CONTRACT.hex(), "--log-id", "0x" + LOG_ID.hex()]
        assert main([*arguments, "--promise-key", ledger.promise_key.public.raw.hex()]) == 0
        capsys.readouterr()
        yield address


def write_csv(*rows: str) -> str:
    Path("meter.csv").write_bytes(HEADER + "".join(row + "\r\n" for row in rows).encode())
    return "meter.csv"


def quarter(number: int, value: str = "3.17") -> str:
    return f"01/01/2018 {number // 4:02}:{number % 4 * 15:02},{value},2.95,0,x"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == code
    out = capsys.readouterr().out
    document = json.loads(out)
    assert document["format"] == f"terminal-signer-{arguments[0]}/1"
    assert PHRASE not in out
    return document


def test_the_whole_way(connected: str, ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    signed = answer(capsys, "sign", write_csv(*(quarter(number) for number in range(1, 13))))
    assert (signed["frames"], signed["readings"], signed["bad_rows"]) == (3, 36, [])
    assert answer(capsys, "send")["logged"] == 3
    assert answer(capsys, "collect")["pending"] == 3
    ledger.anchor(1514736000)
    assert answer(capsys, "collect")["released"] == 3
    assert main(["heartbeat"]) == 0
    assert "heartbeat 0x" in capsys.readouterr().out
    status = answer(capsys, "status")
    assert status["frames"] == {"stored": 1, "acknowledged": 0, "released": 3, "refused": 0}
    assert (status["next_seq"], status["seen"]["size"]) == (4, 3)
    assert status["final"] == {"seq": 2, "digest": "0x" + digest_of(ledger.frames[2]).hex()}
    assert main(["status"]) == 0
    assert f"last final frame: number 2, {status['final']['digest']}" in capsys.readouterr().out


def test_what_is_held_is_exported(connected: str, ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-21: the frame and the promise that convicts an operator who withholds it; after release the promise alone."""
    assert main(["heartbeat"]) == main(["heartbeat"]) == main(["send"]) == main(["heartbeat"]) == 0
    found = answer(capsys, "export", "--last", "3", "--out", "held")["frames"]
    assert [(told["seq"], told["state"]) for told in found] == [(0, "acknowledged"), (1, "acknowledged"), (2, "stored")]
    digest, name = found[0]["digest"], found[0]["digest"][2:]
    assert Path(found[0]["frame"]).read_bytes() == ledger.frames[0]
    promised = verify(Path(found[0]["promise"]).read_bytes(), ledger.promise_key.public)
    assert (promised.digest.hex(), promised.deadline) == (name, found[0]["deadline"])
    assert found[2]["promise"] is None
    assert len(list(Path("held").iterdir())) == 5
    ledger.anchor(1514736000)
    assert answer(capsys, "collect")["released"] == 2
    [told] = answer(capsys, "export", digest, digest, "--out", "later")["frames"]
    assert (told["frame"], told["index"], told["size"]) == (None, 0, 2)
    assert [path.name for path in Path("later").iterdir()] == [f"{name}.promise.cose"]
    assert main(["export", digest, "--lang", "zh"]) == 0
    assert "已释放" in capsys.readouterr().out


def test_overdue_promises_are_exported(
    connected: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["heartbeat"]) == main(["send"]) == 0
    assert answer(capsys, "export", "--overdue")["frames"] == []
    monkeypatch.setattr("terminal_signer.export_command.time.time", lambda: 2e9)
    assert [told["seq"] for told in answer(capsys, "export", "--overdue")["frames"]] == [0]


@pytest.mark.parametrize("named", [(), ("0x" + "ab" * 32,), ("0xab",)], ids=["nothing", "unknown", "no digest"])
def test_what_was_never_signed_cannot_be_exported(
    made: Path, capsys: pytest.CaptureFixture[str], named: tuple[str, ...]
) -> None:
    assert answer(capsys, "export", *named, code=2)["error"]["code"] == "no-frame"


def test_the_same_file_again_signs_only_what_is_new(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-03."""
    assert answer(capsys, "sign", write_csv(*(quarter(number) for number in range(1, 9))))["frames"] == 2
    again = answer(capsys, "sign", write_csv(*(quarter(number) for number in range(1, 13))))
    assert (again["frames"], again["already_signed"]) == (1, 8)


def test_nothing_is_signed_after_a_bad_line(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_csv(*(quarter(n) for n in range(1, 6)), quarter(6, "3,1"), *(quarter(n) for n in range(7, 13)))
    assert main(["sign", path]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "line 7: expected 5 fields, found '6 fields'" in shown.err
    assert "1 frames before it are signed" in shown.err
    assert answer(capsys, "status")["frames"]["stored"] == 1

    skipped = answer(capsys, "sign", path, "--skip-bad")
    assert (skipped["frames"], skipped["already_signed"]) == (3, 4)
    assert [(row["line"], row["code"]) for row in skipped["bad_rows"]] == [(7, "csv-fields")]


def test_a_bad_row_is_explained_in_chinese(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", write_csv(GOOD, quarter(2, "n/a")), "--lang", "zh"]) == 2
    shown = capsys.readouterr().err
    assert "第 3 行第 2 列（Usage_kWh）：数字无法读取，应为 数字，如 3.17，读到 'n/a'" in shown
    assert "其后一概未签" in shown


def test_a_layout_of_one_s_own(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("my.toml").write_text(LAYOUT)
    Path("gas.csv").write_text("when,gas\n2024-01-01 01:00,12.5\n2024-01-01 02:00,13\n")
    assert answer(capsys, "sign", "gas.csv", "--layout", "my.toml")["readings"] == 2


LAYOUT = """
timestamp = "when"
time_format = "%Y-%m-%d %H:%M"
offset = "+08:00"
end_of_day = "as-written"
interval = 3600
[columns]
"gas" = { point = "EQ-0001/gas", unit = "m3{n}" }
"""


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        (LAYOUT, ""),
        (LAYOUT, "x ="),
        ("interval = 3600", "interval = 3600\ninterval = 900"),
        ("interval = 3600", "interval = '3600'"),
        ("interval = 3600", "interval = 3600\nextra = 1"),
        ("as-written", "never"),
        ("+08:00", "Asia/Shanghai"),
        ("m3{n}", "cubic metre"),
        ('{ point = "EQ-0001/gas", unit = "m3{n}" }', '"EQ-0001/gas"'),
    ],
)
def test_layouts_that_are_none(made: Path, capsys: pytest.CaptureFixture[str], part: str, instead: str) -> None:
    Path("my.toml").write_text(LAYOUT.replace(part, instead))
    assert answer(capsys, "sign", write_csv(GOOD), "--layout", "my.toml", code=2)["error"]["code"] == "csv-layout"


def test_the_enrolment_request_proves_possession(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = answer(capsys, "enrol-request", "--chain-id", "31337", "--registry", REGISTRY)
    kid, raw, proof = (bytes.fromhex(request[name][2:]) for name in ("kid", "public_key", "proof"))
    message = possession_message(31337, bytes.fromhex(REGISTRY[2:]), request["iss"], request["sub"], kid)
    public = PublicKey(request["alg"], raw)
    assert public.thumbprint() == kid
    assert public.verify(proof, message)


def test_a_document_is_signed(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("site.toml").write_text("format = 'site/1'\n")
    signed = answer(
        capsys, "document", "site.toml", "--kind", "site-file", "--media", "application/toml", "--reason", "2018"
    )
    assert signed["body"] is True
    assert main(["document", "site.toml", "--kind", "Site File"]) == 2
    report = ["document", "site.toml", "--kind", "laboratory-result", "--number", "L-22/7", "--sample", "S-1"]
    items = [f"{name} 22.9 GJ/t 2022-03-01T00:00:00+08:00 1648742400" for name in ("coal_ncv", "coal_ncv_dry")]
    assert answer(capsys, *report, "--item", items[0], "--item", items[1])["body"] is True
    for item in ("coal_ncv 22.9 GJ/t", items[0].replace("22.9", "much"), items[0].replace("+08:00", "")):
        assert main([*report, "--item", item]) == 2
    assert main(["document", "absent.toml", "--kind", "site-file"]) == 2


def test_records_of_a_meter_are_read_before_they_are_signed(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-18: a frame for ever with records that nobody can read would be of no use."""
    good, bad = record(PAYLOAD), b"OCMF|{}|{}"
    Path("records.txt").write_bytes(good + b"\n" + good)
    assert answer(capsys, "document", "records.txt", "--kind", "ocmf", "--media", "text/plain")["body"] is True
    for data, says in ((good + b"\n" + bad, "record 2"), (b"\n".join([good] * 200), "several documents")):
        Path("records.txt").write_bytes(data)
        assert main(["document", "records.txt", "--kind", "ocmf"]) == 2
        assert says in capsys.readouterr().err
    assert answer(capsys, "status")["next_seq"] == 1


CORRECT = ("correct", "0x" + "5f" * 32, "--name", "88.118.20260/EQ-0001/kWh", "--value", "3.20", "--unit", "kWh")


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        (("--start", "2018-01-01T00:00:00+09:00", "--end", "2018-01-01T00:15:00+09:00"), 1514732400, 1514733300),
        (("--start", "1514732400", "--end", "1514733300"), 1514732400, 1514733300),
        (("--at", "2018-01-01T00:15:00+09:00"), 1514733299, 1514733300),
    ],
)
def test_a_correction_names_frame_value_and_reason(
    made: Path, capsys: pytest.CaptureFixture[str], times: tuple[str, ...], start: int, end: int
) -> None:
    """INV-23."""
    signed = answer(capsys, *CORRECT, *times, "--reason", "double reading 重复读数")
    assert (signed["start"], signed["end"], signed["corrects"]) == (start, end, CORRECT[1])
    with closing(Spool(made / "spool.sqlite")) as spool:
        (stored,) = spool.held("stored")
    frame = parse(stored.raw)
    value = content(frame)
    assert frame.corrects == b"\x5f" * 32
    assert isinstance(value, Document)
    assert (value.kind, value.reason) == ("correction", "double reading 重复读数")
    assert value.items == (Item(CORRECT[3], Decimal("3.2"), "kWh", start, end),)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--start", "2018-01-01T00:00:00", "--end", "1514733300"), "offset"),
        (("--start", "1514733300", "--end", "1514732400"), "not a period"),
        (("--start", "1514733300"), "--at for a register"),
        (("--start", "1514733300", "--at", "1514733300"), "--at is for a register"),
        (("--at", "1514733300", "--value", "3,2"), "no number"),
        (("--at", "1514733300", "--value", "NaN"), "not a number"),
        (("--at", "1514733300", "--value", "1e400000000"), "64 bits"),
        (("--at", "1514733300", "--unit", "kwh"), "unit"),
    ],
)
def test_a_wrong_correction_is_not_signed(
    made: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    """INV-18."""
    assert main([*CORRECT, *arguments, "--reason", "x"]) == 2
    assert says in capsys.readouterr().err
    assert answer(capsys, "status")["next_seq"] == 0


def test_a_correction_without_a_reason_is_wrong_usage(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*CORRECT, "--at", "1514733300"])
    assert stopped.value.code == 2
    assert "--reason" in capsys.readouterr().err


def test_a_gateway_that_is_away_loses_nothing(
    made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """INV-09."""
    monkeypatch.setattr("terminal_signer.delivery.time.sleep", lambda _: None)
    answer(capsys, "sign", write_csv(*(quarter(number) for number in range(1, 5))))
    assert main(["send"]) == 2
    assert "not-connected" in capsys.readouterr().err
    arguments = [
        "connect",
        "--gateway",
        "http://127.0.0.1:9",
        "--rpc",
        "http://127.0.0.1:9",
        "--chain-id",
        "1",
        "--contract",
    ]
    assert main([*arguments, REGISTRY, "--log-id", "22" * 32, "--promise-key", "33" * 64]) == 0
    assert answer(capsys, "send", code=1)["error"]["code"] == "gateway-unavailable"
    assert main(["send"]) == 1
    assert "trying again in" in capsys.readouterr().err
    assert answer(capsys, "collect", code=1)["error"]["code"] == "chain-unavailable"
    assert answer(capsys, "status")["frames"]["stored"] == 1


def test_a_refused_frame_can_be_sent_again(connected: str, ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "heartbeat")
    keys, ledger.keys = ledger.keys, {}
    assert answer(capsys, "send", code=1)["refused"] == {"unknown-key": 1}
    ledger.keys = keys
    assert answer(capsys, "send", "--again")["logged"] == 1


def test_the_passphrase_comes_from_a_file_or_not_at_all(
    made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("right").write_text(PHRASE + "\n")
    Path("wrong").write_text("another\n")
    Path("empty").write_text("\n")
    assert main(["heartbeat", "--passphrase-file", "right"]) == 0
    for name in ("wrong", "empty", "absent"):
        assert main(["heartbeat", "--passphrase-file", name]) == 2
    monkeypatch.delenv(PASSPHRASE)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert answer(capsys, "heartbeat", code=2)["error"]["code"] == "passphrase"
    everything = b"".join(path.read_bytes() for path in made.iterdir())
    assert PHRASE.encode() not in everything


def test_a_folder_is_made_once(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (made / "key.pem").read_bytes()
    assert main(["init", "--iss", "88.118.20260", "--sub", "88.118.20260/EQ-0002"]) == 2
    assert "not overwritten" in capsys.readouterr().err
    assert (made / "key.pem").read_bytes() == before


@pytest.mark.parametrize(
    "content", ["", "{}", "[" * 10_000, '{"format": "terminal/2"}', '{"format": "terminal/1", "iss": 5}']
)
def test_a_folder_that_is_none(made: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    (made / "terminal.json").write_text(content)
    assert answer(capsys, "status", code=2)["error"]["code"] == "terminal"
    assert main(["status", "--dir", "absent"]) == 2


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_in_both_languages(command: list[str], language: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--lang", language, "--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert ("待发" in shown or "目录" in shown or "签名" in shown) == (language == "zh")


def test_both_languages_say_everything() -> None:
    english, chinese = wording.TEXTS["en"], wording.TEXTS["zh"]
    assert english.keys() == chinese.keys()
    for name, text in english.items():
        assert _holes(text) == _holes(chinese[name]), name


def _holes(text: str) -> list[str]:
    import string

    return sorted(field for _, field, _, _ in string.Formatter().parse(text.replace("0x…", "")) if field)


@pytest.mark.parametrize("arguments", [[], ["sing"], ["sign"], ["init"], ["status", "--language", "en"]])
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_it_runs_until_interrupted(connected: str, ledger: Ledger) -> None:
    command = [sys.executable, "-m", "terminal_signer.cli", "run", "--every", "1", "--heartbeat", "1", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    deadline = time.monotonic() + 20
    while not ledger.digests and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert json.loads(out)["rounds"] >= 1
    assert len(ledger.digests) >= 1

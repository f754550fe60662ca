"""`carbon rebuild`: derive tiles, key states, sizes, flags and hourly amounts once more from the signed frames.

Exit codes: 0 done, 1 a record is damaged or the store cannot be used, 2 wrong use.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ledger.commands.store_place import configured_store, read_log_id
from ledger.errors import ConfigError
from ledger.language import LANGUAGES, Language, asked
from ledger.projections import Rebuilt, rebuild
from ledger.store.database import StoreError, migrate, open_store
from ledger.store.log import all_logs
from terminal_signer.errors import CarbonError

_TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Derive tiles, key states, sizes, flags and hourly amounts once more from the signed frames, which "
        "stay as they are.",
        "database": "the store: a file or a database address (default: as in DIR/gateway.toml, else DIR/ledger.db)",
        "dir": "the working folder (default: .carbon)",
        "log": "one log by its id, 0x… (default: every log of the store)",
        "json": "print one JSON object",
        "lang": "the language of the answer",
        "example": "example:  carbon rebuild --database .carbon/ledger.db",
        "same": "log {log}: {frames} frames, every projection was as it should be",
        "mended": "log {log}: {frames} frames, corrected: {tiles} tiles, {states} key states, flags of {flags} frames, "
        "{hours} months of hourly amounts, {engagements} documents of verifications, {grants} of grants",
        "none": "the store holds no log",
        "missing": "there is no store at {database}",
        "bad_log": "{log!r} is not a log id: 0x and 64 hex digits",
    },
    "zh": {
        "about": "由签名帧重新推导瓦片、密钥状态、日志大小、标记与逐时用量；签名帧本身不受影响。",
        "database": "数据库：文件路径或数据库地址（默认取 DIR/gateway.toml 所写，否则为 DIR/ledger.db）",
        "dir": "工作目录（默认 .carbon）",
        "log": "指定一个日志的标识，0x…（默认处理全部日志）",
        "json": "输出一个 JSON 对象",
        "lang": "输出语言",
        "example": "示例：  carbon rebuild --database .carbon/ledger.db",
        "same": "日志 {log}：{frames} 帧，全部派生数据均正确",
        "mended": "日志 {log}：{frames} 帧，已更正：瓦片 {tiles} 个，密钥状态 {states} 个，标记 {flags} 帧，"
        "逐时用量 {hours} 个月，核查文件 {engagements} 份，授权文件 {grants} 份",
        "none": "数据库中没有日志",
        "missing": "{database} 处没有数据库",
        "bad_log": "{log!r} 不是日志标识：应为 0x 加 64 位十六进制数字",
    },
}


def main(argv: Sequence[str] | None = None) -> int:
    language = asked(sys.argv[1:] if argv is None else argv)
    text = _TEXTS[language]
    options = _parser(text).parse_args(argv)
    try:
        wanted = None if options.log is None else read_log_id(options.log)
    except ValueError:
        return _complain(text["bad_log"].format(log=options.log), 2)
    try:
        database = options.database or configured_store(Path(options.dir))
        if "://" not in database and not Path(database).is_file():
            return _complain(text["missing"].format(database=database), 2)
        results = _rebuild_all(database, wanted)
    except CarbonError as error:
        return _complain(str(error), 2 if isinstance(error, ConfigError) else 1)
    print(_as_json(results) if options.json else _as_text(results, text))
    return 0


def _rebuild_all(database: str, wanted: bytes | None) -> dict[bytes, Rebuilt]:
    engine = open_store(database)
    try:
        migrate(engine)
        logs = all_logs(engine)
        if wanted is not None and wanted not in logs:
            raise StoreError("the store holds no such log", where=f"log 0x{wanted.hex()}")
        return {log_id: rebuild(engine, log_id) for log_id in logs if wanted in (None, log_id)}
    finally:
        engine.dispose()


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("carbon rebuild", description=text["about"], epilog=text["example"])
    parser.add_argument("--database", metavar="X", help=text["database"])
    parser.add_argument("--dir", default=".carbon", metavar="DIR", help=text["dir"])
    parser.add_argument("--log", metavar="0x…", help=text["log"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _as_json(results: dict[bytes, Rebuilt]) -> str:
    logs = [
        {
            "log_id": f"0x{log_id.hex()}",
            "frames": result.frames,
            "corrected": {
                "tiles": result.tiles,
                "key_states": result.key_states,
                "flags": result.flags,
                "hours": result.hours,
                "engagements": result.engagements,
                "grants": result.grants,
            },
        }
        for log_id, result in results.items()
    ]
    return json.dumps({"format": "rebuild/1", "logs": logs})


def _as_text(results: dict[bytes, Rebuilt], text: dict[str, str]) -> str:
    lines = [
        text["mended" if result.changed else "same"].format(
            log=f"0x{log_id.hex()}",
            frames=result.frames,
            tiles=result.tiles,
            states=result.key_states,
            flags=result.flags,
            hours=result.hours,
            engagements=result.engagements,
            grants=result.grants,
        )
        for log_id, result in results.items()
    ]
    return "\n".join(lines) or text["none"]


def _complain(what: str, code: int) -> int:
    print(f"carbon rebuild: {what}", file=sys.stderr)
    return code

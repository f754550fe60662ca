"""What `carbon witness` says, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Follow a log: its signed checkpoints, and its heads on the chain. Each new head must extend "
        "what was\n"
        "seen before. A split view or a rewrite becomes an evidence file that anyone can judge again.",
        "epilog": "examples:\n"
        "  carbon witness run --gateway http://127.0.0.1:8000 --rpc http://127.0.0.1:8545 --log 0x… --note-key "
        "log.vkey\n"
        "  carbon witness run --gateway http://127.0.0.1:8000 --rpc http://127.0.0.1:8545 --once --json\n"
        "  carbon witness show\n"
        "  carbon witness show --note > mine.note\n\n"
        "exit codes: 0 one history · 1 the log contradicts itself or the chain · 2 wrong use ·\n"
        "3 nothing could be judged (with --once)",
        "run": "look again and again; end only when the log contradicts itself or the chain",
        "show": "what this witness has seen",
        "note": "print the newest checkpoint that was accepted, to compare it with another witness's",
        "gateway": "the log's gateway; what it shows is verified, not believed",
        "log-flag": "the log, 0x and 64 hex digits; needed the first time, with --note-key",
        "every": "seconds between two looks (default: 60)",
        "once": "look once, then end",
        "evidence": "where evidence is written (default: conviction.json beside the state)",
        "state": "what this witness remembers (default: witness.json)",
        "json": "print one JSON object a look",
        "lang": "the language of the answer",
        "first": "nothing is remembered yet: give --log and --note-key",
        "other-log": "this file remembers another log",
        "taken": "another witness is at work with this file",
        "own-state": "end it, or give each witness a --state of its own",
        "no-log": "the chain has no such log",
        "no-key": "the chain lists none of the note keys for this log",
        "not-signed": "the checkpoint is not signed by the log's key: it counts as no answer",
        "not-judged": "the contradiction could not be judged",
        "fresh": "first head: {size} leaves, of one history with the chain ({anchored} anchored)",
        "advanced": "{size} leaves, an extension of what was seen ({anchored} anchored)",
        "same": "{size} leaves, as before ({anchored} anchored)",
        "stale": "the log shows only {shown} leaves; {size} were signed before",
        "unproven": "not accepted, not shown: {fault}",
        "convicted": "the log contradicts itself or the chain; evidence: {evidence}",
        "log": "log",
        "heads": "heads accepted",
        "newest": "newest head",
        "anchored": "newest anchored",
        "verdict": "verdict",
        "one-history": "one history so far",
        "is-convicted": "CONVICTED: the log contradicts itself or the chain",
    },
    "zh": {
        "about": "观察一个日志：其签名检查点与链上树头。每个新树头都必须是已见历史的延伸；\n"
        "分裂视图或改写历史会写成任何人可重新判断的证据文件。",
        "epilog": "示例：\n"
        "  carbon witness run --gateway http://127.0.0.1:8000 --rpc http://127.0.0.1:8545 --log 0x… --note-key "
        "log.vkey\n"
        "  carbon witness run --gateway http://127.0.0.1:8000 --rpc http://127.0.0.1:8545 --once --json\n"
        "  carbon witness show\n"
        "  carbon witness show --note > mine.note\n\n"
        "退出码：0 历史一致 · 1 日志自相矛盾或与链矛盾 · 2 用法错误 · 3 无法判断（仅 --once）",
        "run": "反复观察，只有发现矛盾才结束",
        "show": "本见证者所见",
        "note": "输出最近接受的检查点，以便与其他见证者比对",
        "gateway": "日志的网关；其所示只作核验，不予轻信",
        "log-flag": "日志标识，0x 加 64 位十六进制数字；首次须与 --note-key 一并给出",
        "every": "两次观察的间隔秒数（默认 60）",
        "once": "只观察一次",
        "evidence": "证据文件的位置（默认与状态文件同目录的 conviction.json）",
        "state": "本见证者的记忆（默认 witness.json）",
        "json": "每次观察输出一个 JSON 对象",
        "lang": "输出语言",
        "first": "尚无记忆：请给出 --log 与 --note-key",
        "other-log": "此文件记的是另一个日志",
        "taken": "另一个见证进程正在使用此文件",
        "own-state": "请先结束它，或为每个见证进程各用一个 --state",
        "no-log": "链上没有此日志",
        "no-key": "所给密钥都不是链上为此日志公布的检查点密钥",
        "not-signed": "检查点不是由日志密钥签署，视为没有应答",
        "not-judged": "矛盾无法判定",
        "fresh": "首个树头：{size} 个叶子，与链上历史一致（已锚定 {anchored}）",
        "advanced": "{size} 个叶子，是已见历史的延伸（已锚定 {anchored}）",
        "same": "{size} 个叶子，与之前相同（已锚定 {anchored}）",
        "stale": "日志只出示 {shown} 个叶子，而此前已签署 {size}",
        "unproven": "未接受，未得到证明：{fault}",
        "convicted": "日志自相矛盾或与链矛盾；证据：{evidence}",
        "log": "日志",
        "heads": "已接受的树头",
        "newest": "最新树头",
        "anchored": "最新锚定",
        "verdict": "结论",
        "one-history": "至今历史一致",
        "is-convicted": "已定罪：日志自相矛盾或与链矛盾",
    },
}

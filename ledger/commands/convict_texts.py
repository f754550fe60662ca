"""What `carbon log convict` says besides its findings, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "What a promise, receipts, checkpoints or frames prove, and against whom: the log's operator, "
        "the gateway's\n"
        "promise key, or a terminal's key. Keys and heads are asked of the chain that you name, never taken from\n"
        "the evidence.",
        "epilog": "examples:\n"
        "  carbon log convict promise.cose receipt.json --rpc http://127.0.0.1:8545 --policy policy.json\n"
        "  carbon log convict promise.cose --gateway http://127.0.0.1:8000 --rpc http://127.0.0.1:8545 --out "
        "evidence.json\n"
        "  carbon log convict a.note b.note --log 0x… --note-key log.vkey --rpc http://127.0.0.1:8545\n"
        "  carbon log convict frame-a.cose frame-b.cose --rpc http://127.0.0.1:8545\n"
        "  carbon log convict receipt.cose --digest 0x… --rpc http://127.0.0.1:8545\n"
        "  carbon log convict --check evidence.json --rpc http://127.0.0.1:8545 --policy policy.json\n\n"
        "exit codes: 0 nothing contradicts · 1 something is proven against somebody · 2 malformed or wrong use ·\n"
        "3 cannot be judged (not final yet, proofs missing, no chain, another chain)",
        "files": "promises, receipts (JSON or COSE), checkpoints, frames: told apart by their content",
        "check": "judge the exhibits of an evidence file (conviction/1) again; nothing else in it is believed",
        "kind": "all FILES are of this kind",
        "digest": "the frame that receipts as COSE are of (default: the 64 hex digits in the file's name)",
        "rpc": "the chain's node that is asked",
        "dir": "the working folder (default: .carbon)",
        "deployment": "chain and contracts that are believed (default: DIR/deployment.json)",
        "policy": "a policy file (policy/1) that names them instead",
        "confirmations": "depth that counts as final, on a chain without the tag finalized",
        "log": "the log, 0x and 64 hex digits (default: as the promise or receipt says)",
        "note-key": "the key of the log's checkpoints, `name+id+base64` or 0x…, or a file with it; believed "
        "only if the "
        "chain lists its hash. May be repeated",
        "gateway": "where the log's tiles and entries are read; verified, not believed",
        "out": "write an evidence file, if something is proven",
        "json": "print one JSON object",
        "lang": "the language of the answer",
        "nothing": "no FILE and no --check",
        "both": "FILES or --check, not both",
        "bad-log": "{log!r} is not a log id: 0x and 64 hex digits",
        "need-log": "checkpoints do not name their log: give --log",
        "bad-key": "{key!r} is no Ed25519 note key",
        "other-chain": "the evidence is of another chain or other contracts than the ones believed here",
        "as-of": "as of block {block}, {time} UTC, chain {chain}",
        "log-line": "log {log}",
        "proven": "proven against: {whom}",
        "clear": "Nothing here contradicts.",
        "open": "This cannot be judged with what is there.",
        "operator": "the log's operator (its note key)",
        "promise-key": "the log's operator (the gateway's promise key)",
        "terminal": "the terminal's key",
        "not-shown": "the log did not show it: {fault}",
        "unjudged": "cannot be judged: {fault}",
        "written": "evidence written to {file}",
        "claimed": "the file claims {code}, which its exhibits do not prove here",
        "reading": "reading entries",
    },
    "zh": {
        "about": "承诺、回执、检查点或帧能证明什么、针对谁：日志运营方、网关的承诺密钥，或终端密钥。\n"
        "密钥与树头一律向您指定的链查询，绝不取自证据本身。",
        "epilog": "示例：\n"
        "  carbon log convict promise.cose receipt.json --rpc http://127.0.0.1:8545 --policy policy.json\n"
        "  carbon log convict promise.cose --gateway http://127.0.0.1:8000 --rpc http://127.0.0.1:8545 --out "
        "evidence.json\n"
        "  carbon log convict a.note b.note --log 0x… --note-key log.vkey --rpc http://127.0.0.1:8545\n"
        "  carbon log convict frame-a.cose frame-b.cose --rpc http://127.0.0.1:8545\n"
        "  carbon log convict receipt.cose --digest 0x… --rpc http://127.0.0.1:8545\n"
        "  carbon log convict --check evidence.json --rpc http://127.0.0.1:8545 --policy policy.json\n\n"
        "退出码：0 没有矛盾 · 1 已证明某方有过错 · 2 格式或用法错误 · 3 无法判断（未最终确认、缺少证明、"
        "链不可达或不符）",
        "files": "承诺、回执（JSON 或 COSE）、检查点、帧：按内容识别",
        "check": "重新判断证据文件（conviction/1）中的物证；其余内容一概不信",
        "kind": "所有文件都属此类",
        "digest": "COSE 回执所属的帧（默认取文件名中的 64 位十六进制数字）",
        "rpc": "所查询的链节点",
        "dir": "工作目录（默认 .carbon）",
        "deployment": "所信任的链与合约（默认 DIR/deployment.json）",
        "policy": "改由策略文件（policy/1）指定",
        "confirmations": "链没有 finalized 标签时，视为最终的确认数",
        "log": "日志标识，0x 加 64 位十六进制数字（默认取自承诺或回执）",
        "note-key": "日志检查点的密钥：`名称+编号+base64` 或 0x…，或存有它的文件；仅当链上公布了其哈希才可信。可重复",
        "gateway": "从何处读取日志的数据块与条目；只作核验，不予轻信",
        "out": "若有所证明，写出证据文件",
        "json": "输出一个 JSON 对象",
        "lang": "输出语言",
        "nothing": "没有给出文件，也没有 --check",
        "both": "文件与 --check 只能取其一",
        "bad-log": "{log!r} 不是日志标识：应为 0x 加 64 位十六进制数字",
        "need-log": "检查点不指明日志：请给出 --log",
        "bad-key": "{key!r} 不是 Ed25519 检查点密钥",
        "other-chain": "证据所述的链或合约与此处所信任的不同",
        "as-of": "截至区块 {block}，UTC {time}，链 {chain}",
        "log-line": "日志 {log}",
        "proven": "已证明过错方：{whom}",
        "clear": "没有发现矛盾。",
        "open": "凭现有材料无法判断。",
        "operator": "日志运营方（检查点密钥）",
        "promise-key": "日志运营方（网关承诺密钥）",
        "terminal": "终端密钥",
        "not-shown": "日志未予出示：{fault}",
        "unjudged": "无法判断：{fault}",
        "written": "证据已写入 {file}",
        "claimed": "文件声称 {code}，但其物证在此不能证明",
        "reading": "读取条目",
    },
}

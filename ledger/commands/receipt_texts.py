"""What `carbon log receipt` says, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Fetch the receipt of one frame, check it against the chain, and keep it in a file.",
        "epilog": "examples:\n  carbon log receipt 0x3f…9a\n"
        "  carbon log receipt 0x3f…9a --cose --out frame.cose     an RFC 9942 receipt, for other people's tools\n"
        "  carbon log receipt 0x3f…9a --gateway https://ledger.example --log 0x0a…0a --json\n\n"
        "exit codes: 0 fetched and checked · 1 it is false, or could not be fetched · 2 wrong use · "
        "3 not under a final head yet",
        "digest": "the frame's digest, 0x and 64 hex digits",
        "gateway": "address of the gateway (default: http://127.0.0.1:8000)",
        "log": "the log's id (default: log_id in DIR/gateway.toml)",
        "dir": "the working folder (default: .carbon)",
        "deployment": "path of deployment.json (default: DIR/deployment.json)",
        "rpc": "address of the chain's node (default: http://127.0.0.1:8545)",
        "cose": "as COSE (RFC 9942), signed by the log's promise key, instead of JSON",
        "out": "the file to write (default: receipt-<digest>.json or .cose); it is not overwritten",
        "json": "print one JSON object",
        "lang": "the language of the answer",
        "bad-digest": "{digest!r} is not a digest: 0x and 64 hex digits",
        "bad-log": "{log!r} is not a log id: 0x and 64 hex digits",
        "no-log": "which log? Give --log 0x…, or --dir with a gateway.toml that names it",
        "exists": "{path} exists already; choose another --out",
        "pending": "leaf {index} of the log; no head that counts includes it yet. Ask again later.",
        "frame": "frame      {digest}",
        "leaf": "leaf       {index} of {size}",
        "head": "head       {root}",
        "anchor": "anchor     block {block}, {time} UTC, AnchorLog {contract}, chain {chain}",
        "path": "checked    the path leads from the frame to the head",
        "signature": "checked    the log's promise key, as the chain names it, signed the head",
        "final": "checked    the contract holds this head, and its block is final",
        "not-final": "not final  the contract holds this head, but its block can still vanish: ask again later",
        "false": "FALSE      the contract does not hold this head",
        "evidence": "           it is signed: carbon log convict {path} says what it proves",
        "kept": "kept in    {path}",
    },
    "zh": {
        "about": "获取一个帧的回执，对照链上数据核验，并保存为文件。",
        "epilog": "示例：\n  carbon log receipt 0x3f…9a\n"
        "  carbon log receipt 0x3f…9a --cose --out frame.cose     RFC 9942 回执，供其他工具使用\n"
        "  carbon log receipt 0x3f…9a --gateway https://ledger.example --log 0x0a…0a --json\n\n"
        "退出码：0 已获取并核验 · 1 回执不实，或无法获取 · 2 用法错误 · 3 尚未纳入已最终确认的树头",
        "digest": "帧的摘要，0x 加 64 位十六进制数字",
        "gateway": "网关地址（默认 http://127.0.0.1:8000）",
        "log": "日志标识（默认取 DIR/gateway.toml 中的 log_id）",
        "dir": "工作目录（默认 .carbon）",
        "deployment": "deployment.json 的路径（默认 DIR/deployment.json）",
        "rpc": "链节点地址（默认 http://127.0.0.1:8545）",
        "cose": "以 COSE（RFC 9942）格式获取，由日志的承诺密钥签名，代替 JSON",
        "out": "写入的文件（默认 receipt-<摘要>.json 或 .cose）；不会覆盖已有文件",
        "json": "输出一个 JSON 对象",
        "lang": "输出语言",
        "bad-digest": "{digest!r} 不是摘要：应为 0x 加 64 位十六进制数字",
        "bad-log": "{log!r} 不是日志标识：应为 0x 加 64 位十六进制数字",
        "no-log": "哪个日志？请给出 --log 0x…，或用 --dir 指定含 gateway.toml 的目录",
        "exists": "{path} 已存在；请另选 --out",
        "pending": "日志第 {index} 个叶子；尚无有效树头包含它。请稍后再试。",
        "frame": "帧         {digest}",
        "leaf": "叶子       {index}，树共 {size} 个",
        "head": "树头       {root}",
        "anchor": "锚定       区块 {block}，UTC {time}，AnchorLog {contract}，链 {chain}",
        "path": "已核验     路径由该帧通向树头",
        "signature": "已核验     树头由链上公布的日志承诺密钥签名",
        "final": "已核验     合约记有此树头，且其区块已最终确认",
        "not-final": "未确认     合约记有此树头，但其区块仍可能被回滚：请稍后再试",
        "false": "不实       合约没有此树头",
        "evidence": "           它已签名：carbon log convict {path} 可判断它能证明什么",
        "kept": "已保存     {path}",
    },
}

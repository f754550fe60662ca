"""What `carbon terminal` says, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Enrol, rotate, revoke and list the keys of an enterprise's terminals on the chain.",
        "epilog": "The account that holds the enterprise's identifier signs, from an encrypted keystore (passphrase\n"
        "in CARBON_KEY_PASSPHRASE). A change takes effect with its block, never earlier: frames that an earlier\n"
        "head holds stand.\n\n"
        "examples:\n  carbon terminal enrol request.json --class meter --calibration-due 2027-06-30\n"
        "  carbon terminal rotate request.json\n"
        "  carbon terminal revoke 88.118.20260/EQ-0001 --reason stolen\n  carbon terminal list\n\n"
        "exit codes: 0 done · 1 the chain refused or did not answer · 2 wrong use, or a request nobody would honour",
        "enrol": "enrol a terminal's key: its frames count from this block on",
        "enrol.epilog": "examples:\n"
        "  terminal-signer enrol-request --chain-id 88118 --registry 0x… --json > request.json\n"
        "  carbon terminal enrol request.json --class meter --calibration-due 2027-06-30\n"
        "  carbon terminal enrol request.json --class officer --key-file holder.json --json",
        "rotate": "replace a terminal's key: the old one ends and the new one begins with the same block",
        "rotate.epilog": "on the terminal: 'terminal-signer status' of the old key names its last final frame; the new "
        "key continues it\n  terminal-signer init --dir new --iss … --sub … --prev 0x…\n"
        "  terminal-signer enrol-request --dir new --chain-id 88118 --registry 0x… --json > request.json\n\n"
        "examples:\n  carbon terminal rotate request.json\n"
        "  carbon terminal rotate request.json --predecessor 0x1f2e3d4c --calibration-due 2028-06-30",
        "revoke": "end a key for good, or mark one that was rotated out",
        "revoke.epilog": "examples:\n  carbon terminal revoke 88.118.20260/EQ-0001 --reason stolen\n"
        "  carbon terminal revoke 0x1f2e3d4c5b6a --reason retired",
        "list": "every key of the registry and whether it is in force",
        "list.epilog": "examples:\n  carbon terminal list\n  carbon terminal list --iss 88.118.20260 --json",
        "request": "what the terminal printed: 'terminal-signer enrol-request --json'; - for standard input",
        "enrol.log-id": "the log that the key's frames must be in (default: log_id in DIR/gateway.toml)",
        "rotate.log-id": "the log that the new key's frames must be in (default: the predecessor's)",
        "enrol.calibration-due": "after this time readings are no longer metered; such as 2027-06-30 (00:00 UTC) or "
        "2027-06-30T00:00:00+08:00",
        "rotate.calibration-due": "the same for the new key (default: the predecessor's); none for no such time",
        "class-help": "what the key may vouch for",
        "predecessor-help": "the key to end: id, kid or 8 or more first digits of either (default: the one in force)",
        "last-digest": "the predecessor's last final frame (default: the one that the request continues); none if "
        "there is none",
        "key-help": "a terminal whose one key is in force; or a key's id, its kid, or 8 or more first digits of either",
        "reason": "why: stolen (somebody else may sign with it), lost, broken, retired, other",
        "iss": "one enterprise by its identifier",
        "sub": "one terminal by its identifier",
        "key-file": "the holder's account: an encrypted keystore, mode 0600 (default: DIR/keys/holder.key)",
        "dir": "the working folder (default: .carbon)",
        "rpc": "address of a node (default: rpc in DIR/gateway.toml, else http://127.0.0.1:8545)",
        "deployment": "which contracts (default: DIR/deployment.json)",
        "json": "print one JSON object",
        "lang": "the language of the answer",
        "done.enrolled": "enrolled: {sub}, {class}, {alg}",
        "done.rotated": "rotated: {sub}, {class}, {alg}",
        "done.revoked": "revoked: {sub}, {class}, {alg} ({reason})",
        "fact.key": "key",
        "fact.id": "id",
        "fact.log": "log",
        "fact.replaces": "replaces",
        "fact.continues": "continues",
        "fact.since": "in force",
        "fact.calibration": "calibration",
        "fact.ended": "ended",
        "fact.marked": "revoked",
        "block": "block {block}, {time} UTC",
        "revoked-note": "Frames under an earlier head stand; those anchored later do not count.",
        "alg": "alg",
        "id": "id",
        "since": "since (UTC)",
        "until": "until",
        "standing": "standing",
        "in-force": "in force",
        "due": "calibration due {time}",
        "overdue": "calibration overdue",
        "rotated": "rotated out",
        "revoked": "revoked: {reason}",
        "unproven": "void: proof fails",
        "unsupported": "unsupported here",
        "none": "no key is enrolled here",
        "as-of": "{keys} keys, {alive} in force; as of block {block}, {time} UTC",
        "unproven-note": "void: the proof of possession does not hold, no frame of it counts: revoke it",
        "unsupported-note": "unsupported: pip install 'carbon-ledger[sm]' to judge keys of SM2",
        "meter": "meter",
        "officer": "officer",
        "laboratory": "laboratory",
        "verifier": "verifier",
        "stolen": "stolen",
        "lost": "lost",
        "broken": "broken",
        "retired": "retired",
        "other": "other",
    },
    "zh": {
        "about": "在链上登记、更换、吊销并列出企业各终端的密钥。",
        "epilog": "由持有企业标识的账户签名，密钥取自加密的 keystore（口令在 CARBON_KEY_PASSPHRASE 中）。\n"
        "变更自其区块起生效，绝不追溯：更早的树头所含的帧继续有效。\n\n"
        "示例：\n  carbon terminal enrol request.json --class meter --calibration-due 2027-06-30\n"
        "  carbon terminal rotate request.json\n"
        "  carbon terminal revoke 88.118.20260/EQ-0001 --reason stolen\n  carbon terminal list\n\n"
        "退出码：0 完成 · 1 链拒绝或没有答复 · 2 用法错误，或任何一方都不会承认的请求",
        "enrol": "登记一个终端的密钥：其帧自本区块起计入",
        "enrol.epilog": "示例：\n"
        "  terminal-signer enrol-request --chain-id 88118 --registry 0x… --json > request.json\n"
        "  carbon terminal enrol request.json --class meter --calibration-due 2027-06-30\n"
        "  carbon terminal enrol request.json --class officer --key-file holder.json --json",
        "rotate": "更换终端的密钥：旧密钥与新密钥在同一区块交接",
        "rotate.epilog": "在终端上：旧密钥的 terminal-signer status 显示最后一个最终帧，新密钥由此接续\n"
        "  terminal-signer init --dir new --iss … --sub … --prev 0x…\n"
        "  terminal-signer enrol-request --dir new --chain-id 88118 --registry 0x… --json > request.json\n\n"
        "示例：\n  carbon terminal rotate request.json\n"
        "  carbon terminal rotate request.json --predecessor 0x1f2e3d4c --calibration-due 2028-06-30",
        "revoke": "永久终止一个密钥，或为已更换的密钥加注吊销",
        "revoke.epilog": "示例：\n  carbon terminal revoke 88.118.20260/EQ-0001 --reason stolen\n"
        "  carbon terminal revoke 0x1f2e3d4c5b6a --reason retired",
        "list": "列出登记合约中的全部密钥及其状态",
        "list.epilog": "示例：\n  carbon terminal list\n  carbon terminal list --iss 88.118.20260 --json",
        "request": "终端打印的请求：terminal-signer enrol-request --json；- 表示标准输入",
        "enrol.log-id": "该密钥的帧必须进入的日志（默认取 DIR/gateway.toml 中的 log_id）",
        "rotate.log-id": "新密钥的帧必须进入的日志（默认与前一密钥相同）",
        "enrol.calibration-due": "此后的读数不再视为计量值，如 2027-06-30（UTC 零时）或 2027-06-30T00:00:00+08:00",
        "rotate.calibration-due": "新密钥的检定有效期（默认与前一密钥相同）；none 表示不设",
        "class-help": "该密钥为何种数据作证：meter 计量表、officer 填报人、laboratory 实验室、verifier 核查机构",
        "predecessor-help": "要终止的密钥：登记号、kid，或二者之一的前 8 位以上（默认为该终端有效的密钥）",
        "last-digest": "前一密钥最后一个最终帧的摘要（默认取请求所接续的帧）；没有则写 none",
        "key-help": "仅有一个有效密钥的终端；或密钥的登记号、kid，或二者之一的前 8 位以上",
        "reason": "原因：stolen 被盗（他人可能用其签名）、lost 遗失、broken 损坏、retired 停用、other 其他",
        "iss": "指定一家企业的标识",
        "sub": "指定一个终端的标识",
        "key-file": "持有者账户：加密的 keystore，权限 0600（默认 DIR/keys/holder.key）",
        "dir": "工作目录（默认 .carbon）",
        "rpc": "节点地址（默认取 DIR/gateway.toml 中的 rpc，否则为 http://127.0.0.1:8545）",
        "deployment": "合约部署文件（默认 DIR/deployment.json）",
        "json": "输出一个 JSON 对象",
        "lang": "输出语言",
        "done.enrolled": "已登记：{sub}，{class}，{alg}",
        "done.rotated": "已更换：{sub}，{class}，{alg}",
        "done.revoked": "已吊销：{sub}，{class}，{alg}（{reason}）",
        "fact.key": "密钥",
        "fact.id": "登记号",
        "fact.log": "日志",
        "fact.replaces": "取代",
        "fact.continues": "接续",
        "fact.since": "生效",
        "fact.calibration": "检定有效期",
        "fact.ended": "终止",
        "fact.marked": "吊销",
        "block": "区块 {block}，UTC {time}",
        "revoked-note": "更早的树头所含的帧继续有效，此后锚定的不再计入。",
        "alg": "算法",
        "id": "登记号",
        "since": "生效（UTC）",
        "until": "终止",
        "standing": "状态",
        "in-force": "有效",
        "due": "检定有效期至 {time}",
        "overdue": "检定过期",
        "rotated": "已更换",
        "revoked": "已吊销：{reason}",
        "unproven": "无效：持有证明不成立",
        "unsupported": "本机不支持",
        "none": "此处没有登记任何密钥",
        "as-of": "{keys} 个密钥，{alive} 个有效；截至区块 {block}，UTC {time}",
        "unproven-note": "无效：持有证明不成立，该密钥的帧一概不计，请予吊销",
        "unsupported-note": "不支持：pip install 'carbon-ledger[sm]' 后方可判断 SM2 密钥",
        "meter": "计量表",
        "officer": "填报人",
        "laboratory": "实验室",
        "verifier": "核查机构",
        "stolen": "被盗",
        "lost": "遗失",
        "broken": "损坏",
        "retired": "停用",
        "other": "其他",
    },
}

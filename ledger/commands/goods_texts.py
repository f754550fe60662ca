"""What `carbon goods` says, in both languages."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Certified goods on the product ledger: what somebody holds, delivering it, retiring it. Goods are "
        "used by certifying a product that is made of them.",
        "epilog": "examples:\n"
        "  carbon goods list 88.118.20301                          what the holder of a prefix has\n"
        "  carbon goods deliver 88.118.20303/ingot 6.203 --to 88.118.20301 --key-file holder.key\n"
        "  carbon goods retire 88.118.20303/ingot 1.5 --for 'building 7' --reason 'window frames'\n\n"
        "exit codes: 0 done · 1 the chain refused or did not answer · 2 wrong use",
        "list": "what somebody holds",
        "deliver": "hand goods to another holder",
        "retire": "take goods out of circulation for their end use, for good",
        "holder": "an address 0x…, or a prefix: whoever holds it",
        "goods": "identifier of the product or batch, or the token number 0x… of its certificate",
        "quantity": "how much, in the account's unit, at most three decimals",
        "key-file": "the holder's account (default: keys/holder.key in the folder)",
        "to": "who gets it: an address 0x…, or a prefix",
        "for": "on whose behalf",
        "reason": "what it was used for",
        "dir": "folder with deployment.json and gateway.toml (default %(default)s)",
        "rpc": "node to ask (default: the one in gateway.toml)",
        "deployment": "addresses of the contracts (default: deployment.json in the folder)",
        "json": "one JSON object",
        "lang": "language of the output: zh or en (default from LANG)",
        "held": "{count} kinds of goods, as of block {block}. An account's number is what a claim names.",
        "nothing": "Nothing, as of block {block}.",
        "not-certified": "since the correction {certified} are certified; {others} are with others already, "
        "so that {left} may be delivered",
        "done-deliver": "delivered: {amount} {unit} of {name} to {to}, block {block}",
        "done-retire": "retired: {amount} {unit} of {name}, block {block}",
    },
    "zh": {
        "about": "产品账本上的有证货物：查看持有、交付、退役。货物通过为以其制成的产品出证而被使用。",
        "epilog": "示例：\n"
        "  carbon goods list 88.118.20301                          某前缀持有人持有的货物\n"
        "  carbon goods deliver 88.118.20303/ingot 6.203 --to 88.118.20301 --key-file holder.key\n"
        "  carbon goods retire 88.118.20303/ingot 1.5 --for '7 号楼' --reason '窗框'\n\n"
        "退出码：0 完成 · 1 链拒绝或没有答复 · 2 用法错误",
        "list": "某人持有的货物",
        "deliver": "将货物交付给另一持有人",
        "retire": "货物用于最终用途，永久退出流通",
        "holder": "地址 0x…，或前缀（指其持有人）",
        "goods": "产品或批次的标识，或其证书的令牌编号 0x…",
        "quantity": "数量，以账户单位计，至多三位小数",
        "key-file": "持有人的账户（默认为目录中的 keys/holder.key）",
        "to": "收货方：地址 0x…，或前缀",
        "for": "代表何人",
        "reason": "用途",
        "dir": "含 deployment.json 与 gateway.toml 的目录（默认 %(default)s）",
        "rpc": "所询问的节点（默认取自 gateway.toml）",
        "deployment": "合约地址文件（默认为目录中的 deployment.json）",
        "json": "输出一个 JSON 对象",
        "lang": "输出语言：zh 或 en（默认取自 LANG）",
        "held": "{count} 种货物，截至区块 {block}。声明使用时填写账户编号。",
        "nothing": "没有货物，截至区块 {block}。",
        "not-certified": "更正后证书所载为 {certified}，其中 {others} 已在他人手中，可交付 {left}",
        "done-deliver": "已交付：{name} {amount} {unit}，收货方 {to}，区块 {block}",
        "done-retire": "已退役：{name} {amount} {unit}，区块 {block}",
    },
}

"""What `carbon trace` says, in both languages."""

from collections.abc import Mapping

from ledger.language import Language

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "about": "Trace a product's certificate back through everything that it was made of. Of each certificate on "
        "the way: its statement is the token on chain, it is neither suspended nor revoked, the inputs that were "
        "burned are those that three parties signed, it carries at least what they carry, its quantities balance.",
        "epilog": "examples:\n"
        "  carbon trace 88.118.20310/sedan --dir .carbon/chain      the newest certificate of an identifier\n"
        "  carbon trace 0x5f1c…                                     a certificate by its token number\n"
        "  carbon trace 88.118.20310/sedan --json | jq '.nodes[] | select(.failed != [])'\n\n"
        "exit codes: 0 all verified · 1 a certificate is not · 2 wrong use · 3 sound, but expired, superseded, or "
        "longer than the limits",
        "identifier": "identifier of a product or batch, or a token number 0x…",
        "dir": "folder with deployment.json and gateway.toml (default %(default)s)",
        "rpc": "node to ask (default: the one in gateway.toml)",
        "deployment": "addresses of the contracts (default: deployment.json in the folder)",
        "latest": "ask the latest block, which the chain may still forget, instead of the final one",
        "depth": "how deep the tree is printed (default %(default)s); what lies deeper is verified all the same",
        "depth-limit": "how deep is verified (default %(default)s)",
        "node-limit": "how many certificates are verified (default %(default)s)",
        "json": "one JSON object, trace/1",
        "lang": "language of the output: zh or en (default from LANG)",
        "status-active": "active",
        "status-suspended": "suspended",
        "status-revoked": "revoked",
        "status-superseded": "superseded",
        "status-expired": "expired",
        "failed-statement": "the statement is not what the token on chain stands for",
        "failed-status": "must not be relied on",
        "failed-root": "other inputs were burned than the three parties signed",
        "failed-carried": "it carries less than its inputs do today: one of them was corrected upwards since",
        "failed-balance": "its quantities do not balance",
        "issued-beyond": "{more} more were issued than are certified since a correction; delivered units stay usable",
        "upstream-revoked": "rests on a certificate that is revoked",
        "upstream-suspended": "rests on a certificate that is suspended",
        "upstream-unknown": "rests on goods of which no certificate is known",
        "note-unknown": "no certificate is known",
        "note-again": "as above",
        "note-circle": "closes a circle: a correction made these goods of themselves",
        "note-too-deep": "deeper than the limit",
        "note-too-many": "beyond the number of certificates allowed",
        "note-deeper": "… more below (--depth)",
        "rest": "the process, and material without a certificate",
        "secondary": "material without a certificate, by secondary factors *",
        "own": "the process itself *",
        "stated": "* as the result of that certificate states it; its bundle proves it, the chain does not",
        "more-lines": "… {count} lines are printed; --json has all",
        "verified": "{count} certificates verified.",
        "not-verified": "Not verified: {failed} of {count} certificates fail, or something upstream is unknown.",
        "cut-too-deep": "Not all of it: the tree is deeper than --depth-limit.",
        "cut-too-many": "Not all of it: there are more certificates than --node-limit.",
        "as-of": "as of block {block}, {time}, chain {chain}",
    },
    "zh": {
        "about": "沿产品证书追溯其全部投入。途中的每张证书都要核验：陈述即链上令牌所代表的内容；未被暂停或撤销；"
        "所销毁的投入就是三方签署的投入；所载排放不低于各投入之和；数量收支平衡。",
        "epilog": "示例：\n"
        "  carbon trace 88.118.20310/sedan --dir .carbon/chain      某标识的最新证书\n"
        "  carbon trace 0x5f1c…                                     按令牌编号查证书\n"
        "  carbon trace 88.118.20310/sedan --json | jq '.nodes[] | select(.failed != [])'\n\n"
        "退出码：0 全部核验通过 · 1 有证书未通过 · 2 用法错误 · 3 内容无误，但已过期、已被替代或超出限制",
        "identifier": "产品或批次的标识，或令牌编号 0x…",
        "dir": "含 deployment.json 与 gateway.toml 的目录（默认 %(default)s）",
        "rpc": "所询问的节点（默认取自 gateway.toml）",
        "deployment": "合约地址文件（默认为目录中的 deployment.json）",
        "latest": "询问最新区块（链可能遗忘），而不是已最终确认的区块",
        "depth": "打印到第几层（默认 %(default)s）；更深层同样核验",
        "depth-limit": "核验到第几层（默认 %(default)s）",
        "node-limit": "最多核验多少张证书（默认 %(default)s）",
        "json": "输出一个 JSON 对象，trace/1",
        "lang": "输出语言：zh 或 en（默认取自 LANG）",
        "status-active": "有效",
        "status-suspended": "已暂停",
        "status-revoked": "已撤销",
        "status-superseded": "已被替代",
        "status-expired": "已过期",
        "failed-statement": "陈述与链上令牌所代表的内容不符",
        "failed-status": "不得采信",
        "failed-root": "所销毁的投入并非三方签署的投入",
        "failed-carried": "所载排放低于其投入目前之和：某项投入此后被上调更正",
        "failed-balance": "数量收支不平衡",
        "issued-beyond": "更正之后，已发行数量比证书所载多出 {more}；已交付的仍可使用",
        "upstream-revoked": "其上游有证书已被撤销",
        "upstream-suspended": "其上游有证书已被暂停",
        "upstream-unknown": "其上游有投入查无证书",
        "note-unknown": "查无证书",
        "note-again": "见上",
        "note-circle": "构成循环：更正使这些产品以自身为投入",
        "note-too-deep": "超出层数限制",
        "note-too-many": "超出证书数量限制",
        "note-deeper": "……下面还有（--depth）",
        "rest": "生产过程及无证材料",
        "secondary": "无证材料，按次级因子计 *",
        "own": "生产过程本身 *",
        "stated": "* 据该证书的核算结果；由其证据包证明，链上并不证明",
        "more-lines": "……仅打印 {count} 行；--json 含全部内容",
        "verified": "{count} 张证书全部核验通过。",
        "not-verified": "未通过：{count} 张证书中有 {failed} 张未通过，或上游有未知投入。",
        "cut-too-deep": "并非全部：层数超出 --depth-limit。",
        "cut-too-many": "并非全部：证书数量超出 --node-limit。",
        "as-of": "截至区块 {block}（{time}），链 {chain}",
    },
}

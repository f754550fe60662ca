"""What `carbon verify` says: for each claim its question, for each finding a sentence, in English and Chinese."""

from datetime import UTC, datetime
from typing import Any

from ledger.certificates.statement import Statement
from ledger.evidence.report import Finding
from ledger.language import Language

__all__ = ["CLAIM_TITLES", "FINDINGS", "LINES", "about", "moment", "sentence"]

Pair = dict[Language, str]


def _pair(en: str, zh: str) -> Pair:
    return {"en": en, "zh": zh}


CLAIM_TITLES: dict[str, Pair] = {
    "format": _pair("format", "格式"),
    "signatures": _pair("signatures", "签名"),
    "key-chain": _pair("key chain", "密钥链"),
    "inclusion": _pair("inclusion", "入日志"),
    "anchor": _pair("anchor", "上链锚定"),
    "completeness": _pair("completeness", "完整性"),
    "site": _pair("site file", "场地文件"),
    "rules": _pair("rules", "规则"),
    "result": _pair("result", "结果"),
    "statement": _pair("statement", "声明"),
    "certificate": _pair("certificate", "证书"),
}

LINES: dict[str, Pair] = {
    "verified": _pair("VERIFIED: every claim holds.", "验证通过：全部声明成立。"),
    "failed": _pair("NOT VERIFIED: the claim '{claim}' does not hold.", "验证失败：“{claim}”不成立。"),
    "malformed": _pair("MALFORMED: {error}", "输入格式错误：{error}"),
    "policy": _pair("SOUND, BUT THE TRUST POLICY IS NOT MET:", "证据无误，但不满足信任策略："),
    "as-of": _pair("chain {chain}, as of block {block} ({time} UTC)", "链 {chain}，截至区块 {block}（{time} UTC）"),
    "as-of-proven": _pair(
        "chain {chain}, as of block {block}, {time} UTC: proven under the block hash given, no node was asked",
        "链 {chain}，截至区块 {block}，{time} UTC：由给定区块哈希证明，未询问任何节点",
    ),
    "saved": _pair(
        "state proof: {file}, under block hash 0x{hash} by this node's word: compare it with a source that you trust",
        "状态证明：{file}；区块哈希 0x{hash} 仅由此节点给出，请与可信来源核对",
    ),
    "not-there": _pair("the policy's contracts are not there: {error}", "策略所载合约不存在：{error}"),
    "about": _pair(
        "{identifier} · {kind} · {start} to {end} UTC · {grade}coverage {coverage} %",
        "{identifier} · {kind} · {start} 至 {end} UTC · {grade}覆盖率 {coverage} %",
    ),
    "grade": _pair("grade {grade} · ", "等级 {grade} · "),
    "marks": _pair("The result is marked {marks}.", "结果带有标记：{marks}。"),
    "unreachable": _pair("the chain could not be asked: {error}", "无法查询区块链：{error}"),
}

KINDS: dict[int, Pair] = {
    1: _pair("emission statement", "排放声明"),
    2: _pair("enterprise carbon efficiency", "企业碳效"),
    3: _pair("product footprint", "产品碳足迹"),
}

FINDINGS: dict[str, Pair] = {
    "depends": _pair("not checked: it rests on '{on}'", "未检查：依赖于“{on}”"),
    "format": _pair("{frames} frames and {keys} keys, all well-formed", "{frames} 个签名帧、{keys} 个密钥，格式均正确"),
    "signatures": _pair(
        "{frames} signatures hold under {keys} keys of the terminal registry",
        "{frames} 个签名均有效，{keys} 个密钥均在终端登记合约中",
    ),
    "key-unknown": _pair("the key given for {key} is not enrolled on chain", "为 {key} 提供的密钥未在链上登记"),
    "key-key": _pair("the key given for {key} is not a key", "为 {key} 提供的不是有效密钥"),
    "key-possession": _pair(
        "the key given for {key} has no valid proof of possession", "{key} 的密钥缺少有效的持有证明"
    ),
    "key-algorithm": _pair(
        "unsupported: algorithm {alg} of {key} is not installed here", "不支持：未安装 {key} 所用的算法 {alg}"
    ),
    "algorithm": _pair(
        "unsupported: frame {frame} uses an algorithm that is not installed (SM2: pip install 'carbon-ledger[sm]')",
        "不支持：第 {frame} 帧使用了未安装的算法（SM2：pip install 'carbon-ledger[sm]'）",
    ),
    "frame-key": _pair(
        "frame {seq} of {key} is signed by a key that the bundle does not list",
        "{key} 的第 {seq} 帧由未列出的密钥签署",
    ),
    "frame-signature": _pair(
        "frame {seq} of {key}: the signature does not hold ({refusal})", "{key} 的第 {seq} 帧签名无效（{refusal}）"
    ),
    "key-chain": _pair("frames of each key follow one another without a gap", "各密钥的帧首尾相接，无缺失"),
    "key-chain-flagged": _pair(
        "as signed by all three, with {flags}: counted as missing or disputed",
        "与三方所签一致，含 {flags}：按缺失或存疑计",
    ),
    "key-chain-gap": _pair("before frame {seq} of {key} a frame is missing", "{key} 的第 {seq} 帧之前缺少帧"),
    "key-chain-prev": _pair(
        "frame {seq} of {key} does not follow the one before it", "{key} 的第 {seq} 帧与前一帧不相接"
    ),
    "key-chain-fork": _pair(
        "{key} signed two frames with one number, at or before {seq}", "{key} 在第 {seq} 帧或之前重复使用了序号"
    ),
    "key-chain-seen": _pair(
        "frame {seq} of {key} saw a tree head that is not the log's", "{key} 的第 {seq} 帧所见树头不属于该日志"
    ),
    "key-chain-iat": _pair("frame {seq} of {key} was dated out of order", "{key} 的第 {seq} 帧签署时间次序有误"),
    "inclusion": _pair("{frames} frames stand in the log of {size} entries", "{frames} 个帧均在含 {size} 条的日志中"),
    "tree-size": _pair(
        "the statement names a log of {stated} entries, the last head has {head}",
        "声明所载日志为 {stated} 条，末个树头为 {head} 条",
    ),
    "not-included": _pair(
        "entries {first}–{last} are not in the log under its last head", "第 {first}–{last} 条不在末个树头的日志中"
    ),
    "anchor": _pair(
        "{heads} tree heads accepted by the contract, one after the other, final ({first} to {last})",
        "{heads} 个树头依次被合约接受且已终局（{first} 至 {last}）",
    ),
    "anchor-not-final": _pair("the last tree heads are on chain but not yet final", "最后的树头已上链但尚未终局"),
    "not-anchored": _pair(
        "the contract never accepted these {heads} tree heads in this order", "合约从未依次接受这 {heads} 个树头"
    ),
    "completeness": _pair(
        "{keys} keys of the site file are complete, from before the period to after {until}",
        "场地文件的 {keys} 个密钥数据完整，自期初前至 {until} 之后",
    ),
    "other-log": _pair("{key} is enrolled for another log", "{key} 登记在另一日志"),
    "not-enrolled": _pair("the site file names {key}, which was never enrolled", "场地文件中的 {key} 从未登记"),
    "key-missing": _pair("an enrolled key of {key} has no frame here", "{key} 的一个已登记密钥没有任何帧"),
    "no-opening": _pair(
        "the frames of {key} begin with {seq}, inside of the period", "{key} 的帧自期内第 {seq} 帧才开始"
    ),
    "no-closing": _pair(
        "the frames of {key} stop with {seq}, which saw no head later than {until}",
        "{key} 的帧止于第 {seq} 帧，其所见树头不晚于 {until}",
    ),
    "site": _pair(
        "signed by the officer of {enterprise}, approved by {verifier}", "由 {enterprise} 负责人签署，{verifier} 批准"
    ),
    "site-other": _pair("not the site file that the three signed", "与三方签署的场地文件不符"),
    "site-unsigned": _pair(
        "no officer of {enterprise} signed this site file into the log",
        "日志中没有 {enterprise} 负责人对此场地文件的签署",
    ),
    "site-unapproved": _pair(
        "no verifier's key of {organisation} approved this site file", "核查机构 {organisation} 的密钥未批准此场地文件"
    ),
    "rules": _pair("{rules}: as stated, and published on chain for the period", "{rules}：与声明一致，且已上链发布"),
    "rule-other": _pair("the file '{rule}' is not the one that the three signed", "规则“{rule}”与三方签署的不符"),
    "rule-unpublished": _pair("the file '{rule}' was not published for this period", "规则“{rule}”未针对该时期发布"),
    "result": _pair("recomputed from {frames} frames: the same bytes", "由 {frames} 个帧重新计算：逐字节一致"),
    "result-impossible": _pair("the evaluation cannot be repeated: {error}", "无法重新核算：{error}"),
    "result-other": _pair(
        "{member} is {claimed}, recomputed {recomputed}", "{member} 为 {claimed}，重新计算为 {recomputed}"
    ),
    "statement": _pair("{fields} fields follow from the evidence", "{fields} 个字段均由证据得出"),
    "field-other": _pair(
        "{field} is {stated}, recomputed {recomputed}", "{field} 为 {stated}，重新计算为 {recomputed}"
    ),
    "certificate": _pair(
        "token {token} is {status} at block {block}", "证书 {token} 在区块 {block} 状态有效（{status}）"
    ),
    "not-signed": _pair("the signature of the {role} is not over this statement", "{role} 的签名与此声明不符"),
    "not-active": _pair("the chain says of this statement: {status}", "链上状态：{status}"),
    "not-certifiable": _pair("its result must not be certified: {reasons}", "其核算结果不得出证：{reasons}"),
    "certificate-not-final": _pair("the certificate is on chain but not yet final", "证书已上链但尚未终局"),
    "wrong-chain": _pair(
        "chain {found} answers and the bundle is for {bundle}; the policy trusts chain {policy} by its genesis block",
        "应答的链为 {found}，证据包属于链 {bundle}；策略信任链 {policy}（按创世区块）",
    ),
    "unknown-verifier": _pair("the policy does not accredit the verifier 0x{address}", "策略未认可核查方 0x{address}"),
    "unknown-evaluator": _pair(
        "the policy does not accredit the evaluator 0x{address}", "策略未认可评价方 0x{address}"
    ),
    "expired": _pair("the certificate expired at {until}", "证书已于 {until} 到期"),
    "stale": _pair(
        "the final block is of {time}, older than {limit} seconds", "终局区块时间为 {time}，已超过 {limit} 秒"
    ),
    "demo": _pair("the result is marked {marks}; the policy does not allow that", "结果带有 {marks} 标记，策略不允许"),
    "no-opinion": _pair(
        "no verifier's report is named; the policy allows that for demo data only",
        "未载核查报告，策略仅允许演示数据如此",
    ),
}


def about(statement: Statement, language: Language) -> str:
    """What is certified, in a line: as stated, before anything is checked."""
    unknown = _pair(str(statement.kind), str(statement.kind))
    return LINES["about"][language].format(
        identifier=statement.identifier,
        kind=KINDS.get(statement.kind, unknown)[language],
        start=moment(statement.period_start),
        end=moment(statement.period_end),
        grade=LINES["grade"][language].format(grade=statement.grade) if statement.grade else "",
        coverage=f"{statement.coverage // 100}.{statement.coverage % 100:02}",
    )


TIMES = frozenset(("first", "last", "until", "time"))


def sentence(finding: Finding, language: Language) -> str:
    shown: dict[str, Any] = {
        name: moment(value) if name in TIMES and isinstance(value, int) and value > 1 << 28 else value
        for name, value in finding.facts.items()
    }
    return FINDINGS[finding.code][language].format(**shown)


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, 1 << 37), UTC).strftime("%Y-%m-%d %H:%M:%S")

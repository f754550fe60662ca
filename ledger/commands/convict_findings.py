"""What each finding of a conviction says, and what it does not prove, in English and Chinese."""

from ledger.language import Language

__all__ = ["LIMITS", "SENTENCES"]

SENTENCES: dict[str, dict[Language, str]] = {
    "split-view": {
        "en": "the log's operator signed two roots for one size, {size}: {root} and {other} (split view)",
        "zh": "日志运营方对同一大小 {size} 签署了两个不同的根：{root} 与 {other}（分裂视图）",
    },
    "rewrite": {
        "en": "the log's operator signed size {size} with root {root}, and size {new_size}, whose tree begins with "
        "another root there, {other} (rewritten)",
        "zh": "日志运营方先对大小 {size} 签署根 {root}，又签署大小 {new_size} 的树，而后者在 {size} 处的根是 "
        "{other}（改写历史）",
    },
    "chain-split": {
        "en": "the log's operator signed root {root} for size {size}; the chain holds {other}",
        "zh": "日志运营方对大小 {size} 签署根 {root}；链上该大小的根是 {other}",
    },
    "chain-rewrite": {
        "en": "the log's operator vouches for two histories: one head of size {size} has root {root}, the tree "
        "of size "
        "{new_size} begins with {other}; one is signed, the other anchored",
        "zh": "日志运营方为两种历史作保：大小 {size} 的树头根为 {root}，而大小 {new_size} 的树在该处的根是 "
        "{other}；一为签名，一为链上锚定",
    },
    "promise-withheld": {
        "en": "the gateway's promise key promised frame {digest} by {deadline}; it is not among the {size} leaves "
        "anchored by then (withheld)",
        "zh": "网关承诺密钥承诺帧 {digest} 于 {deadline} 前锚定；截至该时锚定的 {size} 个叶子中没有它（扣留）",
    },
    "promise-late": {
        "en": "the gateway's promise key promised frame {digest} by {deadline}; by then {size} leaves were anchored, "
        "it stands at leaf {index}, under the head of {later} (late)",
        "zh": "网关承诺密钥承诺帧 {digest} 于 {deadline} 前锚定；截至该时锚定了 {size} 个叶子，它位于第 {index} "
        "叶，树头大小 {later}（迟到）",
    },
    "receipt-unanchored": {
        "en": "the gateway's promise key signed a receipt of frame {digest} under a head of {size} leaves, root "
        "{root}; the chain, which holds heads of up to {anchored} leaves, holds no such head",
        "zh": "网关承诺密钥为帧 {digest} 签署了回执，称其在大小为 {size}、根为 {root} 的树头之下；链上已有大小达 "
        "{anchored} 的树头，却没有这一树头",
    },
    "fork": {
        "en": "the key {kid} of {sub} signed two frames with number {seq}: {digest} and {other} (fork)",
        "zh": "{sub} 的密钥 {kid} 用同一序号 {seq} 签署了两个帧：{digest} 与 {other}（分叉）",
    },
    "break": {
        "en": "the key {kid} of {sub} contradicts itself: frames {seq} ({digest}) and {other_seq} ({other}) "
        "deny each "
        "other's place in its chain",
        "zh": "{sub} 的密钥 {kid} 自相矛盾：第 {seq} 帧（{digest}）与第 {other_seq} "
        "帧（{other}）互相否认对方在帧链中的位置",
    },
    "consistent": {
        "en": "the signed heads ({sizes}) are of one history, with each other and with the chain",
        "zh": "已签署的树头（{sizes}）彼此一致，也与链上一致",
    },
    "promise-kept": {
        "en": "the promise was kept: frame {digest} is among the {size} leaves anchored by {deadline}",
        "zh": "承诺已履行：帧 {digest} 在 {deadline} 前锚定的 {size} 个叶子之中",
    },
    "receipt-anchored": {
        "en": "the receipt holds: the chain has its head of size {size}",
        "zh": "回执成立：链上有其大小为 {size} 的树头",
    },
    "receipt-signed": {
        "en": "the chain does not hold the receipt's head of size {size}; the operator signed it (see the heads)",
        "zh": "链上没有回执所述大小为 {size} 的树头，而运营方签署了它（见树头结论）",
    },
    "frames-agree": {
        "en": "frames {seq} and {other_seq} of {sub} do not contradict each other",
        "zh": "{sub} 的第 {seq} 帧与第 {other_seq} 帧不矛盾",
    },
    "other-keys": {
        "en": "the frames {digest} and {other} are of different keys or terminals: they prove nothing",
        "zh": "帧 {digest} 与 {other} 属于不同的密钥或终端，不能证明任何事",
    },
    "one-frame": {
        "en": "one frame alone, {digest}, proves nothing against its key",
        "zh": "仅一个帧 {digest}，不能证明其密钥有过错",
    },
    "unknown-key": {
        "en": "frame {digest} is not signed by a key that is enrolled for its terminal: it proves nothing",
        "zh": "帧 {digest} 不是由其终端登记的密钥签署，不能证明任何事",
    },
    "not-signed": {
        "en": "{count} of the checkpoints are not signed by the log's key: they prove nothing",
        "zh": "有 {count} 个检查点不是由日志密钥签署，不能证明任何事",
    },
    "promise-unknown": {
        "en": "the promise is not signed by a promise key of this log: it proves nothing",
        "zh": "承诺不是由本日志的承诺密钥签署，不能证明任何事",
    },
    "promise-elsewhere": {
        "en": "the promise is of another log, {log}",
        "zh": "承诺属于另一日志 {log}",
    },
    "receipt-unknown": {
        "en": "the receipt is not signed by a promise key of this log for frame {digest}: it proves nothing",
        "zh": "该回执不是由本日志的承诺密钥为帧 {digest} 签署，不能证明任何事",
    },
    "receipt-elsewhere": {
        "en": "the receipt is of another log or chain: {log}",
        "zh": "回执属于另一日志或另一条链：{log}",
    },
    "receipt-false": {
        "en": "the receipt's path does not lead to its root: anyone can have written it, it proves nothing",
        "zh": "回执的路径不通向其根：任何人都可写出这样的回执，不能证明任何事",
    },
    "no-log": {"en": "the chain has no such log, as of this block", "zh": "截至该区块，链上没有此日志"},
    "no-note-key": {
        "en": "no note key was given that the chain lists for this log: a checkpoint's signature cannot be checked",
        "zh": "未给出链上为本日志公布的检查点密钥，无法核验检查点签名",
    },
    "shared-key": {
        "en": "another log of this contract has the same origin ({origin}) and note key: a checkpoint does not "
        "say which",
        "zh": "同一合约上另有日志使用相同的来源名（{origin}）和密钥，检查点无法区分属于哪一个",
    },
    "needs-tiles": {
        "en": "the heads of size {size} and {new_size} cannot be compared without the log's tiles (--gateway)",
        "zh": "没有日志的数据块就无法比较大小为 {size} 与 {new_size} 的树头（--gateway）",
    },
    "nothing-anchored": {
        "en": "nothing of this log is anchored yet, so a signed head cannot be held against the chain",
        "zh": "该日志尚无锚定，无法与链上对照",
    },
    "promise-running": {
        "en": "the promise runs until {deadline}; the final block is of {time}: it is not judged before",
        "zh": "承诺期限至 {deadline}；最终区块时间为 {time}，期满前不作判断",
    },
    "needs-entries": {
        "en": "whether frame {digest} is among the {size} leaves anchored by {deadline} is not shown: give a "
        "receipt, or "
        "--gateway to read all entries",
        "zh": "无法确定帧 {digest} 是否在 {deadline} 前锚定的 {size} 个叶子之中：请提供回执，或用 --gateway "
        "读取全部条目",
    },
    "receipt-early": {
        "en": "the receipt's head of size {size} is not final yet, or was never anchored",
        "zh": "回执所述大小为 {size} 的树头尚未最终确认，或从未锚定",
    },
    "receipt-unsigned": {
        "en": "the chain does not hold the receipt's head ({size}, {root}), but nobody signed it: the receipt "
        "alone does "
        "not show who lied. The checkpoint of this head, signed by the log, would",
        "zh": "链上没有回执所述树头（{size}，{root}），但它未经任何人签名：仅凭回执不能说明谁在说谎；"
        "日志签署的该树头检查点才可以",
    },
}  # fmt: skip

LIMITS: dict[str, dict[Language, str]] = {
    "split-view": {
        "en": "It does not show which of the two trees is the true one, nor which frames differ.",
        "zh": "不说明哪一棵树为真，也不说明哪些帧不同。",
    },
    "rewrite": {
        "en": "It does not show which frames were changed or removed.",
        "zh": "不说明哪些帧被更改或删除。",
    },
    "chain-split": {
        "en": "It does not show whom the signed head was meant to deceive; the chain's head is the one that counts.",
        "zh": "不说明所签树头意在欺骗谁；以链上树头为准。",
    },
    "chain-rewrite": {
        "en": "It does not show which frames differ; the chain's history is the one that counts.",
        "zh": "不说明哪些帧不同；以链上历史为准。",
    },
    "promise-withheld": {
        "en": "It does not show intent, nor that the frame was never logged later.",
        "zh": "不说明是否故意，也不说明该帧之后是否入链。",
    },
    "promise-late": {
        "en": "It does not show intent. A receipt under a head anchored in time would refute it, and show that "
        "the frame "
        "stands in the log twice.",
        "zh": "不说明是否故意。若有按期锚定树头下的回执则可推翻，但那也表明该帧在日志中出现两次。",
    },
    "receipt-unanchored": {
        "en": "It does not show intent, nor whether the frame is in the log under another head.",
        "zh": "不说明是否故意，也不说明该帧是否在其他树头之下。",
    },
    "fork": {
        "en": "It does not show which frame is the true one, nor whether the key was copied or its storage restored.",
        "zh": "不说明哪一帧为真，也不说明密钥是被复制还是存储被回滚。",
    },
    "break": {
        "en": "It does not show which frame is the true one, nor whether the key was copied or its storage restored.",
        "zh": "不说明哪一帧为真，也不说明密钥是被复制还是存储被回滚。",
    },
}

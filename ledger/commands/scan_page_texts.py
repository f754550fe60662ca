"""What the page for checking labels without a network says, in both languages, beside the words of `carbon scan`."""

from collections.abc import Mapping

from ledger.language import Language

TEXTS: Mapping[Language, dict[str, str]] = {
    "en": {
        "title": "Check a label without a network",
        "lead": (
            "Save this page and open it from where you saved it. What you enter stays on this device: the page holds "
            "its program and the issuer's keys, and forbids itself every connection."
        ),
        "noscript": "This browser runs no scripts: nothing is checked here. carbon scan checks on the command line.",
        "text": "The whole text of the label's QR code",
        "at": "Check for this date (empty: today, by the clock of this device)",
        "check": "Check",
        "facts": "What the code says",
        "claims": "Nobody vouches for what follows. Names are not shown.",
        "status": "Dated {issued}. Whether it was suspended, revoked or superseded since was not asked.",
        "cannot": "What this page cannot tell:",
        "keys": "Keys that this page trusts",
        "key": "key {number}",
        "keys.note": (
            "Whoever gave you the page chose them. To be sure of them and of the program, get the issuer's DID "
            "document from a source that you trust; the SHA-256 of this file must be the one that this prints:"
        ),
        "unable": "Not checked: this browser cannot verify Ed25519 signatures",
        "unable.text": "Use a newer browser, or carbon scan. What follows is only what the code claims.",
        "no-statement": "No signed statement",
        "no-statement.text": "Paste the whole text, https://…#v1.… – the part behind the # holds what is signed.",
        "too-long": "Too long for a code",
        "too-long.text": "A label's code has at most 900 bytes.",
        "unknown-version": "A newer code",
        "unknown-version.text": "This page does not know its version. Get a newer page.",
        "broken": "A broken code",
        "broken.text": "It was cut off or changed. Scan it again; if it stays so, the label is not genuine.",
        "wrong-signature.text": "It was changed, or made by somebody else. Do not rely on this label.",
        "moved.text": "It was copied from another label, or the address was changed. Do not rely on this label.",
        "unknown-key.text": "This page does not hold the key that the code names. Ask the issuer.",
        "same": "{name}: the page that this version makes from these keys ({language})",
        "other": "{name}: NOT the page that this version makes from these keys; do not use it",
        "expected": "expected ({language})",
    },
    "zh": {
        "title": "离线核验标签",
        "lead": (
            "请将本页保存后再从保存处打开。您输入的内容不会离开本设备：程序和签发方密钥都在页面之内，"
            "页面禁止自身建立任何网络连接。"
        ),
        "noscript": "此浏览器未运行脚本，无法在此核验。可在命令行使用 carbon scan 核验。",
        "text": "标签二维码的完整内容",
        "at": "按此日期核验（留空：按本设备时钟的今天）",
        "check": "核验",
        "facts": "二维码的内容",
        "claims": "以下内容无人担保，名称不予显示。",
        "status": "内容日期为 {issued}。此后是否被暂停、撤销或取代，未作查询。",
        "cannot": "本页无法得知：",
        "keys": "本页信任的密钥",
        "key": "密钥 {number}",
        "keys.note": (
            "这些密钥由向您提供本页的一方选定。如需确认密钥和程序，请从可信来源取得签发方的 DID 文档，"
            "本文件的 SHA-256 应与以下命令的输出一致："
        ),
        "unable": "未核验：此浏览器不能验证 Ed25519 签名",
        "unable.text": "请使用较新的浏览器或 carbon scan。以下仅为二维码自称的内容。",
        "no-statement": "没有签名内容",
        "no-statement.text": "请粘贴完整文本 https://…#v1.…，# 之后的部分才是签名内容。",
        "too-long": "超过二维码的长度",
        "too-long.text": "标签的二维码内容最多 900 字节。",
        "unknown-version": "较新的二维码",
        "unknown-version.text": "本页不认识该版本，请换用较新的页面。",
        "broken": "二维码已损坏",
        "broken.text": "内容被截断或改动。请重新扫描；若仍如此，则标签不真实。",
        "wrong-signature.text": "内容被改动，或由他人制作。请勿采信该标签。",
        "moved.text": "二维码复制自另一张标签，或网址被改动。请勿采信该标签。",
        "unknown-key.text": "本页没有该二维码所指的密钥，请向签发方查询。",
        "same": "{name}：与本版本用这些密钥生成的页面相同（{language}）",
        "other": "{name}：与本版本用这些密钥生成的页面不同，请勿使用",
        "expected": "应为（{language}）",
    },
}

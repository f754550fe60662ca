"""Why a text is no identifier, in both languages: by rule what is wrong, and how to mend it where that can be said.
`{…}` is filled by what the rule found."""

from collections.abc import Mapping

from ledger.language import Language

REFUSALS: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "empty": {"en": ("an identifier cannot be empty", ""), "zh": ("标识不能为空", "")},
    "too-long": {
        "en": ("an identifier has at most {most} bytes", "use a shorter one"),
        "zh": ("标识最长 {most} 字节", "请改用较短的标识"),
    },
    "control-character": {
        "en": ("{text} holds white space or a control character", "take it out"),
        "zh": ("{text} 含有空白或控制字符", "请删去"),
    },
    "look-alike": {
        "en": ("{text} holds characters that look like others", "write {plain}"),
        "zh": ("{text} 含有形似其他字符的字符", "请写作 {plain}"),
    },
    "invisible": {
        "en": ("{text} holds an invisible character", "take it out"),
        "zh": ("{text} 含有不可见字符", "请删去"),
    },
    "mixed-scripts": {
        "en": ("{text} mixes letters that look alike", "use letters of one script"),
        "zh": ("{text} 混用了不同文字中形近的字母", "请只用一种文字的字母"),
    },
    "broken-escape": {
        "en": ("{text} has a broken escape", "a literal % is written %25"),
        "zh": ("{text} 含有不完整的百分号转义", "字面的 % 写作 %25"),
    },
    "not-utf8": {
        "en": ("{text} is no UTF-8", "escape UTF-8 bytes"),
        "zh": ("{text} 不是 UTF-8 编码", "请按 UTF-8 字节转义"),
    },
    "handle-prefix": {
        "en": ("{text} has no valid prefix", "<prefix>/<suffix>, such as 88.118.8/CE-2026-0001"),
        "zh": ("{text} 没有有效的前缀", "<前缀>/<后缀>，如 88.118.8/CE-2026-0001"),
    },
    "handle-suffix": {
        "en": (
            "{text} has no suffix",
            "<prefix>/<suffix>, such as 88.118.8/CE-2026-0001; the prefix itself is 0.NA/<prefix>",
        ),
        "zh": ("{text} 没有后缀", "<前缀>/<后缀>，如 88.118.8/CE-2026-0001；前缀本身写作 0.NA/<前缀>"),
    },
    "path-traversal": {
        "en": ("{text} holds a path traversal", "no backslash, no segment . or .."),
        "zh": ("{text} 含有路径穿越", "不得含反斜杠，也不得有 . 或 .. 段"),
    },
    "no-vaa": {
        "en": ("{text} is no VAA code", "88.<3-4 digits>.<1-8 digits>/<suffix>"),
        "zh": ("{text} 不是 VAA 标识", "88.<3–4 位数字>.<1–8 位数字>/<后缀>"),
    },
    "node-prefix": {
        "en": ("{text} is not a prefix", "labels of a-z, 0-9 and '-', 1 to 63 characters, joined by dots"),
        "zh": ("{text} 不是前缀", "由 a-z、0-9、“-”组成、各 1 至 63 个字符的段，以点相连"),
    },
    "vaa-prefix": {
        "en": ("{text} has no valid prefix", "88.<node>.<enterprise>/<suffix>"),
        "zh": ("{text} 没有有效的前缀", "88.<节点>.<企业>/<后缀>"),
    },
    "vaa-suffix": {
        "en": ("{text} has no suffix", "88.<node>.<enterprise>/<suffix>"),
        "zh": ("{text} 没有后缀", "88.<节点>.<企业>/<后缀>"),
    },
    "owner-prefix": {
        "en": ("{text} is no enterprise's prefix", "88.<node>.<enterprise>"),
        "zh": ("{text} 不是企业前缀", "88.<节点>.<企业>"),
    },
    "scheme-name": {
        "en": ("{text} is no name of a scheme", "1-31 letters, digits, '-'"),
        "zh": ("{text} 不是编码体系的名称", "1 至 31 个字母、数字或“-”"),
    },
    "outer-space": {
        "en": ("{text} begins or ends with a space", "take it away"),
        "zh": ("{text} 以空格开头或结尾", "请去掉空格"),
    },
    "no-private-code": {
        "en": ("{text} holds no private code", "88.x.y/P.<scheme>.<escaped code>"),
        "zh": ("{text} 中没有企业私有标识", "88.x.y/P.<体系>.<转义后的编码>"),
    },
    "private-spelling": {
        "en": ("{text} is not the one way to write it", "{proper}"),
        "zh": ("{text} 不是唯一的规范写法", "{proper}"),
    },
    "mint-kind": {
        "en": ("nothing is minted as {text}", "choose from {kinds}"),
        "zh": ("不能新编 {text} 类标识", "可选 {kinds}"),
    },
    "mint-range": {
        "en": ("year {year}, number {number}", "a year of four digits, a number of 0 to {most}"),
        "zh": ("年份 {year}，序号 {number}", "年份为四位数字，序号为 0 至 {most}"),
    },
    "mint-wanted": {
        "en": ("{text} does not say what to mint", "KIND-YEAR-NUMBER, such as CE-2026-17"),
        "zh": ("{text} 没有说明要新编什么", "类别-年份-序号，如 CE-2026-17"),
    },
    "no-oid": {
        "en": ("{text} is no OID", "numbers without leading zeros, joined by dots"),
        "zh": ("{text} 不是 OID", "以点相连、没有前导零的数字"),
    },
    "one-arc": {
        "en": ("{text} has one arc", "an OID has two at least"),
        "zh": ("{text} 只有一个弧", "OID 至少有两个弧"),
    },
    "first-arc": {
        "en": ("{text}: the first arc is 0, 1 or 2", ""),
        "zh": ("{text}：第一个弧只能是 0、1 或 2", ""),
    },
    "second-arc": {
        "en": ("{text}: the second arc under {first} is 39 at most", ""),
        "zh": ("{text}：{first} 之下的第二个弧最大为 39", ""),
    },
    "ecode-start": {
        "en": ("{text} does not begin with an Ecode version", "1 to 4, or a GS1 code"),
        "zh": ("{text} 不以 Ecode 版本号开头", "版本 1 至 4，或 GS1 编码"),
    },
    "ecode-version": {
        "en": ("{text}: Ecode version {version} is reserved", "versions 0 to 4 are known"),
        "zh": ("{text}：Ecode 版本 {version} 为保留版本", "已知版本为 0 至 4"),
    },
    "ecode-scheme": {
        "en": ("{text}: the numbering scheme is not {count} digits", ""),
        "zh": ("{text}：编码体系标识不是 {count} 位数字", ""),
    },
    "ecode-digits": {
        "en": ("{text}: the main code is not 1 to {most} digits", ""),
        "zh": ("{text}：主码不是 1 至 {most} 位数字", ""),
    },
    "ecode-letters": {
        "en": ("{text}: the main code is not 1 to {most} digits or letters", ""),
        "zh": ("{text}：主码不是 1 至 {most} 位数字或字母", ""),
    },
    "ecode-signs": {
        "en": ("{text}: the main code is not 1 to {most} signs", ""),
        "zh": ("{text}：主码不是 1 至 {most} 个字符", ""),
    },
    "uscc-length": {
        "en": ("{text} has {count} characters", "a 统一社会信用代码 has 18"),
        "zh": ("{text} 有 {count} 个字符", "统一社会信用代码为 18 位"),
    },
    "uscc-character": {
        "en": (
            "character {place} of {text} is none of a 统一社会信用代码",
            "digits and capitals without I, O, S, V, Z",
        ),
        "zh": ("{text} 的第 {place} 位不是统一社会信用代码所用的字符", "数字与大写字母，不含 I、O、S、V、Z"),
    },
    "uscc-lower-case": {
        "en": ("character {place} of {text} is none of a 统一社会信用代码", "write capitals"),
        "zh": ("{text} 的第 {place} 位不是统一社会信用代码所用的字符", "请用大写字母"),
    },
    "uscc-region": {
        "en": ("{text}: characters 3 to 8, the region, are digits", "look it up again"),
        "zh": ("{text}：第 3 至 8 位为行政区划码，应为数字", "请重新核对"),
    },
    "uscc-check": {
        "en": ("{text}: the check character is wrong", "compare it with the licence"),
        "zh": ("{text}：校验码不符", "请与营业执照核对"),
    },
    "no-primary-key": {
        "en": ("{text} has no primary key", "one of {keys}, then its value"),
        "zh": ("{text} 没有 GS1 主标识代码", "{keys} 之一，后接其值"),
    },
    "key-not-first": {
        "en": ("a part of the path before the key is no part of this resolver's address", ""),
        "zh": ("主标识代码之前的路径不属于本解析服务的地址", ""),
    },
    "unknown-key": {
        "en": ("({text}) is no primary key", "one of {keys}"),
        "zh": ("({text}) 不是 GS1 主标识代码", "{keys} 之一"),
    },
    "key-shape": {
        "en": ("{text} is no {title} ({ai})", "check its length and characters"),
        "zh": ("{text} 不是 {title}（{ai}）", "请核对长度与字符"),
    },
    "check-digit": {
        "en": ("{title} {text}: the check digit is wrong", "compare it with its source"),
        "zh": ("{title} {text}：校验码不符", "请与来源核对"),
    },
    "check-pair": {
        "en": ("GMN {text}: the check characters are wrong", "compare it with its source"),
        "zh": ("GMN {text}：校验字符不符", "请与来源核对"),
    },
    "itip-piece": {
        "en": ("ITIP {text}: piece {piece} of {pieces} cannot be", ""),
        "zh": ("ITIP {text}：不可能是 {pieces} 件中的第 {piece} 件", ""),
    },
    "no-gtin": {
        "en": ("{text} is no GTIN", "8, 12, 13 or 14 digits"),
        "zh": ("{text} 不是 GTIN", "8、12、13 或 14 位数字"),
    },
    "no-element-string": {
        "en": ("{text} is no element string", "(01)06901234567892(10)B1"),
        "zh": ("{text} 不是 GS1 单元数据串", "(01)06901234567892(10)B1"),
    },
    "repeated-element": {
        "en": ("{text} has one application identifier twice", "take one of them out"),
        "zh": ("{text} 中同一应用标识符出现两次", "请删去其中之一"),
    },
    "no-web-address": {
        "en": ("{text} is no web address", "https://<domain>/01/<GTIN of 14 digits>"),
        "zh": ("{text} 不是网址", "https://<域名>/01/<14 位 GTIN>"),
    },
    "key-without-value": {
        "en": ("{text} ends in {last}", "each key is followed by its value"),
        "zh": ("{text} 以 {last} 结尾", "每个标识代码之后应有其值"),
    },
    "qualifier-order": {
        "en": ("({ai}) is not followed by {names}", "in this order: {allowed}"),
        "zh": ("({ai}) 之后不能是 {names}", "顺序为：{allowed}"),
    },
    "incomplete-415": {
        "en": ("(415) is incomplete", "8020, the payment reference, follows it"),
        "zh": ("(415) 不完整", "其后应有付款参考号 8020"),
    },
    "qualifier-value": {
        "en": ("{text} cannot follow ({name})", "check its length and characters"),
        "zh": ("{text} 不能作为 ({name}) 的值", "请核对长度与字符"),
    },
    "attribute-value": {
        "en": ("{text} cannot be the value of ({name})", ""),
        "zh": ("{text} 不能作为 ({name}) 的值", ""),
    },
    "no-did": {
        "en": ("{text} is no DID", "did:<method>:<identifier>, in lower case"),
        "zh": ("{text} 不是 DID", "did:<方法>:<标识>，小写"),
    },
    "did-method": {
        "en": ("{text}: an unknown DID method", "known are {known}"),
        "zh": ("{text}：未知的 DID 方法", "已知方法：{known}"),
    },
    "key-length": {
        "en": ("no public key of this kind has that length", ""),
        "zh": ("此类公钥没有这样的长度", ""),
    },
    "no-base58": {"en": ("{text} is no base58", ""), "zh": ("{text} 不是 base58 编码", "")},
    "did-web": {
        "en": ("{text} is no did:web", "a domain, %3A before a port, ':' between folders"),
        "zh": ("{text} 不是 did:web", "域名，端口前为 %3A，目录之间为“:”"),
    },
    "did-key": {
        "en": ("{text} is no did:key", "base58 after the letter z"),
        "zh": ("{text} 不是 did:key", "字母 z 之后为 base58 编码"),
    },
    "did-public-key": {
        "en": ("{text} is no public key", "Ed25519, P-256 or secp256k1"),
        "zh": ("{text} 不是公钥", "Ed25519、P-256 或 secp256k1"),
    },
    "did-ethr": {
        "en": ("{text} is no did:ethr", "[<network>:]0x<40 or 66 hex digits>"),
        "zh": ("{text} 不是 did:ethr", "[<网络>:]0x<40 或 66 位十六进制数字>"),
    },
    "no-identifier": {
        "en": ("{text} holds no identifier", "https://<domain>/88.x.y/<suffix>"),
        "zh": ("{text} 中没有标识", "https://<域名>/88.x.y/<后缀>"),
    },
    "unknown-scheme": {
        "en": (
            "{text} is an identifier of no scheme that is known here",
            "check it for typing errors; a private code needs its owner's prefix 88.x.y",
        ),
        "zh": ("{text} 不属于此处已知的任何标识体系", "请检查是否录入有误；企业私有标识须给出所属企业前缀 88.x.y"),
    },
    "not-another-name": {
        "en": ("that is an identifier, not another name of one", "one of {schemes}"),
        "zh": ("这本身就是标识，不是标识的其他名称", "{schemes} 之一"),
    },
}

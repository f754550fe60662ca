"""What `carbon resolve` says, in both languages."""

from collections.abc import Mapping

from ledger.language import Language

TEXTS: Mapping[Language, dict[str, str]] = {
    "en": {
        "about": (
            "Resolve an identifier as a client of the industrial internet does: from a first node on to the one that\n"
            "answers. Prints the nodes on the way, the record, and whether its signature holds. A GS1 key, an OID, an\n"
            "Ecode, a DID or a unified social credit code leads to the links that are registered under it."
        ),
        "example": (
            "examples:\n"
            "  carbon resolve 88.118.20260/CE-2025-0001\n"
            "  carbon resolve 88.118.20260/CE-2025-0001 --from https://top.example --json\n"
            "  carbon resolve https://id.gs1.org/01/09506000134352/10/K1\n"
            "  carbon resolve alias add 88.118.20260/PCF-1 https://id.gs1.org/01/09506000134352/10/K1\n"
            "  carbon resolve alias list\n\n"
            "exit code: 0 found, its signature holds · 1 not found, unreachable, or the signature fails ·\n"
            "2 no identifier · 3 found, but not signed, or not by the key of its prefix"
        ),
        "identifier": "handle or VAA code, GS1 Digital Link or GTIN, OID, Ecode, DID, unified social credit code",
        "from": "web address of the node to begin at; default the gateway of --dir, else http://127.0.0.1:8000",
        "ca": "PEM file of the authority that vouches for the nodes' certificates",
        "dir": "folder of the gateway (gateway.toml), whose address is the default of --from",
        "json": "print one JSON object",
        "lang": "language of what is printed",
        "node": "node",
        "answer": "answer",
        "code": "code",
        "index": "index",
        "type": "type",
        "data": "data",
        "code.1": "here is the record",
        "code.2": "the node failed",
        "code.6": "referred too often",
        "code.100": "no such handle",
        "code.102": "not a handle",
        "code.200": "here is the record, without values",
        "code.301": "that prefix does not live here",
        "code.302": "ask the node of this prefix: {onward}",
        "code.303": "ask the node of the prefix above: {onward}",
        "code.402": "credentials are needed",
        "other": "answered with code {code}: {message}",
        "verified": "✓ signed by {issuer}, the key of the prefix: {count} values hold",
        "unsigned": "– not signed: whoever runs the node, or stands between, may have written this",
        "foreign-key": "✗ signed by {issuer}, which is not the key of the prefix",
        "failed": "✗ the signature does not hold{why}",
        "altered": "changed: {indices}",
        "unsigned-values": "not signed: {indices}",
        "expired": "not in force now",
        "other-handle": "made for another handle",
        "wrong-key": "not made by the key of the prefix",
        "links": "links",
        "title": "title",
        "relation": "type of link",
        "nothing": "nothing is registered under it at {node}",
        "alias.about": "Tie a GS1 key, an OID, an Ecode, a DID or a unified social credit code to an identifier.",
        "alias.example": (
            "examples:\n"
            "  carbon resolve alias add 88.118.20260/PCF-1 https://id.gs1.org/01/09506000134352/10/K1\n"
            "  carbon resolve alias add 88.118.20260/CE-2025-0001 91110000600037341L\n"
            "  carbon resolve alias remove 88.118.20260/PCF-1 09506000134352\n"
            "  carbon resolve alias list 88.118.20260/PCF-1\n\n"
            "Who holds a GS1 key is not proved by this: the enterprise says so, and its prefix stands beside it.\n\n"
            "exit code: 0 done · 1 there is no such name · 2 wrong use"
        ),
        "alias.add": "tie a name to an identifier",
        "alias.remove": "take a name away",
        "alias.list": "names of one identifier, or all",
        "alias.identifier": "identifier 88.<node>.<enterprise>/<suffix>",
        "alias.name": "GS1 Digital Link or GTIN, OID, Ecode, DID, unified social credit code",
        "alias.added": "{alias} now stands for {identifier}",
        "alias.known": "{alias} stands for {identifier} already",
        "alias.no-key": "Nothing stands under {path} itself: an unknown batch leads nowhere. Tie it too.",
        "alias.removed": "{alias} no longer stands for {identifier}",
        "alias.none": "no name of this kind is stored",
        "alias.column": "name",
        "owner": "says",
        "since": "since",
    },
    "zh": {
        "about": (
            "像工业互联网客户端那样解析标识：从起始节点逐级转到应答的节点，\n"
            "列出途经的节点、标识记录，并验证记录的签名。GS1 码、OID、Ecode、DID、\n"
            "统一社会信用代码则给出其下登记的链接。"
        ),
        "example": (
            "示例：\n"
            "  carbon resolve 88.118.20260/CE-2025-0001\n"
            "  carbon resolve 88.118.20260/CE-2025-0001 --from https://top.example --json\n"
            "  carbon resolve https://id.gs1.org/01/09506000134352/10/K1\n"
            "  carbon resolve alias add 88.118.20260/PCF-1 https://id.gs1.org/01/09506000134352/10/K1\n"
            "  carbon resolve alias list\n\n"
            "退出码：0 已解析且签名有效 · 1 未找到、无法连接或签名无效 · 2 不是标识 ·\n"
            "3 已解析，但没有签名，或签名密钥不属于该前缀"
        ),
        "identifier": "Handle 或 VAA 标识、GS1 数字链接或 GTIN、OID、Ecode、DID、统一社会信用代码",
        "from": "起始节点的网址；默认为 --dir 中的网关，否则为 http://127.0.0.1:8000",
        "ca": "签发各节点证书的机构证书（PEM 文件）",
        "dir": "网关所在文件夹（gateway.toml），其地址作为 --from 的默认值",
        "json": "以 JSON 输出",
        "lang": "输出语言",
        "node": "节点",
        "answer": "应答",
        "code": "代码",
        "index": "索引",
        "type": "类型",
        "data": "数据",
        "code.1": "返回标识记录",
        "code.2": "节点出错",
        "code.6": "转介次数过多",
        "code.100": "没有该标识",
        "code.102": "不是标识",
        "code.200": "有该标识，但没有相应的值",
        "code.301": "该前缀不在此节点",
        "code.302": "请查询该前缀的节点：{onward}",
        "code.303": "请查询上级前缀的节点：{onward}",
        "code.402": "需要凭证",
        "other": "应答代码 {code}：{message}",
        "verified": "✓ 由前缀密钥 {issuer} 签名，{count} 个值验证无误",
        "unsigned": "– 没有签名：内容可能出自节点运营者或中间人",
        "foreign-key": "✗ 由 {issuer} 签名，但它不是该前缀的密钥",
        "failed": "✗ 签名无效{why}",
        "altered": "被改动：{indices}",
        "unsigned-values": "未签名：{indices}",
        "expired": "当前不在有效期内",
        "other-handle": "为另一个标识所签",
        "wrong-key": "不是由前缀密钥所签",
        "links": "链接",
        "title": "名称",
        "relation": "链接类型",
        "nothing": "{node} 上没有登记任何内容",
        "alias.about": "标识的其他名称：把 GS1 码、OID、Ecode、DID 或统一社会信用代码对应到本体系的标识。",
        "alias.example": (
            "示例：\n"
            "  carbon resolve alias add 88.118.20260/PCF-1 https://id.gs1.org/01/09506000134352/10/K1\n"
            "  carbon resolve alias add 88.118.20260/CE-2025-0001 91110000600037341L\n"
            "  carbon resolve alias remove 88.118.20260/PCF-1 09506000134352\n"
            "  carbon resolve alias list 88.118.20260/PCF-1\n\n"
            "这并不证明谁持有某个 GS1 码：它只是企业的声明，企业前缀一并记录。\n\n"
            "退出码：0 完成 · 1 没有该名称 · 2 用法错误"
        ),
        "alias.add": "把名称对应到标识",
        "alias.remove": "取消对应",
        "alias.list": "列出某个标识的名称，或全部",
        "alias.identifier": "标识 88.<节点>.<企业>/<后缀>",
        "alias.name": "GS1 数字链接或 GTIN、OID、Ecode、DID、统一社会信用代码",
        "alias.added": "{alias} 已对应到 {identifier}",
        "alias.known": "{alias} 早已对应到 {identifier}",
        "alias.no-key": "{path} 本身尚未对应任何标识：其下未登记的批次将无法解析，请把该码也对应到某个标识。",
        "alias.removed": "{alias} 不再对应到 {identifier}",
        "alias.none": "没有存储这样的名称",
        "alias.column": "名称",
        "owner": "声明者",
        "since": "起始",
    },
}

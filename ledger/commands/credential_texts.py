"""What `carbon credential` says, in both languages."""

from collections.abc import Mapping

from ledger.language import Language

TEXTS: Mapping[Language, dict[str, str]] = {
    "en": {
        "about": "Certificates as verifiable credentials: fetch, pass on in part, look into, check offline.",
        "example": (
            "examples:\n"
            "  carbon credential export 88.118.20260/CE-2025-0001 --form vc --out certificate.json --kit\n"
            "  carbon credential verify certificate.json --issuer did.json --status revocation.json suspension.json\n"
            "  carbon credential export 88.118.20260/CE-2025-0001 --form sd-jwt --client mill --secret-file secret \\\n"
            "                           --out all.sd-jwt          the enterprise itself gets every figure\n"
            "  carbon credential present all.sd-jwt --disclose total_emissions,products --out for-a-bank.sd-jwt\n"
            "  carbon credential show for-a-bank.sd-jwt\n"
            "  with proof that the enterprise itself shows it: export … --holder-key holder.pem, then\n"
            "  carbon credential present all.sd-jwt --disclose total_emissions --holder-key holder.pem \\\n"
            "                           --nonce 7f3a… --audience https://bank.example --out for-a-bank.sd-jwt\n"
            "  carbon credential verify for-a-bank.sd-jwt --issuer did.json --status status.jwt \\\n"
            "                           --nonce 7f3a… --audience https://bank.example          the bank\n\n"
            "exit code: 0 done, verified · 1 refused, or the signature does not hold · 2 malformed or wrong use ·\n"
            "3 sound, but it does not hold now: expired, revoked, suspended, or its status was not checked"
        ),
        "show": "what a credential says; nothing is checked",
        "verify": "check a credential of any form without a network",
        "export": "fetch a certificate's credential from the gateway that issues it",
        "present": "keep of an SD-JWT the figures named here, drop the others",
        "rotate": "replace a key that signs credentials; the old one verifies until what it signed has ended",
        "file": "the credential",
        "issuer": "the issuer's DID document, from a source that you trust",
        "status": "status lists that were fetched before; --status none does without, and says so",
        "at": "judge as of this time (2026-01-31T00:00:00Z) instead of now",
        "identifier": "the certificate's identifier",
        "form": "vc, vc-jwt, sd-jwt, dcc or dcc-jwt (default vc)",
        "disclose": "of an SD-JWT these fields only, with commas between; a list's name means all of its elements",
        "token": "an earlier certificate of the identifier: 0x and its token number",
        "client": "client that fetches, for figures that are not public",
        "secret-file": "file with the client's secret",
        "kit": "write the issuer's DID document and the status lists beside it, for checking offline",
        "out": "file to write (default: print)",
        "gateway": "address of the gateway, instead of the one of --dir",
        "dir": "folder of the gateway (default .carbon)",
        "key": "ed25519, p256 or rsa",
        "until": "until when the old key verifies: a date by which everything that it signed has ended (default: then)",
        "leaked": "the old key verifies no more, from now on",
        "json": "print a JSON object",
        "lang": "language of what is printed",
        "holder-export": "bind the SD-JWT to this P-256 key: whoever shows it signs with it (made where there is none)",
        "holder-present": "the key that the SD-JWT is bound to: sign the request of whoever it is shown to",
        "passphrase-file": "file with the passphrase of that key (else TERMINAL_SIGNER_PASSPHRASE, else asked)",
        "passphrase-asked": "Passphrase of the holder's key: ",
        "passphrase-twice": "Once more: ",
        "nonce": "what the other side drew for this one time, at random",
        "audience": "who the other side is, usually its web address",
        "signed-at": "sign as of this time instead of now",
        "not-shown-lately": "Sound, but the holder did not sign it lately: more than a day ago, or in the future.",
        "shown-to": "signed it for {audience} at {at}",
        "bound": "bound to a key; that the holder signed was not asked for (--nonce, --audience)",
        "row.holder": "holder",
        "valid": "Valid: signed by the issuer, and it holds.",
        "not-yet-valid": "Sound, but it is not valid yet.",
        "expired": "Sound, but it has expired.",
        "revoked": "Sound, but the certificate was revoked or superseded.",
        "suspended": "Sound, but the certificate is suspended.",
        "status-not-checked": "Sound, but its status was not checked: no status list that is in force was given.",
        "key-ended": "The key that signed it verifies no more: the issuer has withdrawn it.",
        "unchecked": "Not checked: carbon credential verify checks signature, time and status.",
        "form-title": "form",
        "issuer-title": "issuer",
        "disclosed": "Disclosed",
        "nothing": "nothing: this SD-JWT discloses no figure",
        "hidden": "{count} digests stand for what is not disclosed, decoys among them",
        "written": "written: {file}",
        "rotated": (
            "new {key} key {id}\n"
            "The old one verifies until {until}; everything that it signed has ended by then.\n"
            "Restart the gateway: until then it signs with the old key; what that is, it counts when it starts."
        ),
        "dropped": "new {key} key {id}; the old one verifies no more. Restart the gateway now.",
        "no-json": "the gateway's answer cannot be read",
        "kind.emission-statement": "emission statement",
        "kind.enterprise-carbon-efficiency": "enterprise carbon efficiency",
        "kind.product-footprint": "product carbon footprint",
        "row.identifier": "certificate",
        "row.kind": "kind",
        "row.enterprise": "enterprise",
        "row.verifier": "verifier",
        "row.period": "period",
        "row.grade": "grade",
        "row.gradeValue": "K",
        "row.footprint": "footprint",
        "row.valid": "valid",
        "row.marks": "marks",
        "row.token": "token",
    },
    "zh": {
        "about": "以可验证凭证表达的证书：获取、部分披露、查看、离线验证。",
        "example": (
            "示例：\n"
            "  carbon credential export 88.118.20260/CE-2025-0001 --form vc --out certificate.json --kit\n"
            "  carbon credential verify certificate.json --issuer did.json --status revocation.json suspension.json\n"
            "  carbon credential export 88.118.20260/CE-2025-0001 --form sd-jwt --client mill --secret-file secret \\\n"
            "                           --out all.sd-jwt          企业本身可取得全部数据\n"
            "  carbon credential present all.sd-jwt --disclose total_emissions,products --out for-a-bank.sd-jwt\n"
            "  carbon credential show for-a-bank.sd-jwt\n"
            "  证明由企业本身出示：export … --holder-key holder.pem，然后\n"
            "  carbon credential present all.sd-jwt --disclose total_emissions --holder-key holder.pem \\\n"
            "                           --nonce 7f3a… --audience https://bank.example --out for-a-bank.sd-jwt\n"
            "  carbon credential verify for-a-bank.sd-jwt --issuer did.json --status status.jwt \\\n"
            "                           --nonce 7f3a… --audience https://bank.example          银行方\n\n"
            "退出码：0 完成、验证通过 · 1 被拒绝或签名不符 · 2 格式错误或用法错误 ·\n"
            "3 签名有效但当前不成立：已过期、已撤销、已暂停或未核对状态"
        ),
        "show": "查看凭证内容，不作任何验证",
        "verify": "离线验证任一形式的凭证",
        "export": "向签发网关获取证书的凭证",
        "present": "仅保留 SD-JWT 中指定的数据项",
        "rotate": "更换签发凭证的密钥；旧密钥在其所签内容全部失效之前仍可用于验证",
        "file": "凭证文件",
        "issuer": "签发方的 DID 文档，须来自可信来源",
        "status": "事先取得的状态列表；--status none 表示不核对，并会注明",
        "at": "按此时间判断（2026-01-31T00:00:00Z），默认为当前时间",
        "identifier": "证书标识",
        "form": "vc、vc-jwt、sd-jwt、dcc 或 dcc-jwt（默认 vc）",
        "disclose": "SD-JWT 仅披露这些字段，以逗号分隔；列表名表示其全部元素",
        "token": "该标识的较早证书：0x 加证书编号",
        "client": "用于获取非公开数据的客户端",
        "secret-file": "存放客户端密钥的文件",
        "kit": "同时写出签发方 DID 文档与状态列表，供离线验证",
        "out": "输出文件（默认打印）",
        "gateway": "网关地址，代替 --dir 中的地址",
        "dir": "网关文件夹（默认 .carbon）",
        "key": "ed25519、p256 或 rsa",
        "until": "旧密钥可用于验证的截止日期，不得早于其所签内容全部失效之时（默认即该时刻）",
        "leaked": "旧密钥自即刻起不再有效",
        "json": "以 JSON 输出",
        "lang": "输出语言",
        "holder-export": "将 SD-JWT 与此 P-256 密钥绑定：出示者须以其签名（不存在则新建）",
        "holder-present": "SD-JWT 所绑定的密钥：用于签署对方的请求",
        "passphrase-file": "存放该密钥口令的文件（否则取 TERMINAL_SIGNER_PASSPHRASE，否则询问）",
        "passphrase-asked": "持有方密钥的口令：",
        "passphrase-twice": "再次输入：",
        "nonce": "对方为本次请求随机生成的文本",
        "audience": "对方的身份，通常为其网址",
        "signed-at": "按此时间签署，默认为当前时间",
        "not-shown-lately": "签名有效，但持有方并非近期签署：早于一天之前，或晚于当前时间。",
        "shown-to": "于 {at} 向 {audience} 签署出示",
        "bound": "已与密钥绑定；未要求持有方签署（--nonce、--audience）",
        "row.holder": "持有方",
        "valid": "有效：由签发方签署，且当前成立。",
        "not-yet-valid": "签名有效，但尚未生效。",
        "expired": "签名有效，但已过期。",
        "revoked": "签名有效，但证书已被撤销或取代。",
        "suspended": "签名有效，但证书已被暂停。",
        "status-not-checked": "签名有效，但未核对状态：没有给出有效期内的状态列表。",
        "key-ended": "签署所用的密钥已不再有效：签发方已将其收回。",
        "unchecked": "未验证：请用 carbon credential verify 核对签名、时间与状态。",
        "form-title": "形式",
        "issuer-title": "签发方",
        "disclosed": "已披露",
        "nothing": "无：此 SD-JWT 未披露任何数据",
        "hidden": "另有 {count} 个摘要对应未披露的内容（含混淆项）",
        "written": "已写出：{file}",
        "rotated": (
            "新的 {key} 密钥 {id}\n"
            "旧密钥在 {until} 之前仍可用于验证，届时其所签内容已全部失效。\n"
            "请重启网关：重启之前仍以旧密钥签发，其间所签内容在启动时一并计入。"
        ),
        "dropped": "新的 {key} 密钥 {id}；旧密钥不再有效。请立即重启网关。",
        "no-json": "无法读取网关的回答",
        "kind.emission-statement": "排放声明",
        "kind.enterprise-carbon-efficiency": "企业碳效",
        "kind.product-footprint": "产品碳足迹",
        "row.identifier": "证书",
        "row.kind": "类型",
        "row.enterprise": "企业",
        "row.verifier": "核查机构",
        "row.period": "核算期",
        "row.grade": "等级",
        "row.gradeValue": "碳效值 K",
        "row.footprint": "碳足迹",
        "row.valid": "有效期",
        "row.marks": "标记",
        "row.token": "证书编号",
    },
}

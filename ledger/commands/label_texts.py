"""What `carbon label` says, in both languages."""

from collections.abc import Mapping

from ledger.language import Language

TEXTS: Mapping[Language, dict[str, str]] = {
    "en": {
        "about": "Write the label of a certificate for print: a grade or a product's footprint, with a signed code.",
        "example": (
            "examples:\n"
            "  carbon label 88.118.20260/CE-2025-0001 --lang zh --out label.svg\n"
            "  carbon label 88.118.20260/PCF-2025-0001 --lang en --size small --out label.png\n"
            "  carbon label 88.118.20260/CE-2025-0001 --all labels/\n"
            "  carbon label 88.118.20260/ES-2025-0001 --qr --out code.svg     the QR code alone, of any kind\n\n"
            "carbon scan checks what the code of a printed label says.\n"
            "exit code: 0 written · 1 no label to be had, or the certificate does not hold · 2 wrong use"
        ),
        "identifier": "the certificate's identifier",
        "out": "file to write; its ending, .svg or .png, says how",
        "all": "write labels in both languages and the QR code, each as SVG and PNG, into this folder",
        "qr": "the QR code alone",
        "size": "size in print: an enterprise's label is 72, 96 or 144 mm wide, a product's 45, 60 or 90 mm",
        "void": "write the label crossed out, where the certificate does not hold",
        "dir": "folder of the gateway, whose gateway.toml says where it listens (default .carbon)",
        "gateway": "address of the gateway, instead of the one of --dir",
        "json": "print a JSON object, labels/1",
        "lang": "language of the label and of what is printed",
        "is-void": "the certificate is suspended, revoked, superseded or expired: no label is written",
        "void-mend": "its page says why; --void writes the label crossed out",
        "void-written": "(void: the certificate does not hold)",
    },
    "zh": {
        "about": "导出证书标签供印制：企业碳效等级或产品碳足迹，附带签名的二维码。",
        "example": (
            "示例：\n"
            "  carbon label 88.118.20260/CE-2025-0001 --lang zh --out label.svg\n"
            "  carbon label 88.118.20260/PCF-2025-0001 --lang en --size small --out label.png\n"
            "  carbon label 88.118.20260/CE-2025-0001 --all labels/\n"
            "  carbon label 88.118.20260/ES-2025-0001 --qr --out code.svg     仅二维码，适用于任何证书\n\n"
            "carbon scan 可核验已印制标签上的二维码。\n"
            "退出码：0 已写出 · 1 无标签可用或证书已失效 · 2 用法错误"
        ),
        "identifier": "证书标识",
        "out": "输出文件，扩展名 .svg 或 .png 决定格式",
        "all": "将两种语言的标签与二维码以 SVG、PNG 写入此文件夹",
        "qr": "仅二维码",
        "size": "印制尺寸：企业标签宽 72、96 或 144 毫米，产品标签宽 45、60 或 90 毫米",
        "void": "证书失效时写出标为作废的标签",
        "dir": "网关文件夹，其中 gateway.toml 说明监听地址（默认 .carbon）",
        "gateway": "网关地址，代替 --dir 中的地址",
        "json": "以 JSON 输出（labels/1）",
        "lang": "标签及输出的语言",
        "is-void": "证书已被暂停、撤销、取代或已过期，不写出标签",
        "void-mend": "原因见证书页面；--void 可写出标为作废的标签",
        "void-written": "（作废：证书已失效）",
    },
}

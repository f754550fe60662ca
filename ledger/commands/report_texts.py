"""What `carbon report` says, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Write a result as a report that a person reads: summary, boundary, sources, months, carbon flow,\n"
        "benchmark position, data quality, corrections, findings, and the trace as an appendix.\n"
        "A report proves nothing: made from a bundle it names the certificate, made from a bare result it says\n"
        "NOT CERTIFIED; reservations such as DEMO stand on every page.",
        "epilog": "examples:\n"
        "  carbon report certificate.bundle --out reports\n"
        "  carbon report result.json --lang zh --format pdf\n"
        "  carbon report result.json --lang en --out report.html\n\n"
        "exit codes: 0 written · 1 the bundle's result is not the one that its statement commits to, or a PDF\n"
        "cannot be made here (no Chinese font) · 2 malformed input or wrong use",
        "result": "a result.json (result/1) or an evidence bundle (bundle/1)",
        "out": "the folder for report-LANGUAGE.FORMAT (default: here), or one file that ends in .html or .pdf",
        "formats": "which formats (default: both)",
        "lang": "the language of the report and of this command's words (default: reports in both)",
        "json": "print one JSON object",
        "one-file": "one file holds one language and one format: leave --format out, and --lang both",
        "file": "file",
        "language": "language",
        "format": "format",
        "size": "size",
        "zh": "Chinese",
        "en": "English",
    },
    "zh": {
        "about": "把评价结果写成供人阅读的报告：摘要、边界、排放源、逐月情况、碳流向、对标位置、\n"
        "数据质量、更正、发现事项，以及作为附录的计算过程。\n"
        "报告本身不构成证明：由证据包生成时注明所属证书，仅由结果生成时注明“未经认证”；\n"
        "DEMO 等保留事项印在每一页。",
        "epilog": "示例：\n"
        "  carbon report certificate.bundle --out reports\n"
        "  carbon report result.json --lang zh --format pdf\n"
        "  carbon report result.json --lang en --out report.html\n\n"
        "退出码：0 已写出 · 1 证据包中的结果并非其声明所承诺的结果，或本机无法生成 PDF（缺少中文字体）·\n"
        "2 输入格式或用法错误",
        "result": "result.json（result/1）或证据包（bundle/1）",
        "out": "存放 report-语言.格式 的文件夹（默认当前文件夹），或一个以 .html、.pdf 结尾的文件",
        "formats": "写出哪些格式（默认两种）",
        "lang": "报告及本命令所用的语言（默认写出两种语言的报告）",
        "json": "输出一个 JSON 对象",
        "one-file": "一个文件只能有一种语言和一种格式：请去掉 --format 以及 --lang both",
        "file": "文件",
        "language": "语言",
        "format": "格式",
        "size": "大小",
        "zh": "中文",
        "en": "英文",
    },
}

"""What `carbon bench` says, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Measure log, ingest, look-ups, verification and evaluation against other libraries, an empty route "
        "and bare signature checks.",
        "epilog": "examples:\n  carbon bench\n  carbon bench tree tiles --quick\n  carbon bench evaluate --large\n"
        "  carbon bench --large --json > bench.json\n\n"
        "exit codes: 0 measured, whether or not a target is met · 2 wrong use",
        "quick": "trees of up to 100,000 leaves, plants of 10 meters, fewer runs",
        "large": "tiles of up to 10,000,000 leaves, plants of 500 meters, more runs: half an hour, and 4 GB of disk",
        "json": "one JSON object on standard output",
        "parts": "only these parts: {parts}",
        "lang": "language of the table",
        "columns": "measured|ours|against|ratio|target|met",
        "yes": "yes",
        "no": "no",
        "machine": "{cores} cores · Python {python} · cryptography {cryptography} · {system}",
        "raw": "raw = bare P-256 verification by cryptography: the same messages, the same run, in turns; "
        "the shortest of several times counts",
        "busy": "{load} processes were at work here before the first measurement: times are longer than on a quiet "
        "machine, and ratios less certain",
        "measuring": "measuring: {part} …",
    },
    "zh": {
        "about": "将日志、接收、查询、验证与评价的速度与其他库、空路由及裸签名验证作对比测量。",
        "epilog": "示例：\n  carbon bench\n  carbon bench tree tiles --quick\n  carbon bench evaluate --large\n"
        "  carbon bench --large --json > bench.json\n\n"
        "退出码：0 测量完成（无论是否达标） · 2 用法错误",
        "quick": "树最多 100,000 个叶子，工厂 10 块电表，重复次数较少",
        "large": "磁盘上的瓦片最多 10,000,000 个叶子，工厂最多 500 块电表，重复次数更多；另需约半小时与 4 GB 磁盘",
        "json": "在标准输出打印一个 JSON 对象",
        "parts": "只测量这些部分：{parts}",
        "lang": "表格语言",
        "columns": "测量项|本项目|对比|比值|目标|达标",
        "yes": "是",
        "no": "否",
        "machine": "{cores} 核 · Python {python} · cryptography {cryptography} · {system}",
        "raw": "raw = cryptography 的裸 P-256 验签：相同消息、同一次运行、轮流执行；取多次中最短的时间",
        "busy": "测量开始前本机已有约 {load} 个进程在运行：耗时会比空闲时长，比值也不够可靠",
        "measuring": "正在测量：{part} …",
    },
}

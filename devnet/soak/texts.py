"""Words of `carbon soak`."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Kill gateway, anchorer and terminals at random while frames arrive, then compare what was promised\n"
        "with what is anchored; and feed damaged documents to every parser of foreign bytes.",
        "example": "examples:\n"
        "  carbon soak                                    300 kills, a million inputs: about half an hour\n"
        "  carbon soak --kills 20 --inputs 0              a short one\n"
        "  carbon soak --kills 0 --inputs 50000 --seed 7  parsers alone, the same inputs every time\n\n"
        "exit codes: 0 no finding, 1 findings, 2 wrong use",
        "kills": "how many processes to kill; 0 for none (default 300)",
        "inputs": "how many damaged documents in all; 0 for none (default 1000000)",
        "seed": "plan of the kills and inputs; drawn and printed where none is given",
        "dir": "keep the folder of the run here; it must not exist yet (default: a folder that is removed, unless "
        "something was found)",
        "json": "print one JSON object on standard output",
        "lang": "language of texts and table",
        "exists": "the folder exists already: {folder}",
        "negative": "--kills and --inputs are not negative",
        "killing": "killing",
        "feeding": "feeding",
        "kept": "kept for inspection: {folder}",
        "title-kills": "Kills, seed {seed}",
        "title-inputs": "Damaged documents, seed {seed}",
        "gateway": "gateway killed",
        "anchorer": "anchorer killed",
        "terminal": "terminals killed",
        "outage": "chain stopped and started",
        "reorganisation": "chain reorganised",
        "frames": "frames signed",
        "promises": "promises received",
        "entries": "frames anchored",
        "anchors": "final anchors",
        "seconds": "seconds",
        "columns": "parser|share|inputs|taken for valid|slowest|findings",
        "all": "in all",
        "sound": "nothing found",
        "findings": "{count} findings",
    },
    "zh": {
        "about": "在签名帧持续到达时随机强制终止网关、锚定器与终端，随后将已确认的内容与已锚定的内容逐一比对；\n"
        "并以损坏的文档测试每一个外来数据解析器。",
        "example": "示例：\n"
        "  carbon soak                                    终止 300 次、一百万份输入：约半小时\n"
        "  carbon soak --kills 20 --inputs 0              短测\n"
        "  carbon soak --kills 0 --inputs 50000 --seed 7  仅测解析器，每次输入相同\n\n"
        "退出码：0 无发现，1 有发现，2 用法错误",
        "kills": "强制终止进程的次数；0 表示不做（默认 300）",
        "inputs": "损坏文档总数；0 表示不做（默认 1000000）",
        "seed": "决定终止计划与输入的种子；未给出时随机抽取并打印",
        "dir": "将本次运行的目录保留于此，须尚不存在（默认：临时目录，无发现则删除）",
        "json": "在标准输出打印一个 JSON 对象",
        "lang": "文字与表格的语言",
        "exists": "目录已存在：{folder}",
        "negative": "--kills 与 --inputs 不得为负",
        "killing": "强制终止",
        "feeding": "输入测试",
        "kept": "保留以供检查：{folder}",
        "title-kills": "强制终止，种子 {seed}",
        "title-inputs": "损坏文档，种子 {seed}",
        "gateway": "终止网关",
        "anchorer": "终止锚定器",
        "terminal": "终止终端",
        "outage": "链停止并重启",
        "reorganisation": "链重组",
        "frames": "已签名帧",
        "promises": "收到的承诺",
        "entries": "已锚定帧",
        "anchors": "最终锚定",
        "seconds": "秒",
        "columns": "解析器|份额|输入|视为有效|最慢|发现",
        "all": "合计",
        "sound": "无发现",
        "findings": "{count} 项发现",
    },
}

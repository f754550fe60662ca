"""What `carbon what-if` and `carbon regrade` say, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "What would lift the grade of a result, and what a change would do. Nothing is written.",
        "epilog": "examples:\n"
        "  carbon what-if certificate.bundle\n"
        "  carbon what-if result.json --set natural_gas=-10% --set value_added=+5%\n"
        "  carbon what-if result.json --benchmarks means-2023.toml --json\n\n"
        "A change is in percent, or an amount: of a source in the unit of the emissions, of an item in its own.\n"
        "Exit codes: 0 told, graded or not · 2 wrong use or a malformed file",
        "result": "a result (result/1, JSON), e.g. of carbon evaluate --out, or an evidence bundle",
        "set": "try a change of a source or item, such as natural_gas=-10%% or purchased_heat=-12.5; may be repeated",
        "rule": "{role} other than the result's own: an id, or a file's path",
        "rules": "where rule files of your own lie, DIR/<id>.toml; shipped ones are found without",
        "public": "only what may be shown: bands, and percentages to 0.01; no amount",
        "json": "print one JSON object (what-if/1), exact figures",
        "lang": "the language of the answer",
        "grade": "grade",
        "level": "level",
        "marks": "marks",
        "line": "{name}: {own}{unit}, lines {values}",
        "mean": "mean of {industry} in {year}: {value} {unit}; population: {population}",
        "no-grade": "not gradable: {reason}",
        "best": "This is the best grade.",
        "worse": "The graded figure may rise by {percent} % before the grade falls.",
        "flip": "Uncertain by ±{percent} %: a lower figure could mean grade {lower}, a higher one {higher}.",
        "ways": "What would lift the grade, each alone",
        "to": "grade",
        "of": "figure",
        "less": "less by",
        "percent": "percent",
        "share": "of energy",
        "more": "or value added",
        "electricity": "or zero-carbon kWh",
        "not-enough": "buys too little",
        "weights": "What weighs most in the graded figure",
        "source": "source",
        "weight": "share",
        "emission": "amount, {unit}",
        "deducted": "{name} (deducted)",
        "tried": "With {changes}: {outcome}",
        "as-now": "{outcome} (as now)",
        "energy-less-deductions": "energy emissions less deductions",
        "total": "total",
        "energy": "energy emissions",
        "regrade-about": "Grade a closed result by another scheme or other means. Writes a new result that names the "
        "old one; the old one stays as it is.",
        "regrade-epilog": "example:\n"
        "  carbon regrade result.json --scheme zhejiang-carbon-efficiency --benchmarks means.toml --out new.json\n\n"
        "Period and year of the mean must be those of the result. "
        "Exit codes: 0 written, graded or not · 2 wrong use or a malformed file",
        "old": "the result (result/1, JSON), or an evidence bundle",
        "scheme": "the scheme: an id, or a file's path",
        "benchmarks": "the benchmark set: an id, or a file's path",
        "out": "where the new result goes; a file that is there already is never overwritten",
        "exists": "{path} is there already",
        "then": "before",
        "now": "now",
        "regrades": "regrades",
        "written": "written to {path}",
    },
    "zh": {
        "about": "如何提升一个结果的等级，以及某项变化会带来什么影响。不写入任何内容。",
        "epilog": "示例：\n"
        "  carbon what-if certificate.bundle\n"
        "  carbon what-if result.json --set natural_gas=-10% --set value_added=+5%\n"
        "  carbon what-if result.json --benchmarks means-2023.toml --json\n\n"
        "变化量可为百分比，也可为数值：排放源以排放单位计，活动数据以其自身单位计。\n"
        "退出码：0 已给出（无论能否评级） · 2 用法错误或文件有误",
        "result": "结果文件（result/1，JSON），如 carbon evaluate --out 所写，或证据包",
        "set": "试算某排放源或活动数据的变化，如 natural_gas=-10%% 或 purchased_heat=-12.5；可重复使用",
        "rule": "替换结果所用的 {role}：规则标识或文件路径",
        "rules": "自有规则文件所在文件夹，DIR/<标识>.toml；随程序提供的规则无需指定",
        "public": "仅显示可公开的内容：档位，以及精确到 0.01 的百分比；不含任何数值",
        "json": "输出一个 JSON 对象（what-if/1），数值精确",
        "lang": "输出语言",
        "grade": "等级",
        "level": "水平",
        "marks": "标记",
        "line": "{name}：{own}{unit}，基准线 {values}",
        "mean": "{industry} 行业 {year} 年均值：{value} {unit}；统计范围：{population}",
        "no-grade": "不予评级：{reason}",
        "best": "已是最高等级。",
        "worse": "评级量再增加不超过 {percent} %，等级不变。",
        "flip": "评级量的不确定度为 ±{percent} %：偏低则等级可能为 {lower}，偏高则可能为 {higher}。",
        "ways": "提升等级的途径（各项单独即可）",
        "to": "升至",
        "of": "评级量",
        "less": "至少减少",
        "percent": "减幅",
        "share": "占能源排放",
        "more": "或增加值增长",
        "electricity": "或改用零碳电力（kWh）",
        "not-enough": "外购电量不足",
        "weights": "对评级量影响最大的排放源",
        "source": "排放源",
        "weight": "占比",
        "emission": "数量（{unit}）",
        "deducted": "{name}（扣减）",
        "tried": "若 {changes}：{outcome}",
        "as-now": "{outcome}（与现在相同）",
        "energy-less-deductions": "能源排放减扣减项",
        "total": "总量",
        "energy": "能源排放",
        "regrade-about": "用另一方案或另一组均值对已完成的结果重新评级。写出一个指明原结果的新结果，原结果保持不变。",
        "regrade-epilog": "示例：\n"
        "  carbon regrade result.json --scheme zhejiang-carbon-efficiency --benchmarks means.toml --out new.json\n\n"
        "核算期与均值年度须与原结果一致。退出码：0 已写出（无论能否评级） · 2 用法错误或文件有误",
        "old": "结果文件（result/1，JSON）或证据包",
        "scheme": "评级方案：规则标识或文件路径",
        "benchmarks": "基准集：规则标识或文件路径",
        "out": "新结果的文件；已存在的文件不会被覆盖",
        "exists": "{path} 已存在",
        "then": "原等级",
        "now": "新等级",
        "regrades": "原结果",
        "written": "已写入 {path}",
    },
}

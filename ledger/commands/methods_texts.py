"""What `carbon methods` says, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "The accounting methods: what each counts, by which formula, and which figures it needs.",
        "epilog": "examples:\n  carbon methods list\n  carbon methods show cn-flat-glass-2015\n"
        "  carbon methods show cn-aluminium-2013 --source anode\n  carbon methods show ./my-industry.toml --json\n\n"
        "exit codes: 0 done · 2 an unknown method, a malformed file, wrong use",
        "list": "the methods that this release ships",
        "show": "one method: its sources with formulas, its items, parameters and their defaults",
        "name": "a shipped method's id, or a file's path",
        "source": "only the sources whose id begins so, with every step",
        "json": "print one JSON object",
        "lang": "the language of the answer",
        "no-source": "the method has no source that begins with {name!r}",
        "method": "method", "years": "years", "unit": "unit", "sources": "sources", "marks": "marks",
        "scope": "scope", "group": "group", "reads": "reads", "formula": "formula",
        "item": "item", "value": "default", "mark": "source, confidence", "parameter": "parameter",
        "none": "must be measured", "stock": "or its parts: .purchased .opening_stock .closing_stock .sold .other_use",
        "required": "required", "excludes": "instead of {ids}", "clause": "clause", "with": "with",
        "combustion": "fuels", "process": "process", "electricity": "electricity", "heat": "heat",
        "removal": "removals", "material": "materials", "certified": "certified inputs", "transport": "transport",
        "waste": "waste", "basis": "{basis} only", "memo": "shown, not added", "grade-deduction": "grade only",
        "examples": "{count} worked examples · data rules: gaps {gaps}, at most {limit} % of emissions",
        "each": "{count} sources; what is read stands for {id}",
        "items-title": "Items", "parameters-title": "Parameters: a laboratory's value goes before the default",
        "sources-title": "Sources",
    },
    "zh": {
        "about": "核算方法：各自计入什么、按什么公式、需要哪些数据。",
        "epilog": "示例：\n  carbon methods list\n  carbon methods show cn-flat-glass-2015\n"
        "  carbon methods show cn-aluminium-2013 --source anode\n  carbon methods show ./my-industry.toml --json\n\n"
        "退出码：0 完成 · 2 未知方法、文件有误或用法错误",
        "list": "本版本随附的方法",
        "show": "一个方法：排放源与公式、活动数据、参数及缺省值",
        "name": "随附方法的标识，或文件路径",
        "source": "只列出以此开头的排放源及其每一步",
        "json": "输出一个 JSON 对象",
        "lang": "输出语言",
        "no-source": "该方法没有以 {name!r} 开头的排放源",
        "method": "方法", "years": "年份", "unit": "单位", "sources": "排放源", "marks": "标记",
        "scope": "范围", "group": "类别", "reads": "所需数据", "formula": "公式",
        "item": "活动数据", "value": "缺省值", "mark": "来源、可信度", "parameter": "参数",
        "none": "必须实测", "stock": "或其组成：.purchased .opening_stock .closing_stock .sold .other_use",
        "required": "必列", "excludes": "替代 {ids}", "clause": "条款", "with": "其中",
        "combustion": "燃料", "process": "过程", "electricity": "电力", "heat": "热力",
        "removal": "扣除", "material": "原材料", "certified": "有证投入", "transport": "运输",
        "waste": "废物", "basis": "仅 {basis}", "memo": "仅列示", "grade-deduction": "仅评级扣减",
        "examples": "{count} 个算例 · 数据规则：缺口 {gaps}，最多占排放 {limit} %",
        "each": "共 {count} 个排放源；所需数据以 {id} 为例",
        "items-title": "活动数据", "parameters-title": "参数：实测值优先于缺省值", "sources-title": "排放源",
    },
}  # fmt: skip

"""What `carbon evaluate` says, in English and Chinese."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Compute emissions and the carbon-efficiency grade of a period. The store keeps hourly amounts for the"
        " next time.",
        "epilog": "examples:\n"
        "  carbon evaluate site.toml --period 2022                      from the store, verified frames only\n"
        "  carbon evaluate --bundle certificate.bundle                  a certificate's evidence once more\n"
        "  carbon evaluate --bundle certificate.bundle --factors cn-d-2011      … by another factor set\n"
        "  carbon evaluate --activity year.csv --unverified --method general --factors cn-a-2013 --period 2022\n\n"
        "year.csv:\n  item,value,unit,period\n  natural_gas,12.5,10^4Nm3,2022-01\n"
        "  natural_gas.ncv,389.31,GJ/10^4Nm3,2022\n\n"
        "exit codes: 0 evaluated, graded or not · 1 the evidence does not suffice · 2 wrong use or a malformed file",
        "site": "the site file (site/1, TOML); with --bundle or --activity it may be left out",
        "period": "2022, 2022-Q1, 2022-03, 2022-03-05, or from–to: 2022-01/2022-06 (both included)",
        "bundle": "evaluate a bundle's frames (keys are classed by its site file; `carbon verify` asks the registry)",
        "activity": "plain figures instead of frames: CSV with item,value,unit,period, or TOML (activity/1)",
        "unverified": "goes with --activity: says that you know nobody signed these figures",
        "need-unverified": "--activity reads figures that nobody signed: add --unverified to say so",
        "alone-unverified": "--unverified goes with --activity",
        "rule": "{role} other than the one that the site file names: an id, or a file's path",
        "rules-folder": "where rule files of your own lie, DIR/<id>.toml; shipped ones are found without",
        "statement": "emissions only, also where a grade could be given",
        "dir": "the working folder (default: .carbon)",
        "database": "the store: a file or a database address (default: as in DIR/gateway.toml, else DIR/ledger.db)",
        "log": "one log by its id, 0x… (default: the store's only one)",
        "exists": "exists already", "exists-mend": "name another file; nothing was evaluated",
        "frames": "read the frames themselves, not the hourly amounts that the store keeps of them",
        "out": "write the result document (result/1, canonical JSON) to this file",
        "trace": "every step of the calculation below the tables",
        "json": "print the result document (result/1) with every intermediate quantity by name",
        "lang": "the language of the answer",
        "missing-store": "there is no store at {database}",
        "bad-log": "{log!r} is not a log id: 0x and 64 hex digits",
        "source": "emission source", "scope": "scope", "activity-column": "activity", "emission": "emission, {unit}",
        "share": "share", "total": "total", "none": "no data", "memo": "shown, not added", "deducted": "grade only",
        "other-basis": "other basis", "location": "location-based", "market": "market-based",
        "calorific": "by calorific value", "equivalent": "by equivalent value",
        "from-store": "from the log's frames under final anchors",
        "from-bundle": "from the bundle's frames; signatures, log and chain were not looked at (carbon verify)",
        "from-activity-file": "from typed figures that nobody signed: it can never be certified",
        "same": "the same bytes as the certificate's own result",
        "other": "not the certificate's result: other rules, or an altered bundle",
        "grade": "grade", "level": "level", "no-grade": "not gradable: {reason}",
        "coverage": "metered and anchored {coverage} · declared {declared} · by defaults {defaulted}"
        " · estimated {estimated}",
        "findings": "findings", "hash": "result SHA-256", "written": "written to {path}", "factors": "factors",
        "method": "method", "marks": "marks", "more": "and {count} more (--json has them all)",
        "uncertain": "uncertainty ± {percent} % (IPCC approach 1)",
        "footprint": "{each} kgCO2e/{unit} × {made}: certified upstream {certified}, secondary {secondary}, own {own}",
        "scopes": "scope 1 {one} · scope 2 {two} · scope 3 {three}",
    },
    "zh": {
        "about": "计算一个核算期的排放量与碳效等级。数据库保存逐时数据，供下次使用。",
        "epilog": "示例：\n"
        "  carbon evaluate site.toml --period 2022                      取自数据库，仅用已验证的签名帧\n"
        "  carbon evaluate --bundle certificate.bundle                  用证书的证据重新计算\n"
        "  carbon evaluate --bundle certificate.bundle --factors cn-d-2011      换用另一套排放因子\n"
        "  carbon evaluate --activity year.csv --unverified --method general --factors cn-a-2013 --period 2022\n\n"
        "year.csv：\n  item,value,unit,period\n  natural_gas,12.5,10^4Nm3,2022-01\n"
        "  natural_gas.ncv,389.31,GJ/10^4Nm3,2022\n\n"
        "退出码：0 已完成（无论能否评级） · 1 证据不足 · 2 用法错误或文件有误",
        "site": "场所文件（site/1，TOML）；使用 --bundle 或 --activity 时可省略",
        "period": "2022、2022-Q1、2022-03、2022-03-05，或起止 2022-01/2022-06（含两端）",
        "bundle": "用证据包中的帧计算（密钥类别取自场所文件；登记情况由 carbon verify 核对）",
        "activity": "以普通数据代替签名帧：CSV（item,value,unit,period）或 TOML（activity/1）",
        "unverified": "与 --activity 同用：表明知悉这些数据无人签名",
        "need-unverified": "--activity 读取的是无人签名的数据：请加 --unverified 以示知悉",
        "alone-unverified": "--unverified 须与 --activity 同用",
        "rule": "{role}：不用场所文件所指定者，而用此标识或文件路径",
        "rules-folder": "自有规则文件所在目录，DIR/<标识>.toml；随附规则无需指定",
        "statement": "只算排放量，即使可以评级",
        "dir": "工作目录（默认 .carbon）",
        "database": "数据库文件或地址（默认依 DIR/gateway.toml，否则 DIR/ledger.db）",
        "log": "指定日志标识 0x…（默认为库中唯一的日志）",
        "exists": "已存在", "exists-mend": "请换一个文件名；未进行计算",
        "frames": "直接读取签名帧，不用数据库保存的逐时数据",
        "out": "将结果文件（result/1，规范化 JSON）写入此处",
        "trace": "在表格之后列出每一步计算",
        "json": "输出结果文件（result/1），含全部中间量及其名称",
        "lang": "输出语言",
        "missing-store": "{database} 处没有数据库",
        "bad-log": "{log!r} 不是日志标识：应为 0x 加 64 位十六进制数字",
        "source": "排放源", "scope": "范围", "activity-column": "活动数据", "emission": "排放量，{unit}",
        "share": "占比", "total": "合计", "none": "无数据", "memo": "仅列示", "deducted": "仅评级扣减",
        "other-basis": "另一口径", "location": "基于位置", "market": "基于市场",
        "calorific": "当量值", "equivalent": "等价值",
        "from-store": "取自日志中已最终锚定的签名帧",
        "from-bundle": "取自证据包中的帧；未核对签名、日志与链（请用 carbon verify）",
        "from-activity-file": "取自无人签名的数据：永不可用于发证",
        "same": "与证书自身的结果逐字节相同",
        "other": "与证书的结果不同：规则不同，或证据包被改动",
        "grade": "等级", "level": "水平", "no-grade": "不可评级：{reason}",
        "coverage": "计量且锚定 {coverage} · 申报 {declared} · 缺省 {defaulted} · 估算 {estimated}",
        "findings": "发现", "hash": "结果 SHA-256", "written": "已写入 {path}", "factors": "因子集",
        "method": "方法", "marks": "标记", "more": "另有 {count} 条（见 --json）",
        "uncertain": "不确定度 ± {percent} %（IPCC 方法一）",
        "footprint": "{each} kgCO2e/{unit} × {made}：有证上游 {certified}，次级因子 {secondary}，自身过程 {own}",
        "scopes": "范围一 {one} · 范围二 {two} · 范围三 {three}",
    },
}  # fmt: skip

"""What `terminal-signer` says, in English and Chinese. Machine output (--json, codes) is the same in both."""

import os
import re
from typing import Literal

from terminal_signer.csv_layout import CsvFault
from terminal_signer.errors import CarbonError

Language = Literal["en", "zh"]


def choose(flag: str | None = None) -> Language:
    """--lang, else CARBON_LANG, LC_ALL, LC_MESSAGES, LANG; else English."""
    wishes = (flag, *(os.environ.get(name) for name in ("CARBON_LANG", "LC_ALL", "LC_MESSAGES", "LANG")))
    wish = next((wish for wish in wishes if wish), "en")
    return "zh" if wish.lower().startswith("zh") else "en"


TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Sign meter readings at the meter, keep every signed frame until the chain holds it for good.",
        "epilog": """\
A first day:
  terminal-signer init --iss 88.118.20260 --sub 88.118.20260/EQ-0001
  terminal-signer enrol-request --chain-id 31337 --registry 0x… --json > request.json
                       the holder of 88.118.20260 enrols it: carbon terminal enrol request.json
  terminal-signer connect --gateway http://127.0.0.1:8080 --rpc http://127.0.0.1:8545 \\
      --chain-id 31337 --contract 0x… --log-id 0x… --promise-key 0x…
  terminal-signer sign readings.csv --layout uci-steel
  terminal-signer send
  terminal-signer collect
  terminal-signer status

A key that never leaves a PKCS#11 token (pip install 'carbon-ledger[pkcs11]'):
  terminal-signer init --iss 88.118.20260 --sub 88.118.20260/EQ-0001 --pkcs11-module PATH --token LABEL

The key's passphrase (a token's PIN) comes from --passphrase-file, from TERMINAL_SIGNER_PASSPHRASE, or is asked for.
Exit codes: 0 done, 1 failed (nothing is lost), 2 wrong usage or unreadable input.""",
        "init": "make a folder with an encrypted key and an empty spool",
        "enrol-request": "print what the identifier's holder needs to enrol this key on the chain",
        "connect": "remember gateway, chain, contract, log and the gateway's promise key",
        "sign": "sign the readings of a CSV file, a frame an hour",
        "heartbeat": "sign a frame without readings, which carries the chain of frames forward",
        "document": "sign a document: a site file, a declaration, a laboratory result, an opinion",
        "document.epilog": """\
Examples:
  terminal-signer document bill.pdf --kind declaration --media application/pdf --number 2022-03-1187 \\
      --item "coal.purchased 812.5 t 2022-03-01T00:00:00+08:00 2022-04-01T00:00:00+08:00"
  terminal-signer document report.pdf --kind laboratory-result --media application/pdf --number L-22-0317 \\
      --sample S-2022-03-04 --item "coal_ncv 22.9 GJ/t 2022-03-01T00:00:00+08:00 2022-04-01T00:00:00+08:00"
  terminal-signer document taking.txt --kind sample --media text/plain --sample S-2022-03-04
  terminal-signer document march.txt --kind month-close --media text/plain     (march.txt holds: 2022-03)""",
        "correct": "state one value of an earlier frame anew, and why; both values stay visible",
        "correct.epilog": """\
Examples:
  terminal-signer correct 0x5f0c… --name 88.118.20260/EQ-0001/drives --value 412.5 --unit kWh \\
      --start 2022-03-01T08:00:00+08:00 --end 2022-03-01T08:15:00+08:00 \\
      --reason "feeder 2 was read twice while its transformer was exchanged"
  terminal-signer correct 0x5f0c… --name 88.118.20260/EQ-0002/heat --value 91204.118 --unit GJ \\
      --at 2022-03-01T08:00:00+08:00 --reason "digits transposed in the display"

The value counts as declared: an office cannot type a metered one.""",
        "send": "send what is stored and check the gateway's promises",
        "collect": "fetch receipts, check them against the chain, release what is final",
        "run": "send and collect again and again, until interrupted",
        "status": "show the chain of frames and where each frame stands",
        "export": "write frames and the gateway's promises for them as files, to hold the operator to them",
        "export.epilog": """\
Examples:
  terminal-signer export --overdue --out evidence
  terminal-signer export 0x5f0c… 0x91aa… --out evidence
  terminal-signer export --last 10 --json
  carbon log convict evidence/*.promise.cose --gateway http://127.0.0.1:8080 --rpc http://127.0.0.1:8545

Each frame gives FOLDER/<digest>.cose and FOLDER/<digest>.promise.cose, as far as they are held. A frame's bytes are
kept until its anchor is final, then let go; its promise stays, and so do its leaf and the size of the tree that holds
it (--json). Receipts are checked and not kept: 'carbon log receipt DIGEST' fetches one again.""",
        "opt.dir": "the terminal's folder (default: ./terminal)",
        "opt.json": "print one JSON object instead of text",
        "opt.lang": "language of the messages: en or zh (default: CARBON_LANG, LANG)",
        "opt.passphrase": "file that holds the passphrase of the key, or the PIN of its token",
        "opt.iss": "identifier of the enterprise, for example 88.118.20260",
        "opt.sub": "identifier of this terminal, under the enterprise's: 88.118.20260/EQ-0001",
        "opt.alg": "ES256 (P-256, default), EdDSA (Ed25519) or SM2 (with SM3; pip install 'carbon-ledger[sm]')",
        "opt.pkcs11-module": "keep the key in a PKCS#11 token: path of its module",
        "opt.token": "label of the token",
        "opt.key-label": "label of the key in the token (default: the terminal's identifier)",
        "opt.existing-key": "take the key that the token holds already; it must never have signed a frame",
        "opt.prev": "after a rotation: the predecessor key's last final digest, as its 'status' shows it",
        "opt.chain-id": "number of the chain",
        "opt.registry": "address of TerminalRegistry",
        "opt.gateway": "address of the gateway",
        "opt.rpc": "address of a node that you trust",
        "opt.contract": "address of AnchorLog",
        "opt.log-id": "the log that the enrolment names",
        "opt.promise-key": "the gateway's promise key as the chain publishes it, x and y (64 bytes)",
        "opt.finality": "blocks that count as final, for a chain without the tag 'finalized'",
        "opt.csv": "the meter's export",
        "opt.layout": "how the meter writes: 'uci-steel' or a TOML file",
        "opt.skip-bad": "leave bad rows out, name each of them, and sign the rest",
        "opt.file": "the document",
        "opt.kind": "site-file, site-approval, declaration, laboratory-result, sample, month-close, opinion, "
        "ocmf (a meter's), …",
        "opt.media": "media type (default: application/octet-stream)",
        "opt.reason": "why it is signed, for people",
        "opt.number": "the number that its issuer gave it: of a report, of a bill",
        "opt.sample": "identifier of the sample that was taken or analysed",
        "opt.item": "a figure that the document states; may be given again and again",
        "opt.digest": "digest of the frame that states the value to correct",
        "opt.name": "measuring point or declared item, as that frame names it",
        "opt.value": "the right value",
        "opt.unit": "its unit, as that frame has it",
        "opt.start": "start of an amount: with its offset, 2022-03-01T08:00:00+08:00, or Unix seconds",
        "opt.end": "its end",
        "opt.at": "instead of the two: the time of a register's stand",
        "opt.why": "why the value was wrong, for auditors",
        "opt.digests": "digests of frames that this terminal signed",
        "opt.last": "the last N frames signed",
        "opt.overdue": "every frame whose promise is overdue (at most 1,000)",
        "opt.out": "where the files go (default: here)",
        "opt.again": "send refused frames once more",
        "opt.every": "seconds between two rounds (default: 60)",
        "opt.heartbeat": "sign a heartbeat when nothing was signed for so many seconds (0: never)",
        "ask": "Passphrase of the key: ",
        "ask.pin": "PIN of the token: ",
        "ask.again": "Once more: ",
        "init.done": "{folder}: key {kid} made. Never restore this folder from a backup: it would sign a number twice.",
        "connect.done": "{folder}: frames go to {gateway}.",
        "sign.progress": "signing",
        "sign.done": "{frames} frames with {readings} readings signed and stored",
        "sign.already": "{rows} rows had been signed before and were left out",
        "sign.skipped": "{rows} bad rows left out",
        "sign.stopped": "Stopped at a bad row. {frames} frames before it are signed and stored, nothing after it is.",
        "heartbeat.done": "heartbeat {digest} signed and stored",
        "correct.done": "correction {digest} of {corrects} signed and stored",
        "document.done": "document {digest} signed and stored",
        "send.progress": "sending",
        "send.done": "{logged} frames logged, {duplicates} known already, {refused} refused",
        "send.refused": "refused: {what}",
        "send.unknown": "the key is not enrolled yet; its frames stay here and go out with the next send",
        "send.flags": "logged with a flag: {what}",
        "collect.progress": "checking receipts",
        "collect.done": "{released} frames released, {pending} wait for their anchor, {not_final} for its finality",
        "collect.resent": "{resent} frames are unknown to the gateway and will be sent again",
        "collect.fault": "a receipt does not hold: {what}",
        "collect.overdue": "{overdue} promises are overdue: the frames should be anchored and are not",
        "waiting": "{error}; trying again in {seconds} s",
        "status.key": "terminal {sub}, key {kid}",
        "status.chain": "next frame is number {seq}; last signed {iat}; newest final anchor seen: {seen}",
        "status.counts": "{stored} to send, {acknowledged} await their anchor, {released} released, {refused} refused",
        "status.final": "last final frame: number {seq}, {digest}",
        "export.done": "written to {folder}: frames {frames}, promises {promises}",
        "export.released": "released after their final anchor, bytes no longer kept here: {count}",
        "export.unpromised": "without a promise of the gateway (yet): {count}",
        "none": "none",
        "error": "error",
    },
    "zh": {
        "about": "在电表侧签名读数，并保存每一帧，直到链上的锚定成为最终状态。",
        "epilog": """\
第一天的用法：
  terminal-signer init --iss 88.118.20260 --sub 88.118.20260/EQ-0001
  terminal-signer enrol-request --chain-id 31337 --registry 0x… --json > request.json
                       由 88.118.20260 的持有者登记：carbon terminal enrol request.json
  terminal-signer connect --gateway http://127.0.0.1:8080 --rpc http://127.0.0.1:8545 \\
      --chain-id 31337 --contract 0x… --log-id 0x… --promise-key 0x…
  terminal-signer sign readings.csv --layout uci-steel
  terminal-signer send
  terminal-signer collect
  terminal-signer status

密钥始终留在 PKCS#11 令牌中（pip install 'carbon-ledger[pkcs11]'）：
  terminal-signer init --iss 88.118.20260 --sub 88.118.20260/EQ-0001 --pkcs11-module PATH --token LABEL

密钥口令（令牌则为 PIN）取自 --passphrase-file、环境变量 TERMINAL_SIGNER_PASSPHRASE，或在终端询问。
退出码：0 完成；1 失败（数据不会丢失）；2 用法错误或输入无法读取。""",
        "init": "新建目录：加密密钥和空的待发队列",
        "enrol-request": "打印标识持有者在链上登记此密钥所需的内容",
        "connect": "记录网关、链、合约、日志及网关承诺公钥",
        "sign": "签名 CSV 文件中的读数，每小时一帧",
        "heartbeat": "签名一个不含读数的帧，使帧链延续",
        "document": "签名文档：场地文件、申报、化验结果、核查意见",
        "document.epilog": """\
示例：
  terminal-signer document bill.pdf --kind declaration --media application/pdf --number 2022-03-1187 \\
      --item "coal.purchased 812.5 t 2022-03-01T00:00:00+08:00 2022-04-01T00:00:00+08:00"
  terminal-signer document report.pdf --kind laboratory-result --media application/pdf --number L-22-0317 \\
      --sample S-2022-03-04 --item "coal_ncv 22.9 GJ/t 2022-03-01T00:00:00+08:00 2022-04-01T00:00:00+08:00"
  terminal-signer document taking.txt --kind sample --media text/plain --sample S-2022-03-04
  terminal-signer document march.txt --kind month-close --media text/plain     （march.txt 内容：2022-03）""",
        "correct": "更正先前某帧中的一个数值并说明理由；两个数值都保留可见",
        "correct.epilog": """\
示例：
  terminal-signer correct 0x5f0c… --name 88.118.20260/EQ-0001/drives --value 412.5 --unit kWh \\
      --start 2022-03-01T08:00:00+08:00 --end 2022-03-01T08:15:00+08:00 \\
      --reason "更换互感器期间 2 号馈线被重复读数"
  terminal-signer correct 0x5f0c… --name 88.118.20260/EQ-0002/heat --value 91204.118 --unit GJ \\
      --at 2022-03-01T08:00:00+08:00 --reason "抄表时数字颠倒"

更正后的数值按申报值计：办公室不能键入计量值。""",
        "send": "发送待发帧并检查网关的承诺",
        "collect": "获取回执，对照链核验，释放已最终锚定的帧",
        "run": "循环发送与核验，直到中断",
        "status": "显示帧链以及每帧所处状态",
        "export": "将帧及网关对其所作的承诺写成文件，以便追究运营方",
        "export.epilog": """\
示例：
  terminal-signer export --overdue --out evidence
  terminal-signer export 0x5f0c… 0x91aa… --out evidence
  terminal-signer export --last 10 --json
  carbon log convict evidence/*.promise.cose --gateway http://127.0.0.1:8080 --rpc http://127.0.0.1:8545

每帧写出 FOLDER/<摘要>.cose 与 FOLDER/<摘要>.promise.cose（以所存者为限）。帧的字节保存到其锚定最终确认为止，之后释放；
承诺一直保留，叶序号与所在树的大小也保留（--json）。回执核验后不保存：可用 carbon log receipt DIGEST 重新获取。""",
        "opt.dir": "终端目录（默认 ./terminal）",
        "opt.json": "只输出一个 JSON 对象",
        "opt.lang": "消息语言：en 或 zh（默认取 CARBON_LANG、LANG）",
        "opt.passphrase": "存放密钥口令（或令牌 PIN）的文件",
        "opt.iss": "企业标识，例如 88.118.20260",
        "opt.sub": "本终端标识，位于企业标识之下：88.118.20260/EQ-0001",
        "opt.alg": "ES256（P-256，默认）、EdDSA（Ed25519）或 SM2（配 SM3；pip install 'carbon-ledger[sm]'）",
        "opt.pkcs11-module": "密钥存放在 PKCS#11 令牌中：模块路径，例如 /usr/lib/softhsm/libsofthsm2.so",
        "opt.token": "令牌标签",
        "opt.key-label": "令牌中密钥的标签（默认为终端标识）",
        "opt.existing-key": "使用令牌中已有的密钥；它不得签过任何帧",
        "opt.prev": "密钥轮换后：前一密钥最后一个最终帧的摘要（见其 status）",
        "opt.chain-id": "链编号",
        "opt.registry": "TerminalRegistry 合约地址",
        "opt.gateway": "网关地址",
        "opt.rpc": "您信任的节点地址",
        "opt.contract": "AnchorLog 合约地址",
        "opt.log-id": "登记所指定的日志",
        "opt.promise-key": "链上公布的网关承诺公钥，x 与 y（64 字节）",
        "opt.finality": "链没有 finalized 标签时，视为最终所需的区块数",
        "opt.csv": "电表导出的文件",
        "opt.layout": "电表的书写方式：uci-steel 或 TOML 文件",
        "opt.skip-bad": "跳过坏行并逐行指出，其余照常签名",
        "opt.file": "文档文件",
        "opt.kind": "site-file、site-approval、declaration、laboratory-result、sample、month-close、opinion、"
        "ocmf（自签名电表的记录）等",
        "opt.media": "媒体类型（默认 application/octet-stream）",
        "opt.reason": "签名理由，供人阅读",
        "opt.number": "出具方给文件的编号：报告号、账单号",
        "opt.sample": "采样或化验样品的标识",
        "opt.item": "文件所载的一个数值；可重复给出",
        "opt.digest": "待更正数值所在帧的摘要",
        "opt.name": "该帧所用的计量点标识或申报项目",
        "opt.value": "正确数值",
        "opt.unit": "单位，与该帧一致",
        "opt.start": "时段起点，带时区偏移，如 2022-03-01T08:00:00+08:00，或 Unix 秒",
        "opt.end": "时段终点",
        "opt.at": "表底数更正时代替前两项：读数时刻",
        "opt.why": "原数值为何有误，供审核人员阅读",
        "opt.digests": "本终端所签帧的摘要",
        "opt.last": "最近签名的 N 帧",
        "opt.overdue": "承诺已逾期的所有帧（至多 1,000 个）",
        "opt.out": "文件写入何处（默认当前目录）",
        "opt.again": "重新发送曾被拒绝的帧",
        "opt.every": "两轮之间的秒数（默认 60）",
        "opt.heartbeat": "若此秒数内没有签名，则签一个心跳帧（0 表示不签）",
        "ask": "密钥口令：",
        "ask.pin": "令牌 PIN：",
        "ask.again": "再输一次：",
        "init.done": "{folder}：已生成密钥 {kid}。切勿用备份恢复此目录：恢复的队列会把同一序号签两次。",
        "connect.done": "{folder}：帧将发往 {gateway}。",
        "sign.progress": "签名中",
        "sign.done": "已签名并保存 {frames} 帧，共 {readings} 个读数",
        "sign.already": "{rows} 行此前已签名，略过",
        "sign.skipped": "略过 {rows} 个坏行",
        "sign.stopped": "遇到坏行而停止。其前的 {frames} 帧已签名保存，其后一概未签。",
        "heartbeat.done": "心跳帧 {digest} 已签名保存",
        "correct.done": "更正帧 {digest}（更正 {corrects}）已签名保存",
        "document.done": "文档帧 {digest} 已签名保存",
        "send.progress": "发送中",
        "send.done": "记入日志 {logged} 帧，已存在 {duplicates} 帧，被拒 {refused} 帧",
        "send.refused": "被拒：{what}",
        "send.unknown": "密钥尚未登记；帧仍保留在此，下次发送时再发",
        "send.flags": "带标记入日志：{what}",
        "collect.progress": "核验回执",
        "collect.done": "释放 {released} 帧，{pending} 帧等待锚定，{not_final} 帧等待最终确认",
        "collect.resent": "网关不认识 {resent} 帧，将重新发送",
        "collect.fault": "回执不成立：{what}",
        "collect.overdue": "{overdue} 个承诺已逾期：相应帧应已锚定而未锚定",
        "waiting": "{error}；{seconds} 秒后重试",
        "status.key": "终端 {sub}，密钥 {kid}",
        "status.chain": "下一帧序号 {seq}；上次签名 {iat}；所见最新最终锚定：{seen}",
        "status.counts": "待发 {stored}，等待最终锚定 {acknowledged}，已释放 {released}，被拒 {refused}",
        "status.final": "最后一个最终帧：序号 {seq}，{digest}",
        "export.done": "已写入 {folder}：帧 {frames} 个，承诺 {promises} 个",
        "export.released": "{count} 个帧在最终锚定后已释放，其字节不再保存于此",
        "export.unpromised": "{count} 个帧（尚）没有网关的承诺",
        "none": "无",
        "error": "错误",
    },
}

_ERRORS_ZH = {
    "key": "密钥或密钥文件有误",
    "algorithm": "未安装此算法",
    "pin": "令牌拒绝此 PIN",
    "token": "找不到令牌，或令牌出错",
    "module": "PKCS#11 模块无法加载",
    "key-missing": "令牌中没有此密钥",
    "pkcs11-missing": "未安装 PKCS#11 支持",
    "passphrase": "口令有误或未提供",
    "terminal": "终端目录或 terminal.json 有误",
    "not-connected": "尚未设置连接",
    "disk-full": "磁盘已满：此步未执行，数据没有丢失",
    "spool": "待发队列无法使用",
    "spool-busy": "另一进程正占用待发队列",
    "unknown-key": "队列不认识此密钥，切勿再用，请登记新密钥",
    "known-key": "此密钥已在队列中",
    "clock": "时钟倒退",
    "already-signed": "这些读数已签过名",
    "gateway-unavailable": "网关暂无响应，数据没有丢失",
    "gateway-answer": "网关的答复有误",
    "chain-unavailable": "节点暂无响应，数据没有丢失",
    "chain-answer": "节点的答复有误",
    "wrong-chain": "节点属于另一条链",
    "promise": "网关的承诺不成立",
    "payload": "内容不合规则",
    "unit": "单位无法识别",
    "time": "时间有误",
    "negative-register": "表底数为负",
    "ocmf": "OCMF 记录有误",
    "no-frame": "没有指定帧，或本终端未签过此帧",
    "csv-file": "文件无法读取",
    "csv-encoding": "不是 UTF-8 文本",
    "csv-header": "表头不符",
    "csv-fields": "字段数或引号有误",
    "csv-time": "时间无法读取",
    "csv-order": "时间没有递增",
    "csv-number": "数字无法读取",
    "csv-layout": "版式有误",
}


# What a CSV should hold instead (CsvFault.expected), from English.
_EXPECTED_ZH = (
    (r"a number such as (.*)", r"数字，如 \1"),
    (r"a time such as (.*)", r"时间，如 \1"),
    (r"a time at a whole (\d+) s", r"\1 秒整数倍的时间"),
    (r"a time after (.*)", r"晚于 \1 的时间"),
    (r"a time since (\d+)", r"\1 年以后的时间"),
    (r"(\d+) fields", r"\1 个字段"),
    (r"a line of at most (\d+) bytes", r"不超过 \1 字节的一行"),
    (r"UTF-8 text", "UTF-8 文本"),
    (r"well-formed CSV", "格式正确的 CSV"),
    (r"column (.*) once in the header", r"表头中恰有一次 \1"),
    (r"a readable file", "可读的文件"),
)


def _in_chinese(expected: str) -> str:
    for pattern, text in _EXPECTED_ZH:
        if found := re.fullmatch(pattern, expected):
            return found.expand(text)
    return expected


def explain(error: CarbonError, language: Language) -> str:
    """An error for a person: what, where, how to mend it. In Chinese the detail follows its Chinese heading."""
    if language == "en":
        return str(error)
    heading = _ERRORS_ZH.get(error.code)
    if isinstance(error, CsvFault) and error.line:
        place = f"第 {error.line} 行" + (f"第 {error.column} 列（{error.name}）" if error.column else "")
        found = f"，读到 {_in_chinese(error.found)!r}" if error.found else ""
        return f"{place}：{heading}，应为 {_in_chinese(error.expected)}{found}"
    return f"{heading}：{error}" if heading else str(error)

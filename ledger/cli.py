"""The command `carbon`: a table from a word to the function that carries it out, imported only when it is called.

Base installation: `verify`. The others need an extra, and say which when it is missing.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module, metadata

from ledger.language import LANGUAGES, Language, choose
from terminal_signer.errors import CarbonError


@dataclass(frozen=True, slots=True)
class Command:
    """`target` is 'module:function', a function from the arguments to an exit code."""

    target: str
    extra: str
    en: str
    zh: str


COMMANDS: dict[str, Command] = {
    "demo": Command(
        "devnet.demo.command:main", "devnet", "the whole way, from a meter's readings to a verified certificate",
        "演示全流程：从电表读数到可验证的证书",
    ),
    "what-if": Command(
        "ledger.commands.what_if:main", "server", "what would lift a result's grade, and what a change would do",
        "如何提升结果的等级，某项变化会有何影响",
    ),
    "regrade": Command(
        "ledger.commands.regrade:main", "server", "grade a closed result by other rules: a new result beside the old",
        "以其他规则重新评级：在原结果之外写出新结果",
    ),
    "verify": Command(
        "ledger.commands.verify:main", "", "repeat every step behind a certificate from its evidence bundle",
        "依据证据包逐步复核一张证书",
    ),
    "trace": Command(
        "ledger.commands.trace:main", "server", "what a product's certificate rests on, each certificate verified",
        "追溯产品证书的全部上游证书，并逐一核验",
    ),
    "goods": Command(
        "ledger.commands.goods:main", "server", "certified goods: what somebody holds; deliver it, retire it",
        "有证货物：查看持有，交付，退役",
    ),
    "methods": Command(
        "ledger.commands.methods:main", "terminal", "list accounting methods; read one: sources, formulas, defaults",
        "列出核算方法，查看其排放源、公式与缺省值",
    ),
    "factors": Command(
        "ledger.commands.factors:main", "terminal", "list factor sets, show one factor in all of them, compare two",
        "列出因子集、查看因子、比较两个因子集",
    ),
    "report": Command(
        "ledger.commands.report:main", "server", "write a result or a bundle as a report to read, HTML and PDF",
        "将评价结果或证据包写成供人阅读的报告（HTML 与 PDF）",
    ),
    "template": Command(
        "ledger.commands.template:main", "", "metadata templates: layers, merged; check and state of extensions",
        "元数据模板：各层、合并视图、企业扩展的检查与审批状态",
    ),
    "credential": Command(
        "ledger.commands.credential:main", "server", "certificates as verifiable credentials: fetch, disclose, check",
        "可验证凭证形式的证书：获取、选择性披露、离线验证",
    ),
    "identify": Command(
        "ledger.commands.identify:main", "", "of which scheme an identifier is, checked and in its normal form",
        "识别并校验标识：VAA、Handle、OID、Ecode、GS1、统一社会信用代码、DID、私有码",
    ),
    "label": Command(
        "ledger.commands.label:main", "", "write the label of a certificate for print, with its signed QR code",
        "导出证书标签（碳效码、产品碳足迹）供印制，附签名二维码",
    ),
    "scan": Command(
        "ledger.commands.scan:main", "", "check without a network what a label's QR code says and who signed it",
        "离线核验标签二维码：内容、签名与有效期",
    ),
    "resolve": Command(
        "ledger.commands.resolve:main", "server", "the way to an identifier's record from node to node; other names",
        "逐级解析标识并验证记录签名；管理标识的其他名称",
    ),
    "serve": Command(
        "gateway.serve:main", "server", "run the gateway: frames in; receipts, tiles, certificates and pages out",
        "运行网关：接收签名帧，提供回执、日志与证书页面",
    ),
    "anchor": Command(
        "ledger.commands.anchor:main", "server", "anchor tree heads on the chain, and show where each one stands",
        "将日志树头锚定上链，并查看状态",
    ),
    "log": Command(
        "ledger.commands.log:main", "server", "audit every key, fetch receipts, convict whoever signed contradictions",
        "审计每个密钥的帧链、获取回执、以签名证据定责",
    ),
    "terminal": Command(
        "ledger.commands.terminal:main", "server", "enrol, rotate, revoke and list the keys of terminals on the chain",
        "在链上登记、更换、吊销并列出终端密钥",
    ),
    "witness": Command(
        "ledger.commands.witness:main", "server", "follow a log and the chain; turn a rewrite into evidence",
        "观察日志与链，将改写或分裂视图写成证据",
    ),
    "evaluate": Command(
        "ledger.commands.evaluate:main", "server", "emissions and grade of a period, from the log, a bundle or a file",
        "计算一个核算期的排放量与碳效等级：取自日志、证据包或普通数据文件",
    ),
    "verification": Command(
        "ledger.commands.verification:main", "server", "a third party's verification: plan, visit, findings, opinion",
        "第三方核查：计划、现场核查、不符合项、技术复核、结论、三方签署与出证",
    ),
    "group": Command(
        "ledger.commands.group:main", "server", "add up the results of a group's members, once each",
        "汇总集团各成员的结果，各计一次",
    ),
    "access": Command(
        "ledger.commands.access:main", "server", "who may read what: clients, grants, and the log of who read it",
        "谁可以读取什么：客户端、企业授权与读取日志",
    ),
    "exchange": Command(
        "ledger.commands.exchange:main", "server", "exchange product footprints by PACT 3.0: list, events, partners",
        "按 PACT 3.0 交换产品碳足迹：列表、事件与伙伴",
    ),
    "rebuild": Command(
        "ledger.commands.rebuild:main", "server", "recreate every projection of the store from the signed frames",
        "由签名帧重建数据库中的全部派生数据",
    ),
    "devnet": Command(
        "devnet.command:main", "devnet", "start, stop and inspect a local chain with the contracts deployed",
        "启动、停止、查看本地测试链",
    ),
    "bench": Command(
        "devnet.bench.command:main", "devnet", "measure the log, ingest and verification against raw signatures",
        "性能测量：日志、接收与验证",
    ),
    "soak": Command(
        "devnet.soak.command:main", "devnet", "kill every process at random, feed every parser with garbage, compare",
        "浸泡测试：随机终止各进程、以损坏数据测试解析器并比对",
    ),
}  # fmt: skip

_TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "carbon-ledger: follow a figure on a label back to the meter, without trusting anyone on the way.",
        "usage": "usage: carbon COMMAND [OPTIONS]      carbon COMMAND --help explains one command, with examples",
        "commands": "commands",
        "options": "options",
        "help": "this page",
        "version": "the version of this program",
        "lang": "the language of this page; CARBON_LANG sets it for every command",
        "start": "start with:  carbon demo",
        "unknown": "no command '{name}'",
        "mend": "carbon --help lists the commands",
        "extra": "'carbon {name}' needs a part that is not installed ({missing})",
        "install": "pip install 'carbon-ledger[{extra}]'",
        "stopped": "stopped",
    },
    "zh": {
        "about": "carbon-ledger：从标签上的数字一路追溯到电表，途中无需信任任何人。",
        "usage": "用法：carbon 命令 [选项]      carbon 命令 --help 查看单个命令的说明与示例",
        "commands": "命令",
        "options": "选项",
        "help": "显示本页",
        "version": "显示程序版本",
        "lang": "本页语言；环境变量 CARBON_LANG 对所有命令生效",
        "start": "从这里开始：  carbon demo",
        "unknown": "没有命令“{name}”",
        "mend": "carbon --help 列出全部命令",
        "extra": "“carbon {name}” 需要尚未安装的组件（{missing}）",
        "install": "pip install 'carbon-ledger[{extra}]'",
        "stopped": "已停止",
    },
}


def help_page(language: Language) -> str:
    """The page of `carbon --help`: each command on one line."""
    text = _TEXTS[language]
    commands = [f"  {name:<12} {getattr(command, language)}" for name, command in COMMANDS.items()]
    options = [
        f"  {'--help':<15} {text['help']}",
        f"  {'--version':<15} {text['version']}",
        f"  {'--lang zh|en':<15} {text['lang']}",
    ]
    blocks = [text["about"], text["usage"], "\n".join([text["commands"], *commands])]
    return "\n\n".join([*blocks, "\n".join([text["options"], *options]), text["start"]])


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0 done · 1 it failed · 2 wrong use or bad input · verifying commands also 3 (policy not met)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    wish = _global_language(arguments)
    if wish:
        os.environ["CARBON_LANG"] = wish
    language = choose(wish)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        return _say(help_page(language))
    if arguments[0] == "--version":
        return _say(f"carbon-ledger {metadata.version('carbon-ledger')}")
    name, rest = arguments[0], arguments[1:]
    if name not in COMMANDS:
        text = _TEXTS[language]
        return _complain(text["unknown"].format(name=name), text["mend"], 2)
    return _run(name, COMMANDS[name], rest, language)


def _say(page: str) -> int:
    """Print to whoever still reads: `carbon --help | head` is no failure of ours."""
    try:
        print(page, flush=True)
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    return 0


def _run(name: str, command: Command, arguments: list[str], language: Language) -> int:
    text = _TEXTS[language]
    module, function = command.target.split(":")
    try:
        entry = getattr(import_module(module), function)
    except ModuleNotFoundError as missing:
        if missing.name and missing.name.split(".")[0] in ("terminal_signer", "ledger", "gateway", "devnet"):
            raise
        what = text["extra"].format(name=name, missing=missing.name)
        return _complain(what, text["install"].format(extra=command.extra), 2)
    try:
        code = entry(arguments)
    except CarbonError as error:
        return _complain(str(error), "", 1)
    except KeyboardInterrupt:
        return _complain(text["stopped"], "", 130)
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    return int(code)


def _global_language(arguments: list[str]) -> str | None:
    """Take a leading `--lang X` off the arguments (in place), so that it may stand before a command or `--help`."""
    if len(arguments) >= 2 and arguments[0] == "--lang" and arguments[1] in LANGUAGES:
        del arguments[0]
        return arguments.pop(0)
    if len(arguments) >= 3 and arguments[0] in ("-h", "--help") and arguments[1] == "--lang":
        return arguments[2]
    return None


def _complain(what: str, mend: str, code: int) -> int:
    print(f"carbon: {what}" + (f"\n  {mend}" if mend else ""), file=sys.stderr)
    return code

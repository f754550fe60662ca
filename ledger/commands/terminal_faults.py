"""What went wrong with `carbon terminal`, for a person: the contract's refusals with what to do about each."""

from ledger.chain.errors import ContractRefused
from ledger.language import Language
from terminal_signer.errors import CarbonError

__all__ = ["REFUSALS", "explain"]

REFUSALS: dict[str, dict[Language, tuple[str, str]]] = {
    "TerminalRegistryNotHolder": {
        "en": ("this account does not hold the enterprise's identifier", "--key-file of the account that holds it"),
        "zh": ("此账户不持有该企业标识", "用 --key-file 指定持有该标识的账户"),
    },
    "TerminalRegistryForeignSub": {
        "en": ("the terminal's identifier does not lie under its enterprise's", "terminal-signer init with both right"),
        "zh": ("终端标识不在其企业标识之下", "用正确的 --iss 与 --sub 重新执行 terminal-signer init"),
    },
    "TerminalRegistryEnrolled": {
        "en": ("this key was enrolled for this terminal before, and can never be again", "a new key, by rotation"),
        "zh": ("此密钥曾为此终端登记，不得再次登记", "生成新密钥，以更换方式登记"),
    },
    "TerminalRegistryUnknown": {
        "en": ("the registry holds no such key", "carbon terminal list"),
        "zh": ("登记合约中没有此密钥", "carbon terminal list"),
    },
    "TerminalRegistryEnded": {
        "en": (
            "the key to be replaced has ended already",
            "enrol the new key, with terminal-signer init without --prev",
        ),
        "zh": ("要更换的密钥已经终止", "不带 --prev 重新 init，再以 enrol 登记新密钥"),
    },
    "TerminalRegistryOtherTerminal": {
        "en": ("the predecessor is a key of another terminal or class", "name the terminal's own key in force"),
        "zh": ("前一密钥属于另一终端或另一类别", "指定该终端自己有效的密钥"),
    },
    "TerminalRegistryRevoked": {
        "en": ("the key was revoked before", "nothing is left to do"),
        "zh": ("该密钥此前已吊销", "无需再做"),
    },
    "TerminalKeyMalformed": {
        "en": ("the public key is no point of its curve", "let the terminal make a new key and request"),
        "zh": ("公钥不是曲线上的点", "让终端重新生成密钥与请求"),
    },
    "TerminalKeyNoPossession": {
        "en": ("the proof of possession does not hold", "let the terminal make a new request"),
        "zh": ("持有证明不成立", "让终端重新生成请求"),
    },
    "IdentifierPathLabel": {
        "en": (
            "the enterprise's identifier has a label of other characters than a-z 0-9 -",
            "terminal-signer init anew",
        ),
        "zh": ("企业标识中含有 a-z 0-9 - 以外的字符", "重新执行 terminal-signer init"),
    },
    "IdentifierPathForm": {
        "en": ("the terminal's identifier has another form than <enterprise>/<suffix>", "terminal-signer init anew"),
        "zh": ("终端标识的形式不是 <企业>/<后缀>", "重新执行 terminal-signer init"),
    },
}

_FAULTS_ZH = {
    "enrol-request": "不是登记请求",
    "algorithm": "未安装此算法",
    "key": "公钥有误",
    "other-chain": "请求属于另一条链或另一个登记合约",
    "possession": "持有证明不成立，任何一方都不会承认此密钥",
    "no-log": "链上没有此日志",
    "prev": "首帧没有按要求接续前一密钥",
    "no-key": "登记合约中没有此密钥",
    "several-keys": "有多个密钥符合",
    "config": "选项或设置有误",
    "deployment": "部署文件有误",
    "key-file": "账户密钥文件有误",
    "wrong-chain": "节点属于另一条链",
    "chain-unreachable": "节点没有答复，未作任何更改",
    "node-refused": "节点拒绝",
    "transaction-failed": "交易没有成功",
    "contract-refused": "合约拒绝",
}


def explain(fault: CarbonError, language: Language) -> str:
    """A fault for a person; a refusal of the contract in words, with its own name behind."""
    if isinstance(fault, ContractRefused) and fault.reason in REFUSALS:
        said, mend = REFUSALS[fault.reason][language]
        return f"{said} [{fault.reason}]\n  {mend}"
    heading = _FAULTS_ZH.get(fault.code) if language == "zh" else None
    return f"{heading}：{fault}" if heading else str(fault)

"""What the contracts refuse about certified goods: for people, in both languages, with the contract's name behind."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ledger.chain.errors import ContractRefused
from ledger.chain.views import STATUSES
from ledger.identifiers.text import told
from ledger.language import Language
from terminal_signer.errors import CarbonError

__all__ = ["explain_refusal"]

_QUANTITY, _CARRIED = Decimal(1_000), Decimal(10**9)
_STATUSES_ZH = {"suspended": "暂停", "revoked": "撤销"}

_TEXTS: dict[str, dict[Language, str]] = {
    "ERC6909InsufficientBalance": {
        "en": "the holder has {1} of account {3}, and {2} are needed: have the rest delivered, or claim less",
        "zh": "持有人在账户 {3} 中只有 {1}，需要 {2}：请先收货，或减少声明的数量",
    },
    "ProductLedgerBlocked": {
        "en": "account {0} is blocked: its certificate is {2}", "zh": "账户 {0} 已冻结：其证书已被{2}",
    },
    "ProductLedgerUnknown": {
        "en": "no certificate opened account {0}: the claim names a wrong number",
        "zh": "没有证书开立过账户 {0}：声明所写的编号有误",
    },
    "ProductLedgerOwnInput": {
        "en": "the product cannot be made of itself (account {0})", "zh": "产品不能以自身为投入（账户 {0}）",
    },
    "ProductLedgerWrongInputs": {
        "en": "the inputs handed in are not those that the three signed", "zh": "所提交的投入与三方签署的不一致",
    },
    "ProductLedgerClaimsLess": {
        "en": "the product claims {0} kgCO2e, its certified inputs carry {1} today: state their present footprint, "
        "and evaluate again",
        "zh": "产品声明 {0} kgCO2e，而其有证投入现今承载 {1}：请按其现行足迹更正声明并重新计算",
    },
    "ProductLedgerInputLeftOut": {
        "en": "the certificate that is to be replaced burned {1} of account {0}, and what was burned does not return: "
        "the correction may not take less of it. If less is true, have the certificate revoked and certify anew",
        "zh": "被取代的证书已销毁账户 {0} 的 {1}，已销毁的不能恢复：更正不得减少该投入。"
        "如确应减少，请先撤销原证书再重新出证",
    },
    "ProductLedgerOtherUnit": {
        "en": "account {0} is kept in another unit: a successor keeps the unit of the certificate that it replaces",
        "zh": "账户 {0} 以另一单位记账：新证书须沿用被取代证书的单位",
    },
    "ProductLedgerNoQuantity": {
        "en": "account {0} has goods, and the successor certifies none: have the certificate revoked instead",
        "zh": "账户 {0} 上有货物，而新证书的数量为零：应改为撤销原证书",
    },
    "ProductLedgerNothing": {"en": "there is nothing to retire", "zh": "没有可退役的数量"},
    "ProductLedgerText": {
        "en": "a retirement says for whom and why, in 1 to 1,024 bytes each",
        "zh": "退役须写明受益方与用途，各 1 至 1,024 字节",
    },
}  # fmt: skip


def explain_refusal(fault: CarbonError, language: Language) -> str:
    """A fault for a person: a refusal about goods in words, with its numbers; anything else as it speaks for itself."""
    if not isinstance(fault, ContractRefused) or fault.reason not in _TEXTS:
        return told(fault, language)
    shows = _SHOWN.get(fault.reason, ())
    if len(fault.values) < len(shows):
        return str(fault)
    shown = [show(value, language) for show, value in zip(shows, fault.values, strict=False)]
    return f"{_TEXTS[fault.reason][language].format(*shown)} [{fault.reason}]"


def _number(value: Any, _language: Language) -> str:
    """Of an account, in full: it is what a claim names and what is looked up."""
    return f"0x{value:064x}"


def _quantity(value: Any, _language: Language) -> str:
    return f"{(value / _QUANTITY).normalize():f}"


def _carried(value: Any, _language: Language) -> str:
    return f"{(value / _CARRIED).normalize():f}"


def _status(value: Any, language: Language) -> str:
    name = STATUSES[value]
    return _STATUSES_ZH.get(name, name) if language == "zh" else name


def _plain(value: Any, _language: Language) -> str:
    return str(value)


_SHOWN: dict[str, tuple[Callable[[Any, Language], str], ...]] = {
    "ERC6909InsufficientBalance": (_plain, _quantity, _quantity, _number),
    "ProductLedgerBlocked": (_number, _number, _status),
    "ProductLedgerUnknown": (_number,),
    "ProductLedgerOwnInput": (_number,),
    "ProductLedgerClaimsLess": (_carried, _carried),
    "ProductLedgerInputLeftOut": (_number, _quantity),
    "ProductLedgerOtherUnit": (_number,),
    "ProductLedgerNoQuantity": (_number,),
}

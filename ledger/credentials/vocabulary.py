"""The words of the credentials in both languages: the vocabulary's terms, and labels of the SD-JWT's claims."""

from collections.abc import Mapping

TYPE_NAME: tuple[str, str] = ("碳证书", "Carbon certificate")
TYPE_TEXT: tuple[str, str] = (
    "经三方签署并上链的碳证书；各项数据可逐项披露。",
    "A carbon certificate that three parties signed, minted on a ledger; its figures are disclosed one by one.",
)

VISIBLE: Mapping[str, tuple[str, str]] = {
    "iss": ("签发方", "Issuer"),
    "vct": ("凭证类型", "Type of credential"),
    "iat": ("签发时间", "Issued"),
    "nbf": ("生效时间", "Valid from"),
    "exp": ("失效时间", "Valid until"),
    "status": ("状态列表位置", "Place in the status list"),
    "cnf": ("持有方密钥", "Key of the holder, who signs each presentation"),
    "identifier": ("证书标识", "Certificate identifier"),
    "kind": ("证书类型", "Kind of certificate"),
    "grade": ("碳效等级（1–5）", "Grade, 1 to 5"),
    "footprint": ("产品碳足迹", "Product carbon footprint"),
    "period": ("核算期", "Period"),
    "marks": ("标记", "Marks"),
    "ledger": ("账本位置", "Place in the ledger"),
}
"""Claims of the SD-JWT that always show."""

HIDDEN: Mapping[str, tuple[str, str]] = {
    "total_emissions": ("排放总量", "Total emissions"),
    "scopes": ("分范围排放量", "Emissions by scope"),
    "activity": ("活动数据", "Activity data"),
    "output": ("产量", "Output"),
    "value_added": ("工业增加值", "Value added"),
    "products": ("产品", "Products"),
    "facilities": ("设施", "Facilities"),
}
"""Claims that show only where they are disclosed; of a list each element by itself."""

LISTS = ("activity", "output", "products", "facilities")

TERMS: Mapping[str, tuple[str, str]] = {
    "CarbonCertificateCredential": ("碳证书凭证", "Credential of a carbon certificate"),
    "CarbonCertificate": ("碳证书", "A carbon certificate on the ledger"),
    "CertificateCredentials": ("签发碳证书凭证的服务", "Service that issues credentials of certificates"),
    "retired": ("密钥停止签名的时间", "Since when a key signs no more; what it signed before still verifies"),
    "identifier": VISIBLE["identifier"],
    "kind": VISIBLE["kind"],
    "enterprise": ("企业", "The enterprise that holds the certificate"),
    "account": ("链上账户", "Account of the party on the chain"),
    "period": ("核算期，止于 end 之前", "Period; its end is exclusive"),
    "start": ("起", "Start"),
    "end": ("止", "End"),
    "boundary": ("核算边界", "Boundary"),
    "grade": VISIBLE["grade"],
    "gradeValue": ("碳效值 K", "Carbon efficiency K: intensity over the industry's mean"),
    "footprint": VISIBLE["footprint"],
    "figures": ("企业公开的数值", "Figures that the enterprise published"),
    "figure": ("数值名称", "Name of a figure in the result"),
    "value": ("数值（十进制文本）", "Value, a decimal text"),
    "unit": ("单位", "Unit"),
    "coverage": ("计量覆盖率（万分之一）", "Coverage by signed meters, in basis points"),
    "shares": ("数据来源占比（万分之一）", "Emissions by kind of data, in basis points"),
    "metered": ("计量", "Metered"),
    "declared": ("申报", "Declared"),
    "defaulted": ("缺省", "Defaulted"),
    "estimated": ("估算", "Estimated"),
    "assurance": ("保证等级", "Level of the verifier's assurance"),
    "evaluator": ("评价机构", "The evaluating body"),
    "verifier": ("核查机构", "The verifying body"),
    "rules": ("规则文件的 SHA-256", "SHA-256 of the rule files"),
    "marks": VISIBLE["marks"],
    "supersedes": ("所替代证书的编号", "Token number of the certificate that this one replaces"),
    "ledger": VISIBLE["ledger"],
    "chainId": ("链编号", "Chain id (EIP-155)"),
    "contract": ("证书登记合约", "Contract of the certificates"),
    "tokenId": ("证书编号", "Token number: the EIP-712 digest of the statement"),
    "transaction": ("铸造交易", "Transaction that minted it"),
    "issued": ("铸造时间（链上时间）", "When it was minted, by the chain's time"),
    "validUntil": ("有效期至（链上时间）", "Until when it is valid, by the chain's time"),
    "logId": ("日志编号", "The log that the evidence is in"),
    "treeSize": ("日志大小", "Size of the anchored head"),
    "root": ("证据树根", "RFC 9162 root over the evidence"),
    "resultHash": ("结果承诺", "Salted commitment to the result"),
    "statement": ("三方签署的声明", "Address of the signed statement"),
    "exactValue": ("精确数值", "A metric's exact value, as text"),
}


def terms_document(prefix: str) -> dict[str, object]:
    """What lies at the vocabulary's address."""
    return {
        "format": "terms/1",
        "prefix": prefix,
        "terms": {name: {"zh": zh, "en": en} for name, (zh, en) in TERMS.items()},
    }


def context_document(prefix: str) -> dict[str, object]:
    """The JSON-LD context beside the standard one: every other term lies in our vocabulary."""
    return {"@context": {"@vocab": prefix}}


def type_metadata(vct: str) -> dict[str, object]:
    """SD-JWT VC type metadata (draft-ietf-oauth-sd-jwt-vc, 6): names for people, and what may be hidden."""
    visible = [_claim([name], label, "never") for name, label in VISIBLE.items()]
    whole = [_claim([name], label, "always") for name, label in HIDDEN.items() if name not in LISTS]
    each = [_claim([name, None], HIDDEN[name], "always") for name in LISTS]
    return {
        "vct": vct,
        "name": TYPE_NAME[1],
        "description": TYPE_TEXT[1],
        "display": [
            {"locale": language, "lang": language, "name": TYPE_NAME[place], "description": TYPE_TEXT[place]}
            for place, language in enumerate(("zh", "en"))
        ],
        "claims": [*visible, *whole, *each],
    }


def _claim(path: list[str | None], label: tuple[str, str], disclosable: str) -> dict[str, object]:
    display = [
        {"locale": language, "lang": language, "label": label[place]} for place, language in enumerate(("zh", "en"))
    ]
    return {"path": path, "display": display, "sd": disclosable}

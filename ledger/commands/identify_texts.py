"""What `carbon identify` says, in both languages."""

from collections.abc import Mapping

from ledger.language import Language

TEXTS: Mapping[Language, dict[str, str]] = {
    "en": {
        "about": "Tell of which scheme an identifier is, check it, and write it in its normal form.",
        "example": (
            "examples:\n"
            "  carbon identify 88.118.20260/CE-2025-0001\n"
            "  carbon identify 91110000600037341L 6901234567892\n"
            "  carbon identify A-17/3 --owner 88.118.20260     a private code, inside its owner's prefix\n"
            "  carbon identify --mint PCF-2026-17 --owner 88.118.20260     a new one, with check characters\n\n"
            "exit code: 0 all are valid · 2 one is not"
        ),
        "text": "one or more identifiers",
        "owner": "prefix of the enterprise inside which a private code is unique, or one is minted",
        "mint": "write a new identifier with check characters: CE certificate, PCF product footprint, EQ equipment",
        "nothing": "name an identifier, or one to --mint",
        "json": "print a list of JSON objects",
        "lang": "language of what is printed",
        "did": "DID",
        "gs1": "GS1 Digital Link",
        "oid": "OID",
        "vaa": "industrial-internet identifier (VAA)",
        "handle": "Handle",
        "uscc": "unified social credit code",
        "gtin": "GTIN",
        "ecode": "Ecode",
        "private": "private code, published as",
        "organisation-code-check": "the check inside the organisation code fails; some codes issued after 2015 are so",
        "letter-in-department": "a letter among the first two characters is rare",
        "check-characters": "its check characters do not fit: look for a typing error",
        "colon": "some clients read a colon in a handle as 'index:handle'",
    },
    "zh": {
        "about": "识别标识所属的体系，校验并给出规范写法。",
        "example": (
            "示例：\n"
            "  carbon identify 88.118.20260/CE-2025-0001\n"
            "  carbon identify 91110000600037341L 6901234567892\n"
            "  carbon identify A-17/3 --owner 88.118.20260     企业私有标识，须给出所属企业前缀\n"
            "  carbon identify --mint PCF-2026-17 --owner 88.118.20260     新编一个带校验位的标识\n\n"
            "退出码：0 全部有效 · 2 至少一个无效"
        ),
        "text": "一个或多个标识",
        "owner": "私有标识所属企业或新编标识所用的前缀",
        "mint": "新编带校验位的标识：CE 碳效证书，PCF 产品碳足迹，EQ 设备",
        "nothing": "请给出标识，或用 --mint 新编一个",
        "json": "以 JSON 列表输出",
        "lang": "输出语言",
        "did": "DID 去中心化标识",
        "gs1": "GS1 数字链接",
        "oid": "OID 对象标识符",
        "vaa": "工业互联网标识（VAA）",
        "handle": "Handle 标识",
        "uscc": "统一社会信用代码",
        "gtin": "GTIN 商品条码",
        "ecode": "Ecode 编码",
        "private": "企业私有标识，发布为",
        "organisation-code-check": "其中的组织机构代码校验不符；2015 年后发放的部分代码如此",
        "letter-in-department": "前两位出现字母，较少见",
        "check-characters": "校验位不符：请检查是否录入有误",
        "colon": "部分客户端会把标识中的冒号读作“索引:标识”",
    },
}

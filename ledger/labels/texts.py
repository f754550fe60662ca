"""The words on labels, in both languages."""

from collections.abc import Mapping

from ledger.language import Language

TEXTS: Mapping[Language, dict[str, str]] = {
    "zh": {
        "enterprise.title": "碳效码",
        "enterprise.subtitle": "企业碳效评价",
        "product.title": "产品碳足迹",
        "product.subtitle": "产品标签 · 不作等级评价",
        "grade": "碳效等级",
        "grade.value": "{grade} 级",
        "scale": "共 5 级，1 级最好",
        "grade.1": "碳效高",
        "grade.2": "碳效较高",
        "grade.3": "接近行业平均",
        "grade.4": "碳效较低",
        "grade.5": "碳效低",
        "level.1": "碳效水平 低碳",
        "level.2": "碳效水平 中碳",
        "level.3": "碳效水平 高碳",
        "l.unit": "tCO₂/万元",
        "k": "同行业平均 = 1",
        "period": "评价期间",
        "product.period": "核算期间",
        "valid": "有效期至",
        "verifier": "核查方",
        "boundary": "系统边界",
        "per": "每声明单位 1 {unit}",
        "scan": "扫码查询当前状态",
        "void": "作废",
        "status.revoked": "证书已撤销",
        "status.suspended": "证书已暂停",
        "status.superseded": "证书已被取代",
        "status.expired": "证书已过期",
        "demo": "仅供演示，不作实际用途",
        "described": "{title}，{name}，{fact}，证书标识 {identifier}",
    },
    "en": {
        "enterprise.title": "Carbon Efficiency Code",
        "enterprise.subtitle": "Enterprise",
        "product.title": "Carbon Footprint",
        "product.subtitle": "Product label · not a grade",
        "grade": "Carbon-efficiency grade",
        "grade.value": "Grade {grade}",
        "scale": "5 grades, 1 is best",
        "grade.1": "High efficiency",
        "grade.2": "Rather high",
        "grade.3": "Near industry mean",
        "grade.4": "Rather low",
        "grade.5": "Low efficiency",
        "level.1": "Low carbon",
        "level.2": "Medium carbon",
        "level.3": "High carbon",
        "l.unit": "tCO₂/10⁴ CNY",
        "k": "industry mean = 1",
        "period": "Period",
        "product.period": "Period",
        "valid": "Valid until",
        "verifier": "Verified by",
        "boundary": "Boundary",
        "per": "per declared unit of 1 {unit}",
        "scan": "Scan for the present status",
        "void": "VOID",
        "status.revoked": "certificate revoked",
        "status.suspended": "certificate suspended",
        "status.superseded": "certificate superseded",
        "status.expired": "certificate expired",
        "demo": "For demonstration only",
        "described": "{title}, {name}, {fact}, certificate {identifier}",
    },
}

NOT_NATIONAL = "非国家认证标志 · Not a national certification mark"
"""Always in both languages."""

MARKS: Mapping[str, str] = {
    "DEMO": "演示 DEMO",
    "REPLAYED": "历史回放 REPLAYED",
    "ILLUSTRATIVE": "示意 ILLUSTRATIVE",
    "UNVERIFIED": "规则未核对 UNVERIFIED",
}

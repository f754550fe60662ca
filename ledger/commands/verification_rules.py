"""The rules of a verification in Chinese, by their names: what is refused, and how to mend it.

In English a refusal speaks for itself; what it names – numbers, persons, states – is added to the Chinese sentence.
"""

from ledger.language import Language
from ledger.verification.errors import StepRefused

__all__ = ["RULES_ZH", "explain"]

RULES_ZH = {
    "no-application": "核查项目须由企业以申请开始；请先运行 carbon verification apply",
    "applied-already": "该标识下已有申请；请换用另一个项目标识",
    "other-engagement": "该文件属于另一个核查项目",
    "twice": "该文件已经计入",
    "too-many": "一个项目至多 1,000 份文件",
    "stale": "该文件没有接续项目的最后一份文件；请查看新增内容（carbon verification show）后重新签署",
    "time-runs-backwards": "该文件的日期早于它所接续的文件；请检查时钟",
    "stranger": "签名人不属于本项目的任何一方",
    "wrong-role": "该步骤不由此角色执行",
    "wrong-state": "当前状态下不能执行该步骤；请查看 carbon verification show",
    "key-class": "密钥类别不符：企业与评价机构用 officer 类，核查机构用 verifier 类",
    "one-key-one-person": "该密钥已由另一人使用；每人须有自己的密钥",
    "one-person-one-role": "同一人在一个项目中只能担任一个角色；组长、核查员、技术复核人须为不同的人",
    "other-organisation": "该人员或标识不属于应属的机构",
    "lead-plans": "核查计划须由其中所列的组长签署",
    "related-organisations": "企业、评价机构、核查机构须为三个互不隶属的机构",
    "undeclared": "有人尚未声明独立性；计划中的每个人须以自己的密钥签署 carbon verification declare",
    "period": "核算期尚未结束，或起止颠倒",
    "materiality": "重要性阈值须大于零",
    "no-site-visit": "没有现场核查；只有更正已出证的读数时可以不去现场",
    "visit-date": "现场核查须在制定计划之后、签署记录与结论之前",
    "visit-persons": "现场核查记录须由到场者签署，只列核查组成员，并写明访谈了谁",
    "no-evidence": "没有列出证据；请用 --exhibit，确无证据时用 --unable",
    "number-taken": "该编号已有不符合项；请用下一个编号",
    "no-such-finding": "没有该编号的未关闭不符合项",
    "due-date": "期限须在签署之后",
    "not-rectified": "该不符合项尚未整改",
    "time-to-rectify": "整改期限未到；须等到期、退回整改之后，或企业说明无法提供证据",
    "open-finding": "仍有未关闭的不符合项；须逐一关闭或保守测算",
    "no-technical-review": "尚未经第二人技术复核；请运行 carbon verification technical-review",
    "other-result": "所指的结果不是当前结果；请核对声明文件",
    "not-as-planned": "保证等级或重要性阈值与核查计划不一致",
    "material-misstatement": "错报超过重要性阈值，不能出具无保留意见；须更正，或出具保留或否定意见",
    "statement-differs": "待签声明与核查对象不一致",
    "no-opinion": "没有可据以出证的核查结论",
    "other-statement": "所签的不是最后起草的声明",
    "signature": "签名与声明中该方的账户不符",
    "signed-already": "该方已经签署",
    "unsigned": "签名不全，三方均须签署",
    "appeal-late": "已过申请复核的期限（14 日）",
    "appealed-before": "已经申请过复核，决定为终局",
    "appeal-by-others": "复核须由未参与本项目的人决定",
    "corrects": "只能更正本人签署的同类文件",
    "corrects-after-review": "技术复核之后不再更正文件；请开具不符合项",
}


def explain(refused: StepRefused, language: Language) -> str:
    """The rule's name, what it says, and what it names."""
    if language == "en" or refused.code not in RULES_ZH:
        return f"[{refused.code}] {refused}"
    place = f"（{refused.where}）" if refused.where else ""
    return f"[{refused.code}] {RULES_ZH[refused.code]}{place} – {refused.message}"

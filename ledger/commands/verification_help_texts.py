"""What `carbon verification --help` says of the whole and of each action, in English and Chinese."""

from ledger.language import Language

HELP: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Verify a claim as third parties do: application, plan, documents, site visit, findings,\n"
        "technical review, opinion, three signatures, certificate. Everybody signs with a key of his own;\n"
        "what the rules do not bear is refused, with the rule and the way to mend it.",
        "epilog": "the way, with whose key:\n"
        "  carbon verification claim site.toml --period 2022                        (enterprise)\n"
        "  carbon verification apply 88.118.20260/V-2022-0001 --claim claim.json \\\n"
        "      --verifier 88.118.9002 --evaluator 88.118.9001 --key officer         (enterprise)\n"
        "  carbon verification plan … --reviewer 88.118.9002/P-3 --team 88.118.9002/P-2 \\\n"
        "      --visit-from 2023-03-08 --visit-until 2023-03-10 --key lead          (lead)\n"
        "  carbon verification declare … --key lead                                 (each person of the plan)\n"
        "  carbon verification review-documents | visit | find | close … --key lead (team)\n"
        "  carbon verification rectify … --exhibit record.pdf --key officer         (enterprise)\n"
        "  carbon verification technical-review … --key reviewer                    (a second person)\n"
        "  carbon verification opine … --misstatement 120 --key lead                (lead)\n"
        "  carbon verification draw-up … --claim claim.json --site site.toml --key evaluator\n"
        "  carbon verification sign … --account account.key --key lead              (each of the three)\n"
        "  carbon verification mint … --claim claim.json --site site.toml --account holder.key --key officer\n"
        "  carbon verification list --key lead                                      what waits for me\n"
        "  carbon verification correct IDENTIFIER --frame 0x… … --key officer       a certified reading was wrong\n\n"
        "A key is the folder that 'terminal-signer init' made; its passphrase is in TERMINAL_SIGNER_PASSPHRASE, that\n"
        "of an account's keystore in CARBON_KEY_PASSPHRASE. docs/formats/engagement.md has every rule.\n\n"
        "exit codes: 0 done · 1 refused, evidence does not suffice, or the chain says no · 2 wrong use",
        "example": "example:",
        "help.list": "the engagements; with --key or --me those that wait for that person",
        "help.show": "an engagement as a time line with people, and what is open",
        "help.claim": "evaluate the log and keep result and seed in a file: what is to be verified (confidential)",
        "help.apply": "apply for a verification (enterprise)",
        "help.plan": "take it on and plan it: team, reviewer, level, threshold, site visit (the lead)",
        "help.declare": "declare to be independent, in one's own words (each person of the plan)",
        "help.review-documents": "which documents were read, and what came of it (team)",
        "help.visit": "report a site visit: when, where, who, whom they met (one who was there)",
        "help.find": "raise a finding (team); after the review it takes review, opinion and statement back",
        "help.rectify": "answer a finding with evidence (enterprise)",
        "help.close": "accept a rectification (team)",
        "help.return": "return a rectification, with a reason and a new date (team)",
        "help.recalculate": "settle a finding by a conservative calculation (team)",
        "help.technical-review": "review the work of the team (the reviewer, a second person)",
        "help.opine": "give the opinion (the lead)",
        "help.refuse": "refuse the engagement, with a reason (the body, later the lead)",
        "help.appeal": "appeal against a refusal or an opinion (enterprise, within 14 days)",
        "help.decide": "decide an appeal (a person of the body with no part in the engagement)",
        "help.withdraw": "withdraw the application (enterprise)",
        "help.draw-up": "draw up the statement from claim and log (evaluator)",
        "help.sign": "sign the statement with one's account (each of the three)",
        "help.correct": "correct a reading behind a certificate, evaluate again, have it replaced (enterprise)",
        "help.mint": "mint what the three have signed (enterprise)",
    },
    "zh": {
        "about": "按第三方核查的实际流程核查一份声明：申请、计划、文件评审、现场核查、不符合项、\n"
        "技术复核、核查结论、三方签名、出证。每个人用自己的密钥签名；\n"
        "不合规则的步骤会被拒绝，并说明违反哪条规则、如何改正。",
        "epilog": "流程与所用密钥：\n"
        "  carbon verification claim site.toml --period 2022                        （企业）\n"
        "  carbon verification apply 88.118.20260/V-2022-0001 --claim claim.json \\\n"
        "      --verifier 88.118.9002 --evaluator 88.118.9001 --key officer         （企业）\n"
        "  carbon verification plan … --reviewer 88.118.9002/P-3 --team 88.118.9002/P-2 \\\n"
        "      --visit-from 2023-03-08 --visit-until 2023-03-10 --key lead          （核查组长）\n"
        "  carbon verification declare … --key lead                                 （计划中的每个人）\n"
        "  carbon verification review-documents | visit | find | close … --key lead （核查组）\n"
        "  carbon verification rectify … --exhibit record.pdf --key officer         （企业）\n"
        "  carbon verification technical-review … --key reviewer                    （第二人）\n"
        "  carbon verification opine … --misstatement 120 --key lead                （核查组长）\n"
        "  carbon verification draw-up … --claim claim.json --site site.toml --key evaluator\n"
        "  carbon verification sign … --account account.key --key lead              （三方各签一次）\n"
        "  carbon verification mint … --claim claim.json --site site.toml --account holder.key --key officer\n"
        "  carbon verification list --key lead                                      待我处理的事项\n"
        "  carbon verification correct 标识 --frame 0x… … --key officer             更正已出证的读数\n\n"
        "密钥即 'terminal-signer init' 所建的目录，口令取自 TERMINAL_SIGNER_PASSPHRASE；账户密钥库的口令取自\n"
        "CARBON_KEY_PASSPHRASE。全部规则见 docs/formats/engagement.md。\n\n"
        "退出码：0 完成 · 1 被拒绝、证据不足或链上拒绝 · 2 用法错误",
        "example": "示例：",
        "help.list": "列出核查项目；给出 --key 或 --me 时只列出待该人处理的项目",
        "help.show": "以时间线显示一个核查项目：人员、文件与未决事项",
        "help.claim": "由日志计算结果，连同种子写入文件：即待核查的声明（保密）",
        "help.apply": "申请核查（企业）",
        "help.plan": "受理并制定计划：核查组、技术复核人、保证等级、重要性阈值、现场核查时间（组长）",
        "help.declare": "以自己的话声明独立性（计划中的每个人）",
        "help.review-documents": "文件评审：读了哪些文件、结论如何（核查组）",
        "help.visit": "现场核查记录：时间、地点、人员、访谈对象（到场者）",
        "help.find": "开具不符合项（核查组）；技术复核之后开具的，复核、结论与声明随之作废",
        "help.rectify": "以证据答复不符合项（企业）",
        "help.close": "接受整改，关闭不符合项（核查组）",
        "help.return": "退回整改，说明理由并另定期限（核查组）",
        "help.recalculate": "按保守性原则测算，了结不符合项（核查组）",
        "help.technical-review": "技术复核（技术复核人，即第二人）",
        "help.opine": "出具核查结论（组长）",
        "help.refuse": "拒绝该项目并说明理由（机构，其后为组长）",
        "help.appeal": "对拒绝或结论申请复核（企业，14 日内）",
        "help.decide": "作出复核决定（机构中未参与该项目的人）",
        "help.withdraw": "撤回申请（企业）",
        "help.draw-up": "由声明文件与日志起草待签声明（评价机构）",
        "help.sign": "用账户签署声明（三方各一次）",
        "help.correct": "更正证书所依据的读数，重新计算，并申请以新证书取代旧证书（企业）",
        "help.mint": "将三方已签署的声明上链出证（企业）",
    },
}

"""What the supply chain's demo says, in both languages."""

from collections.abc import Mapping

from ledger.language import Language

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "certificates": "Certificates, each verified from its bundle by a process of its own",
        "product": "product",
        "quantity": "quantity",
        "footprint": "footprint",
        "parts": "certified\nsecondary\nown",
        "deliveries": "Deliveries on the product ledger",
        "from": "from",
        "to": "to",
        "goods": "goods",
        "attempt": "attempt to cheat",
        "answer": "what the contract answered",
        "reader": "who asks for the car's evidence",
        "read": "what came of it",
        "tree": "What a car rests on",
        "marks": "Marked {marks}: no plant stands behind these figures.",
        "again": "Chain and gateways have been stopped. Look again:",
    },
    "zh": {
        "certificates": "证书（均由独立进程依据证据包复核）",
        "product": "产品",
        "quantity": "数量",
        "footprint": "碳足迹",
        "parts": "有证上游\n次级因子\n自身过程",
        "deliveries": "产品账本上的交付",
        "from": "供方",
        "to": "需方",
        "goods": "货物",
        "attempt": "作弊尝试",
        "answer": "合约的回答",
        "reader": "谁来读取整车的证据",
        "read": "结果",
        "tree": "一辆汽车的构成",
        "marks": "标注 {marks}：这些数字背后没有真实工厂。",
        "again": "链和网关已停止。再次查看：",
    },
}

"""Units as they are printed: tCO₂, m³, 10⁴ CNY; the machine's spelling stays in result.json."""

import re

from ledger.language import Language

_INDICES = {"CO2": "CO₂", "CH4": "CH₄", "N2O": "N₂O", "CF4": "CF₄", "C2F6": "C₂F₆", "SF6": "SF₆", "CaCO3": "CaCO₃"}
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_NAMED_ZH = {"CNY": "元", "10⁴ CNY": "万元", "piece": "件", "weight_case": "重量箱"}
_POWER = re.compile(r"10[\^*](-?[0-9]+)\.?")
_EXPONENT = re.compile(r"\b(k?m|cm|km)([23])\b")


def unit_text(unit: str, language: Language) -> str:
    """How a person writes the unit."""
    shown = unit.replace("m3{n}", "Nm3").replace("Nm3", "Nm³")
    shown = _POWER.sub(lambda found: "10" + found[1].translate(_RAISED) + " ", shown)
    shown = _EXPONENT.sub(lambda found: found[1] + found[2].translate(_RAISED), shown)
    shown = re.sub(r"\{([^{}]*)\}", lambda found: (" " + found[1]) if _is_substance(found, shown) else found[1], shown)
    for plain, lowered in _INDICES.items():
        shown = shown.replace(plain, lowered)
    shown = " ".join(shown.replace("*", "·").split()).replace("( ", "(")
    if language == "zh":
        for code, word in sorted(_NAMED_ZH.items(), key=lambda pair: -len(pair[0])):
            shown = shown.replace(code, word)
    return shown


def counted_names(language: Language) -> dict[str, str]:
    """What is counted, by its annotation in a unit ({piece}), where the language has a word of its own for it."""
    return {"piece": _NAMED_ZH["piece"], "weight_case": _NAMED_ZH["weight_case"]} if language == "zh" else {}


def chemical(text: str) -> str:
    """A gas or a formula with its indices: CO₂."""
    for plain, lowered in _INDICES.items():
        text = text.replace(plain, lowered)
    return text


def _is_substance(found: re.Match[str], text: str) -> bool:
    """t{CF4}: a letter stands before the brace."""
    return found.start() > 0 and text[found.start() - 1].isalpha()

"""The `comment` of a footprint: what a reader must know before using it, English first, then Chinese."""

from collections.abc import Sequence

from ledger.exchange.facts import Facts

_MARKS = {
    "DEMO": ("made up for a demonstration", "演示数据"),
    "UNVERIFIED": ("by an edition whose text was not checked", "依据未经核对的规则版本"),
    "REPLAYED": ("readings replayed from a file", "由文件回放的读数"),
    "ILLUSTRATIVE": ("for illustration only", "仅作示例"),
}


def comment(facts: Facts, marks: Sequence[str], unknown: Sequence[str], *, superseding: bool) -> str:
    """Marks first: whoever reads one line reads them."""
    told = [mark for mark in marks if mark in _MARKS]
    english = [f"{mark}: {_MARKS[mark][0]}." for mark in told]
    chinese = [f"{mark}：{_MARKS[mark][1]}。" for mark in told]
    if superseding:
        english.append("Corrects an earlier footprint, which is deprecated.")
        chinese.append("更正此前的碳足迹，原碳足迹已弃用。")
    english.append("Biogenic emissions, biogenic uptake and land-use change were not assessed.")
    chinese.append("未评估生物源排放、生物源吸收及土地利用变化。")
    if unknown:
        english.append(f"Not determined, the value stands in for a mandatory field: {', '.join(unknown)}.")
        chinese.append(f"未测定、仅为满足必填要求的字段：{'、'.join(unknown)}。")
    if facts.gwp:
        english.append(f"Global warming potentials: {facts.gwp}.")
        chinese.append(f"全球增温潜势：{facts.gwp}。")
    return "\n".join((" ".join(english), "".join(chinese)))

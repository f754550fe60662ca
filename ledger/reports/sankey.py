"""The carbon flow as a Sankey diagram: sources → groups → all that was emitted → what is left after deductions.

The layout is exact: what flows into a node flows out of it, and one scale holds for the whole drawing. Nothing is
drawn for a source of zero; what is deducted leaves on the right. Where more is deducted than was emitted, the amount
below zero enters on the left, so that the picture still balances.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.reports.svg import PALETTE, REMOVED, REST, SOFT, Canvas, Length, fit, num, text_width

MOST_SOURCES = 12
NODE = 12
END_SIZE = 11


@dataclass(frozen=True, slots=True)
class Flow:
    """A source: what it emitted, or removed where it is below zero. `text` is the amount as printed."""

    label: str
    group: str
    value: Fraction
    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """`sums`: gross, net and the amount below zero as printed."""

    gross: str
    net: str
    below: str
    gross_text: str
    net_text: str
    below_text: str
    groups: dict[str, tuple[str, str]]
    alt: str


@dataclass(frozen=True, slots=True)
class Node:
    layer: int
    label: str
    text: str
    value: Fraction
    colour: str
    top: Fraction
    height: Fraction


@dataclass(frozen=True, slots=True)
class Link:
    source: int
    target: int
    value: Fraction
    colour: str
    source_top: Fraction
    target_top: Fraction
    height: Fraction


@dataclass(frozen=True, slots=True)
class Layout:
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    height: Fraction


def lay_out(flows: Sequence[Flow], words: Words, space: int, pitch: int) -> Layout | None:
    """Places for every node and ribbon; None where nothing flows. `space`: pixels for the whole amount."""
    sources = [flow for flow in flows if flow.value > 0]
    removals = [flow for flow in flows if flow.value < 0]
    gross = sum((flow.value for flow in sources), Fraction(0))
    removed = -sum((flow.value for flow in removals), Fraction(0))
    whole = max(gross, removed)
    if whole == 0:
        return None
    groups = list(dict.fromkeys(flow.group for flow in sources))
    sources.sort(key=lambda flow: groups.index(flow.group))
    plan = _Plan(Fraction(space) / whole, pitch)
    for flow in sources:
        plan.node(0, flow.label, flow.text, flow.value, flow.colour)
    below = plan.node(0, words.below, words.below_text, removed - gross, REST) if removed > gross else None
    starts = {
        group: plan.node(1, *words.groups.get(group, (group, "")), _sum(sources, group), REST) for group in groups
    }
    middle = plan.node(2, words.gross if removals else words.net, words.gross_text, whole, SOFT)
    for at, flow in enumerate(sources):
        plan.link(at, starts[flow.group], flow.value, flow.colour)
    for group, at in starts.items():
        plan.link(at, middle, _sum(sources, group), REST)
    if below is not None:
        plan.link(below, middle, removed - gross, REST)
    if removals:
        if gross > removed:
            plan.link(middle, plan.node(3, words.net, words.net_text, gross - removed, SOFT), gross - removed, SOFT)
        for flow in removals:
            plan.link(middle, plan.node(3, flow.label, flow.text, -flow.value, REMOVED[0]), -flow.value, REMOVED[0])
    return plan.finish()


def _sum(flows: Sequence[Flow], group: str) -> Fraction:
    return sum((flow.value for flow in flows if flow.group == group), Fraction(0))


class _Plan:
    def __init__(self, scale: Fraction, pitch: int) -> None:
        self._scale, self._pitch = scale, pitch
        self._nodes: list[Node] = []
        self._links: list[tuple[int, int, Fraction, str]] = []
        self._ends: dict[int, Fraction] = {}

    def node(self, layer: int, label: str, text: str, value: Fraction, colour: str) -> int:
        top, height = self._ends.get(layer, Fraction(0)), value * self._scale
        self._nodes.append(Node(layer, label, text, value, colour, top, height))
        self._ends[layer] = top + height + self._pitch
        return len(self._nodes) - 1

    def link(self, source: int, target: int, value: Fraction, colour: str) -> None:
        self._links.append((source, target, value, colour))

    def finish(self) -> Layout:
        """Centre every layer, then give each ribbon its place on both nodes, in the order of the ribbons."""
        tall = max(end - self._pitch for end in self._ends.values())
        nodes = tuple(
            Node(
                node.layer, node.label, node.text, node.value, node.colour,
                node.top + (tall - self._ends[node.layer] + self._pitch) / 2, node.height,
            )
            for node in self._nodes
        )  # fmt: skip
        out, into = [node.top for node in nodes], [node.top for node in nodes]
        links = []
        for source, target, value, colour in self._links:
            height = value * self._scale
            links.append(Link(source, target, value, colour, out[source], into[target], height))
            out[source] += height
            into[target] += height
        return Layout(nodes, tuple(links), tall)


def lump(flows: Sequence[Flow], rest: str, text_of_rest: str) -> list[Flow]:
    """The largest sources, coloured by size; the others of each sign as one."""
    ranked = sorted((flow for flow in flows if flow.value != 0), key=lambda flow: -abs(flow.value))
    kept = [
        Flow(flow.label, flow.group, flow.value, flow.text, flow.colour or PALETTE[at % (len(PALETTE) - 1)])
        for at, flow in enumerate(ranked[:MOST_SOURCES])
    ]
    lumps: dict[tuple[str, bool], Fraction] = {}
    for flow in ranked[MOST_SOURCES:]:
        key = flow.group, flow.value > 0
        lumps[key] = lumps.get(key, Fraction(0)) + flow.value
    return kept + [Flow(rest, group, value, text_of_rest, REST) for (group, _), value in lumps.items()]


def draw(flows: Sequence[Flow], words: Words, *, compact: bool) -> str | None:
    """The drawing for a wide page, or compact for a small screen; None where nothing flows."""
    width, size, pitch = (350, 11, 30) if compact else (720, 13, 32)
    layout = lay_out(flows, words, 210 if compact else 250, pitch)
    if layout is None:
        return None
    last = max(node.layer for node in layout.nodes)
    columns = _columns(layout, width, size, compact=compact)
    canvas = Canvas(width)
    top = 16
    for link in layout.links:
        left, right = layout.nodes[link.source], layout.nodes[link.target]
        title = f"{left.label} → {right.label}"
        path = _ribbon(columns[left.layer] + NODE, columns[right.layer], link, top)
        canvas.path(path, link.colour, opacity="0.38", title=title)
    for node in layout.nodes:
        canvas.rect(columns[node.layer], node.top + top, NODE, max(node.height, Fraction(1)), node.colour)
    for node in layout.nodes:
        _label(canvas, node, columns, last, top, size, compact=compact)
    return canvas.svg(layout.height + top + 16, words.alt)


def _columns(layout: Layout, width: int, size: int, *, compact: bool) -> list[int]:
    """Where each layer stands: the first and the last leave room for their labels, as far as there is."""
    last = max(node.layer for node in layout.nodes)
    most_left, most_right = (118, 76) if compact else (216, 158)
    left = min(most_left, 12 + _widest(layout, 0, size))
    right = min(most_right, 12 + _widest(layout, last, min(size, END_SIZE)))
    span = width - left - right - NODE
    return [left + span * part // 100 for part in ((0, 31, 68, 100) if last == 3 else (0, 50, 100))]


def _widest(layout: Layout, layer: int, size: int) -> int:
    texts = [text for node in layout.nodes if node.layer == layer for text in (node.label, node.text)]
    return int(max(text_width(text, size) for text in texts))


def _label(canvas: Canvas, node: Node, columns: list[int], last: int, top: Length, size: int, *, compact: bool) -> None:
    middle = node.top + top + node.height / 2
    x = columns[node.layer]
    if node.layer == 0:
        room = x - 8
        _two(canvas, x - 6, middle, node, room, size, "end", compact=compact)
    elif node.layer == last:
        _two(
            canvas, x + NODE + 6, middle, node, canvas.width - x - NODE - 8, min(size, END_SIZE), "start", compact=True
        )
    elif not compact or node.layer == 1:
        room = columns[node.layer + 1] - x - NODE - 8
        if not compact and node.text:
            _two(canvas, x + NODE + 5, middle, node, room, size - 2, "start", compact=True, halo=True)
        elif fit(node.label, room, size - 1) == node.label:
            canvas.text(x + NODE + 4, middle + 4, node.label, size=size - 1, halo=True)


def _two(
    canvas: Canvas, x: Length, y: Fraction, node: Node, room: Length, size: int, anchor: str, *,
    compact: bool, halo: bool = False,
) -> None:  # fmt: skip
    """Name and amount: in one line where there is room, else the amount below."""
    if compact:
        canvas.text(x, y - 2, fit(node.label, room, size), size=size, anchor=anchor, halo=halo)
        canvas.text(x, y + size, fit(node.text, room, size - 1), size=size - 1, anchor=anchor, fill=SOFT, halo=halo)
        return
    canvas.text(x, y - 1, fit(node.label, room, size), size=size, anchor=anchor)
    canvas.text(x, y + size - 1, fit(node.text, room, size - 2), size=size - 2, anchor=anchor, fill=SOFT)


def _ribbon(left: int, right: int, link: Link, top: Length) -> str:
    middle = Fraction(left + right, 2)
    from_top, to_top = link.source_top + top, link.target_top + top
    thick = max(link.height, Fraction(3, 4))
    a, b, c, d = (num(value) for value in (from_top, to_top, to_top + thick, from_top + thick))
    x0, x1, xm = num(left), num(right), num(middle)
    return f"M{x0},{a}C{xm},{a} {xm},{b} {x1},{b}L{x1},{c}C{xm},{c} {xm},{d} {x0},{d}Z"

"""Ways that part and meet: as broad as many take them."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from motherlode.charts.svg import Show, bar, element, linked, picture, text, text_width

NODE, GAP, TOP, BOTTOM = 12.0, 14.0, 22.0, 10.0
HUES = 5


class Flow(msgspec.Struct, frozen=True):
    """How many go, at a step (from 1 on), from one thing to the next."""

    step: int
    source: str
    target: str
    count: float
    link: str = ""


class FlowWords(msgspec.Struct, frozen=True):
    """What the picture shows, what a step is called, and which names are drawn pale: nothing, and something else."""

    title: str
    step: str
    pale: tuple[str, ...] = ()


class _Node(msgspec.Struct):
    x: float
    y: float
    height: float
    out: float = 0.0
    into: float = 0.0


def flows(links: Sequence[Flow], show: Show, words: FlowWords, *, width: float = 560, height: float = 360) -> Markup:
    """A column a step, a block for each thing that is done there, and bands between them; a band is a link."""
    links = [link for link in links if link.count > 0]
    if not links:
        return Markup("")
    columns = _columns(links, words.pale)
    most = max(sum(column.values()) for column in columns)
    room = height - TOP - BOTTOM - GAP * (max(map(len, columns)) - 1)
    beside = max(text_width(f"{name} {show(count)}", 11) for name, count in columns[-1].items()) + 8
    scale, apart = room / most, (width - NODE - min(beside, width / len(columns))) / max(len(columns) - 1, 1)
    hues = _hues(columns, words.pale)
    nodes = [_placed(column, place * apart, scale) for place, column in enumerate(columns)]
    bands, blocks = [], []
    for link in sorted(links, key=lambda link: (link.step, *_order(nodes, link))):
        left, right = nodes[link.step - 1][link.source], nodes[link.step][link.target]
        bands.append(_band(left, right, link, scale, f"flow {hues[link.source]}", show))
    for place, column in enumerate(columns):
        x = place * apart
        free = (apart if place < len(columns) - 1 else width - x) - NODE - 8
        blocks.append(text(words.step.format(n=place + 1), x, 12, "start", "soft small"))
        for name, count in column.items():
            node = nodes[place][name]
            blocks.append(bar(x, node.y, NODE, node.height, hues[name], f"{name} · {show(count)}"))
            said = _short(name, f" {show(count)}", free)
            blocks.append(text(said, x + NODE + 5, node.y + node.height / 2 + 4, "start", "ink small halo"))
    return picture(words.title, width, height, [*bands, *blocks])


def _columns(links: Sequence[Flow], pale: tuple[str, ...]) -> list[dict[str, float]]:
    """What is done in each step and by how many, the most first, what is pale last."""
    columns: list[dict[str, float]] = [{} for _ in range(max(link.step for link in links) + 1)]
    for link in links:
        into = columns[link.step]
        into[link.target] = into.get(link.target, 0) + link.count
        out = columns[link.step - 1]
        if link.step == 1:
            out[link.source] = out.get(link.source, 0) + link.count
        else:
            out.setdefault(link.source, 0)
    return [dict(sorted(one.items(), key=lambda pair: (pair[0] in pale, -pair[1], pair[0]))) for one in columns]


def _placed(column: dict[str, float], x: float, scale: float) -> dict[str, _Node]:
    nodes, y = {}, TOP
    for name, count in column.items():
        nodes[name] = _Node(x, y, max(count * scale, 1.0))
        y += nodes[name].height + GAP
    return nodes


def _order(nodes: Sequence[dict[str, _Node]], link: Flow) -> tuple[float, float]:
    return nodes[link.step - 1][link.source].y, nodes[link.step][link.target].y


def _hues(columns: Sequence[dict[str, float]], pale: tuple[str, ...]) -> dict[str, str]:
    names = dict.fromkeys(name for column in columns for name in column if name not in pale)
    return {**{name: f"hue-{place % HUES}" for place, name in enumerate(names)}, **dict.fromkeys(pale, "pale")}


def _band(left: _Node, right: _Node, link: Flow, scale: float, kind: str, show: Show) -> Markup:
    high = link.count * scale
    x1, x2, y1, y2 = left.x + NODE, right.x, left.y + left.out, right.y + right.into
    left.out, right.into = left.out + high, right.into + high
    middle = (x1 + x2) / 2
    steps = (
        f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        f"V{y2 + high:.1f}C{middle:.1f} {y2 + high:.1f} {middle:.1f} {y1 + high:.1f} {x1:.1f} {y1 + high:.1f}Z"
    )
    tip = f"{link.source} → {link.target}: {show(link.count)}"
    return linked(element("path", element("title", tip), d=steps, class_=kind), link.link)


def _short(name: str, number: str, room: float) -> str:
    """A name and its number, with as much of the name as there is room for."""
    if text_width(name + number, 11) <= room:
        return name + number
    while name and text_width(f"{name}…{number}", 11) > room:
        name = name[:-1]
    return f"{name.rstrip()}…{number}" if name else number.strip()

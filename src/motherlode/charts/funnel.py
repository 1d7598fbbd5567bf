"""A way of several steps: who came so far, and who was lost before it."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from motherlode.charts.svg import Show, bar, linked, picture, text, text_width

BAR, ROW = 24.0, 62.0


class Step(msgspec.Struct, frozen=True):
    """One step.

    Attributes
    ----------
    between
        What is said between this step and the one before.
    link, lost_link
        Where those are who reached it, and those who did not.
    """

    name: str
    reached: float
    lost: float
    between: str = ""
    link: str = ""
    lost_link: str = ""


class FunnelWords(msgspec.Struct, frozen=True):
    """What the picture shows, and what its two kinds of marks are."""

    title: str
    reached: str
    lost: str


def funnel_bars(steps: Sequence[Step], show: Show, words: FunnelWords, *, width: float = 560) -> Markup:
    """A bar a step, as long as many reached it, and after it a pale one for those who were lost before it."""
    if not steps or steps[0].reached <= 0:
        return Markup("")
    marks, scale = [], (width - 2) / steps[0].reached
    for place, step in enumerate(steps):
        y, long = place * ROW, step.reached * scale
        count = show(step.reached)
        marks.append(text(f"{place + 1} · {step.name}", 0, y + 12, "start", "ink strong"))
        marks.append(text(count, width, y + 12, "end", "ink strong"))
        room = width - text_width(f"{place + 1} · {step.name}") - text_width(count) - 24
        if step.between and text_width(step.between, 11) <= room:
            marks.append(text(step.between, width - text_width(count) - 12, y + 12, "end", "soft small"))
        tip = f"{step.name} · {words.reached}: {count}"
        marks.append(linked(bar(0, y + 19, max(long, 1.5), BAR, "curve-fill", tip), step.link))
        if step.lost > 0:
            tip = f"{step.name} · {words.lost}: {show(step.lost)}"
            gone = bar(long, y + 19, step.lost * scale, BAR, "gone", tip)
            marks.append(linked(gone, step.lost_link))
            if text_width(f"−{show(step.lost)}") + 10 < step.lost * scale:
                marks.append(text(f"−{show(step.lost)}", long + 6, y + 19 + BAR / 2 + 4, "start", "ink small"))
    return picture(words.title, width, len(steps) * ROW - (ROW - 19 - BAR) + 2, marks)

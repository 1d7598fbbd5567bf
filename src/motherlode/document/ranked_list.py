"""The first rows of a project's list, in pages that have a place for them."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from motherlode.document.markdown import grid
from motherlode.labels import Language, label
from motherlode.sentences import between, money, reason_sentence


def list_text(rows: Iterable[Mapping[str, Any]], language: Language, currency: str) -> str:
    """The first rows of `opportunity.ranked` as a table."""
    names = ("rank", "customer_id", "stage", "play", "reason", "value", "cost", "net")
    return grid(
        [label("column", name, language) for name in names], (_list_row(row, language, currency) for row in rows)
    )


def _list_row(row: Mapping[str, Any], language: Language, currency: str) -> tuple[str, ...]:
    span = between(row["value_low"], row["value_high"], language, currency)
    return (
        str(row["rank"]),
        row["customer_id"],
        label("stage", row["stage"], language),
        label("play", row["play"], language),
        reason_sentence(row["reason"], row["actual"], row["benchmark"], language, currency),
        f"{money(row['value'], language, currency)} ({span})",
        money(row["cost"], language, currency),
        money(row["net"], language, currency),
    )


def filled(text: str, mark: str, new: str) -> str:
    """The text with what stands between `<!-- mark -->` and `<!-- /mark -->` replaced."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{new}\n{end}", text, flags=re.DOTALL)


def show_list(project: Path, shown: Mapping[Path, Language], rows: int = 6) -> None:
    """Put the first rows of a project's list into pages that have a place for them."""
    from motherlode.project import Project

    with Project(project) as opened:
        top = opened.opportunities(limit=rows).to_dicts()
        for path, language in shown.items():
            text = path.read_text(encoding="utf-8")
            path.write_text(filled(text, "list", list_text(top, language, opened.config.currency)), encoding="utf-8")

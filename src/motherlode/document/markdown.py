"""Pieces of Markdown that every written page is made of."""

from collections.abc import Iterable, Sequence

from motherlode.labels import catalogue

REMAKE = "python -m motherlode.document docs"
NOTE = f"<!-- Written by `{REMAKE}`: change the code, not this page. -->"


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar within a cell is no border."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def words(section: str, code: str) -> tuple[str, str]:
    """What a code is called in Chinese and in English; "" where it has no words."""
    words = catalogue().get(section, {}).get(code, {})
    return words.get("zh", ""), words.get("en", "")


def codes(names: Iterable[str | None]) -> str:
    """Names as code, in a line."""
    return ", ".join(f"`{name}`" for name in names)


def link(address: str) -> str:
    """A link from one page of a table to another."""
    return f"[{address}]({address}.md)"


def links(addresses: Iterable[str]) -> str:
    """Links in a line; "" where there are none."""
    return ", ".join(map(link, addresses))

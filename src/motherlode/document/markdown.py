"""Pieces of Markdown that every written page is made of."""

from collections.abc import Iterable, Sequence

from motherlode.labels import catalogue

REMAKE = "python -m motherlode.document docs"
NOTE = f"<!-- Written by `{REMAKE}`: change the code, not this page. -->"


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def words(section: str, code: str) -> tuple[str, str]:
    words = catalogue().get(section, {}).get(code, {})
    return words.get("zh", ""), words.get("en", "")


def codes(names: Iterable[str | None]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def link(address: str) -> str:
    return f"[{address}]({address}.md)"


def links(addresses: Iterable[str]) -> str:
    return ", ".join(map(link, addresses))

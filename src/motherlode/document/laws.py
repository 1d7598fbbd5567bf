"""The page of laws: article by article what serves it and which tests prove it, made of the duties and of the tests."""

import re
from collections.abc import Mapping
from pathlib import Path

from motherlode.govern.laws import DUTIES, LAW_NAMES, Duty, slug
from motherlode.labels import label

HEAD = "| law | duty | 义务 | served by | proven by | waiting for |\n|---|---|---|---|---|---|"
ABOUT = """Which article is served by what, and the tests that prove it: a test is named after the articles that it
proves. What is not there yet is waiting for the thing named. This is no legal advice: articles of the PIPL were read in
their text, those of the GDPR and the CCPA in commentaries."""

Tests = Mapping[str, Path]


def law_text(tests: Tests, note: str) -> str:
    """The page."""
    rows = [_row(duty, proofs(duty, tests)) for duty in DUTIES]
    names = [f"| {name} | {label('law_name', name, 'zh')} | {label('law_name', name, 'en')} |" for name in LAW_NAMES]
    parts = ["# Laws", note, " ".join(ABOUT.split()), "\n".join([HEAD, *rows])]
    return "\n\n".join([*parts, "## Names", "\n".join(["| | 中文 | English |\n|---|---|---|", *names])]) + "\n"


def named_after_articles(folder: Path) -> dict[str, Path]:
    """Every test whose name begins with an article, with its file."""
    laws = "|".join(name.lower() for name in LAW_NAMES)
    found = re.compile(rf"^def (test_(?:{laws})_\w+)\(", re.MULTILINE)
    files = sorted(folder.rglob("test_*.py"))
    return {name: path for path in files for name in found.findall(path.read_text(encoding="utf-8"))}


def proofs(duty: Duty, tests: Tests) -> list[str]:
    """The tests that are named after an article of a duty."""
    # `gdpr_7` is not in `gdpr_7_3`, which is another article, nor `pipl_2` in `pipl_24`.
    articles = [re.compile(rf"(?<![a-z0-9]){slug(article)}(?!_?\d)") for article in duty.articles]
    return [name for name in tests if any(article.search(name) for article in articles)]


def _row(duty: Duty, tests: list[str]) -> str:
    cells = (
        "; ".join(duty.articles),
        label("duty", duty.name, "en"),
        label("duty", duty.name, "zh"),
        ", ".join(f"`{name}`" for name in duty.served_by),
        "<br>".join(f"`{name}`" for name in tests),
        "; ".join(label("waiting", name, "en") for name in duty.waiting),
    )
    return f"| {' | '.join(cells)} |"

"""The pages that are written from the code, and so cannot say anything else.

`python -m motherlode.document docs` writes them; each is text out of the graph, the commands and the labels.
"""

from pathlib import Path

from motherlode.document.commands import commands_text
from motherlode.document.laws import law_text, named_after_articles
from motherlode.document.markdown import NOTE
from motherlode.document.tables import house, index_text, table_pages, table_text
from motherlode.document.vocabulary import vocabulary_text

TESTS = Path(__file__).parents[3] / "tests"


def pages() -> dict[str, str]:
    """Every generated page by its path within `docs`."""
    tables = table_pages(house())
    texts = {f"tables/{page.address}.md": table_text(page) for page in tables}
    if TESTS.exists():
        texts["why/laws.md"] = law_text(named_after_articles(TESTS), NOTE)
    return {
        **texts,
        "tables/README.md": index_text(tables),
        "how-to/commands.md": commands_text(),
        "vocabulary.md": vocabulary_text(),
    }


def write(docs: Path) -> None:
    """Write every generated page, and take away pages of tables that are no more."""
    texts = pages()
    for path in (docs / "tables").glob("*.md"):
        if f"tables/{path.name}" not in texts:
            path.unlink()
    for name, text in texts.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8")

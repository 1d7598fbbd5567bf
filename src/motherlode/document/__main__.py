"""`python -m motherlode.document docs`: write the generated pages."""

from pathlib import Path

import click

from motherlode.document import write
from motherlode.document.ranked_list import show_list


@click.command()
@click.argument("docs", type=click.Path(file_okay=False, path_type=Path))
@click.option("--demo", type=click.Path(exists=True, path_type=Path), help="A demo project whose list the pages show.")
def main(docs: Path, demo: Path | None) -> None:
    """Write the generated pages under DOCS."""
    write(docs)
    if demo:
        root = docs.resolve().parent
        show_list(demo, {root / "README.md": "en", root / "README.zh-CN.md": "zh", docs / "tutorial.md": "en"})


if __name__ == "__main__":
    main()

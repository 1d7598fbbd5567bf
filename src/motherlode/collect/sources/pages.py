"""Tables of web pages and of XML spreadsheets, which many programs write and call `.xls`."""

from collections.abc import Iterator
from html.parser import HTMLParser

ROWS, CELLS = ("tr", "row"), ("td", "th", "cell")


class _Tables(HTMLParser):
    """Rows of every table; a cell over several columns is followed by empty ones."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = [[]]
        self._is_in_a_cell = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        if tag in ("table", "worksheet"):
            self.tables.append([])
        elif tag in ROWS:
            self.tables[-1].append([])
        elif tag in CELLS and self.tables[-1]:
            row = self.tables[-1][-1]
            # An XML spreadsheet leaves empty cells out and numbers the next one.
            row += [""] * (_number(said.get("ss:index")) - 1 - len(row))
            row.append("")
            self._is_in_a_cell = True
            self._after = _number(said.get("colspan")) - 1
        elif tag == "br" and self._is_in_a_cell:
            self.tables[-1][-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in CELLS and self._is_in_a_cell:
            self.tables[-1][-1][-1] = self.tables[-1][-1][-1].strip()
            self.tables[-1][-1] += [""] * self._after
            self._is_in_a_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_in_a_cell:
            self.tables[-1][-1][-1] += data


def table(blocks: Iterator[bytes]) -> list[list[str]]:
    """Rows of the longest table of a page, all of one width."""
    reader = _Tables()
    for block in blocks:
        reader.feed(block.decode(errors="replace"))
    reader.close()
    rows = max(reader.tables, key=len)
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _number(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdigit() else 0

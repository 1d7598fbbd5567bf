"""Rows that came out of the warehouse, readable in a terminal and in a notebook."""

import html
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa

from motherlode.arrow.kinds import is_number

SHOWN = 20


class Rows:
    """An Arrow table that shows itself; pandas, polars and DuckDB take it as it is."""

    def __init__(self, arrow: pa.Table) -> None:
        self.arrow = arrow

    @property
    def columns(self) -> list[str]:
        return list(self.arrow.schema.names)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dictionary a row."""
        rows: list[dict[str, Any]] = self.arrow.to_pylist()
        return rows

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dicts())

    def __getitem__(self, column: str) -> list[Any]:
        values: list[Any] = self.arrow[column].to_pylist()
        return values

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.arrow.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        cells = [self.columns, *([_cell(value) for value in row.values()] for row in self._first())]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        right = [is_number(field.type) for field in self.arrow.schema]
        lines = [
            "  ".join(
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, number in zip(row, widths, right, strict=True)
            ).rstrip()
            for row in cells
        ]
        return "\n".join([*lines, f"({self._how_many()})"])

    def _repr_html_(self) -> str:
        aligned = [' style="text-align:right"' if is_number(field.type) else "" for field in self.arrow.schema]
        header = "".join(f"<th{how}>{html.escape(name)}</th>" for name, how in zip(self.columns, aligned, strict=True))
        body = "".join(f"<tr>{_html_cells(row, aligned)}</tr>" for row in self._first())
        return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table><p>{self._how_many()}</p>"

    def _first(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.arrow.slice(0, SHOWN).to_pylist()
        return rows

    def _how_many(self) -> str:
        whole = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        return f"the first {SHOWN} of {whole}" if len(self) > SHOWN else whole


def _html_cells(row: dict[str, Any], aligned: list[str]) -> str:
    cells = zip(row.values(), aligned, strict=True)
    return "".join(f"<td{how}>{html.escape(_cell(value))}</td>" for value, how in cells)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        shown = f"{value:,.2f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    return str(value)

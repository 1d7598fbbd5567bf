"""Rows that came out of the warehouse, readable in a terminal and in a notebook."""

import html
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

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
        head = [
            self.columns,
            *[[_cell(value) for value in row.values()] for row in self.arrow.slice(0, SHOWN).to_pylist()],
        ]
        widths = [max(len(row[i]) for row in head) for i in range(len(self.columns))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in head]
        return "\n".join([*lines, f"({len(self)} rows)"])

    def _repr_html_(self) -> str:
        header = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_cell(value))}</td>" for value in row.values()) + "</tr>"
            for row in self.arrow.slice(0, SHOWN).to_pylist()
        )
        return f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table><p>{len(self)} rows</p>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

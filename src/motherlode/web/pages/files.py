"""Rows as a file that a browser saves; who took it, and how many rows, goes into the log."""

import io

import pyarrow as pa
from starlette.responses import Response

from motherlode.arrow.export import write
from motherlode.errors import GraphError
from motherlode.web.pages.visit import Visit

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What no answer holds more of; the command line writes any number.
MOST_ROWS = 200_000


def as_file(visit: Visit, rows: pa.Table, name: str, kind: str) -> Response:
    """Rows in a format, a CSV with the mark by which Excel reads Chinese; `GraphError` for another format."""
    if kind not in MEDIA:
        raise GraphError(f"there is no file .{kind}", hint=", ".join(f".{known}" for known in MEDIA))
    out = io.BytesIO()
    out.write("\ufeff".encode() if kind == "csv" else b"")
    write(rows, kind, out)
    visit.project.note_taken(f"{name}.{kind}", rows.schema.names, rows.num_rows, visit.visitor.name)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    return Response(out.getvalue(), media_type=MEDIA[kind], headers=headers)

"""In = out + set aside."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("table", "source", "file"), subject=None)
def accounting(grades: ir.Table, broken: ir.Table) -> ir.Table:
    """Rows of each file: how many came, how many are in their table, how many of those repaired, how many set aside."""
    counted = grades.group_by("table", "source", "file").aggregate(
        read=grades.rows.sum(),
        kept=grades.rows.sum(where=grades.problem == ""),
        repaired=grades.rows.sum(where=(grades.problem == "") & (grades.repairs != "")),
        problems=grades.rows.sum(where=grades.problem != ""),
        anonymous=grades.rows.sum(where=(grades.problem == "") & ~grades.with_customer),
    )
    lines = broken.group_by("source", "file").aggregate(lines=broken.count())
    both = counted.left_join(lines, ["source", "file"]).drop("source_right", "file_right")
    broken_lines = both.lines.fill_null(0)
    return both.select(
        "table",
        "source",
        "file",
        came=both["read"] + broken_lines,
        kept=both.kept.fill_null(0),
        repaired=both.repaired.fill_null(0),
        set_aside=both.problems.fill_null(0) + broken_lines,
        anonymous=both.anonymous.fill_null(0),
    )

"""In = out + set aside."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

COUNTS = ("came", "kept", "repaired", "set_aside", "anonymous")


@table(key=("table", "source", "file"), subject=None, purpose="service")
def accounting(grades: ir.Table, broken: ir.Table, files: ir.Table) -> ir.Table:
    """Rows of each file: how many came, how many are in their table, how many of those repaired, how many set aside."""
    counted = grades.group_by("table", "source", "file").aggregate(
        came=grades.rows.sum(),
        kept=grades.rows.sum(where=grades.problem == ""),
        repaired=grades.rows.sum(where=(grades.problem == "") & (grades.repairs != "")),
        set_aside=grades.rows.sum(where=grades.problem != ""),
        anonymous=grades.rows.sum(where=(grades.problem == "") & ~grades.with_customer),
    )
    # A file may hold broken lines and nothing else.
    both = counted.union(_lines(broken, files))
    return both.group_by("table", "source", "file").aggregate(
        **{name: both[name].sum().fill_null(0).cast("int64") for name in COUNTS}
    )


def _lines(broken: ir.Table, files: ir.Table) -> ir.Table:
    """Broken lines, counted under the table that their file was meant for."""
    placed = broken.left_join(files.select("source", "file", "table"), ["source", "file"])
    lines = placed.drop("source_right", "file_right").mutate(table=placed["table"].fill_null(""))
    none = ibis.literal(0, "int64")
    return (
        lines.group_by("table", "source", "file")
        .aggregate(lines=lines.count())
        .select("table", "source", "file", came="lines", kept=none, repaired=none, set_aside="lines", anonymous=none)
    )

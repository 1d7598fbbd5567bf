"""What a stricter policy would have thrown away, in money (清洗损失账)."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# Attributes that segmentations usually ask for.
ASKED = ("gender", "age", "birth_year", "city", "industry")


@table(key="policy", subject=None, purpose="service")
def cleaning_ledger(grades: ir.Table, order_lines: ir.Table, returns: ir.Table, customers: ir.Table) -> ir.Table:
    """Rows and money by policy: what common cleaning rules drop and this house keeps, and what it sets aside itself."""
    kept = grades.filter((grades.problem == "") & (grades.table == "orders") & (grades.repairs != ""))
    aside = grades.filter(grades.problem != "")
    unmatched = returns.filter(returns.matched_by == "")
    sales = _sales(order_lines)
    return ibis.union(
        _line("drop_rows_without_customer", sales, sales.anonymous, sales.anonymous_amount),
        _line("drop_rows_without_category", sales, sales.nameless, sales.nameless_amount),
        _line("drop_rows_that_needed_repair", *_sums(kept.mutate(amount=kept.worth))),
        _line("drop_customers_with_missing_attributes", *_of_incomplete(customers, order_lines)),
        _line("drop_returns", *_sums(returns.mutate(rows=1))),
        _line("returns_without_order", *_sums(unmatched.mutate(rows=1))),
        _line("set_aside", *_sums(aside.mutate(amount=aside.worth))),
    )


def _sales(lines: ir.Table) -> ir.Table:
    """Both policies about order lines in one pass; a column that nobody fills is no reason to drop anything."""
    sold = lines.filter(lines.kind == "sale")
    seen = sold.aggregate(
        with_category=sold.category.count(),
        anonymous=sold.customer_id.isnull().sum(),
        anonymous_amount=sold.amount.sum(where=sold.customer_id.isnull()),
        nameless=sold.category.isnull().sum(),
        nameless_amount=sold.amount.sum(where=sold.category.isnull()),
    )
    used = seen.with_category > 0
    return seen.mutate(
        nameless=ibis.ifelse(used, seen.nameless, 0),
        nameless_amount=ibis.ifelse(used, seen.nameless_amount.cast("float64"), 0.0),
    )


def _of_incomplete(customers: ir.Table, lines: ir.Table) -> tuple[ir.Table, ir.Value, ir.Value]:
    """Sales to customers who lack an attribute that others have."""
    used = customers.aggregate(**{f"with_{name}": customers[name].count() for name in ASKED})
    both = customers.cross_join(used)
    lacking = both.filter(ibis.or_(*(both[name].isnull() & (both[f"with_{name}"] > 0) for name in ASKED)))
    sold = lines.filter(lines.kind == "sale").semi_join(lacking, "customer_id")
    return _sums(sold.mutate(rows=1))


def _sums(rows: ir.Table) -> tuple[ir.Table, ir.Value, ir.Value]:
    figures = rows.aggregate(rows=rows["rows"].sum(), amount=rows.amount.sum())
    return figures, figures["rows"], figures.amount


def _line(policy: str, figures: ir.Table, rows: ir.Value, amount: ir.Value) -> ir.Table:
    return figures.select(
        policy=ibis.literal(policy),
        rows=rows.cast("int64").fill_null(0),
        amount=amount.cast("float64").fill_null(0.0),
    )

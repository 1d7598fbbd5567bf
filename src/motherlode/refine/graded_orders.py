"""Order rows read, with the problems that only orders have."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.refine.grading import grade_doubtful, grade_plain, place
from motherlode.refine.heads import lines_under_heads
from motherlode.schemas import ORDERS
from motherlode.tables import graded, table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="happened_on", purpose="service")
def doubtful_orders(raw_orders: ir.Table) -> ir.Table:
    """Order rows with a cell that needs a second look, as read; kept, as reading them is what costs."""
    return _of_orders(grade_doubtful(raw_orders, ORDERS))


@graded()
def graded_orders(raw_orders: ir.Table, doubtful_orders: ir.Table, price_list: ir.Table, *, as_of: date) -> ir.Table:
    """Order rows as read, what each is worth in money, and the repeats of an order that would count it twice.

    Lines that came in a file of their own have who and when of their order, which `is_head` then.
    """
    # Apart from the raw rows on: only rows that are whole orders need looking at one another.
    plain = raw_orders.filter(_is_line(raw_orders)), raw_orders.filter(~_is_line(raw_orders))
    doubtful = doubtful_orders.filter(_is_line(doubtful_orders)), doubtful_orders.filter(~_is_line(doubtful_orders))
    lines, whole = (
        _valued(_of_orders(grade_plain(rows, ORDERS)).union(others), price_list)
        for rows, others in zip(plain, doubtful, strict=True)
    )
    said = raw_orders.ordered_at.notnull() | raw_orders.ordered_at_text.notnull()
    dated = raw_orders.filter(said & ~_is_line(raw_orders)).select("order_id")
    return lines_under_heads(lines, _without_repeats(whole), dated, as_of)


def _of_orders(read: ir.Table) -> ir.Table:
    """Without what nobody asks of orders: tokens of people, and columns that are none of ours."""
    return read.drop("extra", *(name for name in read.columns if name.endswith("_key")))


def _is_line(row: ir.Table) -> ir.BooleanValue:
    return row.product_id.notnull() | row.product_name.notnull() | row.category.notnull()


def _valued(read: ir.Table, price_list: ir.Table) -> ir.Table:
    """A row worth nothing at all is a gift or a stock movement; a row whose worth is unknown is a problem."""
    prices = price_list.select("product_id", list_price=price_list.unit_price)
    priced = read.left_join(prices, "product_id").drop("product_id_right")
    valued = priced.mutate(amount=_amount(priced)).drop("list_price")
    unknown = (valued.problem == "") & valued.amount.isnull()
    problem = ibis.ifelse(unknown, "no_amount", valued.problem)
    worth = ibis.ifelse(valued.problem == "totals_row", ibis.null("decimal(18, 4)"), valued.amount)
    return valued.mutate(problem=problem, worth=worth)


def _amount(row: ir.Table) -> ir.Value:
    """Paid for the row: as stated, or from price and pieces, or from the price list.

    An order's total repeated on each of its lines is seen by being far more than the line's own price times pieces.
    """
    zero = ibis.literal(0).cast("decimal(18, 4)")
    pieces = row.quantity.fill_null(1.0)
    gross = _money(row.unit_price.cast("float64") * pieces)
    stated = row.amount.coalesce(row.order_amount - row.discount.fill_null(zero))
    is_total = row.product_id.notnull() & row.quantity.notnull() & (stated.abs() > gross.abs() * 2) & (gross != 0)
    listed = _money(row.list_price.cast("float64") * pieces)
    return ibis.cases((is_total, gross - row.discount.fill_null(zero)), else_=stated).coalesce(gross).coalesce(listed)


def _money(value: ir.Value) -> ir.Value:
    return value.round(4).cast("decimal(18, 4)")


def _without_repeats(row: ir.Table) -> ir.Table:
    """In files with a row an order, the last row of an order number counts; the others say why they do not."""
    row = row.mutate(place=place(row))
    sold = row.filter((row.problem == "") & row.order_id.notnull() & (row.amount > 0))
    seen = sold.group_by("source", "order_id").aggregate(
        rows=sold.count(), last=sold.place.max(), lowest=sold.amount.min(), highest=sold.amount.max()
    )
    again = seen.filter(seen.rows > 1)
    joined = row.left_join(again, ["source", "order_id"]).drop("source_right", "order_id_right")
    repeated = (joined.problem == "") & (joined.amount > 0) & (joined.place != joined["last"]).fill_null(False)
    code = ibis.ifelse(joined.lowest == joined.highest, "repeated_order", "conflicting_amount")
    marked = joined.mutate(
        problem=ibis.ifelse(repeated, code, joined.problem),
        # What counts twice is not lost when it is set aside.
        worth=ibis.ifelse(repeated, ibis.null("decimal(18, 4)"), joined.worth),
    )
    return marked.drop("rows", "last", "lowest", "highest", "place")

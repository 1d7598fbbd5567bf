"""Goods and money that came back, each with the order that it undoes."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="returned_on", purpose="service")
def returns(order_lines: ir.Table) -> ir.Table:
    """Returned lines; `order_id` is the order that they undo, `matched_by` how it was found, or "" where it was not.

    A return under its order's own number is matched by it, otherwise by the customer's last earlier order of the same
    product, otherwise by the customer's last earlier order of any.
    """
    sales = order_lines.filter(order_lines.kind.isin(("sale", "refunded")))
    back = _taken_back(order_lines)
    # Only orders that something came back under: all orders once each cost more than all the rest.
    under = sales.semi_join(back, ["source", "order_id"])
    own = under.select("source", "order_id", own_order_id="order_id").distinct()
    back = back.left_join(own, ["source", "order_id"]).drop("source_right", "order_id_right")
    known = back.filter(back.own_order_id.isnull() & back.customer_id.notnull())
    same = _last_before(known, sales, ("customer_id", "product_id"), "product_order_id")
    back = back.left_join(same, ["source", "file", "row"]).drop("source_right", "file_right", "row_right")
    rest = back.filter(back.own_order_id.isnull() & back.product_order_id.isnull() & back.customer_id.notnull())
    any_order = _last_before(rest, sales, ("customer_id",), "any_order_id")
    back = back.left_join(any_order, ["source", "file", "row"]).drop("source_right", "file_right", "row_right")
    return back.select(
        "source",
        "file",
        "row",
        "customer_id",
        "returned_at",
        "returned_on",
        "product_id",
        "category",
        "quantity",
        "amount",
        return_id=back.order_id,
        order_id=back.own_order_id.coalesce(back.product_order_id, back.any_order_id),
        matched_by=ibis.cases(
            (back.own_order_id.notnull(), "order_number"),
            (back.product_order_id.notnull(), "product"),
            (back.any_order_id.notnull(), "customer"),
            else_="",
        ),
    )


def _taken_back(lines: ir.Table) -> ir.Table:
    """Return lines, and the refunds that stand on the line of the sale, as positive money."""
    gone = lines.filter(lines.kind == "return")
    refunded = lines.filter((lines.kind == "refunded") | ((lines.kind == "sale") & (lines.refund_amount > 0)))
    zero = ibis.literal(0).cast("decimal(18, 4)")
    money = ibis.ifelse(refunded.refund_amount > zero, refunded.refund_amount, refunded.amount)
    return _columns(gone, gone.quantity.abs(), gone.amount.abs()).union(_columns(refunded, refunded.quantity, money))


def _columns(lines: ir.Table, quantity: ir.Value, amount: ir.Value) -> ir.Table:
    return lines.select(
        "source",
        "file",
        "row",
        "order_id",
        "customer_id",
        "product_id",
        "category",
        returned_at=lines.ordered_at,
        returned_on=lines.ordered_on,
        quantity=quantity,
        amount=amount.cast("decimal(18, 4)"),
    )


def _last_before(back: ir.Table, sales: ir.Table, same: tuple[str, ...], name: str) -> ir.Table:
    """The last order before each return that agrees with it in the columns `same`."""
    # Only the orders of those who returned something, once each: a big buyer has thousands of lines.
    orders = sales.semi_join(back, list(same)).select(*same, sold_at="ordered_at", sold_id="order_id").distinct()
    pairs = back.select("source", "file", "row", "returned_at", *same).inner_join(orders, list(same))
    pairs = pairs.filter(pairs.sold_at <= pairs.returned_at)
    last = pairs.group_by("source", "file", "row").aggregate(last_at=pairs.sold_at.max())
    tied = pairs.inner_join(
        last,
        [pairs.source == last.source, pairs.file == last.file, pairs.row == last.row, pairs.sold_at == last.last_at],
    )
    return tied.group_by("source", "file", "row").aggregate(**{name: tied.sold_id.max()})

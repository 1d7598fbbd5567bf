"""Every usable order row, as a sale, a return or something else that must not be counted as either."""

import ibis
import ibis.expr.types as ir

from motherlode.expressions.merged import as_one
from motherlode.refine.text import one_of
from motherlode.tables import table

# Statuses in which an order brought no money, as shops write them.
CANCELLED = (
    "cancelled", "canceled", "voided", "failed", "closed", "已取消", "取消", "交易关闭", "已关闭", "关闭", "交易失败",
    "storniert", "annulé", "annulée", "cancelado", "cancelada", "anulado", "anulada", "annullato", "geannuleerd",
    "キャンセル",
)  # fmt: skip
UNPAID = (
    "pending", "unpaid", "on-hold", "on hold", "待付款", "等待买家付款", "未付款", "未支付", "待支付",
    "unbezahlt", "zahlung ausstehend", "en attente", "impayé", "pendiente", "pendente", "未入金",
)  # fmt: skip
REFUNDED = (
    "refunded", "已退款", "退款成功", "已退货", "全额退款",
    "erstattet", "remboursé", "remboursée", "reembolsado", "reembolsada", "返金済み",
)  # fmt: skip


@table(key=("source", "file", "row"), subject="customer_id", happened_on="ordered_on", purpose="service")
def order_lines(graded_orders: ir.Table, price_list: ir.Table, merged_numbers: ir.Table) -> ir.Table:
    """Order rows by `kind`: sale, refunded, return, cancelled, unpaid, adjustment (stock, bad debt, gifts), or head.

    A head is the row of an order whose lines came in a file of their own, and count in its place.
    """
    lines = as_one(graded_orders.filter(graded_orders.problem == ""), merged_numbers)
    facts = price_list.select("product_id", listed_name="product_name", listed_category="category", cost="unit_cost")
    lines = lines.left_join(facts, "product_id").drop("product_id_right")
    zero = ibis.literal(0).cast("decimal(18, 4)")
    return lines.select(
        "source",
        "file",
        "row",
        # A row without an order number is an order of its own.
        order_id=lines.order_id.coalesce(lines.file + ":" + lines.row.cast("string")),
        customer_id=lines.customer_id,
        ordered_at=lines.ordered_at,
        ordered_on=lines.ordered_on,
        kind=_kind(lines),
        product_id=lines.product_id.coalesce(lines.product_name),
        product_name=lines.product_name.coalesce(lines.listed_name),
        category=lines.category.coalesce(lines.listed_category),
        quantity=lines.quantity.fill_null(1.0),
        amount=lines.amount,
        cost=(lines.cost.cast("float64") * lines.quantity.fill_null(1.0)).round(4).cast("decimal(18, 4)"),
        discount=lines.discount.fill_null(zero),
        refund_amount=lines.refund_amount.fill_null(zero),
        channel=lines.channel,
        country=lines.country,
        province=lines.province,
        city=lines.city,
        coupon=lines.coupon,
    )


def _kind(lines: ir.Table) -> ir.StringValue:
    status = lines.status.lower()
    pieces = lines.quantity.fill_null(1.0)
    return ibis.cases(
        (lines.is_head, "head"),
        (one_of(status, CANCELLED).fill_null(False), "cancelled"),
        (one_of(status, UNPAID).fill_null(False), "unpaid"),
        (one_of(status, REFUNDED).fill_null(False) & (lines.amount > 0), "refunded"),
        ((pieces > 0) & (lines.amount > 0), "sale"),
        ((pieces < 0) & (lines.amount < 0), "return"),
        ((pieces > 0) & (lines.amount < 0) & lines.customer_id.notnull(), "return"),
        else_="adjustment",
    )

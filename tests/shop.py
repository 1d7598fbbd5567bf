"""A small shop with names: ann buys every month, bob bought once, cat only looked, acme is a company with deals."""

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from motherlode.graph.given import GIVEN

LOADED_AT = datetime(2024, 12, 31)
ARROW = {
    "string": pa.string(),
    "float64": pa.float64(),
    "int64": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp(6)": pa.timestamp("us"),
    "decimal(18, 4)": pa.decimal128(18, 4),
}


def raw(name: str, rows: list[dict[str, Any]], source: str = "shop", file: str = "shop.csv") -> pa.Table:
    """Rows of a given table; what is not said is empty."""
    learned = {"timezone": "Asia/Shanghai", "date_order": "ymd", "decimal_mark": "."}
    whole = [
        {"source": source, "file": file, "row": number, "loaded_at": LOADED_AT, **learned, **row}
        for number, row in enumerate(rows, start=1)
    ]
    columns = {key: kind for key, kind in GIVEN[f"raw_{name}"].items() if any(key in row for row in whole)}
    schema = pa.schema([(key, ARROW[kind]) for key, kind in columns.items()])
    return pa.Table.from_pylist(whole, schema=schema)


def at(day: str, hour: int = 10) -> datetime:
    """Wall clock of the shop."""
    return datetime.fromisoformat(day) + timedelta(hours=hour)


def line(order: str, who: str | None, day: str, product: str, pieces: float, price: str, **more: Any) -> dict[str, Any]:
    """An order line."""
    from decimal import Decimal

    return {
        "order_id": order,
        "customer_id": who,
        "ordered_at": at(day),
        "product_id": product,
        "category": product[:3],
        "quantity": pieces,
        "unit_price": Decimal(price),
        **more,
    }


def order_lines() -> list[dict[str, Any]]:
    lines = [line(f"a{month}", "ann", f"2024-{month:02}-05", "tea-1", 2, "30") for month in range(1, 7)]
    lines += [line("a6", "ann", "2024-06-05", "cup-1", 1, "12.5"), line("b1", "bob", "2024-02-01", "tea-1", 1, "30")]
    lines += [line("a7", "ann", "2024-06-20", "tea-1", -1, "30"), line("x1", None, "2024-03-03", "cup-1", 3, "12.5")]
    # Forty more, so that quantiles and peers have somebody to look at.
    for number in range(40):
        for time in range(1 + number % 7):
            day = (datetime(2023, 7, 1) + timedelta(days=number + 17 * time * (1 + number % 3))).date().isoformat()
            product = ("tea-1", "tea-2", "cup-1", "pot-1")[(number + time) % 4]
            lines.append(line(f"c{number}-{time}", f"c{number:02}", day, product, 1 + time % 3, f"{10 + number}"))
    # After the day as of which most tests ask.
    lines += [line("a8", "ann", "2024-09-05", "tea-1", 5, "30"), line("n1", "new", "2024-10-01", "tea-1", 1, "30")]
    return lines


def shop() -> dict[str, pa.Table]:
    """Raw tables of the shop."""
    customers = [
        {"customer_id": "ann", "gender": "f", "city": "上海", "registered_at": at("2023-12-01")},
        {"customer_id": "bob", "gender": "m", "registered_at": at("2024-01-15")},
        {"customer_id": "cat", "registered_at": at("2024-05-20"), "marketing_consent": True},
        {"customer_id": "dan", "registered_at": at("2024-11-11")},
        {"customer_id": "acme", "company": "Acme", "industry": "steel", "employees": 120.0},
    ]
    events = [
        {"customer_id": "cat", "event": "view", "occurred_at": at("2024-06-01"), "session_id": "s1"},
        {"customer_id": "cat", "event": "cart", "occurred_at": at("2024-06-02"), "session_id": "s2"},
        {"customer_id": "ann", "event": "view", "occurred_at": at("2024-08-02"), "session_id": "s3"},
    ]
    deals = [
        _deal("d1", "Won", "2024-01-10", "2024-03-01", "9000"),
        _deal("d2", "Lost", "2024-02-10", "2024-04-01", "0"),
        _deal("d3", "Won", "2024-05-10", "2024-08-01", "7000"),
        _deal("d4", "Engaging", "2024-07-10", None, None),
    ]
    return {
        "raw_orders": raw("orders", order_lines()),
        "raw_customers": raw("customers", customers),
        "raw_events": raw("events", events),
        "raw_deals": raw("deals", deals),
    }


def _deal(deal: str, stage: str, opened: str, closed: str | None, amount: str | None) -> dict[str, Any]:
    from decimal import Decimal

    return {
        "deal_id": deal,
        "customer_id": "acme",
        "stage": stage,
        "opened_at": at(opened),
        "closed_at": at(closed) if closed else None,
        "amount": Decimal(amount) if amount else None,
    }


def cut(tables: dict[str, pa.Table], day: str) -> dict[str, pa.Table]:
    """The raw rows at the end of a day, without later rows and without what later days wrote into earlier rows."""
    last = datetime.fromisoformat(day) + timedelta(days=1)
    happened = {"raw_orders": "ordered_at", "raw_customers": "registered_at", "raw_events": "occurred_at"}
    kept = {}
    for name, rows in tables.items():
        column = happened.get(name, "opened_at")
        records = [row for row in rows.to_pylist() if row[column] is None or row[column] < last]
        for row in records:
            if row.get("closed_at") and row["closed_at"] >= last:
                row.update(closed_at=None, amount=None, stage="open")
        kept[name] = pa.Table.from_pylist(records, schema=rows.schema)
    return kept

"""A shop whose customers also browse: order lines as in `benchmarks.spine`, and events of visits."""

from pathlib import Path

import duckdb

from benchmarks import spine

COLUMNS = ("event_id", "customer_id", "event", "occurred_at", "session_id", "page_url", "product_id", "device")


def generate(folder: Path, lines: int, events: int, customers: int) -> None:
    """Visits of five events over two years; three in ten put something into the cart, fewer pay."""
    spine.generate(folder, lines, customers)
    connection = duckdb.connect(":memory:")
    connection.execute("SET enable_progress_bar = false").fetchall()
    connection.execute(
        f"COPY ({visits(events, customers)}) TO '{folder / 'events.parquet'}' (FORMAT parquet)"
    ).fetchall()
    connection.close()


def visits(events: int, customers: int) -> str:
    """The query that draws the events."""
    drawn = "hash(i // 5, 11) % 1000"
    return f"""
        SELECT 'E' || i AS event_id,
            'C' || CAST(floor({customers} * pow(hash(i // 5, 12) % 1000003 / 1000003.0, 1.3)) AS BIGINT) AS customer_id,
            CASE i % 5
                WHEN 0 THEN CASE WHEN {drawn} < 650 THEN 'Product Viewed' ELSE 'Products Searched' END
                WHEN 1 THEN 'Product Viewed'
                WHEN 2 THEN CASE WHEN {drawn} < 300 THEN 'Product Added' ELSE 'Page Viewed' END
                WHEN 3 THEN CASE WHEN {drawn} < 180 THEN 'Checkout Started' ELSE 'Product Viewed' END
                ELSE CASE WHEN {drawn} < 110 THEN 'Order Completed' WHEN {drawn} < 250 THEN 'Product Removed'
                    ELSE 'Page Viewed' END
            END AS event,
            TIMESTAMP '2023-01-01' + INTERVAL (hash(i // 5, 13) % 63072000 + (i % 5) * (20 + hash(i, 14) % 200)) SECOND
                AS occurred_at,
            'S' || (i // 5) AS session_id,
            '/p/' || (hash(i, 15) % 500) AS page_url,
            'P' || (hash(i, 2) % 5000) AS product_id,
            CASE WHEN hash(i // 5, 16) % 10 < 7 THEN 'phone' ELSE 'desktop' END AS device
        FROM range({events}) AS t(i)
    """  # noqa: S608


def make_project(folder: Path) -> Path:
    """A project with both sources."""
    root = spine.make_project(folder, "parquet")
    columns = "\n".join(f'{name} = "{name}"' for name in COLUMNS)
    source = f'[sources.visits]\npath = "{folder}/events.parquet"\ntable = "events"'
    text = f"\n{source}\n[sources.visits.columns]\n{columns}\n"
    with (root / "motherlode.toml").open("a") as settings:
        settings.write(text)
    return root

"""A small project folder made of invented files: a tea shop whose customers buy, slow down and stay away."""

import atexit
import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from motherlode.cli import main
from motherlode.labels import catalogue
from motherlode.project import Project

ROOT = Path(__file__).parents[1]
SETTINGS = """
name = "tea-shop"
timezone = "Asia/Shanghai"
currency = "CNY"

[sources.sales]
path = "inbox/sales*.csv"
table = "orders"
columns = { order_id = "no", customer_id = "who", ordered_at = "day", product_id = "sku", product_name = "name", \
category = "kind", quantity = "pieces", unit_price = "price" }

[sources.people]
path = "inbox/people.csv"
table = "customers"
columns = { customer_id = "who", name = "name", phone = "phone", city = "city", registered_at = "since" }
"""
# Spreadsheets would run the first name.
GOODS = (
    ("t1", "=1+2 tea", "茶"), ("t2", "green tea", "茶"), ("c1", "@cup", "杯"), ("p1", "pot", "壶"), ("g1", "gift", "礼")
)  # fmt: skip
FIRST, LAST = date(2023, 1, 2), date(2024, 6, 30)


def sales(customers: int = 80) -> list[dict[str, Any]]:
    """Lines of orders: each customer has a rhythm of their own; every fourth slows down, every seventh stays away."""
    lines = []
    for who in range(customers):
        gap, day, number = 12 + who % 19, FIRST + timedelta(days=who % 60), 0
        until = LAST - timedelta(days=200 if who % 7 == 0 else 3 * gap if who % 4 == 0 else 0)
        while day <= until:
            number += 1
            for place in range(1 + (who + number) % 3):
                sku, name, kind = GOODS[(who + number * 2 + place) % len(GOODS)]
                lines.append(
                    {"no": f"{who}-{number}", "who": f"c{who:03}", "day": day.isoformat(), "sku": sku, "name": name,
                     "kind": kind, "pieces": 1 + (who + place) % 4, "price": f"{20 + 15 * (who % 9)}.50"}
                )  # fmt: skip
            day += timedelta(days=gap + number % 3)
    return lines


def people(customers: int = 80) -> list[dict[str, Any]]:
    return [
        {"who": f"c{who:03}", "name": f"Canary Person {who}", "phone": f"1380013{8000 + who}", "city": "上海",
         "since": FIRST.isoformat()}
        for who in range(customers)
    ]  # fmt: skip


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    rows = list(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def project(folder: Path, settings: str = "", customers: int = 80) -> Path:
    """Write the project's files; nothing is loaded yet."""
    write_csv(folder / "inbox" / "sales.csv", sales(customers))
    write_csv(folder / "inbox" / "people.csv", people(customers))
    (folder / "motherlode.toml").write_text(SETTINGS + settings, encoding="utf-8")
    return folder


def command(*words: str, at: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `motherlode` in a process of its own, as a person or a script would."""
    return subprocess.run(
        [sys.executable, "-m", "motherlode", *words],
        cwd=at,
        env={**os.environ, "MOTHERLODE_LANG": "en", "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def said(*words: str, at: Path, lang: str = "en") -> Result:
    """Run a command in this process: quicker, and good enough where no other process is looked at."""
    return CliRunner().invoke(main, ["--lang", lang, *words, "--project", str(at)])


@cache
def _untouched() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tea-shop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with Project(project(folder)) as shop:
        shop.load()
        shop.run()
    return folder


@cache
def made() -> Path:
    """The project loaded and run once for all tests that only look; who looks at pages leaves traces in its log."""
    folder = Path(tempfile.mkdtemp(prefix="tea-shop-seen-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return copied(folder)


def copied(folder: Path) -> Path:
    """A copy of the project that nobody saw, to work in."""
    return shutil.copytree(_untouched(), folder / "tea-shop")


@contextmanager
def plugins_forgotten() -> Iterator[None]:
    """Modules and words of a project's plugins are gone afterwards."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("plugins."):
            del sys.modules[name]
    catalogue.cache_clear()


def plugin(shop: Path, path: str, text: str) -> Path:
    """Write a file of the project's `plugins/` folder."""
    file = shop / "plugins" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file

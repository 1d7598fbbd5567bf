"""Made-up files for the recognition tests: headers as programs write them, with cells of the right kind."""

from collections.abc import Callable

from motherlode.collect.recognise import Look

ROWS = 40
_MAKERS: dict[str, Callable[[int], str]] = {
    "key": lambda n: f"K{10000 + n * 7}",
    "number_key": lambda n: str(500001 + n * 13),
    "who": lambda n: str(700100 + n % 17),
    "what": lambda n: f"SKU-{100 + n % 9}",
    "person": lambda n: ("王小明", "李娜", "Ann Lee", "Bob Stone", "张伟")[n % 5] + "x" * (n % 3),
    "word": lambda n: ("红茶", "Green tea", "Coffee 250g", "杯子")[n % 4],
    "state": lambda n: ("已完成", "待付款", "Paid", "cancelled")[n % 4],
    "few": lambda n: ("A", "B", "C")[n % 3],
    "gender": lambda n: ("男", "女")[n % 2],
    "city": lambda n: ("上海市", "杭州市", "London")[n % 3],
    "mobile": lambda n: f"138{10000000 + n * 977}",
    "phone": lambda n: f"+1 (212) 555-{1000 + n}",
    "email": lambda n: f"someone{n}@example.com",
    "day": lambda n: f"2024-{1 + n % 12:02d}-{1 + n % 28:02d}",
    "moment": lambda n: f"2024-{1 + n % 12:02d}-{1 + n % 28:02d} 10:{n % 60:02d}:00",
    "us_day": lambda n: f"{1 + n % 12}/{1 + n % 28}/2024",
    "dots": lambda n: f"{1 + n % 12:02d}.{1 + n % 9:02d}.2024",
    "epoch": lambda n: str(1704067200 + n * 3600),
    "money": lambda n: f"{12.5 + n * 3.25:.2f}",
    "yuan": lambda n: f"¥{12 + n},{100 + n}.50",
    "comma": lambda n: f"1.{100 + n},50",
    "whole": lambda n: str(1 + n % 5),
    "number": lambda n: str(10 + n * 37 % 900),
    "share": lambda n: f"{0.01 * (n % 90):.2f}",
    "yesno": lambda n: ("yes", "no")[n % 3 == 0],
    "shifou": lambda n: ("是", "否")[n % 3 == 0],
    "text": lambda n: f"东西很好，物流也快，第{n}次购买了，推荐给朋友。",
    "url": lambda n: f"https://shop.example.com/p/{n % 6}",
    "stars": lambda n: str(1 + n % 5),
    "age": lambda n: str(20 + n % 50),
    "coin": lambda n: ("CNY", "USD")[n % 2],
    "address": lambda n: f"人民路{n + 1}号3单元",
    "firm": lambda n: f"华夏第{n}贸易有限公司",
    "empty": lambda n: "",
}


def cells(kind: str, rows: int = ROWS) -> list[str]:
    """Cells of one kind, the same every time."""
    return [_MAKERS[kind](n) for n in range(rows)]


def look(address: str, columns: dict[str, str], rows: int = ROWS) -> Look:
    """A file whose columns are given as header -> kind of cells."""
    return Look(address, {header: cells(kind, rows) for header, kind in columns.items()})

"""How long the import wizard takes with a big file, and how much memory it needs.

    python -m benchmarks.importing [--rows 1_000_000] [--sheet-rows 100_000]

Goals: a CSV of a million rows, also in GB18030, is loaded within 30 s; a workbook of 100,000 rows within 5 s, and what
its columns are taken for is shown within 2 s. Each step runs in a process of its own, as a form of the pages would ask
for it. CPU seconds hardly change with the load of the machine, seconds on the clock do; the time of the load is also
given as a ratio to that of reading the same file with pyarrow (the CSV) or calamine (the workbook) and nothing else.
"""

import argparse
import csv
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.csv as arrow_csv
import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks.measuring import cost, cost_and_result, say
from motherlode import Project
from motherlode.web import importing

HEADERS = (
    "订单编号",
    "买家会员名",
    "收货人姓名",
    "联系手机",
    "宝贝标题",
    "宝贝总数量",
    "买家实际支付金额",
    "订单创建时间",
)
GOODS = ("乌龙茶 250克", "白瓷杯", "龙井 明前", "紫砂壶", "礼盒（中秋）")
MOST_BYTES = 1 << 30


def rows(number: int) -> Iterator[tuple[Any, ...]]:
    """Lines of a shop's export; one in a thousand has an amount that is none."""
    dice = Random(7)
    for n in range(number):
        who = dice.randrange(max(1, number // 8))
        paid = "免费" if n % 1000 == 999 else f"{dice.randrange(500, 90_000) / 100:.2f}"
        day = f"2024-{1 + n % 12:02}-{1 + n % 28:02} {n % 24:02}:{n % 60:02}:00"
        yield (f"T{n:09}", f"会员{who}", f"张{who % 997}", f"138{who % 10**8:08}", GOODS[n % 5], 1 + n % 3, paid, day)


def write_csv(path: Path, number: int, encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADERS)
        writer.writerows(rows(number))
    return path


def write_workbook(path: Path, number: int) -> Path:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("订单")
    for place, row in enumerate((HEADERS, *rows(number))):
        sheet.write_row(place, 0, row)
    book.close()
    return path


def upload(root: Path, file: Path) -> str:
    """Keep a file aside as an upload does."""
    with file.open("rb") as content:
        return importing.stage(root, file.name, content, most_bytes=MOST_BYTES)


def look(root: Path, mark: str) -> int:
    """What is shown first: what each column is taken for, and a few cells; gives how many columns are known."""
    (proposal,) = importing.propose(root, mark)
    importing.preview(root, mark)
    return len(proposal.columns)


def attempt(root: Path, mark: str) -> int:
    """The trial of the mapping; gives the rows that would be kept."""
    (proposal,) = importing.propose(root, mark)
    return importing.attempt(root, proposal).kept


def load(root: Path, mark: str) -> int:
    """The file taken and loaded; gives the rows."""
    importing.take(root, mark, importing.propose(root, mark))
    with Project(root) as project:
        return sum(piece.rows for piece in project.load())


def read_csv(path: Path, encoding: str) -> int:
    rows: int = arrow_csv.read_csv(path, read_options=arrow_csv.ReadOptions(encoding=encoding)).num_rows
    return rows


def read_workbook(path: Path) -> int:
    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())


def measure(what: str, file: Path, floor: Callable[[], int], goals: tuple[float, float]) -> None:
    """Every step of one file."""
    say(f"\n{what}: {file.stat().st_size / 1e6:.0f} MB")
    least = cost(floor)
    say(f"{'read and nothing else':<28} {least}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        took, mark = cost_and_result(upload, root, file)
        say(f"{'uploaded':<28} {took}")
        say(f"{'looked at':<28} {cost(look, root, mark)}   goal {goals[0]:.0f} s")
        say(f"{'tried':<28} {cost(attempt, root, mark)}")
        took, found = cost_and_result(load, root, mark)
        times = took.cpu_seconds / max(least.cpu_seconds, 1e-9)
        say(f"{'loaded':<28} {took}   goal {goals[1]:.0f} s   {times:.1f} x reading   {found:,} rows")


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--rows", type=int, default=1_000_000)
    words.add_argument("--sheet-rows", type=int, default=100_000)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for encoding in ("utf-8", "gb18030"):
            file = write_csv(Path(folder) / f"orders-{encoding}.csv", asked.rows, encoding)
            measure(f"CSV of {asked.rows:,} rows in {encoding}", file, partial(read_csv, file, encoding), (2, 30))
        book = write_workbook(Path(folder) / "orders.xlsx", asked.sheet_rows)
        measure(f"workbook of {asked.sheet_rows:,} rows", book, partial(read_workbook, book), (2, 5))


if __name__ == "__main__":
    main()

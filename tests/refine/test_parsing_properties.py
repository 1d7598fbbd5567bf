"""Whatever is written in a known form comes back; whatever is read is right."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motherlode.refine.parsing import ambiguous, instant, money, number, tidy, wall_clock

CELLS = ibis.table({"place": "int64", "text": "string", "hint": "string"}, name="cells")
READERS: dict[str, ir.Value] = {
    "money": money(CELLS.text, CELLS.hint),
    "number": number(CELLS.text, CELLS.hint),
    "wall_clock": wall_clock(CELLS.text, CELLS.hint),
    "ambiguous": ambiguous(CELLS.text, CELLS.hint),
    "instant": instant(CELLS.text),
    "tidy": tidy(CELLS.text),
}
SQL = {name: str(ibis.to_sql(CELLS.select("place", value=value).order_by("place"))) for name, value in READERS.items()}

# One database serves all examples; each example replaces its table.
several = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def read(engine: duckdb.DuckDBPyConnection, reader: str, cells: list[str], hint: str = "") -> list[Any]:
    engine.execute("CREATE OR REPLACE TABLE cells (place BIGINT, text VARCHAR, hint VARCHAR)")
    rows = [(place, cell, hint) for place, cell in enumerate(cells)]
    if rows:
        engine.executemany("INSERT INTO cells VALUES (?, ?, ?)", rows)
    return [value for _, value in engine.execute(SQL[reader]).fetchall()]


def full_width(cell: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in cell)


def exchanged(cell: str) -> str:
    return cell.translate(str.maketrans(",.，．", ".,．，"))


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False)


def written(amount: Decimal) -> list[str]:
    """The same amount in the forms of many places."""
    size = abs(amount)
    forms = [
        f"{size:f}",
        f"{size:,f}",
        f"¥{size:,f}",
        f"￥ {size:f}元",
        f"{size:,f} EUR",
        f"RMB{size:f}",
        f"HK${size:,f}",
    ]
    forms += [full_width(f"{size:,f}"), f"{size:,f}".replace(",", " "), f"{size:,f}".replace(",", "'"), f"{size:E}"]
    forms += [f"{size.scaleb(-4):f}万", f"{size.scaleb(-8):f} 亿元", f"{size.scaleb(-4):,f}万元"]
    if amount >= 0:
        return [*forms, *(f"+{form}" for form in forms)]
    signed = [[f"-{form}", f"−{form}", f"({form})", f"（{form}）", f"{form}-"] for form in forms]
    return [cell for cells in signed for cell in cells]


@several
@given(amount=amounts)
def test_an_amount_comes_back_from_every_form(engine: duckdb.DuckDBPyConnection, amount: Decimal) -> None:
    cells = written(amount)
    assert read(engine, "money", cells, ".") == [amount] * len(cells)
    assert read(engine, "number", cells, ".") == [float(amount)] * len(cells)


@several
@given(amount=amounts)
def test_an_amount_comes_back_where_commas_are_decimal(engine: duckdb.DuckDBPyConnection, amount: Decimal) -> None:
    cells = [exchanged(cell) for cell in written(amount)]
    assert read(engine, "money", cells, ",") == [amount] * len(cells)


@several
@given(cells=st.lists(st.text(alphabet="0123456789.,-+()¥万%eE '", max_size=10), min_size=30, max_size=60))
def test_no_jumble_of_signs_is_read_wrong(engine: duckdb.DuckDBPyConnection, cells: list[str]) -> None:
    for cell, value in zip(cells, read(engine, "money", cells, "."), strict=True):
        if value is None:
            continue
        digits = cell.strip(" ").removeprefix("'").replace("¥", "").strip(" ")
        minus = digits.startswith(("-", "(")) or digits.endswith(("-", ")"))
        digits = digits.strip("-+() ")
        # A comma or a blank in a readable cell stands between groups of three.
        assert re.fullmatch(r"(\d+|[1-9]\d{0,2}([, ']\d{3})+)?(\.\d*)?(e[-+]?\d+| *万)?", digits, re.IGNORECASE)
        scaled = re.sub("[, ']", "", digits).replace("万", "e4")
        expected = Decimal(scaled).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        assert value == (-expected if minus else expected)


times = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2068, 12, 31)).map(
    lambda time: time.replace(microsecond=0)
)


def clocks(time: datetime) -> dict[str, list[str]]:
    """Forms of a time that keep its seconds, by the order that reads them."""
    half = "上午" if time.hour < 12 else "下午"
    hour = time.hour % 12 or 12
    clock = f"{time:%H:%M:%S}"
    return {
        "": [
            f"{time:%Y-%m-%d %H:%M:%S}", f"{time:%Y-%m-%dT%H:%M:%S}", f"{time:%Y%m%d%H%M%S}", f"{time:%Y%m%dT%H%M%S}",
            f"{time.year}/{time.month}/{time.day} {time.hour}:{time.minute}:{time.second}", f"{time:%Y.%m.%d} {clock}",
            f"{time.year}年{time.month}月{time.day}日 {time.hour}时{time.minute:02}分{time.second:02}秒",
            f"{time.year}年{time.month}月{time.day}日{half}{hour}:{time.minute:02}:{time.second:02}",
            f"{time:%d-%b-%Y} {clock}", f"{time:%d %B %Y} {clock}", f"{time:%b} {time.day}, {time.year} {clock}",
            f"{time:%B} {time.day}, {time.year}, {hour}:{time:%M:%S %p}", f"{time:%d-%b-%y} {clock}",
            full_width(f"{time:%Y-%m-%d %H:%M:%S}"),
        ],
        "dmy": [f"{time:%d/%m/%Y} {clock}", f"{time:%d.%m.%y} {clock}", f"{time:%d-%m-%Y} {hour}:{time:%M:%S %p}"],
        "mdy": [f"{time:%m/%d/%Y} {clock}", f"{time:%m/%d/%y}, {clock}", f"{time:%m-%d-%Y} {hour}:{time:%M:%S%p}"],
        "ymd": [f"{time:%y/%m/%d} {clock}", f"{time:%y-%m-%d}T{clock}"],
    }  # fmt: skip


@several
@given(time=times)
def test_a_time_comes_back_from_every_form(engine: duckdb.DuckDBPyConnection, time: datetime) -> None:
    for order, cells in clocks(time).items():
        assert read(engine, "wall_clock", cells, order) == [time] * len(cells)
        assert read(engine, "ambiguous", cells, order) == [False] * len(cells)


@several
@given(time=times)
def test_where_no_order_is_known_a_day_is_read_right_or_set_aside(
    engine: duckdb.DuckDBPyConnection, time: datetime
) -> None:
    cells = [cell for order, cells in clocks(time).items() for cell in cells if order]
    aside = read(engine, "ambiguous", cells, "mixed")
    for value, doubtful in zip(read(engine, "wall_clock", cells, "mixed"), aside, strict=True):
        assert value == (None if doubtful else time)


@several
@given(seconds=st.integers(min_value=20_000 * 86_400, max_value=80_000 * 86_400 - 1))
def test_a_spreadsheet_serial_comes_back_to_the_second(engine: duckdb.DuckDBPyConnection, seconds: int) -> None:
    time = datetime(1899, 12, 30) + timedelta(seconds=seconds)
    assert read(engine, "wall_clock", [f"{seconds / 86_400:.10f}"]) == [time]


@several
@given(micros=st.integers(min_value=10**15, max_value=4 * 10**15 - 1), minutes=st.integers(-14 * 60, 14 * 60))
def test_an_instant_comes_back_from_every_form(engine: duckdb.DuckDBPyConnection, micros: int, minutes: int) -> None:
    utc = datetime(1970, 1, 1) + timedelta(microseconds=micros)
    thousandth = utc.replace(microsecond=utc.microsecond // 1000 * 1000)
    there = utc + timedelta(minutes=minutes)
    sign, hour, minute = "-" if minutes < 0 else "+", *divmod(abs(minutes), 60)
    forms = [f"{there.isoformat()}{sign}{hour:02}:{minute:02}", f"{there.isoformat(' ')} {sign}{hour:02}{minute:02}"]
    cells = [f"{micros // 10**6}.{micros % 10**6:06}", f"{utc.isoformat()}Z", *forms, str(micros // 1000)]
    assert read(engine, "instant", cells) == [utc] * 4 + [thousandth]
    assert read(engine, "wall_clock", cells) == [None] * 5


@several
@given(cells=st.lists(st.text(alphabet=" '\t\u3000\ufeffＡa１1，,中", max_size=8), min_size=1, max_size=30))
def test_a_tidy_cell_stays_as_it_is(engine: duckdb.DuckDBPyConnection, cells: list[str]) -> None:
    once = [cell or "" for cell in read(engine, "tidy", cells)]
    assert once == [cell.strip() for cell in once]
    # An apostrophe is taken away once, since a word may begin with one.
    plain = [cell for cell in once if cell and not cell.startswith("'")]
    assert read(engine, "tidy", plain) == plain

"""Cells that are not plain are read right, or not at all."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pytest

from motherlode.refine.parsing import (
    absent,
    ambiguous,
    flag,
    instant,
    moment,
    money,
    number,
    repair_note,
    tidy,
    to_local,
    to_utc,
    wall_clock,
)

CELLS = ibis.table({"place": "int64", "text": "string", "hint": "string"}, name="cells")

Reader = Callable[[ir.StringValue, ir.StringValue], ir.Value]


def read(reader: Reader, cells: Iterable[str | None], hint: str | None = "") -> list[Any]:
    """What DuckDB makes of the cells, each beside the same hint."""
    with duckdb.connect() as connection:
        # A machine in another zone must not change what is read.
        connection.execute("SET TimeZone = 'America/New_York'")
        connection.execute("CREATE TABLE cells (place BIGINT, text VARCHAR, hint VARCHAR)")
        rows = [(place, text, hint) for place, text in enumerate(cells)]
        connection.executemany("INSERT INTO cells VALUES (?, ?, ?)", rows)
        sql = ibis.to_sql(CELLS.select("place", value=reader(CELLS.text, CELLS.hint)).order_by("place"))
        return [value for _, value in connection.execute(sql).fetchall()]


def only_text(reader: Callable[[ir.StringValue], ir.Value]) -> Reader:
    return lambda text, hint: reader(text)


def test_every_reader_compiles_for_duckdb_and_spark_without_data(monkeypatch: pytest.MonkeyPatch) -> None:
    class PySpark(ibis.config.Config):  # type: ignore[misc, name-defined]
        treat_nan_as_null: bool = False

    monkeypatch.setattr(ibis.options, "pyspark", PySpark())
    wall = ibis.timestamp("2024-01-05 03:04:05")
    readings = CELLS.select(
        tidy=tidy(CELLS.text),
        absent=absent(CELLS.text),
        number=number(CELLS.text, CELLS.hint),
        money=money(CELLS.text, ibis.literal(",")),
        flag=flag(CELLS.text),
        instant=instant(CELLS.text),
        wall_clock=wall_clock(CELLS.text, ibis.literal("dmy")),
        ambiguous=ambiguous(CELLS.text, CELLS.hint),
        moment=moment(CELLS.text, CELLS.hint, ibis.literal("Asia/Shanghai")),
        utc=to_utc(wall, CELLS.hint),
        local=to_local(wall, CELLS.hint),
        note=repair_note("amount", CELLS.text, CELLS.hint),
    )
    kinds = {name: str(kind) for name, kind in readings.schema().items()}
    assert kinds["money"] == "decimal(18, 4)"
    assert kinds["number"] == "float64"
    assert kinds["moment"] == kinds["wall_clock"] == kinds["instant"] == kinds["utc"] == "timestamp(6)"
    assert "AT TIME ZONE" in ibis.to_sql(readings, dialect="duckdb")
    assert "CONVERT_TIMEZONE" in ibis.to_sql(readings, dialect="pyspark")


@pytest.mark.parametrize(
    "reader",
    [
        number, money, wall_clock, ambiguous,
        only_text(instant), only_text(flag), only_text(tidy), only_text(absent),
        lambda text, hint: moment(text, hint, ibis.literal("UTC")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("hint", ["", None])
def test_null_stays_null(reader: Reader, hint: str | None) -> None:
    assert read(reader, [None], hint) == [None]


AMOUNTS = {
    "¥1,234.50": "1234.5", "￥１２３４": "1234", "$90,000 ": "90000", "1.2万": "12000", "3.5亿元": "350000000",
    "(88.00)": "-88", "（８８．００）": "-88", "RMB 1,000": "1000", "1234元": "1234", "１２３": "123",
    "1 234.50": "1234.5",
    "1\u00a0234.50": "1234.5", "1’234.50": "1234.5", "'12": "12", "12-": "-12", "−12": "-12", "－１２": "-12",
    "CNY12": "12", "EUR 5": "5", "5 EUR": "5", "1,234": "1234", "1,234,567.89": "1234567.89", "-¥5": "-5",
    "¥-5": "-5",
    "(¥5)": "-5", "¥(5)": "-5", "(5)元": "-5", "+12": "12", "US$5": "5", "HK$ 1,234.5": "1234.5",
    "$90,000 USD": "90000",
    "1.2 万元": "12000", "2百万": "2000000", "1.5万亿": "1500000000000", "1E+3": "1000", "1.2e-2": "0.012",
    ".5": "0.5",
    "5.": "5", "12\n": "12", "1.00005": "1.0001", "-1.00005": "-1.0001", "99999999999999.9999": "99999999999999.9999",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "amount"), AMOUNTS.items())
def test_amounts_are_read_as_people_write_them(cell: str, amount: str) -> None:
    assert read(money, [cell], ".") == [Decimal(amount)]
    assert read(number, [cell], ".") == [pytest.approx(float(amount), rel=1e-4)]


NO_AMOUNTS = [
    "12,34", "0,123", "1,234,56", "1.234,50", "1.234.567", "12 34", "(12", "12)", "(-12)", "(12-)", "-12-",
    "--12", "+-12",
    "12+", "5()", "5E", "1e5e4", "1e5万", "1万2", "1.2.3", "0x12", "nan", "infinity", "1e999", "100-200", "元",
    "-元", "免费",
    "-", "", "()", "N/A", "12abc", "CNYX5", "12 元 角", "123456789012345",
]  # fmt: skip


@pytest.mark.parametrize("cell", NO_AMOUNTS)
def test_a_doubtful_amount_is_not_guessed(cell: str) -> None:
    assert read(money, [cell], ".") == [None]


COMMA_AMOUNTS = {
    "12,34": "12.34", "1.234,50": "1234.5", "1 234,50": "1234.5", "1.234.567": "1234567", "-1.234,50 €": "-1234.5",
    "１．２３４，５": "1234.5", "(1.234,50)": "-1234.5", "1,234": "1.234", "1,234.50": None, "1.23": None,
}  # fmt: skip


@pytest.mark.parametrize(("cell", "amount"), COMMA_AMOUNTS.items())
def test_a_source_with_decimal_commas_is_read_with_them(cell: str, amount: str | None) -> None:
    assert read(money, [cell], ",") == [None if amount is None else Decimal(amount)]


def test_a_percentage_is_a_share_and_no_amount() -> None:
    cells = ["12.5%", "１２．５％", "-3 %", "(1%)"]
    assert read(number, cells, ".") == [0.125, 0.125, -0.03, -0.01]
    assert read(money, cells, ".") == [None] * 4


def test_counted_things_are_numbers_and_no_amounts() -> None:
    assert read(number, ["3件", "25岁", "50人", "50-99人"], ".") == [3.0, 25.0, 50.0, None]
    assert read(money, ["3件", "25岁", "50人", "50-99人"], ".") == [None] * 4


@pytest.mark.parametrize(
    "cell",
    [
        "", " ", "\u3000", "N/A", "n/a", "#N/A", "NULL", "null", "None", "-", "－", "--", "无", "空", "nan",
        "免费", "'",
        "0000-00-00", "0000-00-00 00:00:00",
    ],
)  # fmt: skip
def test_a_cell_that_says_nothing_is_absent(cell: str) -> None:
    assert read(only_text(absent), [cell]) == [True]


@pytest.mark.parametrize("cell", ["0", "1", "x", "-1", "no", "否", "0000-00-01"])
def test_a_cell_that_says_something_is_not_absent(cell: str) -> None:
    assert read(only_text(absent), [cell]) == [False]


CLOCKS = {
    "2024/1/5": "2024-01-05", "2024-1-5 3:04": "2024-01-05 03:04", "2024年1月5日": "2024-01-05",
    "2024 年 1 月 5 日": "2024-01-05",
    "2024年1月5日 下午3时05分": "2024-01-05 15:05", "2024年1月5日上午12时05分": "2024-01-05 00:05",
    "2024年1月5日 下午12:05": "2024-01-05 12:05", "2024年1月5日 下午15:05": "2024-01-05 15:05",
    "2024年1月5日3点05分06秒": "2024-01-05 03:05:06", "2024年1月5日 15时": "2024-01-05 15:00",
    "2024.01.05": "2024-01-05",
    "13.01.2024": "2024-01-13", "1/13/2024 10:30 PM": "2024-01-13 22:30", "1/13/2024 12:30 a.m.": "2024-01-13 00:30",
    "5-Jan-2024": "2024-01-05", "5-Jan-24": "2024-01-05", "05JAN2024": "2024-01-05", "Jan 5, 2024": "2024-01-05",
    "January 5, 2024 10:30:01 pm": "2024-01-05 22:30:01", "5 September 2024": "2024-09-05", "31-Dec-68": "2068-12-31",
    "Jan-05-24": "2024-01-05",
    "31-Dec-69": "1969-12-31", "20240105": "2024-01-05", "20240105030405": "2024-01-05 03:04:05",
    "20240105T030405": "2024-01-05 03:04:05", "20240105 03:04": "2024-01-05 03:04", "45658": "2025-01-01",
    "45658.5": "2025-01-01 12:00", "2024-01-05T03:04:05": "2024-01-05 03:04:05",
    "2024-01-05 03:04:05.123456789": "2024-01-05 03:04:05.123456",
    "２０２４／１／５\u3000３：０４": "2024-01-05 03:04",
    "'2024-01-05": "2024-01-05", "24/1/5": "2024-01-05", "05/05/2024": "2024-05-05", "2024-02-29": "2024-02-29",
    "13/01/2024 10:30:01.12345678": "2024-01-13 10:30:01.123456",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "clock"), CLOCKS.items())
def test_days_and_times_are_read_as_people_write_them(cell: str, clock: str) -> None:
    assert read(wall_clock, [cell, f" {cell} "], "") == [datetime.fromisoformat(clock)] * 2
    assert read(ambiguous, [cell], "") == [False]


NO_CLOCKS = [
    "2024-02-31", "2023-02-29", "31/02/2024", "13/13/2025", "2024-13-05", "20241305", "20240231", "202401", "2024-01",
    "2024年1月", "0000-00-00", "2024-01-05 24:00:00", "2024-01-05 13:05 AM", "2024-01-05 PM", "12:30", "1/2/3",
    "0/12/25",
    "25/13/31", "99999", "19999", "MARKET 5, 2024", "Jan 2024", "2024-01-0512:30", "2024-01-05 x", "", "-",
    "13800138000",
    "2024-01-05T03:04:05Z", "2024-01-05T03:04:05+08:00", "1704067200",
]  # fmt: skip


@pytest.mark.parametrize("cell", NO_CLOCKS)
def test_an_impossible_or_doubtful_time_is_not_guessed(cell: str) -> None:
    assert read(wall_clock, [cell], "") == [None]
    assert read(ambiguous, [cell], "") == [False]


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("02/01/2025", "dmy", "2025-01-02"),
        ("02/01/2025", "mdy", "2025-02-01"),
        ("01/13/2025", "dmy", "2025-01-13"),
        ("13/01/2025", "mdy", "2025-01-13"),
        ("02/01/25", "dmy", "2025-01-02"),
        ("02/01/25", "mdy", "2025-02-01"),
        ("02/01/25", "ymd", "2002-01-25"),
        ("13.01.2024", "ymd", "2024-01-13"),
        ("2025-01-02", "dmy", "2025-01-02"),
    ],
)
def test_the_order_of_the_source_settles_what_a_day_means(cell: str, order: str, day: str) -> None:
    assert read(wall_clock, [cell], order) == [datetime.fromisoformat(day)]
    assert read(ambiguous, [cell], order) == [False]


@pytest.mark.parametrize("order", ["", "mixed", "ymd", None])
def test_a_day_with_two_readings_is_set_aside(order: str | None) -> None:
    cells = ["02/01/2025", "02.01.2025 10:30"]
    assert read(ambiguous, cells, order) == [True, True]
    assert read(wall_clock, cells, order) == [None, None]


def test_a_short_year_makes_more_readings() -> None:
    assert read(ambiguous, ["02/01/25", "25/12/31", "05/05/24"], "mixed") == [True, True, True]


INSTANTS = {
    "1704067200": "2024-01-01", "1704067200123": "2024-01-01 00:00:00.123",
    "1704067200123456": "2024-01-01 00:00:00.123456",
    "1704067200123456789": "2024-01-01 00:00:00.123456", "1704067200.12345": "2024-01-01 00:00:00.12345",
    "1704067200.5": "2024-01-01 00:00:00.5",
    "2024-01-05T03:04:05+08:00": "2024-01-04 19:04:05", "2024-01-05T03:04:05Z": "2024-01-05 03:04:05",
    "2024-01-05 03:04:05.123 -0530": "2024-01-05 08:34:05.123", "2024-01-05 03:04+08": "2024-01-04 19:04",
    "2024/1/5 3:04 UTC": "2024-01-05 03:04",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "utc"), INSTANTS.items())
def test_an_instant_is_read_whatever_the_zone_of_the_source(cell: str, utc: str) -> None:
    assert read(only_text(instant), [cell]) == [datetime.fromisoformat(utc)]
    assert read(lambda text, zone: moment(text, ibis.literal("dmy"), zone), [cell], "Asia/Shanghai") == [
        datetime.fromisoformat(utc)
    ]


@pytest.mark.parametrize(
    "cell", ["2024-01-05T03:04:05", "45658", "20240105030405", "2024-02-30T00:00:00Z", "9704067200", ""]
)
def test_a_cell_without_offset_is_no_instant(cell: str) -> None:
    assert read(only_text(instant), [cell]) == [None]


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("Asia/Shanghai", "2024-01-05 03:04:05", "2024-01-04 19:04:05"),
        ("Europe/London", "2024-01-05 12:00", "2024-01-05 12:00"),
        ("Europe/London", "2024-07-05 12:00", "2024-07-05 11:00"),
        ("America/New_York", "2024-07-05 12:00:00.123456", "2024-07-05 16:00:00.123456"),
        ("Asia/Kolkata", "2024-07-05 12:00", "2024-07-05 06:30"),
        ("UTC", "2024-07-05 12:00", "2024-07-05 12:00"),
    ],
)
def test_a_wall_clock_and_utc_go_to_and_fro_with_summer_time(zone: str, wall: str, utc: str) -> None:
    def there(text: ir.StringValue, zone: ir.StringValue) -> ir.Value:
        return to_utc(text.cast("timestamp(6)"), zone)

    def back(text: ir.StringValue, zone: ir.StringValue) -> ir.Value:
        return to_local(text.cast("timestamp(6)"), zone)

    assert read(there, [wall], zone) == [datetime.fromisoformat(utc)]
    assert read(back, [utc], zone) == [datetime.fromisoformat(wall)]


def test_flags_are_read_in_both_languages() -> None:
    yes = [
        "Y",
        "yes",
        "TRUE",
        "t",
        "1",
        "1.0",
        "是",
        "同意",
        "已授权",
        "接收",
        "on",
        "✓",
        " Ｙｅｓ ",
        "Attrited Customer",
    ]
    no = ["N", "No", "false", "F", "0", "0.0", "否", "不同意", "未授权", "不接收", "off", "✗", "Existing Customer"]
    neither = ["男", "女", "退订", "", "N/A", "2", "maybe"]
    assert read(only_text(flag), yes) == [True] * len(yes)
    assert read(only_text(flag), no) == [False] * len(no)
    assert read(only_text(flag), neither) == [None] * len(neither)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  a  b ", "a b"),
        ("ａｂｃ\u3000１２", "abc 12"),
        ("'0123", "0123"),
        ("O'Brien", "O'Brien"),
        ("你好，世界", "你好,世界"),
        ("a\tb\r\nc", "a b c"),
        ("\ufeffx\u00a0", "x"),
        ("￥5", "¥5"),
        ("a\u0085b", "a b"),
        ("\u202d138\u200b0013\u202c", "1380013"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("", None),
        ("\u3000 ", None),
        ("'", None),
    ],
)
def test_tidy_keeps_the_words_and_drops_the_rest(cell: str, text: str | None) -> None:
    assert read(only_text(tidy), [cell]) == [text]


def test_a_repair_is_noted_where_a_text_was_read() -> None:
    def note(text: ir.StringValue, mark: ir.StringValue) -> ir.Value:
        return repair_note("amount", text, money(text, mark))

    assert read(note, ["¥5", "five", None], ".") == ["amount", None, None]

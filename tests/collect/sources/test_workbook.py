import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
import xlsxwriter

from motherlode.collect.sources.files import Files, files
from motherlode.errors import ConfigError


@pytest.fixture
def report(tmp_path):
    """A sheet of orders with a merged title and a totals row, an empty sheet and one with headers alone."""
    with xlsxwriter.Workbook(tmp_path / "shop.xlsx") as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet("订单")
        sheet.merge_range("B3:E3", "销售报表")
        sheet.write_row("B5", ["会员ID", "实付金额 ", "日期", "时间", "备注"])
        sheet.write_row("B6", [13800138000, 12.5])
        sheet.write_datetime("D6", datetime(2024, 1, 5), day)
        sheet.write_datetime("E6", datetime(2024, 1, 5, 13, 4), moment)
        sheet.write("F6", True)
        sheet.write_row("B7", [2, 3])
        sheet.write_datetime("D7", datetime(2024, 1, 6), day)
        sheet.write_datetime("E7", datetime(2024, 1, 6), moment)
        sheet.write_row("B9", ["合计", 15.5])
        book.add_worksheet("空")
        book.add_worksheet("B").write_row(0, 0, ["a", "b"])
    return tmp_path


def test_a_piece_a_sheet_and_none_for_an_empty_one(report):
    assert [piece.address for piece in files(Files("shop.xlsx", root=str(report)))] == ["shop.xlsx#B", "shop.xlsx#订单"]


def test_cells_become_the_text_a_reader_sees(report, read_piece):
    (piece,) = files(Files("shop.xlsx", root=str(report), sheet="订单"))
    found = read_piece(piece)
    assert found.names == ["会员ID", "实付金额", "日期", "时间", "备注"]
    assert found.rows == [
        ["13800138000", "12.5", "2024-01-05", "2024-01-05 13:04:00", "true"],
        ["2", "3", "2024-01-06", "2024-01-06 00:00:00", ""],
        ["合计", "15.5", "", "", ""],
    ]


def test_the_user_numbers_rows_as_the_sheet_does(report, read_piece):
    (piece,) = files(Files("shop.xlsx", root=str(report), sheet="订单", header=5))
    assert read_piece(piece).names == ["会员ID", "实付金额", "日期", "时间", "备注"]


def test_a_row_beyond_the_end_of_the_sheet_is_refused(report):
    (piece,) = files(Files("shop.xlsx", root=str(report), sheet="订单", header=99))
    with pytest.raises(ConfigError, match="past the end"):
        list(piece.batches())


def test_headers_alone_give_no_rows(report, read_piece):
    (piece,) = files(Files("shop.xlsx", root=str(report), sheet="B"))
    assert (read_piece(piece).names, read_piece(piece).rows) == (["a", "b"], [])


def test_sheets_of_one_book_have_fingerprints_of_their_own(report):
    assert len({piece.fingerprint for piece in files(Files("shop.xlsx", root=str(report)))}) == 2


def test_an_unknown_sheet_is_refused_with_the_nearest_name(report):
    with pytest.raises(ConfigError) as raised:
        list(files(Files("shop.xlsx", root=str(report), sheet="订货")))
    assert "订单" in raised.value.hint


def test_a_changed_book_is_read_anew(read):
    assert read("a.xlsx", _book([["n"], [1]])).rows == [["1"]]
    assert read("a.xlsx", _book([["n"], [1], [2.5]])).rows == [["1"], ["2.5"]]


def test_long_numbers_and_mixed_columns_keep_every_digit(read):
    found = read("a.xlsx", _book([["n", "m"], [9007199254740991, "0012"], [-7, 12], [0.1, 1.5]]))
    assert found.rows == [["9007199254740991", "0012"], ["-7", "12"], ["0.1", "1.5"]]


def test_rows_are_numbered_on_from_slice_to_slice(read):
    found = read("a.xlsx", _book([["n"], *([i] for i in range(60_000))]))
    assert [row[0] for row in found.rows] == [str(i) for i in range(60_000)]


def test_sheets_of_libreoffice_are_read(read):
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        "<table:table-row>" + "".join(map(cell.format, row)) + "</table:table-row>"
        for row in (["name", "city"], ["ann", "Paris"])
    )
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="s">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    assert read("a.ods", written.getvalue()).rows == [["ann", "Paris"]]


def _book(rows):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("s")
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_cell_merged_over_rows_is_said_by_each_of_them(tmp_path, read_piece):
    with xlsxwriter.Workbook(tmp_path / "merged.xlsx") as book:
        sheet = book.add_worksheet("a")
        sheet.merge_range("B2:D2", "Sales report")
        sheet.write_row("B3", ["Order No.", "Order date", "Item"])
        sheet.merge_range("B4:B5", "O1")
        sheet.merge_range("C4:C5", "2024-01-05")
        sheet.write_column("D4", ["tea", "cup", "pot"])
        sheet.write_row("B6", ["O2", "2024-01-06"])
        sheet.write("D7", "plate")
    (piece,) = files(Files("merged.xlsx", root=str(tmp_path)))
    assert read_piece(piece).rows == [
        ["O1", "2024-01-05", "tea"], ["O1", "2024-01-05", "cup"], ["O2", "2024-01-06", "pot"], ["", "", "plate"],
    ]  # fmt: skip

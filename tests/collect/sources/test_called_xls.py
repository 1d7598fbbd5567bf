"""Texts and web pages that programs call `.xls`, because Excel opens them too."""

from pathlib import Path

import pytest

from motherlode.collect.sources.files import Files, files
from motherlode.errors import ContractError

LINES = "订单号\t会员号\t金额\r\n007\tC1\t12.50\r\n008\tC2\t\r\n"
ROWS = [{"订单号": "007", "会员号": "C1", "金额": "12.50"}, {"订单号": "008", "会员号": "C2", "金额": ""}]
PAGE = """\ufeff<html><head><style>td {mso-number-format:"@"}</style></head><body><table><tr><td>logo</td></tr></table>
<table border=1><tr><th colspan=3>订单明细</th></tr><tr><th>订单号<th>会员号</th><th>金额</th></tr>
<tr><td>007</td><td>C1&nbsp;</td><td>12.50</td></tr><TR><TD>008</TD><TD><b>C2</b></TD><TD></TD></TR></table></body></html>"""
SHEET = """<?xml version="1.0"?><Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="a"><Table>
<Row><Cell><Data ss:Type="String">订单号</Data></Cell><Cell><Data>会员号</Data></Cell>
<Cell><Data>金额</Data></Cell></Row>
<Row><Cell><Data>007</Data></Cell><Cell><Data>C1</Data></Cell><Cell><Data ss:Type="Number">12.50</Data></Cell></Row>
<Row><Cell><Data>008</Data></Cell><Cell ss:Index="2"><Data>C2</Data></Cell></Row></Table></Worksheet></Workbook>"""


def _rows(path: Path) -> list[dict[str, str]]:
    (piece,) = files(Files(path=str(path), root=str(path.parent)))
    return [row for batch in piece.batches() for row in batch.rows.to_pylist()]


@pytest.mark.parametrize("text", [LINES, PAGE, SHEET], ids=["text", "page", "xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_it_is_read_as_what_it_is(tmp_path, text, encoding):
    path = tmp_path / "订单.xls"
    path.write_bytes(text.encode(encoding))
    assert [{key: cell.strip() for key, cell in row.items()} for row in _rows(path)] == ROWS


def test_what_is_neither_is_said_to_be_unreadable(tmp_path):
    path = tmp_path / "x.xls"
    path.write_bytes(b"\x00\x01\x02" * 99)
    with pytest.raises(ContractError, match=r"x\.xls"):
        _rows(path)

"""Archives, a part a file in them."""

import zipfile
from pathlib import Path

import pytest

from motherlode.collect.naming import stem
from motherlode.collect.sources import archive
from motherlode.collect.sources.files import Files, files
from motherlode.errors import ContractError

LINES = "订单编号,金额\r\n007,12\r\n"


class _OfWindows(zipfile.ZipInfo):
    """A member whose name is written in the code page of a Chinese Windows, and does not say so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # the library calls it so
        return "明细/订单.csv".encode("gb18030"), 0


def _packed(tmp_path: Path) -> Path:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_OfWindows("o"), LINES.encode("gb18030"))
        archive.writestr("readme.pdf", b"%PDF")
        archive.writestr("__MACOSX/._orders.csv", b"\x00\x05")
        archive.writestr("../../escaped.csv", "a,b\n1,2\n")
    return path


def test_every_file_that_is_read_is_a_part_under_its_own_name(tmp_path):
    found = [piece.address for piece in files(Files(path=str(_packed(tmp_path)), root=str(tmp_path)))]
    assert found == ["export.zip#../../escaped.csv", "export.zip#明细/订单.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.zip"]
    assert [stem(address) for address in found] == ["escaped", "订单"]


def test_one_of_them_is_read_as_if_it_lay_there_unpacked(tmp_path):
    (piece,) = files(Files(path=str(_packed(tmp_path)), root=str(tmp_path), sheet="明细/订单.csv"))
    assert [row for batch in piece.batches() for row in batch.rows.to_pylist()] == [{"订单编号": "007", "金额": "12"}]


def test_what_is_locked_or_broken_is_said(tmp_path):
    path = _packed(tmp_path)
    locked = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = locked.find(mark)
        while place >= 0:
            locked[place + at] |= 1
            place = locked.find(mark, place + 1)
    path.write_bytes(locked)
    with pytest.raises(ContractError, match=r"encrypted.*unpack it"):
        list(files(Files(path=str(path), root=str(tmp_path))))
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(ContractError, match=r"export\.zip"):
        list(files(Files(path=str(path), root=str(tmp_path))))


def test_a_file_that_would_grow_beyond_all_measure_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "UNDOUBTED", 1 << 20)
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("orders.csv", "no,amount\n" + "0" * (4 << 20))
    with pytest.raises(ContractError, match=r"would unpack to 4 MB.*unpack it into the folder"):
        list(files(Files(path=str(path), root=str(tmp_path))))

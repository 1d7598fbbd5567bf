import pyarrow as pa
import pytest

from motherlode.collect.sources.files import Files, files, peek
from motherlode.doors import Batch, Piece
from motherlode.errors import ConfigError, ContractError


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox" / "2024"
    folder.mkdir(parents=True)
    for name in ("inbox/b.csv", "inbox/A.TSV", "inbox/2024/c.csv", "inbox/~$b.csv", "inbox/.hidden.csv"):
        (tmp_path / name).write_text("x,y\n1,2\n")
    (tmp_path / "inbox" / "notes.md").write_text("# not data")
    return tmp_path


def _addresses(root, path):
    return [piece.address for piece in files(Files(path, root=str(root)))]


def test_a_folder_gives_every_readable_file_in_it(inbox):
    assert _addresses(inbox, "inbox") == ["inbox/A.TSV", "inbox/b.csv"]


def test_two_stars_reach_into_folders(inbox):
    assert _addresses(inbox, "inbox/**/*.csv") == ["inbox/2024/c.csv", "inbox/b.csv"]


def test_an_absolute_path_inside_the_project_has_the_same_address(inbox):
    assert _addresses(inbox, str(inbox / "inbox" / "*.csv")) == ["inbox/b.csv"]


def test_a_file_outside_the_project_is_named_whole(inbox):
    outside = inbox / "inbox" / "b.csv"
    assert _addresses(inbox / "inbox" / "2024", str(outside)) == [outside.resolve().as_posix()]


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(inbox):
    (inbox / "orders[1].csv").write_text("a,b\n1,2\n")
    assert _addresses(inbox, "orders[1].csv") == ["orders[1].csv"]


def test_nothing_found_is_an_error(inbox):
    with pytest.raises(ContractError, match="no file at `outbox"):
        _addresses(inbox, "outbox/*.csv")


def test_an_unknown_format_is_an_error_that_names_the_known_ones(inbox):
    with pytest.raises(ContractError, match=r"notes\.md") as raised:
        _addresses(inbox, "inbox/notes.md")
    assert ".parquet" in raised.value.hint


def test_a_pattern_that_cannot_be_is_refused(inbox):
    with pytest.raises(ConfigError, match="not a pattern"):
        _addresses(inbox, "inbox/**.csv")


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet", "a.csv.gz", "a.csv.zst"])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path, name):
    (tmp_path / name).write_bytes(b"this is not what the name says")
    with pytest.raises(ContractError, match=f"`{name}` cannot be read"):
        [list(piece.batches()) for piece in files(Files(name, root=str(tmp_path)))]


def test_a_fingerprint_changes_with_the_content_and_not_with_the_name(tmp_path):
    for name, content in (("a.csv", "x,y\n1,2\n"), ("b.csv", "x,y\n1,2\n"), ("c.csv", "x,y\n1,3\n")):
        (tmp_path / name).write_text(content)
    a, b, c = (piece.fingerprint for piece in files(Files(str(tmp_path))))
    assert a == b != c


def test_a_piece_may_be_opened_again(tmp_path, read_piece):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (piece,) = files(Files("a.csv", root=str(tmp_path)))
    assert read_piece(piece).rows == read_piece(piece).rows == [["1", "2"]]
    assert piece.size == 8


def test_a_peek_at_a_small_piece_shows_its_end(tmp_path):
    (tmp_path / "a.csv").write_text("n,m\n" + "".join(f"{i},x\n" for i in range(5000)))
    (piece,) = files(Files("a.csv", root=str(tmp_path)))
    shown = peek(piece, rows=10)["n"].to_pylist()
    assert shown == [str(i) for i in [*range(10), *range(4980, 5000)]]


def test_a_peek_at_a_large_piece_stops_early():
    def batches():
        yield Batch(pa.record_batch({"n": ["1", "2"]}), 1)
        raise AssertionError("read on")

    assert peek(Piece("a", "f", batches, size=10**9), rows=2)["n"].to_pylist() == ["1", "2"]


def test_a_peek_shows_nothing_twice_and_fills_columns_seen_late():
    def batches():
        yield Batch(pa.record_batch({"a": ["1"]}), 1)
        yield Batch(pa.record_batch({"a": ["2"], "b": ["x"]}), 2)

    assert peek(Piece("a", "f", batches, size=5)).to_pylist() == [{"a": "1", "b": None}, {"a": "2", "b": "x"}]


def test_a_peek_at_nothing_has_no_rows(tmp_path):
    (tmp_path / "a.csv").write_text("")
    (piece,) = files(Files("a.csv", root=str(tmp_path)))
    assert peek(piece).num_rows == 0

import io
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from motherlode.collect.sources.files import Files, files


def _parquet(table):
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()


def test_types_stay_and_dictionaries_are_written_out(tmp_path):
    city = pa.array(["Paris", "Rome", "Paris"]).dictionary_encode()
    table = pa.table({"n": [1, 2, None], "day": [date(2024, 1, 5)] * 3, "city": city})
    (tmp_path / "a.parquet").write_bytes(_parquet(table))
    (piece,) = files(Files("a.parquet", root=str(tmp_path)))
    (batch,) = piece.batches()
    assert batch.rows.schema.types == [pa.int64(), pa.date32(), pa.string()]
    assert batch.rows["city"].to_pylist() == ["Paris", "Rome", "Paris"]


def test_rows_are_numbered_on_from_batch_to_batch(read):
    found = read("a.parquet", _parquet(pa.table({"n": range(120_000)})))
    assert [row[0] for row in found.rows] == list(range(120_000))


def test_a_table_without_rows_shows_its_columns(read):
    assert read("a.parquet", _parquet(pa.table({"n": pa.array([], pa.int32())}))).names == ["n"]

"""One new record against all that are known, fast enough to be asked while somebody waits."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motherlode.linkage import comparisons
from motherlode.linkage.fields import comparable
from motherlode.linkage.linking import REVIEW, Linker, Model, score

Match = tuple[int, float]
# Of a key that very many share the first so many are looked at.
_LOOKED_AT = 500


class Known:
    """Records that are known, with an index for each key; new ones are found as soon as they are added.

    Long texts are left out of the comparison of a single record.
    """

    def __init__(self, linker: Linker, model: Model) -> None:
        self._model = model
        self._engine = duckdb.connect(config={"threads": 1})
        self._fields = tuple(field for field in model.fields if field.kind != "words")
        self._names = [*(field.name for field in self._fields), *(field.sound for field in self._fields if field.heard)]
        self._shares = [f"share of {field.name}" for field in self._fields]
        columns = ", ".join(f'"{name}"' for name in (*self._names, *self._shares))
        self._rows: pa.Table = linker.engine.sql(f"SELECT {columns} FROM records ORDER BY id").to_arrow_table()  # noqa: S608
        self._rows = self._rows.combine_chunks()
        self._index = [self._sorted(key) for key in model.keys]
        self._recent: dict[tuple[Any, ...], list[int]] = {}
        self._added: list[dict[str, Any]] = []
        self._prepare()

    def __len__(self) -> int:
        return int(self._rows.num_rows) + len(self._added)

    def match(self, record: Mapping[str, str | None], least: float = REVIEW) -> list[Match]:
        """Known records that may be of the same person, the likeliest first: number and bits of evidence."""
        return self._match(self._spelled(record), least)

    def add(self, record: Mapping[str, str | None], least: float = REVIEW) -> tuple[int, list[Match]]:
        """Let a record be known from now on; gives its number, and what it matches."""
        row = self._spelled(record)
        found = self._match(row, least)
        number = len(self)
        self._added.append({**row, **{f"share of {field.name}": 1 / (number + 1) for field in self._fields}})
        for key in self._keys_of(row, side=1):
            self._recent.setdefault(key, []).append(number)
        return number, found

    def _match(self, row: Mapping[str, Any], least: float) -> list[Match]:
        ids = self._candidates(row)
        if not len(ids):
            return []
        likely = self._taken(ids)
        cells = [likely[name].to_pylist() for name in ("id", *self._names, *self._shares)]
        values = (least, *(row[name] for name in self._names), *cells)
        # Of exactly the kinds that were planned: else it is planned anew, which takes four times as long.
        said = [f"CAST({_literal(value)} AS {kind})" for value, kind in zip(values, self._kinds, strict=True)]
        found = self._engine.execute(f"EXECUTE weigh({', '.join(said)})").fetchall()
        return [(int(number), float(bits)) for number, bits in found]

    def _prepare(self) -> None:
        """Plan the comparison once, for one thread: planning and handing over take longer than comparing."""
        kinds = {"id": "BIGINT[]", **dict.fromkeys(self._names, "VARCHAR[]"), **dict.fromkeys(self._shares, "DOUBLE[]")}
        self._kinds = ["DOUBLE", *("VARCHAR" for _ in self._names), *kinds.values()]
        places = iter(range(2, 2 + len(self._kinds)))
        asked = [f'CAST(${next(places)} AS VARCHAR) AS "{name}"' for name in self._names]
        likely = [f'unnest(CAST(${next(places)} AS {kind})) AS "{name}"' for name, kind in kinds.items()]
        self._engine.execute(f"PREPARE weigh AS {self._statement(', '.join(asked), ', '.join(likely))}")

    def _spelled(self, record: Mapping[str, str | None]) -> dict[str, Any]:
        asked = pa.table({field.name: pa.array([record.get(field.name)], pa.string()) for field in self._fields})
        return dict(comparable(asked, self._fields).to_pylist()[0])

    def _candidates(self, row: Mapping[str, Any]) -> NDArray[np.int64]:
        parts: list[Any] = []
        for (hashes, ids), key in zip(self._index, self._model.keys, strict=True):
            values = [row[left] for left, _ in key if row.get(left) is not None]
            if len(values) == len(key):
                said = np.uint64(_hash("\x1f".join(values)))
                start, end = np.searchsorted(hashes, said, "left"), np.searchsorted(hashes, said, "right")
                parts.append(ids[start : min(end, start + _LOOKED_AT)])
        for key_of in self._keys_of(row, side=0):
            parts.append(np.array(self._recent.get(key_of, [])[-_LOOKED_AT:], dtype=np.int64))
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)

    def _keys_of(self, row: Mapping[str, Any], side: int) -> list[tuple[Any, ...]]:
        keys = [(place, *(row.get(pair[side]) for pair in key)) for place, key in enumerate(self._model.keys)]
        return [key for key in keys if None not in key]

    def _sorted(self, key: Sequence[tuple[str, str]]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        columns = [self._rows[right].to_pylist() for _, right in key]
        hashes = np.array(
            [_hash("\x1f".join(cells)) if None not in cells else 0 for cells in zip(*columns, strict=True)], np.uint64
        )
        order = np.argsort(hashes, kind="stable")
        return hashes[order], order.astype(np.int64)

    def _taken(self, ids: NDArray[np.int64]) -> pa.Table:
        old = ids[ids < self._rows.num_rows]
        taken = self._rows.take(pa.array(old)).append_column("id", pa.array(old))
        new = [{**self._added[number - self._rows.num_rows], "id": int(number)} for number in ids[len(old) :]]
        return pa.concat_tables([taken, pa.Table.from_pylist(new, taken.schema)]) if new else taken

    def _statement(self, asked: str, likely: str) -> str:
        cells = []
        for place, field in enumerate(self._model.fields):
            if field.kind == "words":
                cells.append(f"{comparisons.MISSING} AS g{place}")
                continue
            same = f"""CASE WHEN l."{field.name}" = r."{field.name}" THEN r."share of {field.name}" END AS t{place}"""
            cells += [f"{comparisons.level(field)} AS g{place}", same]
        levels = f"SELECT r.id, {', '.join(cells)} FROM (SELECT {asked}) AS l, (SELECT {likely}) AS r"  # noqa: S608
        return f"SELECT id, {score(self._model)} AS bits FROM ({levels}) WHERE bits >= $1 ORDER BY bits DESC, id"  # noqa: S608


def _literal(value: Any) -> str:
    """A value of SQL."""
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def _hash(text: str) -> int:
    return hash(text) & 0xFFFF_FFFF_FFFF_FFFF

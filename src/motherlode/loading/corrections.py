"""What people mended: cells, and whole lines, in the place of those that came, now and whenever their file comes again.

The ledger keeps what stood there before: a correction is made again only where the file still says the same, so that it
never lands on another row when rows have moved. Of a line it keeps a keyed digest, as a line may name a person.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import pyarrow as pa

from motherlode.config import Config, SourceConfig
from motherlode.errors import ContractError
from motherlode.loading import apart, loaded_as
from motherlode.machine.actor import actor as account
from motherlode.schemas import INPUTS, Input
from motherlode.stores import Stores
from motherlode.warehouse import Warehouse, quoted

ADDRESS = ("source", "file", "row")
# Why the vault is asked for lines.
TAKING_BACK = "take mended lines back"

Fact = Mapping[str, Any]


def correct(config: Config, stores: Stores, table: str, rows: Sequence[Fact], *, now: datetime) -> int:
    """Put corrected cells in place of those of raw rows, as text to be read anew; the ledger keeps both.

    Parameters
    ----------
    rows
        Each with `source`, `file`, `row` and the canonical columns to replace.

    Returns
    -------
    int
        Raw rows corrected.
    """
    facts = [
        {"made_at": now, "table": table, **_address(row), "cells": {"now": _new_cells(stores, table, row)}}
        for row in rows
    ]
    with stores.warehouse.transaction():
        for fact in facts:
            loaded_as.widen(stores.warehouse, fact["source"], INPUTS[table], fact["cells"]["now"])
        before = {_place(row): row for fact in _alike(facts) for row in _standing(stores.warehouse, fact)}
        found = [fact for fact in facts if _place(fact) in before]
        for fact in found:
            fact["cells"]["was"] = {name: before[_place(fact)][name] for name in fact["cells"]["now"]}
        changed = _put(stores.warehouse, found)
    return _noted(config, stores, found, changed)


def admit(config: Config, stores: Stores, rows: Sequence[Fact], *, actor: str, now: datetime) -> int:
    """Take lines that were no rows as rows of their source's table, numbered below zero; the ledger keeps their cells.

    Parameters
    ----------
    rows
        Each with `source`, `file`, `row` (the number of the line) and canonical columns.

    Returns
    -------
    int
        Lines that became rows.
    """
    lines = apart.read_lines(stores.vault, [_place(row) for row in rows], actor=actor, reason=TAKING_BACK, now=now)
    facts = []
    for row, line in zip(rows, lines, strict=True):
        if row["source"] in config.sources and line is not None:
            table = config.sources[row["source"]].table
            cells = {"now": _new_cells(stores, table, row), "line": apart.digest(stores.vault, line)}
            facts.append({"made_at": now, "table": table, **_address(row), "row": -int(row["row"]), "cells": cells})
    with stores.warehouse.transaction():
        changed = sum(_take_in(stores.warehouse, config.sources[fact["source"]], fact, now) for fact in facts)
    return _noted(config, stores, facts, changed)


def recall(stores: Stores, source: SourceConfig, file: str, *, now: datetime) -> None:
    """Make the corrections of a piece again, after its rows have come back."""
    facts = [
        fact
        for fact in stores.ledger.read("corrections")
        if (fact["source"], fact["file"], fact["table"]) == (source.name, file, source.table)
    ]
    mended = [fact for fact in facts if "line" in fact["cells"]]
    places = [(source.name, file, -int(fact["row"])) for fact in mended]
    told = {"actor": account(), "reason": TAKING_BACK}
    lines = apart.read_lines(stores.vault, places, **told, now=now) if mended else []
    for fact, line in zip(mended, lines, strict=True):
        if line is not None and apart.digest(stores.vault, line) == fact["cells"]["line"]:
            _take_in(stores.warehouse, source, fact, now)
    for fact in facts:
        if "line" not in fact["cells"]:
            loaded_as.widen(stores.warehouse, source.name, INPUTS[source.table], fact["cells"]["now"])
    _put(stores.warehouse, [fact for fact in facts if "line" not in fact["cells"]])


def _noted(config: Config, stores: Stores, facts: Sequence[Fact], changed: int) -> int:
    loaded_as.show_as_raw(stores.warehouse, config)
    stores.ledger.record("corrections", facts)
    return changed


def _address(row: Fact) -> dict[str, Any]:
    return {name: row[name] for name in ADDRESS}


def _place(row: Fact) -> tuple[str, str, int]:
    return row["source"], row["file"], int(row["row"])


def _new_cells(stores: Stores, table: str, row: Fact) -> dict[str, str | None]:
    cells = {name: value or None for name, value in row.items() if name not in ADDRESS}
    for name in cells:
        if INPUTS[table].column(name).personal:
            raise ContractError(f"`{name}` is personal and lives in the vault", hint="mend it in the file itself")
    if cells.get("customer_id"):
        cells["customer_id"] = apart.blind_ids(stores.vault, pa.array([cells["customer_id"]], pa.string()))[0].as_py()
    return cells


def _alike(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    """Facts that one statement can make: of one source and the same columns, at most one a row, in their order."""
    seen: Counter[tuple[str, str, int]] = Counter()
    keyed = []
    for fact in facts:
        keyed.append((seen[_place(fact)], fact["source"], tuple(sorted(fact["cells"]["now"])), fact))
        seen[_place(fact)] += 1
    keyed.sort(key=lambda item: item[:3])
    for _, group in groupby(keyed, key=lambda item: item[:3]):
        yield [item[3] for item in group]


def _standing(warehouse: Warehouse, facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Cells that facts of one kind are about, as they are now."""
    source, table = facts[0]["source"], INPUTS[facts[0]["table"]]
    cells = [f'{loaded_as.as_came(table.column(name), "raw.")} AS "{name}"' for name in facts[0]["cells"]["now"]]
    places = pa.table({"file": [fact["file"] for fact in facts], "row": [int(fact["row"]) for fact in facts]})
    with warehouse.visible(places) as name:
        sql = f'SELECT file, "row", {", ".join(cells)} FROM {_rows_of(source)} AS raw JOIN {name} USING (file, "row")'  # noqa: S608
        return [{"source": source, **row} for row in warehouse.arrow(sql).to_pylist()]


def _put(warehouse: Warehouse, facts: Sequence[Fact]) -> int:
    """Cells in place of those that stand there, where these are still as they were."""
    changed = 0
    for group in _alike(facts):
        table, names = INPUTS[group[0]["table"]], sorted(group[0]["cells"]["now"])
        columns: dict[str, list[Any]] = {name: [fact[name] for fact in group] for name in ("file", "row")}
        for number, name in enumerate(names):
            for what in ("now", "was"):
                columns[f"{what}_{number}"] = [fact["cells"][what][name] for fact in group]
        kinds = {name: pa.string() if name != "row" else pa.int64() for name in columns}
        with warehouse.visible(
            pa.table({name: pa.array(cells, kinds[name]) for name, cells in columns.items()})
        ) as new:
            doubtful = ["plain = NULL"] if "plain" in warehouse.columns(loaded_as.address(group[0]["source"])) else []
            changed += warehouse.execute(_update(group[0]["source"], table, names, new, doubtful))
    return changed


def _update(source: str, table: Input, names: Sequence[str], new: str, doubtful: Sequence[str]) -> str:
    parts, same = [*doubtful], []
    for number, name in enumerate(names):
        column = table.column(name)
        parts += [f'"{name}" = new.now_{number}'] if column.kind == "text" else []
        parts += [] if column.kind == "text" else [f'"{name}_text" = new.now_{number}', f'"{name}" = NULL']
        same.append(f"{loaded_as.as_came(column, 'raw.')} IS NOT DISTINCT FROM new.was_{number}")
    return (
        f"UPDATE {_rows_of(source)} AS raw SET {', '.join(parts)} FROM {new} AS new "  # noqa: S608
        f'WHERE raw.file = new.file AND raw."row" = new."row" AND {" AND ".join(same)}'
    )


def _take_in(warehouse: Warehouse, source: SourceConfig, fact: Fact, now: datetime) -> int:
    """A line as a row; it is no longer among those that are none."""
    place = {"source": source.name, "file": fact["file"], "row": -int(fact["row"])}
    gone = f'DELETE FROM {quoted(loaded_as.LINES)} WHERE source = $source AND file = $file AND "row" = $row'  # noqa: S608
    if not warehouse.execute(gone, place):
        return 0
    table = INPUTS[source.table]
    cells: dict[str, Any] = {"file": fact["file"], "row": int(fact["row"]), "loaded_at": now}
    for name, cell in fact["cells"]["now"].items():
        cells[name if table.column(name).kind == "text" else f"{name}_text"] = cell
    loaded_as.hold(warehouse, source, cells)
    loaded_as.widen(warehouse, source.name, table, fact["cells"]["now"])
    names, values = ", ".join(f'"{name}"' for name in cells), ", ".join(f"${name}" for name in cells)
    return warehouse.execute(f"INSERT INTO {_rows_of(source.name)} ({names}) VALUES ({values})", cells)  # noqa: S608


def _rows_of(source: str) -> str:
    return quoted(loaded_as.address(source))

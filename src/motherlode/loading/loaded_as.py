"""How loaded rows lie in the warehouse: a table a source with the columns that it has, shown as `collect.raw_<table>`.

What a source does not have, or has the same in every row, is a constant of the view and not a column of the table: it
costs nothing to load, and the engine folds away all reading of cells that are plain.
"""

from collections.abc import Collection, Iterable, Mapping

import pyarrow as pa

from motherlode.config import Config, SourceConfig
from motherlode.graph.given import GIVEN
from motherlode.refine.grading import NOBODY
from motherlode.schemas import IDENTIFYING, INPUTS, Column, Input, raw_columns
from motherlode.warehouse import Warehouse, duckdb_type, literal, quoted

# Lines that are no rows, of all sources; no source may have such a name.
LINES = "loaded.%lines"
# Of people whose data may only be stored: ids, in every spelling, and blind tokens of values that nobody else has.
WITHHELD, WITHHELD_TOKENS = "loaded.%withheld", "loaded.%withheld_tokens"
NOBODIES = ", ".join(f"'{word}'" for word in NOBODY)


def address(source: str) -> str:
    """Where the rows of a source lie."""
    return f"loaded.{source}"


def addresses(warehouse: Warehouse) -> list[str]:
    """Every table of loaded rows."""
    # Names with a sign in front are about loading itself.
    return sorted(name for name in warehouse.stands() if name.startswith("loaded.") and name[len("loaded.")] != "%")


def tracked(warehouse: Warehouse) -> list[SourceConfig]:
    """Sources that send over HTTP: each has a table an input, `<source>:<input>`."""
    names = [name.removeprefix("loaded.") for name in addresses(warehouse)]
    parted = [(name, name.rpartition(":")[2]) for name in names if ":" in name]
    return [SourceConfig(name, "tracking", table, {}, {}) for name, table in parted if table in INPUTS]


def source_of(address: str) -> str:
    """The source whose rows lie at an address."""
    return address.removeprefix("loaded.").rpartition(":")[0] or address.removeprefix("loaded.")


def hold(warehouse: Warehouse, source: SourceConfig, columns: Iterable[str]) -> None:
    """Make the table of a source, or the columns that it does not have yet."""
    kinds = raw_columns(INPUTS[source.table])
    wanted = {name: duckdb_type(kinds[name]) for name in columns}
    if warehouse.has(address(source.name)):
        warehouse.add(address(source.name), wanted)
    else:
        warehouse.declare(address(source.name), wanted)


def hold_lines(warehouse: Warehouse) -> None:
    """Make the table of lines that are no rows."""
    if not warehouse.has(LINES):
        warehouse.declare(LINES, _in_engine(GIVEN["broken"]))


def widen(warehouse: Warehouse, source: str, table: Input, columns: Iterable[str]) -> None:
    """Room for corrected cells of these columns, as they were typed in."""
    kinds = raw_columns(table)
    names = [name for column in columns for name in (column, f"{column}_text") if name in kinds]
    warehouse.add(address(source), {name: duckdb_type(kinds[name]) for name in names})


def as_came(column: Column, rows: str = "") -> str:
    """SQL of a loaded cell as text: as it came where it could not be read, as it was read elsewhere."""
    name = f'{rows}"{column.name}"'
    return name if column.kind == "text" else f'coalesce({rows}"{column.name}_text", CAST({name} AS VARCHAR))'


def show_as_raw(warehouse: Warehouse, config: Config) -> None:
    """`collect.raw_<table>` over the sources of each table, in the columns that it promises, and their broken lines."""
    sent = tracked(warehouse)
    for table in INPUTS.values():
        sources = [source for source in (*config.sources.values(), *sent) if source.table == table.name]
        here = [source for source in sources if warehouse.has(address(source.name))]
        if here:
            selects = [_select(warehouse, config, source, table) for source in here]
            warehouse.make(f"collect.raw_{table.name}", " UNION ALL ".join(selects), stored=False)
        else:
            warehouse.declare(f"collect.raw_{table.name}", _in_engine(GIVEN[f"raw_{table.name}"]))
    hold_lines(warehouse)
    names = ", ".join(literal(name) for name in config.sources) or "NULL"
    warehouse.make("collect.broken", f"SELECT * FROM {quoted(LINES)} WHERE source IN ({names})", stored=False)  # noqa: S608


def _select(warehouse: Warehouse, config: Config, source: SourceConfig, table: Input) -> str:
    held = _used(warehouse, source.name)
    constants = {
        "source": source_of(source.name),
        "timezone": source.timezone or config.timezone,
        "date_order": source.date_order,
        "decimal_mark": source.decimal_mark,
    }
    values = {name: literal(text) for name, text in constants.items()}
    if "plain" in held and _all_plain(warehouse, source.name):
        # Said of all, the engine leaves out whatever looks at doubtful cells.
        values["plain"] = "true"
    cells = []
    for name, kind in raw_columns(table).items():
        value = values.get(name, "NULL")
        cells.append(
            f'"{name}"' if name in held - values.keys() else f'CAST({value} AS {duckdb_type(kind)}) AS "{name}"'
        )
    theirs = _withheld(warehouse, held)
    shown = f"WHERE NOT coalesce({theirs}, false)" if theirs else ""
    return f"SELECT {', '.join(cells)} FROM {quoted(address(source.name))} {shown}"  # noqa: S608


def _withheld(warehouse: Warehouse, columns: Collection[str]) -> str:
    if not (warehouse.has(WITHHELD) and warehouse.has(WITHHELD_TOKENS)):
        return ""
    return whose_rows(columns, quoted(WITHHELD), quoted(WITHHELD_TOKENS))


def whose_rows(columns: Collection[str], ids: str, tokens: str) -> str:
    """SQL condition of loaded rows of people, "" where none can be theirs.

    A row without a number is the person's whose phone, e-mail or identity number it has.

    Parameters
    ----------
    ids, tokens
        Relations of their ids (`id`), and of blind tokens of values that nobody else has (`"column"`, `token`).
    """
    keys = [name for name in IDENTIFYING if f"{name}_key" in columns]
    numbered = "customer_id" in columns
    nobody = f"(customer_id IS NULL OR lower(customer_id) IN ({NOBODIES})) AND " if numbered else ""
    cases = [f"customer_id IN (SELECT id FROM {ids})"] if numbered else []  # noqa: S608
    has = f"IN (SELECT token FROM {tokens} WHERE \"column\" = '{{}}')"  # noqa: S608
    cases += [f'{nobody}"{name}_key" {has.format(name)}' for name in keys]
    return f"({' OR '.join(f'({case})' for case in cases)})" if cases else ""


def withhold(warehouse: Warehouse, ids: pa.Table, tokens: pa.Table) -> None:
    """Show no rows of these people any more, and again those of all others; takes effect with `show_as_raw`."""
    for address, known in ((WITHHELD, ids), (WITHHELD_TOKENS, tokens)):
        if ids.num_rows:
            warehouse.write(address, known)
        else:
            warehouse.drop(address)


def _in_engine(columns: Mapping[str, str]) -> dict[str, str]:
    return {name: duckdb_type(kind) for name, kind in columns.items()}


def _used(warehouse: Warehouse, source: str) -> set[str]:
    """Columns in which at least one row says something."""
    held = [name for name in warehouse.columns(address(source)) if name.endswith("_text")]
    counts = ", ".join(f'count("{name}")' for name in held) or "count(*)"
    said = warehouse.arrow(f"SELECT {counts} FROM {quoted(address(source))}").to_pylist()[0].values()  # noqa: S608
    silent = {name for name, count in zip(held, said, strict=False) if not count}
    return set(warehouse.columns(address(source))) - silent


def _all_plain(warehouse: Warehouse, source: str) -> bool:
    return warehouse.value(f"SELECT bool_and(coalesce(plain, false)) FROM {quoted(address(source))}") is True  # noqa: S608

"""The page of each table, as the graph has it: what it says, its columns, its settings, and the tables around it."""

import inspect
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import tomlkit

from motherlode.document.markdown import NOTE, codes, grid, link, links, words
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import FROM_THE_RUN, Graph, compile_graph, wire
from motherlode.labels import label
from motherlode.plugins import find_promises
from motherlode.schemas import INPUTS
from motherlode.tables import ROOMS, Promise

# Any day: columns do not depend on it.
A_DAY = date(2024, 6, 30)

GIVEN_SENTENCES = {
    "received": "Events that came over HTTP, by source and minute: `received` is the sum of the counts beside it.",
    "recorded_pairs": "Pairs of numbers that are likely one person's, and what was decided; as the ledger has it.",
    "recorded_cuts": "Links between identifiers that somebody undid; as the ledger has it.",
    "quarantined_events": "Events that came over HTTP and are set aside, with their problem; the log has their bytes.",
    "files": "Every file that was loaded: its fingerprint, the mapping it was read with, and its number of rows.",
    "broken": "Lines of files that are no rows, as they came, each with its problem.",
    "recorded_consents": "What people said, as the ledger has it.",
    "recorded_lists": "Who is on a frozen list, treated or held out, with what was promised; as the ledger has it.",
    "recorded_judgements": "What people who know a customer say of an action; as the ledger has it.",
    "recorded_follow_ups": "What those who work the list did about a customer, act by act; as the ledger has it.",
    "recorded_readouts": "What frozen lists were found to have brought, reading by reading; as the ledger has it.",
}


class Page(msgspec.Struct, frozen=True):
    """What is known of one table."""

    address: str
    sentence: str
    story: str
    facts: Mapping[str, str]
    columns: Mapping[str, str]
    meanings: Mapping[str, str]
    settings: Mapping[str, Any]
    setting_meanings: Mapping[str, str]
    reads: Sequence[str]
    read_by: Sequence[str]
    set_under: str = ""

    @property
    def name(self) -> str:
        return self.address.partition(".")[2]


def house() -> Graph:
    """Our own tables, without those of other installed packages."""
    return wire(promise for promise in find_promises() if promise.function.__module__.startswith("motherlode."))


def table_pages(graph: Graph) -> list[Page]:
    """A page for each table that can be read, in the order of its address."""
    shapes = {name: dict(columns) for name, columns in GIVEN.items()}
    for step in compile_graph(graph, A_DAY):
        shape = (
            step.expression.schema().items() if step.expression is not None else (step.promise.columns or {}).items()
        )
        shapes[step.promise.name] = {name: str(kind).removeprefix("!") for name, kind in shape}
    made = [_made(graph, graph.promises[name], shapes[name]) for name in shapes if name in graph.promises]
    given = [_given(graph, name, shapes[name]) for name in GIVEN]
    return sorted([*given, *made], key=lambda page: page.address)


def _made(graph: Graph, promise: Promise, columns: Mapping[str, str]) -> Page:
    text, settings = described(promise)
    wide = promise.name in ("features", "snapshots")
    sentence, _, story = text.partition("\n\n")
    if "models" in promise.settings:
        story = f"{story}\n\n{_models(graph)}"
    facts = {
        "kind": promise.kind,
        "key": codes(promise.key),
        "subject": codes([promise.subject]) if promise.subject else "nobody: no row of it is about a person",
        "cut at `as_of` by": codes([promise.happened_on]) if promise.happened_on else "what it reads",
        "kept as": "a table" if promise.stored else "a view",
    }
    return Page(
        promise.address,
        " ".join(sentence.split()),
        story,
        facts,
        columns,
        _part_meanings(graph) if wide else _input_meanings(promise.name.removeprefix("graded_"), promise.kind),
        {name: value for name, value in promise.settings.items() if name not in FROM_THE_RUN},
        settings,
        sorted(_address(graph, name) for name in graph.reads[promise.name]),
        _readers(graph, promise.name),
        promise.set_under,
    )


def _given(graph: Graph, name: str, columns: Mapping[str, str]) -> Page:
    kept = INPUTS.get(name.removeprefix("raw_"))
    sentence = GIVEN_SENTENCES.get(name, "")
    if kept is not None:
        sentence = f"Rows as they came: {kept.row}."
    facts = {"kind": "filled by `motherlode ingest`"}
    if kept is not None:
        facts["a row cannot do without"] = codes(kept.needs) or "nothing"
        private = [column.name for column in kept.columns if column.personal]
        facts["kept in the vault only"] = codes(private) or "nothing"
    meanings = _input_meanings(name.removeprefix("raw_"), "graded") if kept else {}
    return Page(f"collect.{name}", sentence, "", facts, columns, meanings, {}, {}, (), _readers(graph, name))


def described(promise: Promise) -> tuple[str, dict[str, str]]:
    """A function's docstring: its text, and what it says of each setting."""
    text, _, listed = inspect.cleandoc(promise.function.__doc__ or "").partition("\nParameters\n----------\n")
    meanings: dict[str, list[str]] = {}
    names: list[str] = []
    for line in listed.splitlines():
        if line.startswith(" "):
            for name in names:
                meanings[name].append(line.strip())
        elif line.strip():
            names = [name.strip() for name in line.split(",")]
            meanings |= {name: [] for name in names}
    return text.strip(), {name: " ".join(lines) for name, lines in meanings.items()}


def _part_meanings(graph: Graph) -> dict[str, str]:
    parts = [promise for promise in graph.promises.values() if promise.kind in ("feature", "label")]
    return {promise.name: _part_meaning(promise) for promise in parts}


def _part_meaning(promise: Promise) -> str:
    absent = "" if promise.absent is None else f" Without rows: {promise.absent}."
    return f"{' '.join(described(promise)[0].split())} From {promise.inputs[0]}.{absent}"


def _models(graph: Graph) -> str:
    """Every model, what it learns, and how."""
    models = sorted((p for p in graph.promises.values() if p.kind == "model"), key=lambda promise: promise.name)
    rows = [
        (f"`{p.name}`", *words("model", p.name), codes(p.learns), " ".join(described(p)[0].split())) for p in models
    ]
    return grid(("model", "中文", "English", "learns", "how"), rows)


def _input_meanings(name: str, kind: str) -> dict[str, str]:
    return {column.name: column.meaning for column in INPUTS[name].columns} if kind == "graded" else {}


def _address(graph: Graph, name: str) -> str:
    return f"collect.{name}" if name in GIVEN else graph.promises[name].address


def _readers(graph: Graph, name: str) -> list[str]:
    readers = {reader for reader, reads in graph.reads.items() if name in reads}
    features = any(graph.promises[reader].kind == "feature" for reader in readers)
    tables = {graph.promises[reader].address for reader in readers if graph.promises[reader].makes_a_table}
    return sorted(tables | ({"profile.features"} if features else set()))


def table_text(page: Page) -> str:
    """The page of one table."""
    title = f"# {page.address} {label('table', page.name, 'zh')}"
    parts = [title, NOTE, page.sentence, page.story, _facts(page), "## Columns", _columns(page)]
    if page.settings:
        parts += ["## Settings", _settings(page), _setting_example(page)]
    parts += ["## Reads", links(page.reads) or "Nothing: it comes from outside."]
    parts += ["## Read by", links(page.read_by) or "No other table: it is for people."]
    return "\n\n".join(filter(None, parts)) + "\n"


def _facts(page: Page) -> str:
    return grid(("", ""), page.facts.items())


def _columns(page: Page) -> str:
    told = any(name in page.meanings for name in page.columns)
    head = ("column", "type", "中文", "English", *(("meaning",) if told else ()))
    rows = (
        (f"`{name}`", kind, *words("column", name), *((_meaning(page, name),) if told else ()))
        for name, kind in page.columns.items()
    )
    return grid(head, rows)


def _meaning(page: Page, name: str) -> str:
    if name.endswith("_text") and name.removesuffix("_text") in page.columns:
        return f"`{name.removesuffix('_text')}` as it came, where a plain reading is in doubt"
    return page.meanings.get(name, "")


def _settings(page: Page) -> str:
    rows = []
    for name, value in page.settings.items():
        default = "none" if value is None else f"`{_toml(value)}`"
        rows.append((f"`{name}`", default, *words("setting", name), page.setting_meanings.get(name, "")))
    head = ("setting", "default", "中文", "English", "meaning")
    used = [place for place in range(len(head)) if place < 2 or any(row[place] for row in rows)]
    return grid([head[place] for place in used], ([row[place] for place in used] for row in rows))


def _setting_example(page: Page) -> str:
    name, value = next(iter(page.settings.items()))
    shown = 1000.0 if value is None else value
    return f"In `motherlode.toml`:\n\n```toml\n[tables.{page.name}]\n{name} = {_toml(shown)}\n```"


def _toml(value: Any) -> str:
    return str(tomlkit.item(value).as_string())


def index_text(tables: Sequence[Page]) -> str:
    """Every table by room."""
    parts = ["# Tables", NOTE, "A table is a function; its address is `room.name`. Each page says what it reads."]
    for room in ROOMS:
        here = [page for page in tables if page.address.startswith(f"{room}.")]
        if here:
            parts.append(f"## {room} {label('room', room, 'zh')}")
            rows = ((link(p.address), label("table", p.name, "zh"), p.sentence) for p in here)
            parts.append(grid(("table", "中文", "what it says"), rows))
    return "\n\n".join(parts) + "\n"

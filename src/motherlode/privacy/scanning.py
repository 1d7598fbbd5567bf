"""Which columns of files hold personal data, and what becomes of each when it is loaded."""

from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import Any

import pyarrow as pa

from motherlode.access import class_of
from motherlode.collect.detection import Classified, classify
from motherlode.collect.recognise import Proposal
from motherlode.init import look, sampled
from motherlode.loading.apart import is_free_text
from motherlode.schemas import INPUTS

SHAPE = pa.schema(
    [(name, pa.string()) for name in ("file", "header", "taken_for", "holds", "field_class", "goes_to")]
    + [("share", pa.float64())]
)


def scan(folder: Path, root: Path) -> pa.Table:
    """A row for each column of each file that holds personal data, or is taken for a personal field."""
    proposals = look(folder, root)
    taken = {(proposal.path, header): name for proposal in proposals for name, header in _personal(proposal)}
    asked = {proposal.path: set(proposal.columns.values()) for proposal in proposals if _of_people(proposal)}
    rows = [
        row
        for address, columns in sampled(folder, root)
        for header, cells in columns.items()
        if (row := _row(address, header, taken.get((address, header), ""), _seen(header, cells, asked.get(address))))
    ]
    return pa.Table.from_pylist(rows, schema=SHAPE)


def _personal(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Columns that are recognised as personal fields."""
    personal = {column.name for column in INPUTS[proposal.table].columns if column.personal} if proposal.table else ()
    return ((name, header) for name, header in proposal.columns.items() if name in personal)


def _of_people(proposal: Proposal) -> bool:
    columns = INPUTS[proposal.table].columns if proposal.table else ()
    return any(column.name == "customer_id" for column in columns)


def _seen(header: str, cells: Sequence[str], asked: Set[str] | None) -> Classified:
    """What a column holds; words that nobody asked for in rows of people are personal: nobody knows whom they name."""
    seen, filled = classify(cells), [cell for cell in cells if cell.strip()]
    if asked is None or header in asked or seen.is_personal or not filled or not is_free_text(filled):
        return seen
    return Classified("free_text", 1.0)


def _row(file: str, header: str, taken_for: str, seen: Classified) -> dict[str, Any] | None:
    if not (taken_for or seen.field_class):
        return None
    field_class = class_of(taken_for) if taken_for else seen.field_class
    within = not taken_for and not seen.is_personal
    goes_to = "hidden" if within else "vault" if taken_for else "vault_unsorted"
    share = seen.within if within else seen.whole
    return {
        "file": file,
        "header": header,
        "taken_for": taken_for,
        "holds": seen.kind,
        "field_class": field_class,
        "goes_to": goes_to,
        "share": round(share, 4),
    }

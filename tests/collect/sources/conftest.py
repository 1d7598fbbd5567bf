from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from motherlode.collect.sources.files import Files, files
from motherlode.doors import Broken, Piece


class Read:
    """Everything a piece gave, in Python."""

    def __init__(self, piece: Piece) -> None:
        self.names: list[str] = []
        self.rows: list[list[Any]] = []
        self.broken: list[Broken] = []
        for batch in piece.batches():
            assert batch.first_row == len(self.rows) + 1
            self.names = batch.rows.schema.names
            self.rows += [list(row.values()) for row in batch.rows.to_pylist()]
            self.broken += batch.broken


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """Write a file of this name and read it through the door."""

    def written(name: str, content: bytes | str, **settings: Any) -> Read:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
        (piece,) = files(Files(name, root=str(tmp_path), **settings))
        return Read(piece)

    return written


@pytest.fixture
def read_piece() -> Callable[[Piece], Read]:
    return Read


@pytest.fixture
def data() -> Iterator[Path]:
    """The folder of real data beside the checkout."""
    folder = Path(__file__).parents[3].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    yield folder

"""What was seen of the files of a folder, and which of them are the same source in several pieces."""

import re
from collections.abc import Sequence

import msgspec

from motherlode.collect.contents import plain
from motherlode.collect.headers import words
from motherlode.collect.naming import escaped, folder, pattern, sheet_of, stem

# Samples of several pieces together are no larger than this many rows.
ROWS = 2000
_SAME = 0.5


class Look(msgspec.Struct, frozen=True):
    """What was seen of one piece (a file or a sheet).

    Attributes
    ----------
    address
        Path of the file, with `#sheet` for a workbook.
    columns
        Header -> sample cells as text, empty where the cell is; up to 2,000 rows.
    typed
        Header -> arrow type name, for files that carry types.
    months
        Columns that are months were made rows.
    """

    address: str
    columns: dict[str, list[str]]
    typed: dict[str, str] = {}
    months: bool = False


class Bundle(msgspec.Struct, frozen=True):
    """Pieces of one layout that make one source, with their samples put together."""

    addresses: tuple[str, ...]
    path: str
    columns: dict[str, list[str]]
    first: Look

    @property
    def path_and_sheet(self) -> tuple[str, str | None]:
        return self.path, sheet_of(self.addresses[0])[1]


def values(cells: Sequence[str]) -> frozenset[str]:
    """The different filled cells, as they compare between files: `17850.0` of a typed file is `17850`."""
    return frozenset(re.sub(r"^(\d+)\.0$", r"\1", text) for cell in cells if (text := plain(cell)))


def _copied(one: Look, two: Look) -> bool:
    """Whether two pieces of one layout list the same things: their keys are mostly the same."""
    for header, cells in one.columns.items():
        mine, theirs = values(cells), values(two.columns[header])
        keyed = len(mine) >= 0.98 * len(cells) and len(theirs) >= 0.98 * len(two.columns[header])
        if mine and theirs and keyed and ("id" in words(header) or len(words(header)) <= 1):
            return len(mine & theirs) >= _SAME * min(len(mine), len(theirs))
    return one.columns == two.columns and any(map(any, one.columns.values()))


def _bundle(looks: Sequence[Look], path: str) -> Bundle:
    share = max(1, ROWS // len(looks))
    columns = {header: [cell for look in looks for cell in look.columns[header][:share]] for header in looks[0].columns}
    return Bundle(tuple(look.address for look in looks), path, columns, looks[0])


def _together(looks: Sequence[Look], everything: Sequence[str]) -> Bundle | None:
    """One source of several pieces, where one simple pattern catches these and no other."""
    paths = [sheet_of(look.address)[0] for look in looks]
    if len(looks) == 1:
        return _bundle(looks, escaped(paths[0]))
    if len(set(paths)) < len(paths) or len({sheet_of(look.address)[1] for look in looks}) > 1:
        return None
    path = pattern(paths, [other for other in everything if other not in paths])
    return _bundle(looks, path) if path is not None else None


def _series(looks: Sequence[Look]) -> list[list[Look]]:
    """Pieces whose names differ in digits only: months, years, parts."""
    found: dict[str, list[Look]] = {}
    for look in looks:
        found.setdefault(re.sub(r"\d+", "0", stem(look.address)), []).append(look)
    return list(found.values())


def _of_one_layout(looks: Sequence[Look], everything: Sequence[str]) -> list[Bundle]:
    series = _series(looks)
    apart = not any(_copied(a[0], b[0]) for n, a in enumerate(series) for b in series[n + 1 :])
    if apart and (whole := _together(looks, everything)) is not None:
        return [whole]
    found: list[Bundle] = []
    for pieces in series:
        together = _together(pieces, everything)
        alone = (_together([piece], everything) for piece in pieces)
        found.extend([together] if together is not None else [bundle for bundle in alone if bundle is not None])
    return found


def bundles(looks: Sequence[Look]) -> list[Bundle]:
    """Put pieces of the same folder and layout together, in the order of the files."""
    layouts: dict[tuple[str, str, tuple[str, ...]], list[Look]] = {}
    for look in looks:
        path, sheet = sheet_of(look.address)
        place = path.rpartition("/")[0] if sheet is not None else folder(look.address)
        # Files without columns, or with made-up names, have nothing in common.
        own = look.address if len(look.columns) < 2 else ""
        layouts.setdefault((place, own, tuple(sorted(look.columns))), []).append(look)
    everything = [sheet_of(look.address)[0] for look in looks]
    order = {look.address: n for n, look in enumerate(looks)}
    found = [bundle for pieces in layouts.values() for bundle in _of_one_layout(pieces, everything)]
    return sorted(found, key=lambda bundle: order[bundle.addresses[0]])

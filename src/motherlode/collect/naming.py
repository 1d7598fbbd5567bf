"""Names and paths of sources: what stands in `motherlode.toml`."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from motherlode.collect.headers import words

_ENDINGS = re.compile(
    r"(\.(csv|tsv|txt|xlsx|xls|xlsb|ods|parquet|jsonl|ndjson|json|sqlite3?|db|log|gz|bz2|zst|zip))+$", re.IGNORECASE
)


def sheet_of(address: str) -> tuple[str, str | None]:
    """Split an address into path and sheet."""
    path, mark, sheet = address.partition("#")
    return path, sheet if mark else None


def stem(address: str) -> str:
    """The file's name without folder and endings, or the sheet's name where the sheet says what it holds."""
    path, sheet = sheet_of(address)
    if sheet is not None and _ENDINGS.search(sheet_of(sheet)[0]):
        # A file in an archive, or a sheet of one.
        return stem(sheet)
    file = _ENDINGS.sub("", path.rsplit("/", 1)[-1])
    says_nothing = sheet is None or re.fullmatch(r"(sheet|工作表|表)?\s*\d*", sheet, re.IGNORECASE)
    return file if says_nothing or sheet is None else sheet


def folder(address: str) -> str:
    """The folder that a piece lies in; a workbook counts as one."""
    path, sheet = sheet_of(address)
    return path if sheet is not None else path.rpartition("/")[0]


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) if part]


def shared_parts(addresses: Sequence[str]) -> frozenset[str]:
    """Leading words that most file names of a folder have in common: the company's name, not the file's."""
    shared: set[str] = set()
    enough = max(3, len(addresses) // 2)
    while True:
        rests = ([part for part in _parts(stem(address)) if part not in shared] for address in addresses)
        heads = Counter(rest[0] for rest in rests if len(rest) > 1)
        more = {head for head, count in heads.items() if count >= enough and words(head) == ("?" + head,)}
        if not more:
            return frozenset(shared)
        shared |= more


def source_name(address: str, table: str | None, shared: Collection[str], taken: Collection[str]) -> str:
    """A short name for `motherlode.toml`: letters, digits and underscores, and nobody else's."""
    parts = [part for part in _parts(stem(address)) if part not in shared and not part.isdigit()]
    chinese = any(ord(letter) >= 0x3400 for letter in stem(address))
    plain = "_".join(parts).lstrip("0123456789_")
    name = plain if plain and not chinese else ""
    if name and name not in taken:
        return name
    base = name or table or "source"
    first = 2 if name else 1
    return next(f"{base}_{n}" for n in range(first, len(taken) + 3) if f"{base}_{n}" not in taken)


def escaped(path: str) -> str:
    """A path as a pattern that means itself."""
    return re.sub(r"([\[*?])", r"[\1]", path)


def matches_pattern(pattern: str, path: str) -> bool:
    """Whether a pattern catches a path; a star does not cross folders."""
    wild = (
        re.escape(pattern)
        .replace(r"\[\[\]", r"\[")
        .replace(r"\[\*\]", "\0")
        .replace(r"\*", "[^/]*")
        .replace("\0", r"\*")
    )
    return re.fullmatch(wild.replace(r"\[\?\]", r"\?"), path) is not None


def pattern(paths: Sequence[str], others: Iterable[str]) -> str | None:
    """The narrowest simple pattern that catches exactly these paths, or none."""
    if len(set(paths)) == 1:
        return escaped(paths[0])
    first, last = min(paths), max(paths)
    head = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    start = min(first[:head], *(_common(path, first) for path in paths), key=len).rstrip("0123456789")
    end = min((_common(path[::-1], first[::-1]) for path in paths), key=len)[::-1].lstrip("0123456789")
    room = min(map(len, paths)) - len(start)
    end = end[len(end) - room :] if len(end) > room else end
    found = f"{escaped(start)}*{escaped(end)}"
    if not all(matches_pattern(found, path) for path in paths) or any(matches_pattern(found, path) for path in others):
        return None
    return found


def _common(one: str, two: str) -> str:
    size = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return one[:size]

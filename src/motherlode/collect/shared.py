"""Columns that hold another file's key: the customers of the sales are found among the customers."""

from collections.abc import Mapping, Sequence

from motherlode.collect.choosing import Verdict
from motherlode.collect.headers import words
from motherlode.collect.pieces import Bundle, values

_KEYS = {"customers": "customer_id", "products": "product_id"}
_ENOUGH = 0.5
_SAYS_WHO_OR_WHAT = frozenset({"id", "name", "customer", "company", "product"})


def _related(header: str, holder: str) -> bool:
    """Whether two headers speak of the same thing, apart from both being numbers."""
    return bool((set(words(header)) & set(words(holder))) - {"id", "name"})


def _holds(header: str, cells: Sequence[str], holder: str, key: frozenset[str]) -> bool:
    """Whether a column holds another file's key; running numbers meet by chance, so headers must agree too."""
    mine = values(cells)
    both = mine & key
    if len(mine) < 5 or len(both) < _ENOUGH * len(mine):
        return False
    running = sum(value.isdigit() and len(value) < 9 for value in both) > 0.5 * len(both)
    return _related(header, holder) if running else sum(len(value) >= 4 for value in both) >= 0.5 * len(both)


def _may_be_key(header: str) -> bool:
    said = words(header)
    return bool(_SAYS_WHO_OR_WHAT & set(said)) or all(word.startswith("?") for word in said)


def _shared(
    bundle: Bundle, verdict: Verdict, keys: Mapping[str, Sequence[tuple[Bundle, str, frozenset[str]]]]
) -> dict[str, str]:
    sure = {match.header for match in verdict.found.values() if match.confidence >= 0.84}
    return {
        header: target
        for target, holders in keys.items()
        if target not in verdict.found or verdict.found[target].confidence < 0.84
        for header, cells in bundle.columns.items()
        if header not in sure and _may_be_key(header)
        if any(holder is not bundle and _holds(header, cells, name, key) for holder, name, key in holders)
    }


def shared_keys(sources: Sequence[tuple[Bundle, Verdict]]) -> dict[tuple[str, str | None], dict[str, str]]:
    """For each source: header -> column whose key values it holds, where its name does not already say so."""
    keys: dict[str, list[tuple[Bundle, str, frozenset[str]]]] = {}
    for bundle, verdict in sources:
        target = _KEYS.get(verdict.table or "", "")
        if target in verdict.found:
            header = verdict.found[target].header
            keys.setdefault(target, []).append((bundle, header, values(bundle.columns[header])))
    return {bundle.path_and_sheet: _shared(bundle, verdict, keys) for bundle, verdict in sources}

"""How alike two values are, as one of a few levels, for each kind of field: SQL over a pair of rows `l` and `r`.

The highest level is equality, 0 is different, and -1 stands where a value is missing.
"""

from collections.abc import Callable

from motherlode.linkage.fields import Field, Kind
from motherlode.linkage.words import STEPS

# The levels of each kind, from the least alike that still counts to equality.
LEVELS: dict[Kind, int] = {"name": 6, "text": 6, "code": 4, "date": 5, "words": len(STEPS) + 1, "number": 4}
MISSING = -1


def level(field: Field) -> str:
    """SQL of the level of a field."""
    left, right = f'l."{field.name}"', f'r."{field.name}"'
    cases = " ".join(f"WHEN {condition} THEN {place}" for condition, place in _CASES[field.kind](left, right, field))
    return f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN {MISSING} {cases} ELSE 0 END"


def _name(left: str, right: str, field: Field) -> list[tuple[str, int]]:
    alike = f"jaro_winkler_similarity({left}, {right})"
    cases = [(f"{left} = {right}", 5)]
    if field.other:
        crossed_left, crossed_right = f'l."{field.other}"', f'r."{field.other}"'
        cases.append((f"{left} = {crossed_right} AND {crossed_left} = {right}", 4))
    if field.heard:
        # In letters of China and in Latin ones; two names in letters of China that sound alike are two names.
        in_latin = f"(strlen({left}) = length({left}) OR strlen({right}) = length({right}))"
        cases.append((f'l."{field.sound}" = r."{field.sound}" AND {in_latin}', 4))
    cases += [
        (f"{alike} >= 0.92", 3),
        (f"{alike} >= 0.85 OR damerau_levenshtein({left}, {right}) <= 1", 2),
        (f"{alike} >= 0.75 OR starts_with({left}, {right}) OR starts_with({right}, {left})", 1),
    ]
    if field.other:
        cases.append((f"{left} = {crossed_right} OR {crossed_left} = {right}", 1))
    return cases


def _text(left: str, right: str, field: Field) -> list[tuple[str, int]]:
    alike = f"jaro_winkler_similarity({left}, {right})"
    return [
        (f"{left} = {right}", 5),
        (f"{alike} >= 0.94", 4),
        (f"{alike} >= 0.88 OR damerau_levenshtein({left}, {right}) <= 2", 3),
        # A street with its province and one without it.
        (f"length({left}) > 5 AND length({right}) > 5 AND (contains({left}, {right}) OR contains({right}, {left}))", 2),
        (f"{alike} >= 0.75", 1),
    ]


def _code(left: str, right: str, field: Field) -> list[tuple[str, int]]:
    apart = f"damerau_levenshtein({left}, {right})"
    return [(f"{left} = {right}", 3), (f"{apart} <= 1", 2), (f"{apart} <= 2", 1)]


def _date(left: str, right: str, field: Field) -> list[tuple[str, int]]:
    apart = f"damerau_levenshtein({left}, {right})"
    turned = f"{left}[1:4] || {left}[7:8] || {left}[5:6]"
    return [
        (f"{left} = {right}", 4),
        (f"{apart} <= 1", 3),
        (f"{turned} = {right}", 2),
        (f"{apart} <= 2 OR {left}[1:4] = {right}[1:4]", 1),
    ]


def _number(left: str, right: str, field: Field) -> list[tuple[str, int]]:
    gap = f"abs(CAST({left} AS DOUBLE) - CAST({right} AS DOUBLE))"
    most = f"greatest(CAST({left} AS DOUBLE), CAST({right} AS DOUBLE))"
    return [(f"{left} = {right}", 3), (f"{gap} <= 0.05 * {most}", 2), (f"{gap} <= 0.2 * {most}", 1)]


_CASES: dict[Kind, Callable[[str, str, Field], list[tuple[str, int]]]] = {
    "name": _name,
    "text": _text,
    "code": _code,
    "date": _date,
    "number": _number,
}

"""What people read, in Chinese and English: labels of codes, tables, columns and messages by key.

English and Chinese stand side by side in `words/*.toml`; a plugin brings its own in a `labels.toml` beside its files.
"""

import locale
import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")


def chosen_language(asked: str | None = None, environment: Mapping[str, str] = os.environ) -> Language:
    """The language asked for, else `MOTHERLODE_LANG`, else the locale's, else English."""
    names = [asked, environment.get("MOTHERLODE_LANG"), environment.get("LC_ALL"), environment.get("LC_MESSAGES")]
    names += [environment.get("LANG"), locale.getlocale()[0]]
    said = next((name for name in names if name), "en").lower()
    return "zh" if said.startswith(("zh", "chinese")) else "en"


@cache
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """Section -> code -> language -> words."""
    sections: dict[str, dict[str, dict[str, str]]] = {}
    for entry in files("motherlode").joinpath("words").iterdir():
        if entry.name.endswith(".toml"):
            _take_in(sections, entry.read_text(encoding="utf-8"))
    return sections


def _take_in(sections: dict[str, dict[str, dict[str, str]]], text: str) -> None:
    for section, entries in tomllib.loads(text).items():
        sections.setdefault(section, {}).update(entries)


def add_labels(folder: Path) -> None:
    """Take in the `labels.toml` of a folder of plugins, where there is one."""
    path = folder / "labels.toml"
    if path.exists():
        _take_in(catalogue(), path.read_text(encoding="utf-8"))


def label(section: str, code: Any, language: Language) -> str:
    """The words for a code; the code itself where a plugin gave none."""
    words = catalogue().get(section, {}).get(str(code))
    return words[language] if words else str(code)


def say(key: str, language: Language, **values: Any) -> str:
    """A message with its values put in."""
    return catalogue()["message"][key][language].format(**values)


def value_label(column: str, value: Any, language: Language) -> Any:
    """A cell as people read it: codes in their words, everything else as it is."""
    section = SECTION_OF_COLUMN.get(column)
    return label(section, value, language) if section and isinstance(value, str) else value


def number(value: float, language: Language, digits: int = 0) -> str:
    """A number in the words of the language: 万 and 亿 in Chinese, K, M and B in English."""
    steps = ((1e8, "亿"), (1e4, "万")) if language == "zh" else ((1e9, "B"), (1e6, "M"), (1e3, "K"))
    for size, unit in steps:
        if abs(value) >= size * (1 if language == "zh" else 10):
            return f"{value / size:,.1f}{unit}"
    return f"{value:,.{digits}f}"


# Whose values are codes with words of their own.
SECTION_OF_COLUMN = {
    "stage": "stage",
    "value_tier": "tier",
    "play": "play",
    "reason": "reason",
    "second_reason": "reason",
    "problem": "problem",
    "cut_line": "cut_line",
    "line": "cut_line",
    "policy": "policy",
    "segment": "segment",
    "did_differently": "behaviour",
    "verdict": "verdict",
    "kind": "kind",
    "population": "population",
    "matched_by": "matched_by",
}


def missing(pairs: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of (section, code) pairs, those without words in both languages."""
    known = cast(dict[str, Any], catalogue())
    return [(s, c) for s, c in pairs if not all(known.get(s, {}).get(c, {}).get(lang) for lang in LANGUAGES)]

"""What people read, in Chinese and English: labels of codes, tables, columns and messages by key.

English and Chinese stand side by side in `words/*.toml`; a plugin brings its own in a `labels.toml` beside its files.
"""

import locale
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast

from motherlode.errors import ConfigError

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
# Where a sentence of an error takes a value: the next one, or one by number.
GAP = r"\{(\d*)\}"


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
            _add(sections, tomllib.loads(entry.read_text(encoding="utf-8")))
    return sections


def _add(sections: dict[str, dict[str, dict[str, str]]], more: Mapping[str, Mapping[str, dict[str, str]]]) -> None:
    for section, entries in more.items():
        sections.setdefault(section, {}).update(entries)


def add_labels(folder: Path) -> None:
    """Take in the `labels.toml` of a folder of plugins, where there is one.

    Raises
    ------
    ConfigError
        The file is not TOML, or an entry lacks one of the languages.
    """
    path = folder / "labels.toml"
    if not path.exists():
        return
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}", hint="mend the line named above") from error
    for section, entries in sections.items():
        for code, said in entries.items() if isinstance(entries, Mapping) else [("", None)]:
            if not isinstance(said, Mapping) or not all(isinstance(said.get(name), str) for name in LANGUAGES):
                hint = 'each entry is { zh = "…", en = "…" }'
                raise ConfigError(f"{path}: [{section}] {code} is not in both languages", hint=hint)
    _add(catalogue(), sections)


def label(section: str, code: Any, language: Language) -> str:
    """The words for a code; the code itself where a plugin gave none."""
    words = catalogue().get(section, {}).get(str(code))
    return words[language] if words else str(code)


def error_text(sentence: str, language: Language) -> str:
    """What an error says, in a language: an error is raised in English, and its shape finds the Chinese sentence.

    What was put into the one is put into the other; a sentence that no `words` file has, as of a plugin or of another
    program, stays as it is.
    """
    for shape, words in _shapes() if language != "en" else ():
        if found := shape.fullmatch(sentence):
            values = [error_text(value, language) if " " in value else value for value in found.groups()]
            return _filled(words[language], values)
    return sentence


def _filled(words: str, values: Sequence[str]) -> str:
    """Values in the gaps of a sentence: by number, or one after the other."""
    turn = iter(values)
    return re.sub(GAP, lambda gap: values[int(gap[1])] if gap[1] else next(turn), words)


@cache
def _shapes() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    """Sentences of errors with gaps, those that say most first."""
    known = sorted(catalogue()["error"].values(), key=lambda words: -len(re.sub(GAP, "", words["en"])))
    return [(re.compile(_shape(words["en"]), re.DOTALL), words) for words in known]


def _shape(words: str) -> str:
    # What stands between ` is one name.
    return re.sub(r"\\\{\d*\\\}", "(.*?)", re.sub(r"`\\\{\d*\\\}`", "`([^`]*)`", re.escape(words)))


def column_label(table: str, column: str, language: Language) -> str:
    """The words for a column, those of its table where it means something of its own there."""
    own = f"{table}.{column}"
    return label("column", own if own in catalogue()["column"] else column, language)


def table_says(name: str, says: str, language: Language) -> str:
    """What a table holds, in a language: `says`, of its function, or what was written of it, else its label."""
    if says and language == "en":
        return says
    return label("says" if name in catalogue()["says"] else "table", name, language)


def say(key: str, language: Language, **values: Any) -> str:
    """A message with its values put in."""
    return catalogue()["message"][key][language].format(**values)


def value_label(column: str, value: Any, language: Language) -> Any:
    """A cell as people read it: codes in their words, everything else as it is."""
    if not isinstance(value, str):
        return value
    if column == "micro_segment":
        return " · ".join(label(*part, language) for part in zip(MICRO_SEGMENT, value.split("/", 3), strict=False))
    section = SECTION_OF_COLUMN.get(column)
    return label(section, value, language) if section else value


# What a micro-segment is named by, from its play on; its category is a word of the data.
MICRO_SEGMENT = ("play", "stage", "tier", "")


# Whose values are codes with words of their own.
SECTION_OF_COLUMN = {
    "stage": "stage",
    "stage_91_days_before": "stage",
    "stage_364_days_before": "stage",
    "stage_before": "stage",
    "value_tier": "tier",
    "channel": "channel",
    "play": "play",
    "reason": "reason",
    "second_reason": "reason",
    "problem": "problem",
    "cut_line": "cut_line",
    "line": "cut_line",
    "policy": "policy",
    "ranked_by": "policy",
    "segment": "segment",
    "did_differently": "behaviour",
    "verdict": "verdict",
    "contact": "verdict",
    "behaviour": "behaviour",
    "corner": "corner",
    "learnt_from": "learnt_from",
    "first_move": "move",
    "then_move": "move",
    "deal_standing": "deal_standing",
    "amount_basis": "amount_basis",
    "lead_verdict": "verdict",
    "cause": "cause",
    "decline_cause": "cause",
    "question": "question",
    "held_back_by": "resource",
    "resource": "resource",
    "law": "law",
    "legal_basis": "legal_basis",
    "said_in": "said_in",
    "decision": "decision",
    "given_by": "given_by",
    "purpose": "purpose",
    "role": "role",
    "scope": "scope",
    "data": "data",
    "grouping": "grouping",
    "group": "group",
    "taken_for": "column",
    "holds": "holds",
    "field_class": "data",
    "goes_to": "goes_to",
    "counted_from": "counted_from",
    "shows_rows": "show",
    "shows_identity": "show",
    "shows_contact": "show",
    "shows_sensitive": "show",
    "shows_free_text": "show",
    "shows_unsorted": "show",
    "kind": "kind",
    "population": "population",
    "follow_up": "follow_up",
    "because": "because",
    "fit_band": "lead_band",
    "engagement_band": "lead_band",
    "matched_by": "matched_by",
    "doing": "doing",
    "then": "doing",
    # A trait is a column by name.
    "trait": "column",
    "trait_1": "column",
    "trait_2": "column",
    "trait_3": "column",
}


def missing(pairs: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of (section, code) pairs, those without words in both languages."""
    known = cast(dict[str, Any], catalogue())
    return [(s, c) for s, c in pairs if not all(known.get(s, {}).get(c, {}).get(lang) for lang in LANGUAGES)]

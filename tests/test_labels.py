"""Every word that people can meet stands in both languages."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import ibis.expr.operations as ops
import pyarrow as pa
import pytest

from motherlode.collect import personal
from motherlode.collect.sources import lines, text
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import Compiled, compile_graph, wire
from motherlode.labels import (
    LANGUAGES,
    SECTION_OF_COLUMN,
    Language,
    catalogue,
    chosen_language,
    label,
    missing,
    value_label,
)
from motherlode.plugins import find_promises
from motherlode.profile.concentration import concentration
from motherlode.report.trust import MONEY, SHARES

# Columns of codes that the command line shows as they are, but that have words all the same.
SECTIONS = {
    **SECTION_OF_COLUMN,
    "basis": "basis",
    "method": "method",
    "outcome": "outcome",
    "evidence_level": "evidence_level",
}
HANDING_ON = (ops.IfElse, ops.SearchedCase, ops.Coalesce, ops.NullIf, ops.Cast, ops.Max, ops.Min)
# Latin letters that Chinese readers know, and what is typed at a prompt or stands in a file.
LATIN_IN_CHINESE = {
    "RFM",
    "AUC",
    "PSI",
    "Kaplan",
    "Meier",
    "Shapley",
    "JSON",
    "UTC",
    "motherlode",
    "toml",
    "run",
    "quarantine",
    "English",
}


@cache
def compiled() -> dict[str, Compiled]:
    return {step.promise.name: step for step in compile_graph(wire(find_promises()), date(2024, 6, 30))}


def columns_of(step: Compiled) -> tuple[str, ...]:
    return tuple(step.promise.columns or step.expression.schema().names)


def codes(table: str, column: str, seen: set[tuple[str, str]]) -> set[str]:
    """The literal texts that a column can hold, followed back through the tables it comes from."""
    step = compiled().get(table)
    if step is None or step.expression is None or (table, column) in seen:
        return set()
    seen.add((table, column))
    return _in_relation(step.expression.op(), column, seen)


def _in_relation(relation: Any, column: str, seen: set[tuple[str, str]]) -> set[str]:
    if isinstance(relation, ops.UnboundTable):
        return codes(relation.name, column, seen)
    if isinstance(relation, ops.Set):
        return _in_relation(relation.left, column, seen) | _in_relation(relation.right, column, seen)
    return _in_value(relation.values[column], seen)


def _in_value(value: Any, seen: set[tuple[str, str]]) -> set[str]:
    if isinstance(value, ops.Literal):
        return {value.value} if isinstance(value.value, str) else set()
    if isinstance(value, ops.Field):
        return _in_relation(value.rel, value.name, seen)
    outcomes = (*value.results, value.default) if isinstance(value, ops.SimpleCase) else _text_arguments(value)
    return set().union(*(_in_value(outcome, seen) for outcome in outcomes))


def _text_arguments(value: Any) -> Iterator[Any]:
    """Texts that an operation hands on as they are; conditions are not among them, and cleaned text is no code."""
    for argument in value.args if isinstance(value, HANDING_ON) else ():
        for part in argument if isinstance(argument, tuple) else (argument,):
            if isinstance(part, ops.Value) and part.dtype.is_string():
                yield part


def codes_by_section() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, step in compiled().items():
        for column in columns_of(step):
            if column in SECTIONS:
                found.setdefault(SECTIONS[column], set()).update(codes(name, column, set()))
    return found


def test_the_codes_are_found_at_all() -> None:
    found = codes_by_section()
    assert {"trial", "mature", "lost"} <= found["stage"]
    assert {"overdue", "long_overdue", "orders_more_often"} <= found["reason"]
    assert {"no_amount", "repeated_customer"} <= found["problem"]
    assert {play for play, step in compiled().items() if step.promise.kind == "play"} == found["play"] - {""}


def test_every_code_that_a_table_can_hold_has_words() -> None:
    pairs = [(section, code) for section, values in codes_by_section().items() for code in values if code]
    assert missing(iter(sorted(pairs))) == []


def test_every_table_has_words() -> None:
    assert missing(("table", name) for name in (*compiled(), *GIVEN)) == []


def test_every_column_has_words() -> None:
    given = [column for columns in GIVEN.values() for column in columns if not column.endswith("_text")]
    made = [column for step in compiled().values() for column in columns_of(step)]
    assert missing(("column", name) for name in sorted({*given, *made})) == []


def test_every_room_has_words() -> None:
    assert missing(("room", step.promise.room) for step in compiled().values()) == []


def test_every_setting_of_a_play_has_words() -> None:
    plays = [step.promise for step in compiled().values() if step.promise.kind == "play"]
    assert missing(("setting", name) for play in plays for name in play.settings if name != "as_of") == []
    assert missing(("setting", name) for name in (*SHARES, *MONEY)) == []


def test_every_reason_that_a_customer_can_have_is_a_sentence_or_needs_no_number() -> None:
    numberless = {"reported_churned", "reported_never_bought"}
    reasons = codes_by_section()["reason"] - {""} - numberless
    assert missing(("reason_sentence", reason) for reason in sorted(reasons)) == []


def test_problems_of_lines_and_of_personal_data_have_words() -> None:
    sources = [module.__file__ or "" for module in (text, lines)]
    written = " ".join(Path(path).read_text(encoding="utf-8") for path in sources)
    broken = set(re.findall(r'"((?:too_\w+|not_\w+))"', written))
    noted = set(re.findall(r"^([a-z_]+)\n    \S", (personal.__doc__ or "").partition("--------")[2], re.MULTILINE))
    assert len(broken) >= 3 and len(noted) >= 5
    assert missing(("problem", code) for code in sorted(broken | noted)) == []


def test_populations_and_methods_of_concentration_have_words() -> None:
    year = pa.table(
        {name: [1.0, 2.0] for name in ("value", "earlier_half", "later_half")} | {"customer_id": ["a", "b"]}
    )
    rows = concentration(year, resamples=2).to_pylist()
    assert {row["population"] for row in rows} == {"payers", "everybody"}
    assert missing((column, row[column]) for row in rows for column in ("population", "method")) == []


def words() -> Iterator[tuple[str, str, dict[str, str]]]:
    for section, entries in catalogue().items():
        for code, said in entries.items():
            yield section, code, said


def test_every_entry_is_in_both_languages_and_names_the_same_values() -> None:
    for section, code, said in words():
        assert set(said) == set(LANGUAGES), (section, code)
        named = [{name for _, name, _, _ in Formatter().parse(said[language]) if name} for language in LANGUAGES]
        assert named[0] == named[1], (section, code)


def test_what_a_table_holds_is_said_in_chinese_as_its_function_says_it_now() -> None:
    says = {step.promise.name: step.promise.says for step in compiled().values()}
    assert {name: words["en"] for name, words in catalogue()["says"].items()} == says


def test_no_words_of_one_language_stand_in_the_other() -> None:
    for section, code, said in words():
        # Messages and errors quote commands and keys of the configuration; the switch names each language in its own.
        if section in ("message", "error") or (section, code) in (("report", "zh"), ("report", "en")):
            continue
        assert not re.search(r"[一-鿿　-〿＀-￯]", said["en"]), (section, code)
        latin = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"\{[^}]*\}|`[^`]*`", "", said["zh"])))
        assert latin <= LATIN_IN_CHINESE, (section, code)
        assert re.search(r"[一-鿿]", said["zh"]) or not re.search(r"[a-z]{3}", said["en"]), (section, code)


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        ("zh", {}, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"MOTHERLODE_LANG": "zh", "LANG": "en_US"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "de_DE"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_environments(
    asked: str | None, environment: dict[str, str], language: Language
) -> None:
    assert chosen_language(asked, environment) == language


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert label("stage", "sleeping", "zh") == "sleeping"
    assert label("stage", "mature", "zh") == "成熟期"


def test_a_micro_segment_is_said_in_words() -> None:
    assert (
        value_label("micro_segment", "wake_dormant/trial/low/茶/杯", "zh") == "唤醒沉睡客户 · 尝试期 · 低价值 · 茶/杯"
    )
    assert value_label("micro_segment", "win_back", "en") == "Win back"

"""`motherlode.toml`: what it may say, and what is said of what it may not."""

from pathlib import Path

import pytest

from motherlode.config import Config, SourceConfig, parse_config, read_config
from motherlode.errors import ConfigError

ORDERS = {"path": "orders.csv", "table": "orders", "columns": {"amount": "paid"}}


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "motherlode.toml").write_text(text, encoding=encoding)
    return folder


def refused(values: dict[str, object]) -> ConfigError:
    with pytest.raises(ConfigError) as told:
        parse_config(values, Path())
    return told.value


def test_an_empty_file_is_a_project_with_defaults(tmp_path):
    assert read_config(written(tmp_path, "")) == Config(root=tmp_path)


def test_a_byte_order_mark_of_a_windows_editor_is_no_error(tmp_path):
    assert read_config(written(tmp_path, 'name = "茶"', "utf-8-sig")).name == "茶"


def test_no_file_says_how_to_begin(tmp_path):
    with pytest.raises(ConfigError, match="does not exist") as told:
        read_config(tmp_path)
    assert told.value.hint == f"motherlode init FOLDER --project {tmp_path}"


def test_what_is_not_toml_names_the_file_and_the_line(tmp_path):
    with pytest.raises(ConfigError, match=r"motherlode\.toml is not TOML: .*line 2"):
        read_config(written(tmp_path, 'name = "a"\ncurrency CNY'))


def test_a_file_in_another_encoding_is_told(tmp_path):
    with pytest.raises(ConfigError, match="is not TOML"):
        read_config(written(tmp_path, 'name = "茶叶"', "gb18030"))


def test_an_unknown_key_has_its_nearest_name():
    assert refused({"currancy": "CNY"}).hint == "did you mean `currency`?"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": 3}, "name"),
        ({"threads": "four"}, "threads"),
        ({"threads": -1}, "threads = -1"),
        ({"threads": 10**6}, "threads = 1000000"),
        ({"timezone": "Asia/Atlantis"}, "no time zone"),
        ({"timezone": "Asia"}, "no time zone"),
        ({"timezone": "../../etc/passwd"}, "no time zone"),
        ({"sources": "orders.csv"}, "sources are sections"),
        ({"sources": {"orders": "orders.csv"}}, "sources are sections"),
        ({"tables": {"ranked": 5}}, "Expected `object`"),
        ({"sources": {"a.b": ORDERS}}, "no such name"),
        ({"sources": {"Orders": ORDERS, "orders": ORDERS}}, "are one name"),
        ({"sources": {"x": {"path": "o.csv"}}}, "table = ''"),
        ({"sources": {"x": {**ORDERS, "table": ["orders"]}}}, "is not an input table"),
        ({"sources": {"x": {**ORDERS, "columns": 5}}}, "Expected `object`"),
        ({"sources": {"x": {**ORDERS, "columns": {"amount": 5}}}}, "Expected `str`"),
        ({"sources": {"x": {**ORDERS, "columns": {"amout": "paid"}}}}, "no column `amout`"),
        ({"sources": {"x": {**ORDERS, "replace": {"amout": {"a": "b"}}}}}, "no column `amout`"),
        ({"sources": {"x": {**ORDERS, "date_order": "dym"}}}, "date_order = 'dym'"),
        ({"sources": {"x": {**ORDERS, "timezone": "Moon"}}}, "no time zone"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place_and_a_hint(values, words):
    error = refused(values)
    assert words in error.message and error.hint


def test_a_misspelt_table_or_column_has_its_nearest_name():
    assert refused({"sources": {"x": {"table": "order"}}}).hint == "did you mean `orders`?"
    assert refused({"sources": {"x": {**ORDERS, "columns": {"amout": "p"}}}}).hint == "did you mean `amount`?"


def test_what_a_source_does_not_own_goes_to_its_door():
    config = parse_config({"sources": {"till": {**ORDERS, "use": "database", "query": "SELECT 1"}}}, Path())
    source = config.sources["till"]
    assert isinstance(source, SourceConfig) and source.use == "database"
    assert source.settings == {"path": "orders.csv", "query": "SELECT 1"}


def test_a_secret_comes_from_the_environment_wherever_it_stands(tmp_path, monkeypatch):
    monkeypatch.setenv("PASSWORD", "s3cret")
    folder = written(tmp_path, 'ledger = "postgresql://me:${PASSWORD}@db/x"\n[tables.x]\nlist = ["${PASSWORD}"]')
    config = read_config(folder)
    assert config.ledger == "postgresql://me:s3cret@db/x"
    assert config.tables["x"]["list"] == ["s3cret"]


def test_a_missing_secret_is_named_with_the_command_that_sets_it(tmp_path, monkeypatch):
    monkeypatch.delenv("PASSWORD", raising=False)
    with pytest.raises(ConfigError, match=r"\$\{PASSWORD\} in motherlode.toml is not set") as told:
        read_config(written(tmp_path, 'ledger = "postgresql://me:${PASSWORD}@db/x"'))
    assert told.value.hint == "export PASSWORD=…"


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ("", 0),
        ("[tables.retention]\nevents_days = 400", 400),
        ("[serve]\nkeep_days = 30\n[tables.retention]\nevents_days = 400", 30),
        ("[serve]\nkeep_days = 0\n[tables.retention]\nevents_days = 400", 0),
    ],
)
def test_gdpr_5_the_log_of_requests_is_kept_as_long_as_what_was_made_of_it(tmp_path, settings, days):
    (tmp_path / "motherlode.toml").write_text(settings, encoding="utf-8")
    assert read_config(tmp_path).log_days == days

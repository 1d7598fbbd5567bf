"""Documentation that cannot drift: generated pages are as the code is, examples run, nothing is left undocumented."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner

from motherlode import document, errors
from motherlode.cli import main
from motherlode.collect.presets import PRESETS
from motherlode.collect.sources.database import Database
from motherlode.collect.sources.files import READERS, Files
from motherlode.config import DATE_ORDERS, Config, ServeConfig, SourceConfig, WebhookConfig, parse_config
from motherlode.document.__main__ import main as write_pages
from motherlode.document.markdown import REMAKE
from motherlode.document.ranked_list import filled, show_list
from motherlode.document.tables import house
from motherlode.errors import MotherlodeError
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import FROM_THE_RUN, settings_under, wire
from motherlode.plugins import find_promises, find_source
from motherlode.project import Project
from motherlode.schemas import INPUTS
from motherlode.testing import make_all
from shop import shop as small_shop
from small_project import plugins_forgotten

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = (*READMES, ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md")))
GENERATED = document.pages()
HOW_TO = sorted(path for path in (DOCS / "how-to").glob("*.md") if path.name != "commands.md")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text(path), flags=re.DOTALL | re.MULTILINE)


def by_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# -- generated pages


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_a_generated_page_is_what_the_code_says_now(name):
    path = DOCS / name
    assert path.exists() and text(path) == GENERATED[name], f"run `{REMAKE}`"


def test_no_page_is_left_of_a_table_that_is_no_more():
    there = {f"tables/{path.name}" for path in (DOCS / "tables").glob("*.md")}
    assert there <= set(GENERATED), f"run `{REMAKE}`"


PAGE_OF_PART = {"feature": "profile.features", "label": "predict.snapshots", "model": "predict.order_backtest"}


def test_every_table_has_a_page_with_its_settings_and_every_feature_stands_on_one():
    for promise in house().promises.values():
        if not promise.makes_a_table:
            assert f"| `{promise.name}` |" in GENERATED[f"tables/{PAGE_OF_PART[promise.kind]}.md"]
            continue
        page = GENERATED[f"tables/{promise.address}.md"]
        assert all(f"`{name}`" in page for name in promise.settings if name not in FROM_THE_RUN)
    assert all(f"tables/collect.{name}.md" in GENERATED for name in GIVEN)


def test_a_page_says_of_every_setting_what_it_means_in_the_function_s_own_words():
    page = GENERATED["tables/profile.value_tiers.md"]
    assert "| `high_until` | `0.8` |" in page
    assert "Parts (0 to 1) of all value at which the tiers end" in page


def test_a_page_links_to_what_the_table_reads_and_to_what_reads_it():
    page = GENERATED["tables/profile.rhythm.md"]
    reads, read_by = page.partition("## Reads")[2].split("## Read by")
    assert "[profile.order_gaps](profile.order_gaps.md)" in reads
    assert "[profile.lifecycle](profile.lifecycle.md)" in read_by


def test_every_command_has_its_help_on_the_page_of_commands():
    def names(command: click.Command, name: str) -> Iterator[str]:
        yield name
        for part, sub in getattr(command, "commands", {}).items():
            yield from names(sub, f"{name} {part}")

    page = GENERATED["how-to/commands.md"]
    missing = [name for name in names(main, "motherlode") if f"\n## {name}\n" not in page]
    assert missing == []


def test_pages_are_written_anew_and_those_of_lost_tables_go(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "profile.gone.md").write_text("old")
    assert CliRunner().invoke(write_pages, [str(tmp_path)]).exit_code == 0
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")} == set(GENERATED)


def test_only_what_stands_between_the_marks_is_replaced():
    before = "a\n<!-- list -->\nold\n<!-- /list -->\nb"
    assert filled(before, "list", r"n\1ew") == "a\n<!-- list -->\nn\\1ew\n<!-- /list -->\nb"


# -- pages written by hand


def error_classes(kind: type[MotherlodeError] = MotherlodeError) -> list[type[MotherlodeError]]:
    ours = [sub for sub in kind.__subclasses__() if sub.__module__ == errors.__name__]
    return [kind, *(found for sub in ours for found in error_classes(sub))]


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_section_that_begins_with_its_own_sentence(kind):
    section = text(DOCS / "errors.md").partition(f"\n## {kind.__name__}\n")[2].partition("\n## ")[0]
    sentence = (kind.__doc__ or "").strip().splitlines()[0].rstrip(".").split(";")[0]
    assert " ".join(sentence.split()) in " ".join(section.split())


def keys() -> list[str]:
    project = [name for name in Config.__struct_fields__ if name != "root"]
    source = [name for name in SourceConfig.__struct_fields__ if name not in ("name", "settings")]
    return [
        *project,
        *source,
        *ServeConfig.__struct_fields__,
        *WebhookConfig.__struct_fields__,
        *Files.__struct_fields__,
        *Database.__struct_fields__,
    ]


@pytest.mark.parametrize("key", sorted(set(keys())))
def test_every_key_of_the_configuration_is_explained_and_in_the_example(key):
    assert f"`{key}`" in text(DOCS / "how-to" / "configure.md")
    example = text(ROOT / "motherlode.toml.example")
    assert key == "root" or re.search(rf"^(# )?{key} = |^\[(\w+\.)*{key}\b", example, flags=re.MULTILINE)


def test_every_input_table_and_date_order_is_named_where_sources_are_explained():
    page = text(DOCS / "how-to" / "configure.md")
    assert [name for name in INPUTS if f"`{name}`" not in page] == []
    assert [order for order in DATE_ORDERS if f'`"{order}"`' not in page] == []


def test_defaults_are_told_as_they_are():
    page = text(DOCS / "how-to" / "configure.md")
    for field in msgspec.structs.fields(Config):
        if isinstance(field.default, str | int):
            told = f'"{field.default}"' if isinstance(field.default, str) else str(field.default)
            assert f"| `{field.name}` | `{told}` |" in page


def as_toml(source: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    import tomllib

    monkeypatch.setenv("CRM_PASSWORD", "secret")
    return tomllib.loads(source)


@pytest.mark.parametrize("path", [*HOW_TO, DOCS / "tutorial.md"], ids=by_name)
def test_every_example_of_a_configuration_can_be_read(path, monkeypatch, tmp_path):
    for source in blocks(path, "toml"):
        parse_config(as_toml(source, monkeypatch), tmp_path)


def test_the_example_configuration_can_be_read_and_names_tables_that_exist(monkeypatch, tmp_path):
    config = parse_config(as_toml(text(ROOT / "motherlode.toml.example"), monkeypatch), tmp_path)
    known = house().promises
    assert [name for name in config.tables if name not in known] == []
    graph = house()
    assert all(set(values) <= set(settings_under(graph, name)) for name, values in config.tables.items())


def test_every_ending_of_a_file_and_every_known_export_is_named_where_files_are_explained():
    page = text(DOCS / "how-to" / "import-files.md")
    packed = (".gz", ".bz2", ".zst")
    assert [suffix for suffix in READERS if not suffix.endswith(packed) and f"`{suffix}`" not in page] == []
    assert all(f"`{suffix}`" in page for suffix in packed)
    assert [preset.name for preset in PRESETS if preset.name.partition("_")[0] not in page.lower()] == []


def test_the_readmes_count_the_plays_right():
    plays = [promise for promise in house().promises.values() if promise.kind == "play"]
    assert len(plays) == 10
    assert "ten plays" in " ".join(text(READMES[0]).split()) and "十个动作" in text(READMES[1])


def test_every_benchmark_is_named_on_the_page_of_performance():
    scripts = [path.name for path in (ROOT / "benchmarks").glob("*.py") if "\nGoals: " in text(path)]
    page = text(DOCS / "why" / "performance.md")
    assert [name for name in scripts if f"`benchmarks/{name}`" not in page] == []


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_every_link_leads_somewhere(path):
    written = re.sub(r"^```.*?^```$", "", text(path), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", written):
        if not target.startswith(("https://", "http://")):
            file, _, anchor = target.partition("#")
            there = (path.parent / file).resolve() if file else path
            assert there.exists(), target
            assert not anchor or f"\n## {anchor}\n" in text(there), target


def test_every_guide_is_linked_from_the_readme():
    linked = text(READMES[0])
    missing = [path.name for path in (DOCS / "how-to").glob("*.md") if f"docs/how-to/{path.name}" not in linked]
    assert missing == []


SAME = {
    "headings": r"^(#+) ",
    "links": r"\]\(([^)]+\.md)\)",
    "commands": r"^((?:make|motherlode) [^#\n]*?) *#",
    "plugins": r"`(plugins/[^`]+)`",
    "exit codes": r"`(\d)`",
}


@pytest.mark.parametrize("pattern", SAME.values(), ids=SAME)
def test_both_readmes_say_the_same(pattern):
    english, chinese = READMES
    one = re.findall(pattern, text(english).replace(f"({chinese.name})", "(the other)"), flags=re.MULTILINE)
    other = re.findall(pattern, text(chinese).replace(f"({english.name})", "(the other)"), flags=re.MULTILINE)
    assert one and one == other


def test_both_readmes_show_the_same_python():
    assert blocks(READMES[0], "python") == blocks(READMES[1], "python")


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_every_command_that_is_shown_exists_with_its_options(path):
    shell = [line for language in ("sh", "console") for block in blocks(path, language) for line in block.splitlines()]
    said = [line.removeprefix("$ ") for line in shell] + re.findall(r"`(motherlode [^`]+)`", text(path))
    for line in said:
        words = line.partition("#")[0].split()
        if words[:1] == ["motherlode"] and "…" not in words:
            check_command(words[1:])


def check_command(words: list[str]) -> None:
    command: click.Command = main
    options = {name for option in main.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    for word in words:
        if word.startswith("-"):
            assert word in options, words
        elif isinstance(command, click.Group) and not word.startswith(("zh", "en")):
            assert word in command.commands or command.invoke_without_command, words
            command = command.commands[word]
            options |= {name for option in command.params for name in (*option.opts, *option.secondary_opts)}


def test_the_changelog_says_what_is_coming():
    assert re.search(r"^## Unreleased\n+### \w+\n+- \S", text(ROOT / "CHANGELOG.md"), flags=re.MULTILINE)


def test_every_decision_has_context_decision_and_consequences():
    decisions = sorted((DOCS / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        assert re.findall(r"^## (.*)$", text(path), flags=re.MULTILINE) == ["Context", "Decision", "Consequences"]


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_no_page_names_a_folder_of_somebody_s_machine(path):
    assert not re.search(r"(?<![\w.:/])/(home|root|work|tmp|Users)/", text(path))


# -- examples run


TILL = "A0001 m1  2024-06-10    12.50\nA0002 m2  2024-06-11     8.00\nshort\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a small project, loaded and made."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "inbox").mkdir()
    lines = ["InvoiceNo,CustomerID,InvoiceDate,StockCode,Description,Quantity,UnitPrice,Country"]
    lines += [
        f"{n}-{time},c{n},2024-{1 + (n + time) % 6:02}-{1 + n % 28:02},p{n % 3},tea,{1 + time},{5 + n},UK"
        for n in range(30)
        for time in range(1 + n % 5)
    ]
    (folder / "inbox" / "lines.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "inbox" / "till.txt").write_text(TILL, encoding="utf-8")
    settings = text(ROOT / "src" / "motherlode" / "demo" / "motherlode.toml")
    (folder / "motherlode.toml").write_text(settings.replace("inbox/online_retail.parquet", "inbox/lines.csv"))
    with Project(folder) as project:
        project.load()
        project.run()
    return folder


@pytest.fixture
def shop(made, tmp_path, monkeypatch):
    """The folder of a project `demo-shop` to work in; modules of its plugins are forgotten afterwards."""
    before = set(sys.modules)
    shutil.copytree(made, tmp_path / "demo-shop")
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "demo-shop"
    for name in set(sys.modules) - before:
        if name.startswith("plugins."):
            del sys.modules[name]


def put_plugins(page: Path, shop: Path) -> None:
    """Write the files that a guide shows, as a reader would."""
    for source in blocks(page, "python"):
        named = re.match(r"# (plugins/\S+\.py)\n", source)
        if named:
            (shop / named.group(1)).parent.mkdir(parents=True, exist_ok=True)
            (shop / named.group(1)).write_text(source, encoding="utf-8")


def runs(path: Path) -> bool:
    return bool(blocks(path, "python"))


@pytest.mark.parametrize("path", [path for path in (*HOW_TO, READMES[0]) if runs(path)], ids=by_name)
def test_every_python_example_runs(path, shop, capsys):
    settings = [source for source in blocks(path, "toml") if source.startswith("[sources.till]")]
    with (shop / "motherlode.toml").open("a", encoding="utf-8") as config:
        config.write("\n" + "\n".join(settings))
    put_plugins(path, shop)
    for source in blocks(path, "python"):
        if not source.startswith("# plugins/"):
            exec(compile(source, f"{path.name} (example)", "exec"), {"__name__": "example"})
    assert capsys.readouterr().err == ""


def test_the_play_of_the_guide_joins_the_candidates(shop):
    put_plugins(DOCS / "how-to" / "add-a-play.md", shop)
    with Project(shop) as project:
        project.run()
        mine = [row for row in project.table("opportunity.candidates") if row["play"] == "thank_loyal"]
    assert mine and all(row["actual"] >= 3 and row["cost"] == 2.0 for row in mine)


def test_the_feature_and_the_table_of_the_guide_live_in_the_profile(shop):
    put_plugins(DOCS / "how-to" / "add-a-feature.md", shop)
    mine = {promise.name: promise for promise in find_promises(shop)}
    assert (mine["weekend_orders_365d"].kind, mine["weekend_orders_365d"].room) == ("feature", "profile")
    assert (mine["city_mix"].kind, mine["city_mix"].room) == ("table", "profile")


def test_the_label_and_the_model_of_the_guide_join_the_backtest(tmp_path):
    put_plugins(DOCS / "how-to" / "add-a-model.md", tmp_path)
    with plugins_forgotten():
        graph = wire(find_promises(tmp_path))
        made = make_all(graph, small_shop())
    assert "buys_180d" in made.columns("predict.snapshots")
    assert made.value("SELECT verdict FROM predict.champions WHERE target = 'buys_180d'") == "too_few"
    assert "patient" in graph.promises


def test_the_door_of_the_guide_gives_rows_as_text_and_sets_short_lines_aside(shop):
    put_plugins(DOCS / "how-to" / "add-a-source.md", shop)
    door = find_source("fixed_width", shop)
    kind = sys.modules["plugins.sources.fixed_width"].FixedWidth
    widths = {"receipt": 6, "member": 4, "day": 10, "paid": 9}
    (piece,) = door(kind(path="inbox/till.txt", root=str(shop), widths=widths))
    (batch,) = piece.batches()
    assert batch.rows.to_pylist()[0] == {"receipt": "A0001", "member": "m1", "day": "2024-06-10", "paid": "12.50"}
    assert [line.row for line in batch.broken] == [3]


# -- the demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The folder in which `motherlode demo` was run, with what it said."""
    folder = tmp_path_factory.mktemp("tutorial")
    before = Path.cwd()
    os.chdir(folder)
    said = CliRunner().invoke(main, ["--lang", "en", "demo", "--no-serve"])
    os.chdir(before)
    assert said.exit_code == 0, said.output
    return folder / "demo-shop", said.output


def test_the_pages_show_the_list_that_the_demo_gives(demo):
    shop = demo[0]
    shown = {READMES[0]: "en", READMES[1]: "zh", DOCS / "tutorial.md": "en"}
    copies = {shutil.copyfile(path, shop / path.name): (path, language) for path, language in shown.items()}
    show_list(shop, {copy: language for copy, (_, language) in copies.items()})
    for copy, (path, _) in copies.items():
        assert text(copy) == text(path), f"run `{REMAKE} --demo demo-shop`"
        assert text(path).count("| 1 |") == 1


def test_the_tutorial_shows_what_its_commands_say(demo, monkeypatch):
    shop, begun = demo
    monkeypatch.chdir(shop)
    for block in blocks(DOCS / "tutorial.md", "console"):
        command, *shown = block.splitlines()
        words = command.removeprefix("$ motherlode ").split()
        if words[0] == "demo":
            said = begun
        else:
            done = CliRunner().invoke(main, ["--lang", "en", *words])
            assert done.exit_code == 0, done.output
            said = done.output
        plain = " ".join(said.split())
        assert [line for line in shown if line != "…" and " ".join(line.split()) not in plain] == []

"""The command line as people and scripts meet it: pure data on stdout, messages on stderr, exit 0, 1 or 2."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import openpyxl
import pyarrow.parquet
import pytest
from click.testing import CliRunner

import motherlode
from motherlode.audit import Finding
from motherlode.cli import main
from motherlode.labels import catalogue
from motherlode.project import Project
from motherlode.show.terminal import folded
from small_project import SETTINGS, command, copied, made, plugins_forgotten, project, said

CONTRACT = {"customer_id", "stage", "value_tier", "play", "reason", "actual", "benchmark", "value", "cost", "rank"}
HAN = re.compile(r"[一-鿿]")


@pytest.fixture
def shop(tmp_path):
    with plugins_forgotten():
        yield copied(tmp_path)


# -- data and messages


@pytest.mark.parametrize("more", [(), ("--quiet",), ("--lang", "zh"), ("--debug",), ("--budget", "100")])
def test_the_list_is_pure_json_whatever_else_is_asked(more):
    told = command("opportunities", "--format", "json", *more, at=made())
    rows = json.loads(told.stdout, parse_constant=pytest.fail)
    assert told.returncode == 0 and rows
    # Rows that leave are noted, and whose consent is missing among them is said beside, unless nothing may be.
    beside = told.stderr.splitlines()
    assert all(line.startswith(("mind: ", "注意：")) for line in beside) and bool(beside) == ("--quiet" not in more)
    assert all(set(row) >= CONTRACT for row in rows)
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)


def test_csv_on_stdout_has_no_mark_before_its_first_column():
    rows = list(csv.DictReader(io.StringIO(said("table", "profile.rfm", "--format", "csv", at=made()).stdout)))
    assert len(rows) == 80 and next(iter(rows[0])) == "customer_id"


def test_names_that_are_formulas_are_disarmed_in_csv_and_as_they_are_in_json():
    words = ("table", "refine.products", "--format")
    names = [row["product_name"] for row in csv.DictReader(io.StringIO(said(*words, "csv", at=made()).stdout))]
    assert "'=1+2 tea" in names and "'@cup" in names
    assert "=1+2 tea" in [row["product_name"] for row in json.loads(said(*words, "json", at=made()).stdout)]


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "parquet"])
def test_a_file_s_name_says_its_format(tmp_path, suffix):
    path = tmp_path / f"list.{suffix}"
    told = said("opportunities", "--limit", "5", "-o", str(path), at=made())
    read = {
        "csv": lambda: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))),
        "json": lambda: json.loads(path.read_text()),
        "xlsx": lambda: list(openpyxl.load_workbook(path).active.values)[1:],
        "parquet": lambda: pyarrow.parquet.read_table(path).to_pylist(),
    }
    assert told.exit_code == 0 and told.stdout == "" and f"wrote {path}" in told.stderr
    assert len(read[suffix]()) == 5


@pytest.mark.parametrize("name", ["list", "list.txt", "list.xls"])
def test_a_file_s_name_that_says_no_format_is_told(tmp_path, name):
    told = said("opportunities", "-o", str(tmp_path / name), at=made())
    assert told.exit_code == 1 and "does not say a format" in told.stderr and "--format" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_one_line(tmp_path):
    told = said("opportunities", "-o", str(tmp_path / "no" / "list.csv"), at=made())
    assert told.exit_code == 1 and "No such file" in told.stderr and len(told.stderr.splitlines()) == 1


def test_the_list_for_people_is_short_and_says_what_it_leaves_out():
    told = said("opportunities", at=made())
    assert len([line for line in told.stdout.splitlines() if re.match(r"^│ +\d+ ", line)]) == 20
    assert re.search(r"^20 of \d+ opportunities · cost ¥", told.stderr)
    assert said("--quiet", "opportunities", "--limit", "3", at=made()).exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 100, 160])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_fits_the_terminal(columns, lang):
    pty = pytest.importorskip("pty")
    lines = on_a_terminal(pty, columns, "--lang", lang, "opportunities", "--limit", "4")
    from rich.cells import cell_len

    assert len(lines) > 5 and max(map(cell_len, lines)) <= columns
    # A rank, and the reason in a line or three below it: no column is squeezed to a letter a line.
    assert len(lines) < 25


def on_a_terminal(pty, columns, *words):
    import fcntl
    import struct
    import termios

    child, mine = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, "-m", "motherlode", *words],
        cwd=made(),
        stdout=mine,
        stderr=subprocess.DEVNULL,
        env={**environment, "TERM": "xterm", "PYTHONUTF8": "1"},
    )
    os.close(mine)
    shown = b""
    while True:
        try:
            part = os.read(child, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(child)
    assert process.wait(timeout=60) == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()).splitlines()


def test_a_table_too_wide_for_the_terminal_is_shown_row_by_row():
    pty = pytest.importorskip("pty")
    lines = on_a_terminal(pty, 90, "--lang", "en", "table", "collect.raw_orders", "--limit", "2")
    assert [line.strip() for line in lines if line.startswith("row ")] == ["row 1", "row 2"]
    assert any(re.match(r"  Order number +\d", line) for line in lines)


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_what_is_no_text_does_not_go_to_a_terminal(kind):
    pty = pytest.importorskip("pty")
    with pytest.raises(AssertionError):
        on_a_terminal(pty, 90, "opportunities", "--format", kind)


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_failure():
    for reader in ("head -n 1", "true"):
        for words in ("opportunities", "table refine.order_lines --format json", "tables", "why opportunity.ranked"):
            script = f"set -o pipefail; {sys.executable} -m motherlode {words} | {reader}"
            done = subprocess.run(["bash", "-c", script], cwd=made(), capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, (words, done.stderr)
            assert "Traceback" not in done.stderr and "Exception" not in done.stderr


# -- options


@pytest.mark.parametrize(
    "words",
    [("--lang", "zh", "status"), ("status", "--lang", "zh")],
)
def test_the_language_can_be_said_before_or_after_the_command(words):
    done = CliRunner().invoke(main, [*words, "--project", str(made())])
    assert done.exit_code == 0 and "截至" in done.output


@pytest.mark.slow
def test_the_language_comes_from_the_environment_too():
    assert HAN.search(command("status", at=made(), MOTHERLODE_LANG="zh").stdout)
    assert HAN.search(command("status", at=made(), MOTHERLODE_LANG="", LC_ALL="zh_CN.UTF-8").stdout)
    assert not HAN.search(command("status", at=made(), MOTHERLODE_LANG="", LC_ALL="", LANG="C").stdout)


def test_quiet_leaves_only_data_and_errors(shop):
    assert said("run", "--quiet", at=shop).output == ""
    assert said("table", "profile.rfmx", "--quiet", at=shop).stderr.startswith("error: ")


def test_filters_are_those_that_are_asked_for():
    def listed(*words):
        return json.loads(said("opportunities", "--format", "json", *words, at=made()).stdout)

    assert {row["stage"] for row in listed("--focus", "win-back")} == {"lost"}
    assert {row["stage"] for row in listed("--focus", "retain", "--stage", "decline")} == {"decline"}
    assert {row["play"] for row in listed("--play", "retain", "--limit", "2")} == {"retain"}
    assert len(listed("--top", "4")) == len(listed("--limit", "4")) == 4
    assert sum(row["cost"] for row in listed("--budget", "60")) <= 60 < sum(row["cost"] for row in listed())
    assert len(listed("--all")) > len(listed())


def test_a_filter_that_leaves_nothing_is_not_taken_for_a_list_that_does_not_pay():
    told = said("opportunities", "--stage", "intro", at=made())
    assert told.exit_code == 0 and told.stdout == "" and "is of this stage and play" in told.stderr
    assert json.loads(said("opportunities", "--stage", "intro", "--format", "json", at=made()).stdout) == []


@pytest.mark.parametrize(
    "words",
    [
        ("opportunities", "--budget", "-1"), ("opportunities", "--budget", "nan"), ("opportunities", "--limit", "0"),
        ("opportunities", "--budget", "inf"), ("opportunities", "--format", "html"),
        ("opportunities", "--focus", "all"), ("opportunities", "--focus", "win-back", "--stage", "mature"),
        ("run", "--as-of", "30/06/2024"),
        ("run", "--lang", "fr"), ("table",), ("why",), ("forget",), ("tabel",), ("run", "--nothing"),
        ("table", "profile.rfm", "--project", __file__),
    ],
)  # fmt: skip
def test_what_is_no_command_is_usage(words):
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 2 and told.stdout == "" and "Error: " in told.stderr


# -- errors


# What each wrong command says and proposes, in each language.
WRONG = {
    ("table", "profile.rfmx"): {
        "en": ("there is no table `profile.rfmx`", "did you mean `profile.rfm`?"),
        "zh": ("没有表 `profile.rfmx`", "是不是想写 `profile.rfm`？"),
    },
    ("table", "raw_orderz"): {
        "en": ("there is no table `raw_orderz`", "did you mean"),
        "zh": ("没有表 `raw_orderz`", "是不是想写"),
    },
    ("opportunities", "--stage", "lots"): {
        "en": ("there is no stage `lots`", "did you mean `lost`?"),
        "zh": ("没有阶段 `lots`", "是不是想写 `lost`？"),
    },
    ("opportunities", "--play", "winback"): {
        "en": ("there is no play `winback`", "did you mean `win_back`?"),
        "zh": ("没有动作 `winback`", "是不是想写 `win_back`？"),
    },
    ("why", "opportunity.rankd"): {
        "en": ("there is no table `opportunity.rankd`", "did you mean `opportunity.ranked`?"),
        "zh": ("没有表 `opportunity.rankd`", "是不是想写 `opportunity.ranked`？"),
    },
    ("why", "profile.pareto", "--sql"): {
        "en": ("`profile.pareto` is not made by SQL", "motherlode why"),
        "zh": ("`profile.pareto` 不是由 SQL 生成的", "motherlode why"),
    },
    ("forget", "sale"): {
        "en": ("nothing is loaded from a source `sale`", "did you mean `sales`?"),
        "zh": ("没有从来源 `sale` 载入过数据", "是不是想写 `sales`？"),
    },
    ("run", "--as-of", "0999-01-01"): {
        "en": ("as of 0999-01-01", "1900-01-01 to"),
        "zh": ("截至 0999-01-01", "1900-01-01 至"),
    },
}


@pytest.mark.parametrize("words", WRONG)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_error_is_one_line_and_its_hint(shop, words, lang):
    told = said(*words, at=shop, lang=lang)
    message, hint = WRONG[words][lang]
    error, step = told.stderr.splitlines()[-2:]
    assert told.exit_code == 1 and told.stdout == ""
    assert error.startswith("错误: " if lang == "zh" else "error: ") and message in error
    assert step.startswith("下一步: " if lang == "zh" else "next: ") and hint in step


@pytest.mark.parametrize(
    "words",
    [("opportunities",), ("table", "profile.rfm"), ("why", "opportunity.ranked"), ("report",), ("quarantine",),
     ("quarantine", "list")],
)  # fmt: skip
def test_before_the_first_run_everything_that_reads_names_the_command(tmp_path, words):
    told = said(*words, at=project(tmp_path))
    assert told.exit_code == 1 and told.stderr.splitlines()[-1] == "next: motherlode run"
    assert told.stdout == "" and "Traceback" not in told.stderr


@pytest.mark.parametrize("words", [("run",), ("ingest",), ("opportunities",), ("status",), ("report",)])
def test_without_a_project_everything_says_how_to_begin(tmp_path, words):
    told = said(*words, at=tmp_path)
    assert told.exit_code == 1 and "motherlode.toml does not exist" in told.stderr
    assert "next: motherlode init FOLDER" in told.stderr and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("currancy = 'CNY'", "did you mean `currency`?"),
        ("name = ", "is not TOML"),
        ("ledger = '${NOT_SET_ANYWHERE}'", "export NOT_SET_ANYWHERE=…"),
        ("warehouse = 'oracle://x'", "no engine `oracle`"),
        ("ledger = 'nonsense'", "no URL of a known database"),
        ("warehouse = 'duckdb://motherlode.toml/w.duckdb'", "motherlode.toml"),
        (f"{SETTINGS}[tables.rankd]\nbudget = 1.0", "did you mean `ranked`?"),
        (f"{SETTINGS}[tables.ranked]\nbudgets = 1.0", "did you mean `budget`?"),
        ("[sources.sales]\npath = 'nowhere/*.csv'\ntable = 'orders'", "nowhere"),
        ("[sources.sales]\npath = 'inbox/sales.csv'\ntable = 'orders'\nsheets = 'x'", "no setting `sheets`"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_without_a_trace(tmp_path, settings, words):
    folder = project(tmp_path, customers=3)
    (folder / "motherlode.toml").write_text(settings, encoding="utf-8")
    told = said("run", at=folder)
    assert told.exit_code == 1 and words in told.stderr
    assert "Traceback" not in told.output and len(told.stderr) < 2000


def test_an_empty_folder_of_sources_is_told(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "motherlode.toml").write_text("[sources.sales]\npath = 'inbox'\ntable = 'orders'\n")
    for lang in ("en", "zh"):
        told = said("run", at=tmp_path, lang=lang)
        assert told.exit_code == 1 and len(told.stderr.splitlines()) == 2, told.stderr


def test_without_sales_the_list_says_what_is_missing(tmp_path):
    (tmp_path / "clicks.csv").write_text("who,event,time\nann,home,2024-01-05\nbob,cart,2024-01-06\n")
    columns = '{ customer_id = "who", event = "event", occurred_at = "time" }'
    source = f"[sources.clicks]\npath = 'clicks.csv'\ntable = 'events'\ncolumns = {columns}\n"
    (tmp_path / "motherlode.toml").write_text(source)
    assert said("run", at=tmp_path).exit_code == 0
    assert "no order or payment is loaded" in said("opportunities", at=tmp_path, lang="en").stderr


def test_orders_that_name_nobody_are_told_apart_from_a_list_that_does_not_pay(tmp_path):
    rows = "".join(f"o{n},2024-0{1 + n % 6}-{1 + n % 28:02},{9 + n}.50\n" for n in range(40))
    (tmp_path / "sales.csv").write_text("no,day,paid\n" + rows)
    columns = '{ order_id = "no", ordered_at = "day", amount = "paid" }'
    source = f"[sources.sales]\npath = 'sales.csv'\ntable = 'orders'\ncolumns = {columns}\n"
    (tmp_path / "motherlode.toml").write_text(source)
    assert said("run", at=tmp_path).exit_code == 0
    assert "no order says who bought" in said("opportunities", at=tmp_path, lang="en").stderr


@pytest.mark.slow
def test_without_sales_forecasts_are_pointed_at_and_leads_are_as_many_as_asked_for(tmp_path):
    rows = "".join(
        f"k{n},{20 + n % 50},{n % 7},{'yes' if n * 7919 % 97 < 10 * (n % 7) else 'no'}\n" for n in range(600)
    )
    for outcome, folder in (("churned", tmp_path / "left"), ("converted", tmp_path / "won")):
        folder.mkdir()
        (folder / "people.csv").write_text("who,age,visits,end\n" + rows)
        columns = f'{{ customer_id = "who", age = "age", {outcome} = "end" }}'
        source = f"[sources.people]\npath = 'people.csv'\ntable = 'customers'\ncolumns = {columns}\n"
        (folder / "motherlode.toml").write_text(source)
        assert said("run", at=folder).exit_code == 0
    assert "motherlode table predict.outcome_scores" in said("opportunities", at=tmp_path / "left", lang="en").stderr
    assert "the first 3 (all" in said("opportunities", "--limit", "3", at=tmp_path / "won", lang="en").stderr


def test_a_column_is_called_by_what_it_means_in_its_table(tmp_path):
    header = "deal_id,account,deal_stage,close_value,engage_date,close_date"
    (tmp_path / "deals.csv").write_text(f"{header}\nD1,Ann Ltd,Won,100,2024-01-05,2024-02-05\n" * 2)
    assert "stage  Deal stage" in said("init", str(tmp_path), "--yes", at=tmp_path, lang="en").output


def test_what_nobody_expected_is_one_line_too_and_a_trace_with_debug(shop, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(Project, "opportunities", broken)
    told = said("opportunities", at=shop)
    assert told.exit_code == 1 and told.stderr.startswith("error: ZeroDivisionError: of all things\nnext: ")
    assert isinstance(said("opportunities", "--debug", at=shop).exception, ZeroDivisionError)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("gone", ["ALTER TABLE opportunity.ranked DROP COLUMN chosen", "DROP TABLE opportunity.ranked"])
def test_tables_that_an_older_version_made_are_told_to_be_made_anew(tmp_path, gone, lang):
    folder = copied(tmp_path)
    with Project(folder) as older:
        older.warehouse.execute(gone)
    told = said("opportunities", at=folder, lang=lang)
    assert told.exit_code == 1 and "motherlode run" in told.stderr
    assert ("chosen" in told.stderr) is gone.startswith("ALTER")
    assert len(told.stderr.splitlines()) == 2


@pytest.mark.slow
def test_an_engine_s_failure_shows_its_sql_only_to_who_asks(shop):
    (shop / "plugins" / "profile").mkdir(parents=True)
    (shop / "plugins" / "profile" / "numbered.py").write_text(NUMBERED, encoding="utf-8")
    told = command("run", at=shop)
    assert told.returncode == 1 and "error: `profile.numbered`: " in told.stderr, told.stderr
    assert "SELECT" not in told.stderr and len(told.stderr) < 900
    assert "SQL: " in command("run", "--debug", at=shop).stderr


# A customer number of the shop has a letter.
NUMBERED = '''
from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="service")
def numbered(customers):
    """Customers by number."""
    return customers.select("customer_id", number=customers.customer_id.cast("int64"))
'''


# -- the whole path


@pytest.mark.slow
def test_from_a_folder_of_files_to_a_list_in_three_commands(tmp_path):
    folder = project(tmp_path / "files", customers=60)
    (folder / "motherlode.toml").unlink()
    sales = folder / "inbox" / "sales.csv"
    text = sales.read_text(encoding="utf-8").replace("no,who,day,sku,name,kind,pieces,price", HEADERS, 1)
    sales.write_text(text, encoding="utf-8")
    mine = tmp_path / "mine"
    begun = command("init", str(folder / "inbox"), "--project", str(mine), "--yes", at=tmp_path)
    assert begun.returncode == 0 and "motherlode.toml" in begun.stderr, begun.stderr
    ran = command("run", "--project", "mine", at=tmp_path)
    assert ran.returncode == 0 and ran.stdout == "", ran.stderr
    assert "motherlode opportunities --project mine" in ran.stderr
    done = command("opportunities", "--project", "mine", "--format", "json", at=tmp_path)
    assert json.loads(done.stdout)
    following = next(line for line in ran.stderr.splitlines() if "why opportunity.ranked" in line).split()
    assert command(*following[1:], at=tmp_path).returncode == 0


HEADERS = "订单号,会员ID,下单时间,商品编号,商品名称,类目,数量,单价"


def test_init_without_an_answer_writes_nothing(tmp_path):
    folder = project(tmp_path, customers=3)
    before = (folder / "motherlode.toml").read_text()
    told = command("init", "inbox", at=folder)
    assert told.returncode == 1 and (folder / "motherlode.toml").read_text() == before


def test_a_report_is_written_and_its_place_told(shop, tmp_path):
    path = tmp_path / "a report.html"
    told = said("report", "-o", str(path), at=shop)
    assert told.exit_code == 0 and told.stdout == "" and path.as_uri() in told.stderr
    assert path.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html")


def test_the_status_says_what_came_and_what_was_made():
    told = said("status", at=made())
    assert told.exit_code == 0 and told.stderr == ""
    assert "inbox/sales.csv" in told.stdout and "3,876" in told.stdout and "opportunity.ranked" in told.stdout


def test_every_table_is_listed_with_what_it_says_in_either_language():
    english, chinese = (said("tables", at=made(), lang=lang).stdout for lang in ("en", "zh"))
    assert "profile.rfm" in english and not HAN.search(english)
    assert all(HAN.search(line) for line in chinese.splitlines() if line.startswith("│ profile."))
    assert "collect.raw_orders" in english


def test_every_command_answers_help_with_an_example_where_it_takes_an_argument():
    for name, known in main.commands.items():
        told = CliRunner().invoke(main, [name, "--help"])
        assert told.exit_code == 0 and told.stdout
        takes = [parameter for parameter in known.params if parameter.param_type_name == "argument"]
        assert not takes or f"motherlode {name} " in told.stdout.partition("\n")[2]


def test_no_message_is_left_that_nobody_says():
    source = Path(motherlode.__file__).parent
    written = "\n".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    outcomes = {"loaded_new", "loaded_changed", "loaded_unchanged", "loaded_copy"}
    outcomes |= {f"audit_{outcome}" for outcome in get_args(get_type_hints(Finding)["outcome"])}
    outcomes |= {f"question_{number}" for number in range(1, 7)}
    outcomes |= {f"open_deals_{verdict}" for verdict in ("signal", "no_signal", "too_few")}
    outcomes |= {f"restore_lost_{store}" for store in ("ledger", "vault")}
    unsaid = {key for key in catalogue()["message"] if f'"{key}"' not in written and f"'{key}'" not in written}
    assert unsaid - outcomes == set()


@pytest.mark.slow
def test_the_demo_works_in_an_empty_folder_and_again(tmp_path):
    first = command("demo", "--no-serve", at=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "541,909 rows loaded" in first.stderr and "  cd demo-shop" in first.stderr
    ranks = [int(found[1]) for line in first.stdout.splitlines() if (found := re.match(r"│ +(\d+) │", line))]
    assert ranks == list(range(1, 11)) and len(first.stderr.splitlines()) < 16
    again = command("demo", "--no-serve", "--lang", "zh", at=tmp_path)
    assert again.returncode == 0 and "没有变化" in again.stderr
    assert (tmp_path / "demo-shop" / "report.html").exists()
    following = [line.split() for line in again.stderr.splitlines() if line.startswith("  motherlode")]
    assert all(command(*line[1:], at=tmp_path / "demo-shop").returncode == 0 for line in following)


# -- start-up


LIGHT = {
    ("--help",): {"duckdb", "ibis", "pyarrow", "rich", "sqlalchemy", "cryptography", "numpy"},
    # Rows that leave are noted in the ledger and the log.
    ("opportunities", "--format", "json"): {"xlsxwriter", "chardet", "python_calamine", "jinja2"},
    ("table", "profile.rfm", "--format", "csv"): {"xlsxwriter", "jinja2", "chardet", "python_calamine"},
    ("tables",): {"sqlalchemy", "cryptography", "xlsxwriter", "jinja2", "phonenumbers"},
}


@pytest.mark.parametrize("words", LIGHT, ids=" ".join)
def test_a_command_imports_only_what_it_needs(words):
    script = "import sys\nfrom motherlode.cli import main\n"
    script += f"try: main({list(words)!r})\nexcept SystemExit: pass\n"
    script += f"print(sorted({LIGHT[words]!r} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], cwd=made(), capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


# -- folding


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("近 13 周只有往常的 60%，可比为 127%", 14, ["近 13 周只有往", "常的 60%，可比", "为 127%"]),
        ("", 10, [""]),
        ("unbreakable", 4, ["unbreakable"]),
    ],
)
def test_lines_are_folded_at_blanks_and_between_chinese_letters(words, width, lines):
    assert folded(words, width) == lines

"""Loading and loading again: real files in real projects."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loading import ORDERS, configure, outcomes, project, raw, write, written
from motherlode import ingest
from motherlode.access import Reading
from motherlode.errors import ConfigError, ContractError
from motherlode.loading import unread

HEAD = "no,who,day,paid"
ROWS = [HEAD, "a,ann,2024-01-01,10", "b,bob,2024-01-02,20"]
NOW = datetime(2024, 7, 1)
READING = Reading("rights", "rights")


def sums(opened) -> dict[str, tuple[int, int, int]]:
    opened.run()
    rows = opened.table("refine.accounting").to_dicts()
    return {row["file"].removeprefix("inbox/"): (row["came"], row["kept"], row["set_aside"]) for row in rows}


# -- loading again


def test_the_same_file_twice_adds_nothing(tmp_path):
    with project(tmp_path, orders_csv=ROWS) as shop:
        assert outcomes(shop.load()) == {"orders.csv": "new"}
        assert outcomes(shop.load()) == {"orders.csv": "unchanged"}
        assert raw(shop, "orders", "order_id") == [("a",), ("b",)]


def test_a_corrected_file_replaces_its_rows(tmp_path):
    with project(tmp_path, orders_csv=ROWS) as shop:
        shop.load()
        write(tmp_path, "orders.csv", [HEAD, "a,ann,2024-01-01,11", "b,bob,2024-01-02,20"])
        assert outcomes(shop.load()) == {"orders.csv": "changed"}
        assert raw(shop, "orders", "amount") == [(Decimal(11),), (Decimal(20),)]


def test_a_file_that_shrank_leaves_no_rows_behind(tmp_path):
    with project(tmp_path, orders_csv=[*ROWS, "too,few"]) as shop:
        shop.load()
        write(tmp_path, "orders.csv", ROWS[:2])
        shop.load()
        assert raw(shop, "orders", "order_id") == [("a",)]
        assert sums(shop) == {"orders.csv": (1, 1, 0)}


def test_a_copy_under_another_name_adds_nothing(tmp_path):
    with project(tmp_path, orders_csv=ROWS) as shop:
        shop.load()
        write(tmp_path, "orders (1).csv", ROWS)
        assert outcomes(shop.load()) == {"orders (1).csv": "copy", "orders.csv": "unchanged"}
        assert len(raw(shop, "orders", "order_id")) == 2


def test_a_renamed_file_adds_nothing(tmp_path):
    with project(tmp_path, orders_csv=ROWS) as shop:
        shop.load()
        (tmp_path / "inbox/orders.csv").rename(tmp_path / "inbox/orders-january.csv")
        assert outcomes(shop.load()) == {"orders-january.csv": "copy"}
        assert len(raw(shop, "orders", "order_id")) == 2


def test_a_rotated_file_and_its_successor_are_both_there(tmp_path):
    with project(tmp_path, orders_csv=ROWS) as shop:
        shop.load()
        (tmp_path / "inbox/orders.csv").rename(tmp_path / "inbox/orders-1.csv")
        write(tmp_path, "orders.csv", [HEAD, "c,cat,2024-02-01,30"])
        shop.load()
        assert sorted(raw(shop, "orders", "order_id")) == [("a",), ("b",), ("c",)]
        assert set(outcomes(shop.load()).values()) == {"unchanged"}


def test_files_that_change_places_lose_no_rows(tmp_path):
    other = [HEAD, "c,cat,2024-02-01,30"]
    with project(tmp_path, orders_1_csv=ROWS, orders_2_csv=other) as shop:
        shop.load()
        write(tmp_path, "orders_1.csv", other)
        write(tmp_path, "orders_2.csv", ROWS)
        shop.load()
        assert sorted(raw(shop, "orders", "order_id")) == [("a",), ("b",), ("c",)]


def test_a_file_that_becomes_a_copy_of_another_gives_up_its_rows(tmp_path):
    with project(tmp_path, orders_1_csv=ROWS, orders_2_csv=[HEAD, "c,cat,2024-02-01,30"]) as shop:
        shop.load()
        write(tmp_path, "orders_2.csv", ROWS)
        assert outcomes(shop.load()) == {"orders_1.csv": "unchanged", "orders_2.csv": "copy"}
        assert raw(shop, "orders", "order_id") == [("a",), ("b",)]


def test_another_mapping_reads_the_file_again(tmp_path):
    with project(tmp_path, orders_csv=["no,who,day,paid,due", "a,ann,2024-01-01,10,12"]) as shop:
        shop.load()
        assert raw(shop, "orders", "amount", "extra") == [(Decimal(10), '{"due":"12"}')]
    with configure(tmp_path, ORDERS.replace('"paid"', '"due"')) as shop:
        assert outcomes(shop.load()) == {"orders.csv": "changed"}
        assert raw(shop, "orders", "amount", "extra") == [(Decimal(12), '{"paid":"10"}')]


def test_a_column_that_is_mapped_later_is_filled_and_no_longer_extra(tmp_path):
    with project(tmp_path, orders_csv=["no,who,day,paid,town", "a,ann,2024-01-01,10,Leeds"]) as shop:
        shop.load()
        assert raw(shop, "orders", "city", "extra") == [(None, '{"town":"Leeds"}')]
    with configure(tmp_path, ORDERS + 'city = "town"\n') as shop:
        shop.load()
        assert raw(shop, "orders", "city", "extra") == [("Leeds", None)]


def test_a_renamed_file_is_read_again_under_another_mapping(tmp_path):
    with project(tmp_path, orders_csv=["no,who,day,paid,due", "a,ann,2024-01-01,10,12"]) as shop:
        shop.load()
    (tmp_path / "inbox/orders.csv").rename(tmp_path / "inbox/orders-old.csv")
    with configure(tmp_path, ORDERS.replace('"paid"', '"due"')) as shop:
        assert outcomes(shop.load()) == {"orders-old.csv": "new"}
        assert raw(shop, "orders", "amount", "file") == [(Decimal(12), "inbox/orders-old.csv")]


def test_a_file_that_vanished_keeps_its_rows_and_is_missed(tmp_path):
    with project(tmp_path, orders_1_csv=ROWS, orders_2_csv=[HEAD, "c,cat,2024-02-01,30"]) as shop:
        shop.load()
        (tmp_path / "inbox/orders_2.csv").unlink()
        assert outcomes(shop.load()) == {"orders_1.csv": "unchanged"}
        assert len(raw(shop, "orders", "order_id")) == 3
        assert ingest.vanished(shop.config, shop.stores) == [("orders", "inbox/orders_2.csv")]


def test_a_source_whose_only_file_vanished_keeps_its_rows_and_stops_nothing(tmp_path):
    path = tmp_path / "inbox/orders.csv"
    with project(tmp_path, orders_csv=ROWS) as shop:
        shop.load()
        path.unlink()
        assert shop.load() == []
        assert sums(shop) == {"orders.csv": (2, 2, 0)}
        assert ingest.vanished(shop.config, shop.stores) == [("orders", "inbox/orders.csv")]


def test_a_source_that_never_had_a_file_is_an_error(tmp_path):
    with project(tmp_path) as shop, pytest.raises(ContractError, match="no file at"):
        shop.load()


def test_two_sources_fill_one_table(tmp_path):
    second = ORDERS.replace("sources.orders", "sources.shop").replace("inbox/orders*", "inbox/shop*")
    with project(tmp_path, ORDERS + second, orders_csv=ROWS, shop_csv=[HEAD, "a,cat,2024-02-01,30"]) as shop:
        shop.load()
        assert raw(shop, "orders", "source", "order_id") == [("orders", "a"), ("orders", "b"), ("shop", "a")]
        assert sums(shop) == {"orders.csv": (2, 2, 0), "shop.csv": (1, 1, 0)}


def test_a_source_that_is_taken_out_of_the_settings_is_out_of_the_tables(tmp_path):
    second = ORDERS.replace("sources.orders", "sources.shop").replace("inbox/orders*", "inbox/shop*")
    with project(tmp_path, ORDERS + second, orders_csv=ROWS, shop_csv=[HEAD, "a,cat,2024-02-01,30", "x"]) as shop:
        shop.load()
    with configure(tmp_path, ORDERS) as shop:
        shop.load()
        assert sums(shop) == {"orders.csv": (2, 2, 0)}
        assert len(shop.table("refine.quarantine")) == 0
    with configure(tmp_path, ORDERS + second) as shop:
        assert outcomes(shop.load())["shop.csv"] == "unchanged"
        assert sums(shop)["shop.csv"] == (2, 1, 1)


# -- forgetting


def test_forgetting_a_piece_lets_its_rows_go_and_no_others(tmp_path):
    with project(tmp_path, orders_1_csv=[*ROWS, "x"], orders_2_csv=[HEAD, "c,cat,2024-02-01,30"]) as shop:
        shop.load()
        (tmp_path / "inbox/orders_1.csv").unlink()
        assert ingest.forget(shop.config, shop.stores, "orders", "inbox/orders_1.csv") == 3
        assert raw(shop, "orders", "order_id") == [("c",)]
        assert ingest.vanished(shop.config, shop.stores) == []
        assert sums(shop) == {"orders_2.csv": (1, 1, 0)}


def test_a_forgotten_source_comes_back_with_the_next_load_if_its_files_are_there(tmp_path):
    with project(tmp_path, orders_csv=ROWS) as shop:
        shop.load()
        assert ingest.forget(shop.config, shop.stores, "orders") == 2
        assert raw(shop, "orders", "order_id") == []
        assert outcomes(shop.load()) == {"orders.csv": "new"}


def test_a_source_that_is_no_longer_in_the_settings_can_be_forgotten(tmp_path):
    with project(tmp_path, orders_csv=ROWS) as shop:
        shop.load()
    with configure(tmp_path, ORDERS.replace("sources.orders", "sources.others")) as shop:
        assert ingest.forget(shop.config, shop.stores, "orders") == 2
        shop.load()
        assert raw(shop, "orders", "source") == [("others",), ("others",)]


@pytest.mark.parametrize(
    ("source", "file", "near"), [("order", None, "orders"), ("orders", "inbox/order.csv", "inbox/orders.csv")]
)
def test_what_was_never_loaded_cannot_be_forgotten(tmp_path, source, file, near):
    with project(tmp_path, orders_csv=ROWS) as shop:
        shop.load()
        with pytest.raises(ContractError) as caught:
            ingest.forget(shop.config, shop.stores, source, file)
        assert near in caught.value.hint


def test_forgetting_keeps_people_in_the_vault(tmp_path):
    toml = ORDERS + 'phone = "phone"\n'
    with project(tmp_path, toml, orders_csv=["no,who,day,paid,phone", "a,ann,2024-01-01,10,13800138000"]) as shop:
        shop.load()
        ingest.forget(shop.config, shop.stores, "orders")
        assert shop.stores.vault.find("phone", "+8613800138000") == ["ann"]


# -- other doors


def test_json_lines_may_have_new_keys_in_later_rows(tmp_path):
    toml = ORDERS.replace("orders*.csv", "orders.jsonl")
    lines = ['{"no":"a","who":"ann","day":"2024-01-01","paid":10}', '{"no":"b","day":"2024-01-02","paid":1,"town":"X"}']
    with project(tmp_path, toml, orders_jsonl=lines) as shop:
        shop.load()
        assert raw(shop, "orders", "customer_id", "extra") == [("ann", '{"town":""}'), (None, '{"town":"X"}')]


def test_a_file_of_broken_lines_alone_is_accounted_for(tmp_path):
    toml = ORDERS.replace("orders*.csv", "orders.jsonl")
    with project(tmp_path, toml, orders_jsonl=["{nothing", "{at all"]) as shop:
        assert [(piece.rows, piece.broken) for piece in shop.load()] == [(0, 2)]
        assert sums(shop) == {"orders.jsonl": (2, 0, 2)}


def database(path: Path, query: str) -> str:
    return f"""
[sources.orders]
use = "database"
url = "sqlite:///{path}"
query = "{query}"
table = "orders"
columns = {{ order_id = "id", customer_id = "who", ordered_at = "day", amount = "paid" }}
"""


def test_a_database_gives_rows_by_query_and_new_ones_replace_them(tmp_path):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE sales (id, who, day, paid)")
        base.execute("INSERT INTO sales VALUES ('a', 'ann', '2024-01-01', 10.5), (7, 'bob', '2024-01-02', 'free')")
    toml = database(path, "SELECT id, who, day, paid, who AS who FROM sales ORDER BY day")
    with project(tmp_path, toml) as shop:
        assert list(outcomes(shop.load()).values()) == ["new"]
        assert raw(shop, "orders", "order_id", "amount", "amount_text", "extra") == [
            ("a", Decimal("10.5"), None, '{"who.2":"ann"}'),
            ("7", None, unread.mark(shop.vault, "free"), '{"who.2":"bob"}'),
        ]
        assert list(outcomes(shop.load()).values()) == ["unchanged"]
        with sqlite3.connect(path) as base:
            base.execute("DELETE FROM sales WHERE who = 'bob'")
        assert list(outcomes(shop.load()).values()) == ["changed"]
        assert raw(shop, "orders", "order_id") == [("a",)]
    base.close()


def test_a_database_column_of_numbers_first_and_words_later_is_text(tmp_path, monkeypatch):
    monkeypatch.setattr("motherlode.collect.sources.database.ROWS_A_BATCH", 2)
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE sales (id, day, paid)")
        base.executemany("INSERT INTO sales VALUES (?, '2024-01-01', 1)", [(1,), (2,), ("x3",)])
    base.close()
    toml = database(path, "SELECT id, day, paid, NULL AS who FROM sales ORDER BY rowid")
    with project(tmp_path, toml) as shop:
        shop.load()
        assert raw(shop, "orders", "order_id") == [("1",), ("2",), ("x3",)]


def test_headers_that_differ_in_letters_only_are_two_columns(tmp_path):
    lines = ["NO,no,who,day,paid,Who,phone_key,extra,row", "x,a,ann,2024-01-01,10,ANN,k,e,9"]
    with project(tmp_path, orders_csv=lines) as shop:
        shop.load()
        assert raw(shop, "orders", "order_id", "customer_id", "row") == [("a", "ann", 1)]
        [(extra,)] = raw(shop, "orders", "extra")
        assert extra == '{"NO":"x","Who":"ANN","phone_key":"k","extra":"e","row":"9"}'


def test_typed_files_of_every_kind_of_column_are_loaded(tmp_path):
    (tmp_path / "inbox").mkdir()
    rows = pa.table(
        {
            "no": pa.array([1.0, 2.0]),
            "who": pa.array([17850.0, None]),
            "day": pa.array([datetime(2024, 1, 1), None], pa.timestamp("ns", "UTC")),
            "paid": pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
            "blob": pa.array([b"\xff\x00", None]),
            "tags": pa.array([["a"], None]),
            "box": pa.array([{"w": 1}, None]),
            "nothing": pa.nulls(2),
        }
    )
    pq.write_table(rows, tmp_path / "inbox/orders.parquet")
    with project(tmp_path, ORDERS.replace(".csv", ".parquet")) as shop:
        shop.load()
        assert raw(shop, "orders", "order_id", "customer_id", "ordered_at", "amount") == [
            ("1", "17850", datetime(2024, 1, 1, 8), Decimal("1.5")),
            ("2", None, None, None),
        ]


def test_a_source_none_of_whose_columns_is_there_says_which_headers_are(tmp_path):
    with project(tmp_path, orders_csv=["a,b", "1,2"]) as shop, pytest.raises(ContractError) as caught:
        shop.load()
    assert "a, b" in caught.value.hint


def test_a_setting_that_its_door_does_not_take_is_refused(tmp_path):
    toml = ORDERS.replace('table = "orders"', 'table = "orders"\nencodin = "gbk"')
    with project(tmp_path, toml, orders_csv=ROWS) as shop, pytest.raises(ConfigError, match="encodin"):
        shop.load()


# -- personal fields

PEOPLE = """
[sources.members]
path = "inbox/members.csv"
table = "customers"
[sources.members.columns]
customer_id = "id"
name = "name"
phone = "phone"
email = "mail"
address = "home"
birthday = "born"
id_card = "card"
"""
PERSON = "m1,Wang Canary,13812345678,wang.canary@example.com,9 Canary Lane,1987-06-05,11010519491231002X"


def test_personal_fields_are_in_the_vault_and_nowhere_else(tmp_path):
    receiver = 'receiver_name = "to"\nreceiver_phone = "to_phone"\nremark = "note"\n'
    orders = [
        "no,who,day,paid,to,to_phone,note",
        "a,m1,2024-01-01,10,Li Canary,13987654321,ring Canary twice",
        "b,m1,Canary",
    ]
    with project(tmp_path, PEOPLE + ORDERS + receiver, orders_csv=orders) as shop:
        write(tmp_path, "members.csv", ["id,name,phone,mail,home,born,card", PERSON, "m2,Canary,13812345678"])
        shop.load()
        shop.run()
        shop.stores.warehouse.checkpoint()
        told = written(shop)
        read = shop.stores.vault.reveal(
            ["m1"], ["name", "phone", "receiver_name", "remark", "birthday"], READING, now=NOW
        )
    for secret in ("Canary", "canary", "13812345678", "13987654321", "1987-06-05", "11010519491231002X"):
        assert secret not in told
    [person] = read.to_pylist()
    assert person == {
        "customer_id": "m1",
        "name": "Wang Canary",
        "phone": "+8613812345678",
        "receiver_name": "Li Canary",
        "remark": "ring Canary twice",
        "birthday": "1987-06-05",
    }


def test_ids_that_are_addresses_or_mobiles_are_blinded_one_by_one(tmp_path):
    ids = [
        "M001",
        "canary@example.com",
        " Canary@Example.com",
        "13812345678",
        "138-1234-5678",
        "11010519491231002X",
        "no@t",
    ]
    rows = [f"{n},{who},2024-01-01,10" for n, who in enumerate(ids)]
    with project(tmp_path, orders_csv=[HEAD, *rows, "8,,2024-01-01,1", "9,110105194912310021,2024-01-01,1"]) as shop:
        shop.load()
        who = [row[0] for row in raw(shop, "orders", "customer_id")]
        assert "anary" not in written(shop) and "13812345678" not in written(shop)
    assert who[0] == "M001" and who[7] is None and who[8] == "110105194912310021"
    assert who[1] == who[2] and who[3] == who[4]
    assert all(len(blind) == 33 and blind.startswith("k") for blind in who[1:7])
    assert len({*who[:7]}) == 5


def test_a_person_is_the_same_by_her_mobile_as_an_id_and_as_a_phone(tmp_path):
    members = PEOPLE.replace('customer_id = "id"\n', "").replace('email = "mail"\n', "")
    with project(tmp_path, members + ORDERS, orders_csv=[HEAD, "a,13812345678,2024-01-01,10"]) as shop:
        write(tmp_path, "members.csv", ["id,name,phone,mail,home,born,card", PERSON])
        shop.load()
        assert raw(shop, "orders", "customer_id") == raw(shop, "customers", "customer_id")


def test_an_id_that_is_a_name_is_blinded_as_a_whole(tmp_path):
    toml = ORDERS + 'name = "who"\n'
    with project(tmp_path, toml, orders_csv=[HEAD, "a,Ann Canary,2024-01-01,10", "b,,2024-01-01,10"]) as shop:
        shop.load()
        assert "Canary" not in written(shop)
        [(who,), (nobody,)] = raw(shop, "orders", "customer_id")
        assert len(who) == 33 and nobody is None


def test_the_vault_knows_a_person_under_the_number_that_the_tables_use(tmp_path):
    toml = ORDERS + 'name = "name"\n'
    rows = [
        f"{n},{who},2024-01-01,1,N{n}" for n, who in enumerate(["17850.0", "'007", " Ｍ１ ", "a  b", "\u200e12\u200e"])
    ]
    with project(tmp_path, toml, orders_csv=["no,who,day,paid,name", *rows]) as shop:
        shop.load()
        shop.run()
        who = {row["order_id"]: row["customer_id"] for row in shop.table("refine.order_lines")}
        read = shop.stores.vault.reveal(list(who.values()), ["name"], READING, now=NOW)
    assert dict(zip(who, read["name"].to_pylist(), strict=True)) == {f"{n}": f"N{n}" for n in range(5)}


def test_words_that_say_nobody_are_nobody(tmp_path):
    words = ["NULL", "-", "散客", "Guest", "n/a", "匿名用户", "unknown"]
    with project(tmp_path, orders_csv=[HEAD, *(f"{n},{who},2024-01-01,1" for n, who in enumerate(words))]) as shop:
        shop.load()
        shop.run()
        assert {row["customer_id"] for row in shop.table("refine.order_lines")} == {None}


def test_columns_that_nobody_asked_for_are_held_back_where_they_look_personal(tmp_path):
    head = "no,who,day,paid,contact,tel2,card,收货人姓名,生日,phone,note,size"
    cells = "c{n}@example.org,139{n:08},11010519491231002X,王金丝雀,1987-06-05,010-6552 00{n:02},blue,42"
    lines = [head, *(f"o{n},w{n},2024-01-01,1,{cells.format(n=n)}" for n in range(20))]
    with project(tmp_path, orders_csv=lines) as shop:
        [piece] = shop.load()
        assert piece.held_back == ("contact", "tel2", "card", "收货人姓名", "生日", "phone")
        assert {extra for (extra,) in raw(shop, "orders", "extra")} == {'{"note":"blue","size":"42"}'}
        told = written(shop)
        read = shop.stores.vault.reveal(["w7"], ["contact", "收货人姓名", "phone (held back)"], READING, now=NOW)
        assert shop.stores.vault.find("phone", "010-6552 0007") == []
    assert not [
        secret for secret in ("c7@example.org", "13900000007", "王金丝雀", "1987-06-05", "6552") if secret in told
    ]
    assert list(read.to_pylist()[0].values()) == ["w7", "c7@example.org", "王金丝雀", "010-6552 0007"]


def test_whole_numbers_that_are_mobiles_are_held_back_too(tmp_path):
    (tmp_path / "inbox").mkdir()
    rows = {
        "no": ["a", "b"],
        "who": ["x", "y"],
        "day": ["2024-01-01"] * 2,
        "paid": [1, 2],
        "n": [13812345678, 13912345678],
    }
    pq.write_table(pa.table(rows), tmp_path / "inbox/orders.parquet")
    with project(tmp_path, ORDERS.replace(".csv", ".parquet")) as shop:
        [piece] = shop.load()
        assert piece.held_back == ("n",)
        assert "13812345678" not in written(shop)


def test_errors_name_no_person(tmp_path):
    with project(tmp_path, PEOPLE) as shop:
        write(tmp_path, "members.csv", ["x1,Canary,13812345678,a@canary.com,lane,1987,1", PERSON])
        with pytest.raises(ContractError) as caught:
            shop.load()
    assert "anary" not in f"{caught.value.message} {caught.value.hint}"


# -- killed in the middle


@pytest.mark.slow
def test_a_load_that_is_killed_leaves_the_state_before_it(tmp_path):
    with project(tmp_path, orders_1_csv=ROWS) as shop:
        shop.load()
        shop.run()
    write(tmp_path, "orders_1.csv", [HEAD, *(f"n{n},w{n % 999},2024-01-01,{n}" for n in range(1_500_000))])
    script = "import sys; from motherlode.project import Project\n"
    script += "Project(sys.argv[1]).load(lambda *told: print(told, flush=True))"
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as load:
        assert load.stdout is not None and load.stdout.readline()
        time.sleep(0.3)
        assert load.poll() is None, "it was done before it could be killed"
        os.kill(load.pid, signal.SIGKILL)
        assert load.wait() == -signal.SIGKILL
    with configure(tmp_path, ORDERS) as shop:
        assert raw(shop, "orders", "order_id") == [("a",), ("b",)]
        assert len(shop.table("refine.order_lines")) == 2
        assert outcomes(shop.load()) == {"orders_1.csv": "changed"}
        assert shop.stores.warehouse.value("SELECT count(*) FROM collect.raw_orders") == 1_500_000

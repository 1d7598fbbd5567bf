"""Which table a file is and which column is what: names, contents, neighbours, traps."""

import csv
import io
import json
from pathlib import Path

import pytest
from recognised_layouts import cells, look

from motherlode.collect.contents import is_id_card, shape
from motherlode.collect.habits import date_order, decimal_mark
from motherlode.collect.headers import bare, words
from motherlode.collect.matching import named
from motherlode.collect.naming import matches_pattern, pattern
from motherlode.collect.presets import PRESETS, Preset
from motherlode.collect.recognise import Look, Proposal, propose
from motherlode.collect.vocabulary import NAMES, TARGETS
from motherlode.collect.words import COMBINATIONS, WORDS
from motherlode.schemas import INPUTS

HEADER_NAMES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "fixtures" / "header_names.json").read_text(encoding="utf-8")
)
# Where a meaning of the list of names becomes a column of another name, and the table that fits it.
BECOMES = {
    "customer_name": "customers.name",
    "source": "customers.origin",
    "consent_marketing": "customers.marketing_consent",
    "last_activity_at": "customers.last_active_at",
    "deal_name": "deals.deal_name",
    "deal_stage": "deals.stage",
    "deal_amount": "deals.amount",
    "close_date": "deals.closed_at",
    "order_time": "orders.ordered_at",
    "pay_time": "orders.paid_at",
    "order_status": "orders.status",
    "paid_amount": "orders.amount",
    "event_name": "events.event",
    "event_time": "events.occurred_at",
    "session_id": "events.session_id",
    "page_url": "events.page_url",
    "device": "events.device",
    "campaign": "events.campaign",
    "cost": "spend.cost",
    "impressions": "spend.impressions",
    "clicks": "spend.clicks",
    "review_text": "feedback.text",
    "review_rating": "feedback.rating",
    "nps": "feedback.nps",
    "ticket_id": "feedback.feedback_id",
}
ANONYMOUS = {"anonymous_id", "visitor_id", "访客ID"}


def only(*looks: Look) -> Proposal:
    (proposal,) = propose(looks)
    return proposal


def guess(proposal: Proposal, header: str) -> str:
    return next(guess.because for guess in proposal.guesses if guess.header == header)


def place(meaning: str, name: str) -> tuple[str, str]:
    if name in ANONYMOUS:
        return "events", "anonymous_id"
    customers = {column.name for column in INPUTS["customers"].columns}
    table, column = BECOMES.get(meaning, f"{'customers' if meaning in customers else 'orders'}.{meaning}").split(".")
    return table, column


@pytest.mark.parametrize("meaning", [meaning for meaning in HEADER_NAMES if meaning != "product_spec"])
def test_every_listed_name_is_its_column_in_a_fitting_table(meaning: str) -> None:
    for name in HEADER_NAMES[meaning]:
        table, column = place(meaning, name)
        found = named(table, name)
        assert max(found, key=lambda target: found[target][0]) == column, name


@pytest.mark.parametrize(
    ("table", "column"), [(t.name, c.name) for t in INPUTS.values() for c in t.columns if "_" in c.name]
)
def test_our_own_names_are_their_columns(table: str, column: str) -> None:
    assert column in named(table, column)


def test_every_target_of_the_lists_exists() -> None:
    columns = {f"{table.name}.{column.name}" for table in INPUTS.values() for column in table.columns}
    bare_names = {column.name for table in INPUTS.values() for column in table.columns}
    combined = {f"{table}.{column}" for table, row in COMBINATIONS.items() for column in row}
    presets = {f"{preset.table}.{target}" for preset in PRESETS for target in preset.columns}
    assert combined | presets | {place for places in TARGETS.values() for place in places.split()} <= columns
    assert NAMES.keys() - TARGETS.keys() <= bare_names
    said = {word for row in COMBINATIONS.values() for text in row.values() for word in text.replace("|", " ").split()}
    assert said <= WORDS.keys()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("CustomerKey", ("customer", "id")),
        ("CLIENTNUM", ("customer", "id")),
        ("InvoiceNo", ("order", "id")),
        ("Dt_Customer", ("time", "customer")),
        ("买家手机（必填）", ("customer", "phone")),
        ("NumWebPurchases", ("?web", "order", "quantity")),
        ("ReturnDate", ("other", "time")),
        ("valid", ("?valid",)),
    ],
)
def test_a_header_is_read_word_by_word(header: str, said: tuple[str, ...]) -> None:
    assert words(header) == said


def test_headers_of_taiwan_and_hong_kong_are_read_as_those_of_the_mainland() -> None:
    headers = {"訂單編號": "key", "會員編號": "who", "訂單日期": "day", "實付金額": "money", "商品名稱": "word"}
    proposal = only(look("訂單.csv", headers))
    assert (proposal.table, set(proposal.columns)) == (
        "orders",
        {"order_id", "customer_id", "ordered_at", "amount", "product_name"},
    )


def test_units_quotes_and_full_width_letters_do_not_change_a_header() -> None:
    assert bare("'ＳＫＵ编码 （必填） '") == bare("sku编码")


def test_a_chinese_export_in_gb18030_becomes_members_and_orders() -> None:
    members = "会员卡号,姓名,手机号（必填）,性别,入会日期,是否退订\n" + "".join(
        f"V{n:05d},张{n},1380000{n:04d},女,2024-01-{1 + n % 28:02d},{'是' if n % 9 == 0 else '否'}\n" for n in range(60)
    )
    orders = "订单编号,会员卡号,下单时间,商品编码,数量,实付金额（元）,取消时间\n" + "".join(
        f"D{n},V{n % 60:05d},2024/3/{1 + n % 28} 9:05:00,S{n % 7},2,{30 + n}.50,\n" for n in range(200)
    )
    looks = [_from_bytes("会员.csv", members.encode("gb18030")), _from_bytes("订单.csv", orders.encode("gb18030"))]
    member, order = propose(looks)
    assert (member.table, order.table) == ("customers", "orders")
    assert (member.name, order.name) == ("customers_1", "orders_1")
    assert member.columns["registered_at"] == "入会日期"
    assert member.replace["marketing_consent"] == {"是": "no", "否": "yes"}
    assert order.columns == {
        "order_id": "订单编号",
        "customer_id": "会员卡号",
        "ordered_at": "下单时间",
        "product_id": "商品编码",
        "quantity": "数量",
        "amount": "实付金额（元）",
    }


def _from_bytes(address: str, content: bytes) -> Look:
    head, *rows = csv.reader(io.StringIO(content.decode("gb18030")))
    return Look(address, {header: [row[n] for row in rows] for n, header in enumerate(head)})


def test_id_name_and_date_alone_are_no_table() -> None:
    assert only(look("a.csv", {"ID": "number_key", "Name": "person", "Date": "day"})).table is None


def test_a_column_called_phone_that_holds_dates_is_not_a_phone() -> None:
    proposal = only(
        look("b.csv", {"customer_id": "key", "phone": "day", "email": "mobile", "name": "person", "city": "city"})
    )
    assert proposal.columns == {"customer_id": "customer_id", "name": "name", "city": "city"}
    assert guess(proposal, "phone") == guess(proposal, "email") == "vetoed"


def test_two_plain_columns_of_money_are_a_question() -> None:
    kinds = {"order_id": "key", "customer_id": "who", "order_date": "day", "amount": "money", "total": "number"}
    proposal = only(look("c.csv", kinds))
    assert "amount" not in proposal.columns
    assert guess(proposal, "total") == "conflict"


def test_a_file_without_headers_is_left_alone() -> None:
    assert only(look("d.csv", {"column_1": "key", "column_2": "email", "column_3": "day"})).why == "no_headers"


def test_a_file_with_headers_only_is_recognised_by_them() -> None:
    proposal = only(
        look("e.csv", {"order_id": "key", "customer_id": "who", "order_date": "day", "paid_amount": "money"}, 0)
    )
    assert proposal.table == "orders"
    assert proposal.columns["amount"] == "paid_amount"


def test_a_file_without_columns_is_empty() -> None:
    assert only(Look("nothing.csv", {})).why == "empty"


def test_an_email_is_not_taken_for_the_customers_number() -> None:
    proposal = only(look("f.csv", {"email": "email", "first_name": "person", "city": "city"}))
    assert proposal.table == "customers"
    assert "customer_id" not in proposal.columns


def test_an_anonymous_visitor_stays_anonymous() -> None:
    proposal = only(look("g.csv", {"anonymous_id": "who", "event": "few", "timestamp": "epoch"}))
    assert proposal.columns == {"anonymous_id": "anonymous_id", "event": "event", "occurred_at": "timestamp"}


def test_a_total_repeated_on_each_line_of_an_order_is_not_taken() -> None:
    numbers = [f"O{n // 3}" for n in range(60)]
    columns = {
        "order_id": numbers,
        "order_date": cells("day", 60),
        "sku": [f"S{n}" for n in range(60)],
        "price": [f"{5 + n}.00" for n in range(60)],
        "quantity": ["1"] * 60,
        "amount": [f"{40 + n // 3}.00" for n in range(60)],
    }
    proposal = only(Look("lines.csv", columns))
    assert "amount" not in proposal.columns and proposal.columns["unit_price"] == "price"
    assert guess(proposal, "amount") == "repeated_total"


@pytest.mark.parametrize("whole", ["Total", "InvoiceAmountPaid", "订单实付金额"])
def test_beside_a_repeated_total_the_sum_that_differs_from_line_to_line_is_the_amount(whole: str) -> None:
    lines = range(60)
    columns = {
        "InvoiceNumber": [f"I{n // 3}" for n in lines], "EmailAddress": [f"p{n // 3 % 9}@x.org" for n in lines],
        "InvoiceDate": ["2024-03-05"] * 60, whole: [f"{100 + n // 3}.00" for n in lines],
        "LineAmount": [f"{10 + n}.50" for n in lines],
    }  # fmt: skip
    assert propose([Look("invoices.csv", columns)])[0].columns["amount"] == "LineAmount"


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("line_items.quantity", "quantity"), ("line_items.title", "product_name"), ("lineItems.name", "product_name"),
        ("order.items.price", "unit_price"), ("line_items.total", "amount"), ("line_items.id", None),
        ("products.id", "product_id"), ("orders.id", "order_id"), ("orders.date", "ordered_at"),
        ("data.attributes.total", "amount"), ("data.customer.id", "customer_id"),
    ],
)  # fmt: skip
def test_a_header_of_nested_data_says_what_it_says_where_it_stands(header: str, target: str | None) -> None:
    found = {name: sure for name, (sure, _) in named("orders", header).items() if sure >= 0.5}
    assert max(found, key=lambda name: found[name], default=None) == target


def test_the_number_of_the_person_is_a_second_one_beside_that_of_an_account_and_the_only_one_elsewhere() -> None:
    both = only(look("customers.csv", {"customer_id": "key", "customer_unique_id": "who", "customer_city": "city"}))
    assert both.columns["customer_id"] == "customer_id" and both.columns["previous_id"] == "customer_unique_id"
    alone = only(look("customers.csv", {"customer_unique_id": "key", "customer_city": "city", "gender": "gender"}))
    assert alone.columns["customer_id"] == "customer_unique_id" and "previous_id" not in alone.columns
    flat = {"order_id": "key", "customer_id": "key", "customer_unique_id": "who", "order_purchase_timestamp": "moment"}
    assert only(look("sales.csv", {**flat, "payment_value": "money"})).columns["customer_id"] == "customer_unique_id"


def test_company_names_tie_deals_to_accounts() -> None:
    deals = look("book.xlsx#商机", {"商机编号": "key", "客户名称": "firm", "商机阶段": "state", "预计金额": "money"})
    accounts = look("book.xlsx#客户", {"客户名称": "firm", "所属行业": "few", "员工人数": "number"})
    deal, account = propose([deals, accounts])
    assert (deal.path, deal.sheet, deal.table) == ("book.xlsx", "商机", "deals")
    assert deal.columns["customer_id"] == account.columns["customer_id"] == account.columns["company"] == "客户名称"


def test_a_deal_is_of_the_company_that_it_is_associated_with() -> None:
    deals = {"Record ID": "key", "Deal Name": "word", "Deal Stage": "state", "Amount": "money", "Close Date": "day"}
    proposal = only(look("deals.csv", {**deals, "Associated Company": "firm", "Expected Revenue": "money"}))
    assert (proposal.table, proposal.columns["customer_id"]) == ("deals", "Associated Company")
    assert proposal.columns["amount"] == "Amount"


def test_values_of_another_files_key_speak_for_a_column() -> None:
    customers = look("customers.csv", {"customer_id": "key", "email": "email", "city": "city"})
    visits = Look("visits.csv", {"whom": cells("key"), "event": cells("few"), "time": cells("moment")})
    assert propose([customers, visits])[1].columns["customer_id"] == "whom"


def test_months_of_one_layout_are_one_source_and_the_pattern_catches_no_other() -> None:
    kinds = {"order_id": "key", "customer_id": "who", "order_date": "us_day", "amount": "money"}
    looks = [look(f"shop_2024_{month:02d}.csv", kinds) for month in (1, 2, 3)] + [
        look("shop_notes.csv", {"note": "text"})
    ]
    first, second = propose(looks)
    assert (first.path, first.table, first.date_order) == ("shop_2024_*.csv", "orders", "mdy")
    assert second.path == "shop_notes.csv"


def test_a_pattern_means_exactly_its_files() -> None:
    assert pattern(["a1.csv", "a2.csv"], ["b.csv"]) == "a*.csv"
    assert pattern(["a1.csv", "a2.csv"], ["ab.csv"]) is None
    assert pattern(["x[1].csv"], []) == "x[[]1].csv"
    assert matches_pattern("x[[]1].csv", "x[1].csv") and not matches_pattern("*.csv", "folder/a.csv")


def test_the_cleaner_of_two_copies_is_kept() -> None:
    kinds = {"product_id": "key", "product_name": "word", "price": "money"}
    dirty, clean = propose([look("products_old.csv", kinds, 30), look("products.csv", kinds, 40)])
    assert (dirty.why, clean.table) == ("duplicate_of:products", "products")


@pytest.mark.parametrize(
    ("seen", "neighbours", "order", "sure"),
    [
        (["05.01.2024", "06.02.2024"], "", "dmy", False),
        (["05.01.2024", "06.02.2024"], "mdy", "dmy", False),
        (["02/01/2025"], "", "dmy", False),
        (["02/01/2025"], "mdy", "mdy", False),
        (["02/01/2025", "25/01/2025"], "mdy", "dmy", True),
        (["02/01/2025", "01/25/2025"], "", "mdy", True),
        (["13/01/2025", "01/25/2025"], "", "mixed", True),
        (["2025-01-25", "20250125"], "", "ymd", True),
        (["soon", ""], "", "", False),
        (["5 Jan 2024", "06-Feb-24"], "", "dmy", True),
        (["Jan 5, 2024", "February 6, 2024"], "", "mdy", True),
    ],
)
def test_the_order_of_day_and_month_is_learned(seen: list[str], neighbours: str, order: str, sure: bool) -> None:
    assert date_order(seen, neighbours) == (order, sure)


@pytest.mark.parametrize(
    ("seen", "mark", "sure"),
    [
        (["1.234,50", "7,00"], ",", True),
        (["1,234.50", "7.5"], ".", True),
        (["12,34"], ",", False),
        (["12.34", "8"], ".", True),
        (["12.34", "12,34"], ".", False),
        (["1,234"], ".", True),
    ],
)
def test_the_mark_of_decimals_is_learned(seen: list[str], mark: str, sure: bool) -> None:
    assert decimal_mark(seen) == (mark, sure)


def test_an_identity_number_is_known_by_its_check_character() -> None:
    assert is_id_card("11010519491231002X") and not is_id_card("110105194912310021")


@pytest.mark.parametrize(
    "cell", ["2024年3月5日", "20240305", "20240305101500", "5-Mar-2024", "2024-03-05T10:15:00Z", "3/5/24"]
)
def test_dates_have_many_shapes(cell: str) -> None:
    assert shape([cell]).date == 1.0


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_known_export_maps_whole(preset: Preset) -> None:
    headers = (*preset.signature, *(names[0] for names in preset.columns.values()))
    proposal = only(Look("export.csv", {header: [] for header in headers}))
    assert (proposal.table, proposal.columns.keys()) == (preset.table, preset.columns.keys())
    assert {guess.because for guess in proposal.guesses if guess.target in proposal.columns} == {"preset"}


def test_order_of_files_does_not_change_what_they_are() -> None:
    looks = [
        look("orders.csv", {"order_id": "key", "customer_id": "who", "order_date": "day", "amount": "money"}),
        look("members.csv", {"member_no": "key", "gender": "gender", "birthday": "day"}),
    ]
    forward = {proposal.path: proposal.columns for proposal in propose(looks)}
    assert forward == {proposal.path: proposal.columns for proposal in propose(looks[::-1])}


def test_a_mobile_is_never_the_customers_number() -> None:
    proposal = only(look("members.csv", {"会员号": "mobile", "姓名": "person", "性别": "gender", "城市": "city"}))
    assert proposal.table == "customers"
    assert proposal.columns["phone"] == "会员号" and "customer_id" not in proposal.columns


@pytest.mark.parametrize(
    ("header", "gone", "stays"),
    [("客户状态", "已流失", "在网"), ("status", "Churned", "Active"), ("用户状态", "已离网", "正常")],
)
def test_a_status_that_says_who_left_is_that_outcome_whatever_it_is_called(header, gone, stays):
    columns = {
        "客户编号": [f"K{number:04}" for number in range(60)],
        "年龄": [str(20 + number % 50) for number in range(60)],
        header: [gone if number % 3 == 0 else stays for number in range(60)],
    }
    proposal = only(Look("customers.csv", columns))
    assert proposal.columns["churned"] == header
    assert proposal.replace["churned"] == {gone: "yes", stays: "no"}


@pytest.mark.parametrize(
    ("header", "won", "open_"),
    [("Lifecycle Stage", "Customer", "Marketing Qualified Lead"), ("阶段", "成交客户", "潜在客户")],
)
def test_a_stage_that_says_who_became_a_customer_is_that_outcome(header, won, open_):
    columns = {
        "客户编号": [f"K{number:04}" for number in range(60)],
        "email": [f"someone{number}@example.com" for number in range(60)],
        header: [won if number % 4 == 0 else open_ for number in range(60)],
    }
    proposal = only(Look("contacts.csv", columns))
    assert proposal.columns["converted"] == header
    assert proposal.replace["converted"] == {won: "yes", open_: "no"}


def test_a_status_of_leads_is_no_outcome_of_customers():
    status = ["lost", "active", "won"]
    columns = {
        "customer_id": [f"K{number:04}" for number in range(60)],
        "company": [f"Company {number}" for number in range(60)],
        "lead status": [status[number % 3] for number in range(60)],
    }
    assert "churned" not in only(Look("leads.csv", columns)).columns


def test_an_export_that_says_only_when_it_was_paid_is_dated_by_that() -> None:
    headers = {"订单编号": "key", "买家会员名": "person", "买家实际支付金额": "money", "订单付款时间": "moment"}
    proposal = only(look("订单.csv", headers | {"宝贝标题": "word"}))
    assert (proposal.table, proposal.columns["ordered_at"]) == ("orders", "订单付款时间")


def test_who_buys_under_the_name_of_an_account_is_known_by_it() -> None:
    headers = {"订单编号": "key", "买家会员名": "person", "实付金额": "money", "付款时间": "moment"}
    assert only(look("订单.csv", headers)).columns["customer_id"] == "买家会员名"


@pytest.mark.parametrize(("kind", "whose"), [("mobile", "手机"), ("few", None)])
def test_who_receives_at_a_mobile_bought_where_nothing_else_says_who(kind: str, whose: str | None) -> None:
    headers = {"订单号": "key", "商品总价(元)": "money", "商家实收金额(元)": "money", "拼单成功时间": "moment"}
    proposal = only(look("订单.csv", headers | {"手机": kind}))
    assert (proposal.table, proposal.columns.get("phone")) == ("orders", whose)


def test_remarks_on_goods_that_were_sold_are_no_feedback() -> None:
    headers = {
        "订单编号": "key",
        "标题": "word",
        "价格": "money",
        "购买数量": "whole",
        "备注": "text",
        "商家编码": "what",
    }
    assert only(look("明细.csv", headers)).table is None


def test_the_one_date_of_feedback_is_when_it_was_given() -> None:
    proposal = only(look("nps.csv", {"客户编号": "who", "调研时间": "moment", "推荐分": "whole", "意见": "text"}))
    assert (proposal.table, proposal.columns["given_at"]) == ("feedback", "调研时间")


def test_a_deal_is_of_the_contacts_that_it_is_associated_with() -> None:
    headers = {"Record ID": "number_key", "Deal Name": "word", "Deal Stage": "few", "Amount": "money"}
    proposal = only(look("deals.csv", headers | {"Close Date": "day", "Associated Contact IDs": "who"}))
    assert (proposal.table, proposal.columns["customer_id"]) == ("deals", "Associated Contact IDs")


def test_lines_of_orders_without_a_day_are_orders_beside_a_file_that_tells_when() -> None:
    heads = look("orders.csv", {"OrderID": "number_key", "CustomerID": "who", "OrderDate": "day"})
    kinds = {"OrderID": "number_key", "ProductID": "what", "Quantity": "whole", "UnitPrice": "money"}
    lines = look("order_details.csv", kinds)
    alone, found = only(lines), {proposal.path: proposal for proposal in propose([lines, heads])}
    assert (alone.table, alone.why) == (None, "no_time")
    assert {proposal.table for proposal in found.values()} == {"orders"}
    assert found["order_details.csv"].columns["order_id"] == "OrderID"


def test_notes_of_sales_people_on_companies_are_contacts() -> None:
    kinds = {"客户名称": "word", "联系人": "person", "跟进时间": "day", "跟进方式": "few", "跟进内容": "text"}
    found = only(look("客户跟进记录.csv", kinds))
    assert found.table == "touches"
    assert found.columns == {"customer_id": "客户名称", "touched_at": "跟进时间", "channel": "跟进方式"}

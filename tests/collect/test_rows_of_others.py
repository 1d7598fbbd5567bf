"""Counts are not people, staff are not customers, and what the cells say of an outcome is one."""

import pytest

from motherlode.collect.recognise import Look, Proposal, propose

ROWS = 120
DAYS = [f"2023-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(ROWS)]


def read(path: str, **columns: list[str]) -> Proposal:
    return propose([Look(path, columns)])[0]


def numbers(first: int, step: int = 7) -> list[str]:
    return [str(first + n * step) for n in range(ROWS)]


def test_customers_of_a_day_are_a_count_and_no_one_of_them() -> None:
    found = read("train.csv", Store=["1", "2"] * 60, Date=DAYS, Sales=numbers(3000), Customers=numbers(300))
    assert (found.table, found.why) == (None, "aggregate_without_keys")


def test_weekly_sales_of_shops_are_sums() -> None:
    found = read("Walmart.csv", Store=["1", "2"] * 60, Date=DAYS, Weekly_Sales=numbers(90000), CPI=numbers(211))
    assert found.why == "aggregate_without_keys"


def people(**more: list[str]) -> dict[str, list[str]]:
    facts = {"Age": [str(20 + n % 50) for n in range(ROWS)], "Gender": ["Male", "Female"] * 60}
    return facts | {"Pay": numbers(1000), "Left": ["a", "b"] * 60} | more


def test_staff_who_left_are_no_customers_who_left() -> None:
    left = ["Yes", "No", "No"] * 40
    assert read("attrition.csv", **people(Attrition=left)).table == "customers"
    found = read("attrition.csv", **people(Attrition=left, EmployeeNumber=numbers(1, 1)))
    assert (found.table, found.why) == (None, "others")


def test_what_became_of_a_loan_is_an_outcome_by_its_cells() -> None:
    status = ["Fully Paid", "Charged Off", "Current", "Late (31-120 days)"] * 30
    found = read("loans.csv", member_id=numbers(1296599), loan_amnt=numbers(1000), grade=["A", "B"] * 60,
                 addr_state=["AZ", "CA"] * 60, loan_status=status)  # fmt: skip
    assert found.columns["defaulted"] == "loan_status"
    assert found.replace["defaulted"]["Charged Off"] == "yes"
    assert found.replace["defaulted"]["Current"] == "no"


def test_good_and_bad_alone_say_nothing_of_loans() -> None:
    found = read("people.csv", customer_id=numbers(1), mood=["Good", "Bad"] * 60, city=["Bath", "York"] * 60)
    assert "defaulted" not in found.columns


def test_a_vague_number_is_the_customers_where_an_outcome_and_many_facts_stand_beside_it() -> None:
    facts = {f"Var{n}": numbers(n) for n in range(8)}
    found = read("orange_train.csv", ID=numbers(0, 1), **facts, churn=["1", "-1", "-1"] * 40)
    assert (found.table, found.columns["customer_id"], found.numbered) == ("customers", "ID", False)
    assert found.replace["churned"] == {"-1": "no", "1": "yes"}


def test_a_column_of_nothing_stands_in_for_nobody() -> None:
    found = read("bookings.csv", hotel=["City", "Resort"] * 60, is_canceled=["0", "1"] * 60, lead_time=numbers(3),
                 country=["PRT", "GBR"] * 60, company=["NULL"] * ROWS, adr=numbers(60))  # fmt: skip
    assert found.table is None


def test_a_list_of_categories_is_none_of_products() -> None:
    found = read("Categories.csv", CategoryID=numbers(1, 1), CategoryName=[f"Cat {n}" for n in range(ROWS)],
                 Description=[f"Soft drinks {n}" for n in range(ROWS)])  # fmt: skip
    assert found.table is None


@pytest.mark.parametrize(("second", "taken"), [(0, "Grand Total (Base)"), (50, None)])
def test_of_two_columns_of_money_that_hold_the_same_the_first_is_taken(second: int, taken: str | None) -> None:
    found = read(
        "export.csv",
        ID=numbers(1, 1),
        **{"Purchase Date": DAYS, "Customer Email": [f"v{n % 40}@example.com" for n in range(ROWS)]},
        **{"Grand Total (Base)": numbers(20), "Grand Total (Purchased)": numbers(20 + second)},
    )
    assert found.columns.get("amount") == taken


def test_a_number_of_the_app_is_the_customers_even_where_a_known_export_did_not_have_it_yet() -> None:
    rows = {
        "主订单编号": numbers(6900), "子订单编号": numbers(6900), "选购商品": ["面膜"] * ROWS, "商品数量": ["1"] * ROWS,
        "商品ID": numbers(36), "商品单价": numbers(20), "订单应付金额": numbers(20), "收件人": ["张**"] * ROWS,
        "收件人手机号": [f"138****{1000 + n % 40}" for n in range(ROWS)], "订单提交时间": DAYS, "支付完成时间": DAYS,
        "订单状态": ["已完成"] * ROWS, "APP渠道": ["抖店"] * ROWS,
    }  # fmt: skip
    found = read("1720000000_订单数据.csv", **rows, 用户OpenID=[f"ou_{n % 40}x" for n in range(ROWS)])
    assert found.columns["customer_id"] == "用户OpenID"


def test_invoices_of_an_erp_are_orders() -> None:
    found = read("销售发票列表.csv", 开票日期=DAYS, 发票号=[f"XSFP{n}" for n in range(ROWS)],
                 客户编码=[f"{n % 40:05}" for n in range(ROWS)], 存货编码=numbers(100), 存货名称=["阀门"] * ROWS,
                 数量=["2"] * ROWS, 价税合计=numbers(300))  # fmt: skip
    assert found.table == "orders"
    assert found.columns | {"amount": "价税合计", "product_id": "存货编码", "order_id": "发票号"} == found.columns


def with_discount(cells: list[str]) -> Proposal:
    return read("details.csv", OrderID=numbers(10248), OrderDate=DAYS, CustomerID=[f"C{n % 40}" for n in range(ROWS)],
                ProductID=numbers(1), UnitPrice=numbers(14), Quantity=["2", "5"] * 60, Discount=cells)  # fmt: skip


def test_a_discount_that_is_a_share_of_the_price_is_no_money() -> None:
    assert "discount" not in with_discount(["0", "0.15", "0.2"] * 40).columns
    assert with_discount(["0", "1.5", "20"] * 40).columns["discount"] == "Discount"
    assert with_discount(["0"] * ROWS).columns["discount"] == "Discount"


def test_answers_to_questions_are_feedback_and_who_answered_is_no_customers_number() -> None:
    found = read(
        "nps.csv",
        **{
            "Respondent ID": numbers(9000),
            "End Date": DAYS,
            "Email Address": [f"c{n % 50}@example.com" for n in range(ROWS)],
            "First Name": ["Ann", "Bob"] * 60,
            "How likely is it that you would recommend us to a friend?": [str(n % 11) for n in range(ROWS)],
            "What is the reason for your score?": ["Great service", "Too slow"] * 60,
        },
    )
    assert found.table == "feedback"
    assert set(found.columns) == {"feedback_id", "given_at", "nps", "text"}


def test_chinese_questions_are_read_by_what_they_ask() -> None:
    found = read(
        "满意度调查.xlsx",
        **{
            "序号": numbers(1, 1),
            "提交答卷时间": DAYS,
            "1、您的手机号": [f"139{n:08}" for n in range(ROWS)],
            "2、您向朋友推荐我们的可能性有多大？": [str(n % 11) for n in range(ROWS)],
            "3、您对本次服务的总体满意度": [str(1 + n % 5) for n in range(ROWS)],
            "4、您的意见和建议": ["送货太慢了", "很好，服务周到"] * 60,
        },
    )
    assert found.columns == {
        "feedback_id": "序号", "given_at": "提交答卷时间", "nps": "2、您向朋友推荐我们的可能性有多大？",
        "rating": "3、您对本次服务的总体满意度", "text": "4、您的意见和建议",
    }  # fmt: skip


def test_a_question_about_a_row_makes_no_survey_of_customers() -> None:
    assert (
        read("gym.csv", customer_id=numbers(1), **people(), **{"Is a member for long?": ["Yes", "No"] * 60}).table
        == "customers"
    )


def test_a_campaign_that_names_people_by_their_e_mail_is_no_sum() -> None:
    found = read("campaign.csv", **{"Email": [f"c{n % 50}@x.com" for n in range(ROWS)], "Campaign Name": ["A"] * ROWS,
                 "Send Date": DAYS, "Opened": ["Yes", "No"] * 60, "Clicked": ["Yes", "No"] * 60,
                 "Revenue": [""] * ROWS})  # fmt: skip
    assert (found.table, found.why) == (None, "unknown")

"""Files whose headers do not say who, or call a sum by another sum's name: the cells tell."""

import pytest

from motherlode.collect.recognise import Look, Proposal, propose

ROWS = 120


def read(*looks: Look) -> dict[str, Proposal]:
    return {proposal.path: proposal for proposal in propose(looks)}


def codes(count: int = ROWS) -> list[str]:
    return [f"{n * 7919:06d}xQ{n}=" for n in range(count)]


def people(**more: list[str]) -> Look:
    facts = {"bd": [str(20 + n % 50) for n in range(ROWS)], "gender": ["male", "female"] * (ROWS // 2)}
    joined = {"registration_init_time": [f"2016{1 + n % 12:02}{1 + n % 28:02}" for n in range(ROWS)]}
    return Look("members.csv", {"msno": codes()} | facts | joined | more)


def test_the_one_code_that_differs_for_each_person_is_who_and_speaks_for_the_files_beside() -> None:
    payments = Look(
        "payments.csv",
        {
            "msno": [code for code in codes() for _ in range(3)],
            "transaction_date": [f"2017{1 + n % 12:02}{1 + n % 28:02}" for n in range(3 * ROWS)],
            "actual_amount_paid": ["149"] * (3 * ROWS),
        },
    )
    ends = Look("train.csv", {"msno": codes()[:100], "is_churn": ["0", "1"] * 50})
    found = read(people(), payments, ends)
    assert {path: proposal.table for path, proposal in found.items()} == {
        "members.csv": "customers", "payments.csv": "orders", "train.csv": "customers",
    }  # fmt: skip
    assert {proposal.columns["customer_id"] for proposal in found.values()} == {"msno"}
    assert found["train.csv"].columns["churned"] == "is_churn"


def test_of_two_codes_that_differ_for_each_person_neither_is_taken() -> None:
    assert read(people(token=[f"t{n}a" * 3 for n in range(ROWS)]))["members.csv"].table is None


def lines(**more: list[str]) -> Look:
    head = {
        "invoice_no": [f"I{n}" for n in range(ROWS)],
        "customer_id": [f"C{n % 40}" for n in range(ROWS)],
        "invoice_date": [f"2023-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(ROWS)],
        "category": ["Books", "Shoes", "Food"] * (ROWS // 3),
    }
    return Look("shopping.csv", head | more)


PIECES = [1 + n % 5 for n in range(ROWS)]
PRICES = [(15.15, 600.17, 5.23)[n % 3] * (1 + n % 7 / 100) for n in range(ROWS)]


@pytest.mark.parametrize("whole", [True, False])
def test_a_price_that_grows_with_the_pieces_is_the_sum_of_the_line(whole: bool) -> None:
    said = [f"{price * (pieces if whole else 1):.2f}" for price, pieces in zip(PRICES, PIECES, strict=True)]
    columns = read(lines(quantity=list(map(str, PIECES)), price=said))["shopping.csv"].columns
    assert (columns.get("amount"), columns.get("unit_price")) == (("price", None) if whole else (None, "price"))


@pytest.mark.parametrize(("amounts", "target"), [(PIECES, "quantity"), ([price * 3 for price in PRICES], "amount")])
def test_an_amount_of_few_whole_pieces_below_the_price_is_no_money(amounts: list[float], target: str) -> None:
    told = lines(amount=[f"{each:g}" for each in amounts], sales_price=[f"{price:.2f}" for price in PRICES])
    columns = read(told)["shopping.csv"].columns
    assert (columns[target], columns["unit_price"]) == ("amount", "sales_price")


def test_a_till_roll_of_a_supermarket_is_read_by_its_short_words() -> None:
    columns = {
        "SHOP_DATE": [f"2008{1 + n % 12:02}{1 + n % 28:02}" for n in range(ROWS)],
        "QUANTITY": list(map(str, PIECES)),
        "SPEND": [f"{price * 2:.2f}" for price in PRICES],
        "PROD_CODE": [f"PRD{n % 30:04}" for n in range(ROWS)],
        "PROD_CODE_10": [f"CL{n % 7:05}" for n in range(ROWS)],
        "CUST_CODE": [f"CUST{n % 40:010}" for n in range(ROWS)],
        "BASKET_ID": [str(994100100000000 + n // 3) for n in range(ROWS)],
        "BASKET_TYPE": ["Top Up", "Full Shop"] * (ROWS // 2),
    }
    found = read(Look("transactions.csv", columns))["transactions.csv"]
    assert found.table == "orders"
    assert found.columns == {
        "order_id": "BASKET_ID", "amount": "SPEND", "quantity": "QUANTITY", "customer_id": "CUST_CODE",
        "product_id": "PROD_CODE", "ordered_at": "SHOP_DATE",
    }  # fmt: skip


def test_a_growth_in_percent_is_no_spend_of_a_year() -> None:
    facts = {"CustomerID": [str(50001 + n) for n in range(ROWS)], "Gender": ["Male", "Female"] * (ROWS // 2)}
    hike = {"OrderAmountHikeFromlastYear": [str(11 + n % 15) for n in range(ROWS)]}
    assert "spend_365d" not in read(Look("people.csv", facts | hike))["people.csv"].columns


def test_holidays_are_no_feedback_and_departments_are_no_products() -> None:
    days = [f"2017-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(ROWS)]
    holidays = {"date": days, "type": ["Holiday"] * ROWS, "description": ["New year", "Carnival"] * (ROWS // 2)}
    kinds = {"department_id": list(map(str, range(20))), "department": [f"kind {n}" for n in range(20)]}
    found = read(Look("holidays.csv", holidays), Look("departments.csv", kinds))
    assert [proposal.table for proposal in found.values()] == [None, None]


def test_what_says_who_again_and_again_but_not_when_lacks_a_day() -> None:
    log = {"user_id": [str(n % 9) for n in range(ROWS)], "time_stamp": ["0829", "1111"] * (ROWS // 2)}
    dated = {"store_nbr": ["1", "2"] * (ROWS // 2), "date": [f"2017-01-{1 + n % 28:02}" for n in range(ROWS)]}
    found = read(Look("log.csv", log | {"kind": ["0", "2"] * (ROWS // 2)}), Look("shops.csv", dated))
    assert [proposal.why for proposal in found.values()] == ["no_time", "no_customer"]

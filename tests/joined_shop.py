"""A small project in which several numbers are one person, who shares a company with another."""

from pathlib import Path

from motherlode.project import Project
from small_project import write_csv

SETTINGS = """
name = "tea"
timezone = "Asia/Shanghai"
currency = "CNY"

[sources.people]
path = "inbox/people.csv"
table = "customers"
columns = { customer_id = "who", name = "name", phone = "phone", email = "mail", registered_at = "since", \
company = "firm", job_title = "post" }

[sources.sales]
path = "inbox/sales.csv"
table = "orders"
columns = { order_id = "no", customer_id = "who", ordered_at = "day", product_id = "sku", unit_price = "price" }

[sources.visits]
path = "inbox/visits.csv"
table = "events"
columns = { anonymous_id = "device", customer_id = "who", previous_id = "was", event = "event", occurred_at = "at" }
"""
# Of a number, a phone and an e-mail.
PHONE, EMAIL = "13800138000", "fang@example.com"
PEOPLE = (("u1", PHONE, EMAIL), ("u2", PHONE, ""), ("u3", "", EMAIL), ("u4", "13900139000", "ming@example.com"))
VISITS = (("device-of-fang", "u1", ""), ("device-of-ming", "u4", ""), ("", "u1", "u9"))


def project(folder: Path) -> Path:
    """Write the project's files, load and run them."""
    people = [
        {"who": who, "name": "王芳", "phone": phone, "mail": mail, "since": f"2024-0{n}-02",
         "firm": {"u1": "Tea House", "u4": "Tea House"}.get(who, ""), "post": {"u4": "Buyer"}.get(who, "")}
        for n, (who, phone, mail) in enumerate(PEOPLE, start=1)
    ]  # fmt: skip
    sales = [
        {"no": n, "who": who, "day": f"2024-05-0{n}", "sku": "t1", "price": 30}
        for n, who in enumerate(("u1", "u2", "u3", "u4", "u9"), start=1)
    ]
    visits = [
        {"device": device, "who": who, "was": was, "event": "viewed", "at": f"2024-05-0{n} 10:00"}
        for n, (device, who, was) in enumerate(VISITS, start=1)
    ]
    for name, rows in (("people", people), ("sales", sales), ("visits", visits)):
        write_csv(folder / "inbox" / f"{name}.csv", rows)
    (folder / "motherlode.toml").write_text(SETTINGS, encoding="utf-8")
    with Project(folder) as shop:
        shop.load()
        shop.run()
    return folder

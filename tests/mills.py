"""A small project of mills that buy from mills: companies, deals won and lost, and amounts that nobody can read."""

from datetime import date, timedelta
from pathlib import Path

from motherlode.project import Project
from small_project import write_csv

SETTINGS = """
name = "mills"
timezone = "Asia/Shanghai"
currency = "CNY"

[sources.companies]
path = "inbox/companies.csv"
table = "customers"
columns = { customer_id = "who", company = "name", industry = "trade", employees = "size", annual_revenue = "turnover" }

[sources.deals]
path = "inbox/deals.csv"
table = "deals"
columns = { deal_id = "no", customer_id = "who", stage = "stage", amount = "money", opened_at = "from", \
closed_at = "to" }
"""
TRADES = ("steel", "food", "toys")
MILLS, DEALS = 30, 60
UNREADABLE = ("about 12,50 yuan", "free?")


def project(folder: Path) -> Path:
    """Write the project's files, load and run them."""
    companies = [
        {
            "who": f"m{n:02}",
            "name": f"Mill {n:02}",
            "trade": TRADES[n % 3],
            "size": 10 * n + 5,
            "turnover": 1000 * n + 9,
        }
        for n in range(MILLS)
    ]
    day = date(2024, 1, 5)
    deals = [
        {"no": f"d{n}", "who": f"m{n % MILLS:02}", "stage": "won" if n % 3 == 0 else "lost",
         "money": UNREADABLE[n] if n < len(UNREADABLE) else 100 + n,
         "from": day + timedelta(days=n), "to": day + timedelta(days=n + 20)}
        for n in range(DEALS)
    ]  # fmt: skip
    write_csv(folder / "inbox" / "companies.csv", companies)
    write_csv(folder / "inbox" / "deals.csv", deals)
    (folder / "motherlode.toml").write_text(SETTINGS, encoding="utf-8")
    with Project(folder) as mills:
        mills.load()
        mills.run()
    return folder

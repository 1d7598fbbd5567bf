"""On real data: a run as of an earlier day gives exactly the tables of a company whose files end on that day."""

from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as parquet
import pytest

from motherlode import Project
from motherlode import init as beginning
from motherlode.testing import contents


def project(folder: Path, rows: dict[str, pa.Table]) -> Project:
    """A project over these files, recognised as `motherlode init` does."""
    (folder / "inbox").mkdir(parents=True)
    for name, table in rows.items():
        parquet.write_table(table, folder / "inbox" / f"{name}.parquet")
    beginning.write(beginning.look(folder / "inbox", folder), folder / "inbox", folder)
    return Project(folder)


def differing(whole: Project, before: Project, as_of: date) -> list[str]:
    """Addresses of the tables that are not the same in both projects as of a day."""
    with whole, before:
        for each in (whole, before):
            each.load()
            each.run(as_of)
        tables = [p for p in whole.graph.promises.values() if p.makes_a_table]
        pairs = {p.address: [contents(each.stores.warehouse, p) for each in (whole, before)] for p in tables}
    assert pairs["refine.customers"][0], "nothing is compared"
    return [address for address, (one, other) in pairs.items() if without_load(one) != without_load(other)]


def without_load(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows without when they were loaded and where in the file they stood, in an order that the rest decides."""
    kept = [{name: value for name, value in row.items() if name not in ("loaded_at", "row")} for row in rows]
    return sorted(kept, key=lambda row: [str(value) for value in row.values()])


def until(rows: pa.Table, column: str, day: date) -> pa.Table:
    end = datetime.combine(day, datetime.min.time()) + timedelta(days=1)
    return rows.filter(pc.or_kleene(pc.is_null(rows[column]), pc.less(rows[column], pa.scalar(end, rows[column].type))))


@pytest.mark.slow
@pytest.mark.parametrize("day", [date(2011, 2, 28), date(2011, 8, 31)])
def test_online_retail_as_of_an_earlier_day_is_online_retail_that_ends_there(tmp_path, day):
    rows = parquet.read_table(str(files("motherlode.demo") / "online_retail.parquet"))
    # All that one customer in eight did, and one in eight of the sales without a customer.
    eighth = pc.equal(pc.bit_wise_and(pc.coalesce(rows["CustomerID"], rows["Quantity"]), 7), 3)
    rows = rows.filter(eighth)
    whole = project(tmp_path / "whole", {"lines": rows})
    before = project(tmp_path / "before", {"lines": until(rows, "InvoiceDate", day)})
    assert differing(whole, before, day) == []


@pytest.mark.slow
def test_deals_as_of_an_earlier_day_are_the_deals_that_were_known_then(tmp_path, shared_data):
    day = date(2017, 6, 30)
    accounts = pa.csv.read_csv(shared_data / "crm_opportunities" / "accounts.csv.gz")
    deals = pa.csv.read_csv(shared_data / "crm_opportunities" / "sales_pipeline.csv.gz")
    known = until(deals, "engage_date", day)
    later = pc.fill_null(pc.greater(known["close_date"], pa.scalar(day)), False)
    for column, unknown in (("deal_stage", "open"), ("close_date", None), ("close_value", None)):
        values = pc.if_else(later, pa.scalar(unknown, known[column].type), known[column])
        known = known.set_column(known.schema.get_field_index(column), column, values)
    whole = project(tmp_path / "whole", {"accounts": accounts, "deals": deals})
    before = project(tmp_path / "before", {"accounts": accounts, "deals": known})
    assert differing(whole, before, day) == []

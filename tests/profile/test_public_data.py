"""Published figures of public data sets."""

from datetime import date

import duckdb
import pytest

SALES = """
    SELECT 'cj' AS source, basket_id::VARCHAR AS order_id, max(household_id)::VARCHAR AS customer_id,
        min(transaction_timestamp)::TIMESTAMP AS ordered_at,
        (min(transaction_timestamp)::TIMESTAMP - INTERVAL 5 HOUR)::DATE AS ordered_on,
        sum(sales_value)::DOUBLE AS amount, bool_or(coupon_disc > 0) AS with_coupon
    FROM read_parquet(?) WHERE sales_value > 0 GROUP BY basket_id
"""


@pytest.fixture(scope="module")
def households(shared_data):
    """Baskets of The Complete Journey, at the time of New York."""
    path = str(shared_data / "complete_journey" / "transactions.parquet")
    return duckdb.connect().sql(SALES, params=[path]).to_arrow_table().to_pylist()


def test_the_best_fifth_of_2469_households_hold_54_6_percent_of_sales(shop, households):
    made = shop(date(2017, 12, 31), orders=households)
    payers = made.of("concentration")["payers"]
    assert (payers["customers"], round(payers["top_share"], 3)) == (2469, 0.546)
    assert payers["top_share_low"] == pytest.approx(0.533, abs=0.002)
    assert payers["top_share_high"] == pytest.approx(0.559, abs=0.002)
    # A quarter of the best leaves the top within half a year.
    assert payers["stay_share"] == pytest.approx(0.74, abs=0.005)


def test_a_grocer_sees_mostly_mature_households(shop, households):
    rows = shop(date(2017, 12, 31), orders=households).make("lifecycle")
    stages = [row["stage"] for row in rows]
    shares = {stage: round(stages.count(stage) / len(stages), 2) for stage in sorted(set(stages))}
    assert shares == {"decline": 0.17, "lost": 0.09, "mature": 0.73, "trial": 0.01}
    assert not any(row["season_known"] for row in rows)

"""Every row of real files arrives: counts published with the data sets, or made by another reader."""

import sqlite3
from contextlib import closing
from gzip import decompress

import pyarrow.parquet as pq
import pytest

from motherlode.collect.sources.database import Database, database
from motherlode.collect.sources.files import Files, files

ROWS = {
    "adventureworks/AdventureWorks_Customers.csv.gz": 18_148,
    "anon_reviews/anonreviews.csv.bz2": 578_805,
    "bank_churners/BankChurners.csv.gz": 10_127,
    "bank_marketing/bank-additional-full.csv.gz": 41_188,
    "bank_marketing/bank-full.csv.gz": 45_211,
    "cdnow/CDNOW_master.txt.gz": 69_659,
    "cdnow/CDNOW_sample.txt.gz": 6_919,
    "crm_opportunities/sales_pipeline.csv.gz": 8_800,
    "en_vader_truth/amazonReviewSnippets_GroundTruth.txt.gz": 3_708,
    "en_vader_truth/movieReviewSnippets_GroundTruth.txt.gz": 10_605,
    "en_vader_truth/nytEditorialSnippets_GroundTruth.txt.gz": 5_190,
    "en_vader_truth/tweets_GroundTruth.txt.gz": 4_200,
    "er_restaurants_abtbuy/D1_rest2.csv.gz": 2_256,
    "er_restaurants_abtbuy/D2_abt.csv.gz": 1_076,
    "febrl/dataset4b.csv.gz": 5_000,
    "german_credit/germancredit.csv.gz": 1_000,
    "ifood_campaign/ml_project1_data.csv.gz": 2_240,
    "mmm_robyn/dt_simulated_weekly.csv.gz": 208,
    "online_shoppers/online_shoppers_intention.csv.gz": 12_330,
    "otto_sample/train.jsonl.gz": 862,  # 20 sessions
    "path_data/path_data.csv.gz": 10_000,
    "rete_ecom/ecom.csv.gz": 31_106,
    "smcrm/customerRetentionTransactions.csv.gz": 6_000,
    "splink_people/fake_1000_labels.csv.gz": 3_176,
    "taiwan_default/UCI_Credit_Card.csv.gz": 30_000,
    "telco_ibm/Telco-Customer-Churn.csv.gz": 7_043,
    "wholesale_customers/wholesale_customers.csv.gz": 440,
    "zh_asap_sample/train_sample.csv.gz": 100,
    "zh_reference/chinese_family_names_1k.xlsx": 1_074,
    "zh_reference/pca-code.json.gz": 31,
    "zh_reference/streets.csv.gz": 41_352,
    "zh_reviews_mixed/sentiment.train.tsv.gz": 16_883,
}


@pytest.mark.parametrize("name", ROWS)
def test_every_row_of_a_real_file_arrives_whole(data, name):
    (piece,) = files(Files(str(data / name)))
    batches = list(piece.batches())
    assert sum(batch.rows.num_rows for batch in batches) == ROWS[name]
    assert [line for batch in batches for line in batch.broken] == []


@pytest.mark.parametrize("folder", ["complete_journey", "information_uplift", "online_retail", "splink_people"])
def test_every_row_of_real_parquet_files_arrives(data, folder):
    for piece in files(Files(str(data / folder / "*.parquet"))):
        assert sum(batch.rows.num_rows for batch in piece.batches()) == pq.read_metadata(piece.address).num_rows


def test_headers_set_in_blanks_are_found_and_missing_ones_are_not(data):
    names = {}
    for piece in files(Files(str(data / "cdnow" / "*.txt.gz"))):
        names[piece.address.rsplit("/", 1)[-1]] = next(piece.batches()).rows.schema.names
    assert names["CDNOW_master.txt.gz"] == ["customer_id", "date", "number_of_cds", "dollar_value"]
    assert names["CDNOW_sample.txt.gz"] == [f"column_{n}" for n in range(1, 6)]


def test_every_invoice_of_a_real_database_arrives(data, tmp_path, read_piece):
    path = tmp_path / "chinook.sqlite"
    path.write_bytes(decompress((data / "chinook_db" / "Chinook_Sqlite.sqlite.gz").read_bytes()))
    (piece,) = database(Database(f"sqlite:///{path}", "SELECT * FROM Invoice ORDER BY InvoiceId"))
    with closing(sqlite3.connect(path)) as connection:
        expected = connection.execute("SELECT * FROM Invoice ORDER BY InvoiceId").fetchall()
    assert [tuple(row) for row in read_piece(piece).rows] == expected

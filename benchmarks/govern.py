"""Encryption of personal fields, the log, and erasing, each against the bare work of its library in the same run.

    python -m benchmarks.govern [--people 1_000_000] [--entries 500_000] [--leaving 10_000] [--strings 1_000_000]

Goals: encryption end to end >= 150,000 rows a CPU second, held against AES-GCM with a key a person alone; the log
>= 5,000 durable entries a second, verified at >= 100,000 a CPU second, held against SHA-256 alone; 10,000 people
shredded in a minute; one person of a million out of every store in a minute; of Chinese identity numbers, company
codes, bank cards and phones whose checksum is right 99 % are found in text, of random digits 0.1 % at most, at 50 MB a
minute; totals of 155 cells at epsilon 1: 95 counts in 100 within 7, half the sums within 0.5 %, in 5 seconds (needs the
extra `privacy`).
"""

import argparse
import hashlib
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.measuring import Cost, cost, cost_and_result, say

NOW = datetime(2026, 1, 1)
VAULT, LOG = "sqlite:///data/vault.sqlite", "sqlite:///data/audit.sqlite"
ENTRIES_AT_ONCE = 1000


def people_with_fields(path: Path, people: int) -> None:
    """Five fields a person, as a file."""
    ids = [f"c{number:07d}" for number in range(people)]
    fields = {
        "name": [f"Person {who}" for who in ids],
        "phone": [f"+86138{number:08d}" for number in range(people)],
        "email": [f"{who}@example.com" for who in ids],
        "address": [f"{number} Long Street, Shanghai" for number in range(people)],
        "birthday": ["1990-05-17"] * people,
    }
    pq.write_table(pa.table({"customer_id": ids, **fields}), path)


def keep(root: Path, path: Path) -> None:
    """Five fields a person into the vault."""
    from motherlode.vault import open_vault

    open_vault(VAULT, root).keep(pq.read_table(path), now=NOW)


def encrypt_alone(people: int) -> None:
    """The limit: a new key and one record of the same size a person."""
    record = bytes(152)
    for _ in range(people):
        AESGCM(os.urandom(32)).encrypt(os.urandom(12), record, b"c0000000")


def write(root: Path, entries: int) -> None:
    """Entries into the log, a thousand a transaction."""
    from motherlode.audit import open_audit
    from motherlode.vault import open_vault

    log = open_audit(LOG, root, open_vault(VAULT, root))
    for start in range(0, entries, ENTRIES_AT_ONCE):
        log.note("read", *({"person": f"{number:032x}"} for number in range(start, start + ENTRIES_AT_ONCE)), now=NOW)


def verify(root: Path) -> None:
    from motherlode.audit import open_audit
    from motherlode.vault import open_vault

    if open_audit(LOG, root, open_vault(VAULT, root)).verify().outcome != "whole":
        raise SystemExit("the log is not whole")


def hash_alone(entries: int) -> None:
    """The limit: the chain without a store."""
    digest, body = bytes(32), bytes(96)
    for _ in range(entries):
        digest = hashlib.sha256(digest + body).digest()


def shred(root: Path, leaving: int) -> None:
    from motherlode.vault import open_vault

    open_vault(VAULT, root).shred(*(f"c{number:07d}" for number in range(leaving)), now=NOW)


def detect(strings: int) -> dict[str, float]:
    """Recall on numbers whose checksum is right, false finds among random digits, and megabytes a minute."""
    from motherlode.collect.detection import find, is_company_code
    from motherlode.collect.personal import id_card

    rng = random.Random(7)

    def digits(many: int) -> str:
        return "".join(rng.choices("0123456789", k=many))

    def completed(bodies: Iterable[str], signs: str, fits: Callable[[str], bool]) -> list[str]:
        return [next(body + sign for sign in signs if fits(body + sign)) for body in bodies]

    many = range(10_000)
    days = (f"{rng.randint(1940, 2010)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}" for _ in many)
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    made = {
        "id_card": completed(
            (f"{rng.choice(('110105', '310101', '440305'))}{day}{digits(3)}" for day in days),
            "0123456789X",
            lambda text: id_card(text).value == text,
        ),
        "company_code": completed(
            (f"9{rng.choice('123')}440300{''.join(rng.choices(signs, k=9))}" for _ in many), signs, is_company_code
        ),
        "bank_card": completed((f"62{digits(rng.choice((13, 14, 16)))}" for _ in many), "0123456789", _fits_luhn),
        "phone": [f"1{rng.choice('3456789')}{digits(9)}" for _ in many],
    }
    told = {"phone": "电话 {}"}
    result = {
        f"recall {kind}": sum(
            any(found.kind == kind for found in find(told.get(kind, "客户留言 {} 请回复").format(value)))
            for value in values
        )
        / len(values)
        for kind, values in made.items()
    }
    random_digits = (digits(rng.randint(6, 20)) for _ in range(strings))
    result["false finds"] = sum(any(True for _ in find(text)) for text in random_digits) / strings
    text = "客户来电说 wants blue, 订单 20240506 已付. 请联系 13912345678 or mail bob@example.org. " * 50_000
    began = time.process_time()
    sum(1 for _ in find(text))
    result["MB a minute"] = len(text.encode()) / 1e6 / (time.process_time() - began) * 60
    return result


def let_out(people: int) -> dict[str, float]:
    """Errors of counts and sums of 155 cells of a million people at epsilon 1, and the seconds it took."""
    import duckdb

    from motherlode.privacy.release import KEYS, Query, _noise, keys_of, noised

    query = Query(("stage", "province"), 1.0, "benchmark", "spend_365d", 2000.0)
    rng = np.random.default_rng(7)
    places = [rng.choice(len(KEYS[name]), people, p=_uneven(len(KEYS[name]))) for name in query.by]
    cell = places[0] * len(KEYS["province"]) + places[1]
    spend = np.minimum(rng.lognormal(5.0, 1.0, people), 2000.0)
    table = pa.table({"cell": cell, "cents": np.round(spend * 100).astype(np.int64)})  # noqa: F841
    began = time.perf_counter()
    sql = "SELECT cell, count(*), CAST(sum(cents) AS BIGINT) FROM table GROUP BY cell"
    found = {row[0]: row[1:] for row in duckdb.sql(sql.replace("table", '"table"')).fetchall()}
    cells = [found.get(place, (0, 0)) for place in range(len(keys_of(query)))]
    counts, sums = [one[0] for one in cells], [one[1] for one in cells]
    rows = noised(counts, sums, query, _noise())
    seconds = time.perf_counter() - began
    known = [(row, count, total) for row, count, total in zip(rows, counts, sums, strict=True) if row["customers"]]
    off = [abs(row["customers"] - count) for row, count, _ in known]
    part = [abs(row["spend_365d"] * 100 - total) / total for row, _, total in known]
    return {
        "count error, 95 in 100 below": float(np.quantile(off, 0.95)),
        "median error of sums, %": 100 * float(np.median(part)),
        "seconds": seconds,
    }


SHOP = """
[sources.people]
path = "people.parquet"
table = "customers"
columns = { customer_id = "customer_id", name = "name", phone = "phone", email = "email", address = "address" }

[sources.lines]
path = "lines.parquet"
table = "orders"
columns = { order_id = "order_id", customer_id = "customer_id", ordered_at = "ordered_at", product_id = "product_id", \
category = "category", quantity = "quantity", unit_price = "unit_price", channel = "channel" }
"""
LEAVES = "C0000007"


def make_shop(root: Path, people: int, lines: int) -> None:
    """A project with its people, their orders, and every table made of them."""
    import duckdb

    from benchmarks.spine import generate
    from motherlode.project import Project

    generate(root, lines, people)
    (root / "motherlode.toml").write_text(SHOP)
    named = "'C' || lpad(CAST(i AS VARCHAR), 7, '0')"
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (SELECT {named} AS customer_id, 'Person ' || i AS name,
                '138' || lpad(CAST(i AS VARCHAR), 8, '0') AS phone, 'c' || i || '@example.com' AS email,
                i || ' Long Street' AS address FROM range({people}) AS t(i))
                TO '{root / "people.parquet"}'"""  # noqa: S608
        ).fetchall()
        connection.execute(
            f"""COPY (SELECT * REPLACE ('C' || lpad(substr(customer_id, 2), 7, '0') AS customer_id)
                FROM '{root / "lines.parquet"}') TO '{root / "spelled.parquet"}'"""  # noqa: S608
        ).fetchall()
    (root / "spelled.parquet").replace(root / "lines.parquet")
    with Project(root) as project:
        project.load()
        project.run()


def erase(root: Path) -> dict[str, int]:
    """One person out of every store, and what a search of every byte still finds of her."""
    from motherlode.privacy import requests
    from motherlode.project import Project

    request = requests.Request("benchmark", "benchmark", NOW)
    with Project(root) as project:
        erased = requests.erase(project, [LEAVES], request, lambda rows: True)
    assert erased is not None
    return {"rows": sum(erased.rows.values()), "left": sum(erased.left.values())}


def bytes_of(root: Path) -> int:
    """How often she stands in any byte of any file but the company's own."""
    needles = [LEAVES.encode(), b"c7@example.com", b"13800000007"]
    files = [path for path in root.rglob("*") if path.is_file() and path.parent != root]
    return sum(path.read_bytes().count(needle) for path in files for needle in needles)


def _uneven(many: int) -> list[float]:
    weights = [1 / (place + 2) for place in range(many)]
    return [weight / sum(weights) for weight in weights]


def _fits_luhn(number: str) -> bool:
    values = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in values) % 10 == 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--entries", type=int, default=500_000)
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--leaving", type=int, default=10_000)
    parser.add_argument("--shop-people", type=int, default=1_000_000)
    parser.add_argument("--shop-lines", type=int, default=3_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        people_with_fields(root / "people.parquet", options.people)
        kept, alone = cost(keep, root, root / "people.parquet"), cost(encrypt_alone, options.people)
        _tell("people kept, 5 fields each", options.people, kept.cpu_seconds, 150_000, "CPU second")
        say(f"  encryption alone of their CPU  {alone.cpu_seconds / kept.cpu_seconds:.2f}")
        written, verified = cost(write, root, options.entries), cost(verify, root)
        _tell("entries written to the log", options.entries, written.wall_seconds, 5_000, "second")
        _tell("entries verified", options.entries, verified.cpu_seconds, 100_000, "CPU second")
        say(f"  hashing alone of their CPU     {_share(cost(hash_alone, options.entries), verified):.2f}")
        for what, value in cost_and_result(detect, options.strings)[1].items():
            say(f"personal data found: {what} {value:,.5g}")
        for what, value in cost_and_result(let_out, options.people)[1].items():
            say(f"totals released, epsilon 1, 155 cells: {what} {value:,.3g}")
        gone = cost(shred, root, options.leaving)
        _tell("people shredded", options.leaving, gone.wall_seconds, 10_000 / 60, "second")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        cost(make_shop, root, options.shop_people, options.shop_lines)
        there = bytes_of(root)
        took, counts = cost_and_result(erase, root)
        say(f"one of {options.shop_people:,} people with {options.shop_lines:,} order lines erased: {took}, goal 60 s")
        say(f"  {counts['rows']} rows gone, {counts['left']} left")
        say(f"  in bytes of files {there} times before, {bytes_of(root)} times after")


def _share(part: Cost, whole: Cost) -> float:
    return part.cpu_seconds / whole.cpu_seconds


def _tell(what: str, number: int, seconds: float, goal: float, of: str) -> None:
    say(f"{what}: {number / seconds:,.0f} a {of}, {number / seconds / goal:.2f} of the goal")


if __name__ == "__main__":
    main()

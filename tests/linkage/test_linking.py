"""Records of one person are found by what they say, and weights are learnt without being told."""

import random

import pyarrow as pa
import pytest

from motherlode.linkage.clusters import connected, one_to_one
from motherlode.linkage.fields import Field, comparable, guess
from motherlode.linkage.known import Known
from motherlode.linkage.linking import ACCEPT, Linker

GIVEN = ("anna", "bernd", "carla", "dieter", "elena", "fritz", "greta", "hans", "irene", "jakob", "klara", "ludwig")
FAMILY = ("schmidt", "schneider", "fischer", "weber", "wagner", "becker", "hoffmann", "schulz", "koch", "richter")


def people(size=300):
    """Each person twice; the second record has one letter wrong."""
    dice = random.Random(5)
    rows, groups = [], []
    for who in range(size):
        one = {
            "given_name": dice.choice(GIVEN) + dice.choice("xyz"),
            "surname": dice.choice(FAMILY) + dice.choice("abc"),
            "date_of_birth": f"19{dice.randrange(40, 99)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}",
            "postcode": str(dice.randrange(10000, 10060)),
            "phone": str(dice.randrange(10**9, 10**10)),
        }
        field = dice.choice(list(one))
        place = dice.randrange(len(one[field]))
        two = {**one, field: one[field][:place] + one[field][place + 1 :]}
        rows += [one, two]
        groups += [who, who]
    return pa.Table.from_pylist(rows), groups


def triples(pairs):
    return [tuple(row.values()) for row in pairs.to_pylist()]


def test_everybody_is_found_and_nobody_else():
    records, groups = people()
    linker = Linker(records)
    roots = connected(records.num_rows, triples(linker.scored(linker.fit())), ACCEPT)
    together = {(roots[place], groups[place]) for place in range(len(groups))}
    assert len(together) == len(set(groups)) == len(set(roots))


def test_a_single_record_is_found_among_those_that_are_known():
    records, _ = people()
    linker = Linker(records)
    known = Known(linker, linker.fit())
    asked = {**records.to_pylist()[10], "given_name": "zzz"}
    assert [number for number, _ in known.match(asked, ACCEPT)] == [10, 11]
    number, matches = known.add(asked, ACCEPT)
    assert number == records.num_rows and {found for found, _ in matches} == {10, 11}
    assert known.match(asked, ACCEPT)[0][0] == number


def test_given_and_family_name_may_be_swapped():
    records, _ = people()
    rows = records.to_pylist()
    rows[1] = {**rows[0], "given_name": rows[0]["surname"], "surname": rows[0]["given_name"]}
    linker = Linker(pa.Table.from_pylist(rows))
    assert (0, 1) in {pair[:2] for pair in triples(linker.scored(linker.fit(), ACCEPT))}


def test_one_to_one_takes_the_best_pair_first():
    assert one_to_one([(0, 5, 1.0), (0, 6, 3.0), (1, 6, 2.0)], 0.0) == [(0, 6, 3.0)]


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("date_of_birth", ["19560409", "19800101"], "date"),
        ("soc_sec_id", ["1804974", "6089216"], "code"),
        ("given_name", ["mitchell", "harley"], "name"),
        ("description", ["one two three four five six", "a b c d e f g"], "words"),
        ("price", ["9.5", "12"], "number"),
        ("姓名", ["张伟", "李娜"], "name"),
        ("地址", ["杭州市文三路", "上海市南京路"], "text"),
    ],
)
def test_kinds_are_told_by_names_and_contents(name, cells, kind):
    assert guess(pa.table({name: cells})) == [Field(name, kind)]


def test_values_are_compared_in_one_spelling():
    table = pa.table({"name": ["  Jörg  MÜLLER ", "", None], "phone": ["+86 138-0013", "－", None]})
    made = comparable(table, [Field("name", "name"), Field("phone", "code")])
    assert made["name"].to_pylist() == ["jorg muller", None, None]
    assert made["phone"].to_pylist() == ["861380013", None, None]


def test_few_records_crash_nothing():
    linker = Linker(pa.table({"name": ["ann", "ann"], "phone": ["1", "2"]}))
    assert linker.scored(linker.fit()).num_rows <= 1

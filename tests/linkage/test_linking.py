"""Records of one person are found by what they say, and weights are learnt without being told."""

import random

import pyarrow as pa
import pytest

from motherlode.linkage.clusters import connected, one_to_one
from motherlode.linkage.fields import Field, comparable, guess
from motherlode.linkage.known import Known
from motherlode.linkage.linking import ACCEPT, Linker
from motherlode.linkage.sounds import _reading, sound

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


def families(homes=250):
    """Homes of two grown-ups and a child, a third of whom stand there twice with one letter wrong."""
    dice = random.Random(11)
    rows, groups = [], []
    for home in range(homes):
        shared = {
            "surname": dice.choice(FAMILY) + dice.choice("abcdefgh"),
            "street": f"{dice.choice(FAMILY)}weg {dice.randrange(1, 200)}",
            "postcode": str(dice.randrange(10000, 10060)),
            "phone": str(dice.randrange(10**9, 10**10)),
        }
        for place, given in enumerate(dice.sample(GIVEN, 3)):
            born = f"{dice.randrange(1950, 1980) + 30 * (place == 2)}-{dice.randrange(1, 13):02d}"
            one = {"given_name": given, "date_of_birth": f"{born}-{dice.randrange(1, 29):02d}", **shared}
            rows.append(one)
            groups.append((home, place))
            if dice.random() < 0.33:
                field = dice.choice(list(one))
                cut = dice.randrange(len(one[field]))
                rows.append({**one, field: one[field][:cut] + one[field][cut + 1 :]})
                groups.append((home, place))
    return pa.Table.from_pylist(rows), groups


def test_those_of_one_home_stay_apart_and_who_stands_there_twice_is_found():
    records, groups = families()
    linker = Linker(records)
    model = linker.fit()
    found = {(a, b) for a, b, bits in triples(linker.scored(model)) if bits >= ACCEPT}
    right = {(a, b) for a, b in found if groups[a] == groups[b]}
    twice = len(groups) - len(set(groups))
    own = {field.name for field, is_own in zip(model.fields, model.weights.own, strict=True) if is_own}
    assert own == {"given_name", "date_of_birth"}
    assert len(right) >= 0.97 * twice
    assert len(right) >= 0.97 * len(found)


def test_where_nobody_shares_a_home_no_field_is_taken_for_a_persons_own():
    records, _ = people()
    assert Linker(records).fit().weights.own == ()


@pytest.mark.parametrize(("left", "right"), [(6, 0), (0, 6), (0, 0), (0, None), (1, None)])
def test_where_there_is_no_pair_nothing_is_learnt_and_nothing_is_found(left, right):
    records, _ = people(size=3)
    linker = Linker(records.slice(0, left), None if right is None else records.slice(0, right))
    assert linker.scored(linker.fit()).num_rows == 0


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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张小明", "zhang xiaoming"),
        ("张小明", "xiao ming zhang"),
        ("欧阳娜", "ouyang na"),
        ("单雄信", "shan xiongxin"),
        ("吕伟", "lyu wei"),
        ("曾丽娜", "lina zeng"),
        ("曾丽娜", "zeng li-na"),
    ],
)
def test_a_name_in_letters_of_china_sounds_as_it_is_written_in_latin_ones(one, other):
    assert sound(one) == sound(other) != ""


def test_a_person_is_found_by_pinyin_a_mobile_without_its_country_and_an_address_without_its_province():
    dice, signs = random.Random(3), "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英华"
    rows = [
        {"name": dice.choice("王李张刘陈杨赵黄周吴") + dice.choice(signs) + dice.choice(signs),
         "phone": f"138{number * 7919 % 10**8:08d}", "address": f"浙江省杭州市西湖区文三路{number}号"}
        for number in range(200)
    ]  # fmt: skip
    latin = [rows[number]["name"] for number in range(20)]
    for number, name in enumerate(latin):
        syllables = [_reading(sign) for sign in name]
        again = {"name": f"{syllables[1]}{syllables[2]} {syllables[0]}".title()}
        again |= {"phone": f"+86 {rows[number]['phone']}", "address": f"杭州西湖文三路{number}号"}
        rows.append({**again, "phone": None} if number % 2 else {**again, "address": None})
    linker = Linker(pa.Table.from_pylist(rows))
    found = triples(linker.scored(linker.fit(), ACCEPT))
    assert {(a, b) for a, b, _ in found} == {(number, 200 + number) for number in range(20)}


def test_a_field_that_is_compared_alone_links_nobody_and_a_second_one_bears_it_out():
    records, _ = people()
    blank = dict.fromkeys(records.schema.names)
    rows = [
        *({**blank, "surname": "quintero"} for _ in range(2)),
        *({**blank, "surname": name, "phone": "0123456789"} for name in ("almodovar", "almodovar-ruiz")),
        *({**blank, "surname": name, "phone": phone} for name, phone in (("abad", "55501"), ("zuniga", "55501"))),
    ]  # fmt: skip
    linker = Linker(pa.concat_tables([records, pa.Table.from_pylist(rows, records.schema)]))
    first = records.num_rows
    found = {(a - first, b - first) for a, b, _ in triples(linker.scored(linker.fit(), ACCEPT)) if a >= first}
    assert found == {(2, 3)}


def test_clusters_are_one_only_where_enough_pairs_are_more_likely_one_person_than_two():
    near = [(0, 1, 9.0), (2, 3, 9.0), (1, 2, 5.0)]
    doubtful = [(0, 2, -0.5), (0, 3, -0.5), (1, 3, -0.5)]
    assert connected(4, [*near, *doubtful], ACCEPT) == [0, 0, 2, 2]
    assert connected(4, [*near, (0, 2, 0.5)], ACCEPT) == [0, 0, 0, 0]


def test_few_records_crash_nothing():
    linker = Linker(pa.table({"name": ["ann", "ann"], "phone": ["1", "2"]}))
    assert linker.scored(linker.fit()).num_rows <= 1

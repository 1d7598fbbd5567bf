"""Damaged requests at a real port: a short round of what `python tests/fuzzing.py` goes on with."""

import random

import pytest

from damaged import damaged, own_seeds, recorded_seeds
from fuzzing import lost, one_round
from motherlode.live.records import Record


def kept(*raws: bytes, left: bytes = b"") -> Record:
    aside = [("", "truncated", left)] if left else []
    return Record("web", 0, "segment", "", "", b"", [("", raw) for raw in raws], aside, 0, 0, 0)


def test_the_fuzzer_sees_a_byte_that_is_lost():
    body = b'{"batch":[{"a":1}, {"b":2}],"sentAt":"x"}'
    assert lost(body, kept(b'{"a":1}', b'{"b":2}')) == ""
    assert lost(body, kept(b'{"a":1}')) != ""
    assert lost(body, kept(b'{"a":1}', b'{"b": 2}')) != ""
    assert lost(b'{"batch":[{"a":1}],"batch":[{"b":2}]}', kept(b'{"b":2}')) != ""
    assert lost(body[:-16], kept(b'{"a":1}', left=b'{"batch":[{"b":2')) == ""
    assert lost(body[:-16], kept(b'{"a":1}', left=b'{"batch":[{"b":')) != ""


def test_the_same_seed_gives_the_same_requests():
    seeds = own_seeds()
    one, two = (damaged(random.Random("7"), seeds, "key", 7) for _ in range(2))
    assert one == two


@pytest.mark.slow
def test_damaged_requests_lose_nothing_and_break_nothing():
    statuses, found = one_round([*own_seeds(), *recorded_seeds()], "test", 5)
    assert found == []
    assert statuses[200] and statuses[400]

"""A message is known exactly, in memory and in files."""

from hypothesis import given
from hypothesis import strategies as st

from motherlode.live.seen import Seen, digest
from motherlode.live.segments import Position


def marks(*numbers):
    return [digest("web", f"m{number}") for number in numbers]


def flushed(seen, place):
    seen.adopt(seen.flush(seen.freeze(), Position(1, place), newest=place))


@given(st.lists(st.sets(st.integers(0, 300), min_size=1, max_size=60), min_size=1, max_size=6), st.integers(1, 100))
def test_files_know_what_memory_knew_joined_in_ranges_of_whatever_size(tmp_path_factory, groups, at_once):
    seen = Seen(tmp_path_factory.mktemp("seen"), at_once=at_once)
    for place, group in enumerate(groups):
        seen.add(marks(*group))
        flushed(seen, place)
    everything = set().union(*groups)
    assert seen.known(marks(*range(301))) == set(marks(*everything))


def test_files_are_found_again(tmp_path):
    seen = Seen(tmp_path)
    seen.add(marks(1, 2))
    flushed(seen, 9)
    again = Seen(tmp_path)
    assert again.end == Position(1, 9)
    assert again.known(marks(1, 3)) == set(marks(1))


def test_files_of_an_older_version_are_searched_too(tmp_path):
    seen = Seen(tmp_path)
    seen.add(marks(*range(500)))
    flushed(seen, 9)
    (places,) = tmp_path.glob("*.places")
    places.unlink()
    assert Seen(tmp_path).known(marks(*range(1000))) == set(marks(*range(500)))


def test_of_two_digests_with_equal_first_halves_only_the_whole_one_is_known(tmp_path):
    seen = Seen(tmp_path)
    halves = [bytes(8) + bytes([number] * 8) for number in range(40)]
    seen.add(halves[::2])
    flushed(seen, 9)
    assert seen.known(halves) == set(halves[::2])


def test_old_files_are_dropped(tmp_path):
    seen = Seen(tmp_path)
    seen.add(marks(1))
    flushed(seen, 5)
    seen.drop_before(6)
    assert seen.known(marks(1)) == set()
    assert list(tmp_path.iterdir()) == []


def test_two_sources_may_use_one_number():
    assert digest("web", "m1") != digest("app", "m1")

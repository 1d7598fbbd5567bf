"""The log keeps whole records, whatever happens to its end."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.errors import EngineError
from motherlode.live.segments import Position, SegmentLog, numbers, read, segment_path

BEGINNING = Position()


def payloads(folder: Path, start: Position = BEGINNING) -> list[bytes]:
    return [found.payload for found in read(folder, start)]


def test_what_was_written_is_read_from_any_record_on(tmp_path):
    log = SegmentLog(tmp_path, segment_bytes=60)
    for number in range(20):
        log.append([b"record %d" % number])
    log.close()
    assert len(numbers(tmp_path)) > 3
    found = list(read(tmp_path, Position()))
    assert [one.payload for one in found] == [b"record %d" % number for number in range(20)]
    for place, one in enumerate(found):
        assert payloads(tmp_path, one.end) == [one.payload for one in found[place + 1 :]]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=8), st.data())
def test_a_torn_end_loses_the_torn_record_alone(tmp_path_factory, records, data):
    folder = tmp_path_factory.mktemp("log")
    log = SegmentLog(folder)
    ends = []
    for record in records:
        log.append([record])
        ends.append(log.end.offset)
    log.close()
    path = segment_path(folder, 1)
    size = data.draw(st.integers(0, path.stat().st_size))
    os.truncate(path, size)
    again = SegmentLog(folder)
    again.append([b"next"])
    again.close()
    whole = [record for record, end in zip(records, ends, strict=True) if end <= size]
    assert payloads(folder) == [*whole, b"next"]


def test_damage_in_the_middle_is_told(tmp_path):
    log = SegmentLog(tmp_path)
    log.append([b"a" * 50, b"b" * 50])
    log.close()
    path = segment_path(tmp_path, 1)
    whole = bytearray(path.read_bytes())
    whole[20] ^= 1
    path.write_bytes(whole)
    with pytest.raises(EngineError, match="damaged at byte 8"):
        payloads(tmp_path)


def test_a_write_that_fails_leaves_no_record_and_the_next_one_goes_on(tmp_path):
    log = SegmentLog(tmp_path)
    log.append([b"one"])
    os.close(log._file)
    log._file = os.open(segment_path(tmp_path, 1), os.O_RDONLY)
    with pytest.raises(OSError):
        log.append([b"lost"])
    log.append([b"two"])
    log.close()
    assert payloads(tmp_path) == [b"one", b"two"]

"""A full disk acknowledges nothing that it does not keep, and is used again when there is room."""

import subprocess
import time

import pytest

from collecting import KEY, collecting, project_at, rows, track
from motherlode.live.retention import drop
from motherlode.live.segments import Position, SegmentLog, numbers


@pytest.fixture
def small(tmp_path):
    """A disk of 1 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_tells_to_come_back_and_goes_on_when_there_is_room(tmp_path, small):
    shop = project_at(tmp_path)
    with (shop / "motherlode.toml").open("a") as out:
        out.write(f'[serve]\nlog = "{small / "log"}"\n')

    async def work(client, collector):
        said, filler = [], small / "filler"
        filler.write_bytes(bytes(500_000))
        for number in range(60):
            batch = [track(n, messageId=f"{number}-{n}", properties={"note": "x" * 900}) for n in range(20)]
            said.append((await client.send("/v1/batch", {"writeKey": KEY, "batch": batch}), number))
            if number == 40:
                filler.unlink()
        return said

    said = collecting(shop, work)
    refused = [answer for answer, _ in said if answer[0] == 429]
    good = {f"{number}-{n}" for answer, number in said if answer[0] == 200 for n in range(20)}
    assert refused and all(answer[2]["retry-after"] for answer in refused)
    assert any(answer[0] == 200 and number > 40 for answer, number in said)
    kept = [row["event_id"] for row in rows(shop, "SELECT event_id FROM collect.raw_events")]
    assert set(kept) >= good and len(kept) == len(set(kept))


def test_old_segments_go_but_not_what_is_needed(tmp_path):
    log = SegmentLog(tmp_path, segment_bytes=20)
    for number in range(6):
        log.append([b"record %d" % number])
    log.close()
    known = numbers(tmp_path)
    needed = {f"{known[1]:010d}.log"}
    assert drop(tmp_path, time.time() + 10, Position(known[-1]), needed) == len(known) - 2
    assert numbers(tmp_path) == [known[1], known[-1]]
    assert drop(tmp_path, time.time() - 1000, Position(known[-1] + 1), ()) == 0

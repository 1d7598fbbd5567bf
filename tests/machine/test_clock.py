from datetime import UTC, datetime

from motherlode.machine import clock


def test_now_is_in_utc_without_a_zone_and_in_whole_seconds_as_the_ledger_keeps_times():
    before = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    now = clock.now()
    assert (now.tzinfo, now.microsecond) == (None, 0) and now >= before

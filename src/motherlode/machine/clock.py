"""What time it is: for shells alone, as rooms get the time with the data."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC, without a zone, in whole seconds: as the ledger keeps times."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)

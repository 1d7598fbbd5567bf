"""Readings of personal fields: held against the pace of their reader, written down, shown or refused."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa

from motherlode.access import Reading, Verdict, class_of, goes_too_fast
from motherlode.errors import Refused
from motherlode.masking import mask
from motherlode.vault.layout import READ_PEOPLE, READINGS

Masking = Callable[[str | None], str | None]
# Lines that are no rows are kept under ids of this beginning, and are nobody.
LINE = "line:"


def in_time(connection: sa.Connection, verdict: Verdict, reading: Reading, more: int, now: datetime) -> Verdict:
    """The verdict, or a refusal as `too_many` where the reader saw as many people as an hour allows."""
    if verdict.refused or not verdict.people_an_hour:
        return verdict
    mine = (READINGS.c.actor == reading.actor) & (READINGS.c.role == reading.role.strip())
    within_the_hour = READINGS.c.read_at > now - timedelta(hours=1)
    seen = connection.scalar(sa.select(sa.func.sum(READINGS.c.revealed)).where(mine, within_the_hour)) or 0
    return msgspec.structs.replace(verdict, refused="too_many") if goes_too_fast(verdict, seen, more) else verdict


def note(
    connection: sa.Connection,
    reading: Reading,
    verdict: Verdict,
    fields: Sequence[str],
    people: tuple[int, int, Sequence[bytes]],
    now: datetime,
) -> dict[str, Any]:
    """Write a reading down: how many records were asked for and shown, and blind tokens of the people among them."""
    asked, revealed, tokens = people
    said = {"actor": reading.actor, "role": reading.role.strip(), "purpose": reading.purpose.strip()}
    outcome = verdict.refused or ("broke_glass" if reading.break_glass else "revealed")
    counts = {"asked": asked, "revealed": revealed, "fields": list(fields)}
    entry = {"read_at": now, **said, "reason": reading.reason.strip(), "outcome": outcome, **counts}
    reading_id = connection.execute(READINGS.insert(), entry).inserted_primary_key
    rows = [{"reading_id": reading_id[0], "token": token} for token in sorted(set(tokens))] if reading_id else []
    if rows:
        connection.execute(READ_PEOPLE.insert(), rows)
    # The log holds no list of a million people, but what the list must hash to.
    return {**entry, "people": hashlib.sha256(b"".join(sorted(set(tokens)))).hexdigest() if rows else ""}


def readings(connection: sa.Connection) -> list[dict[str, Any]]:
    """Every reading, oldest first."""
    return [dict(row) for row in connection.execute(sa.select(READINGS).order_by(READINGS.c.reading_id)).mappings()]


def people_read(connection: sa.Connection, reading_ids: Sequence[int]) -> list[bytes]:
    """Blind tokens of everybody whom some readings showed."""
    mine = READ_PEOPLE.c.reading_id.in_(reading_ids)
    return list(connection.scalars(sa.select(READ_PEOPLE.c.token).where(mine).distinct().order_by(READ_PEOPLE.c.token)))


def people_in(held: Iterable[str]) -> list[str]:
    """Ids of people among those that were read."""
    return [who for who in held if not who.startswith(LINE)]


def as_shown(fields: Iterable[str], verdict: Verdict) -> Mapping[str, Masking]:
    """How each field is shown."""
    return {name: _as_it_is if verdict.shows.get(class_of(name)) == "clear" else partial(mask, name) for name in fields}


def refusal(verdict: Verdict, reading: Reading) -> Refused:
    """The refusal of a reading, with the next step."""
    if verdict.refused == "unnamed":
        return Refused(
            "vault: a personal field is read with a role and a purpose, and one of them is empty",
            hint="say who reads and what for, such as --role service --purpose service",
        )
    who = f"`{reading.role}` for `{reading.purpose}`"
    return Refused(
        _WHY[verdict.refused].format(who=who, classes=", ".join(verdict.denied)), hint=_HINTS[verdict.refused]
    )


def _as_it_is(value: str | None) -> str | None:
    return value


_WHY = {
    "unknown_role": "vault: {who}: there is no such role",
    "unknown_purpose": "vault: {who}: there is no such purpose",
    "not_granted": "vault: {who} is not shown {classes}",
    "no_reason": "vault: {who}: the glass is broken with a reason, and none was given",
    "no_glass": "vault: {who} may not break the glass",
    "too_many": "vault: {who} has seen as many people as an hour allows",
}
_HINTS = {
    "unknown_role": "see `motherlode govern access`; roles are given in [[access]]",
    "unknown_purpose": "see `motherlode govern access`",
    "not_granted": "see `motherlode govern access`; in an emergency compliance may break the glass with a reason",
    "no_reason": "say why, such as --reason 'incident 17'",
    "no_glass": "ask somebody of compliance",
    "too_many": "wait, or ask compliance; the alarm is in `motherlode audit entries`",
}

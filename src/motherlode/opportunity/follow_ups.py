"""Where each customer stands with those who work the list."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.expressions.merged import as_one
from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="service")
def follow_ups(
    recorded_follow_ups: ir.Table, merged_numbers: ir.Table, *, as_of: date, stands_days: int = 90
) -> ir.Table:
    """What was last done about a customer and who is in charge: `follow_up` is "open" where nothing stands any more.

    What was done stands for `stands_days`, as long as a veto does; a snooze ends on its day (`snoozed_until`), and who
    is in charge stays so. `play` is what it was said of, `because` the reason that was given. An `owner` of "" was
    given back; where there is none, nobody was ever put in charge. What was done under any number of a customer was
    done about her.
    """
    said = as_one(recorded_follow_ups, merged_numbers)
    said = said.filter(said.made_on <= ibis.literal(as_of))
    owned = _last(said.filter(said.owner.notnull())).select("customer_id", "owner")
    done = _last(said.filter(said.follow_up != ""))
    snoozed = done.follow_up == "snoozed"
    stands = ibis.ifelse(
        snoozed,
        done.snoozed_until > ibis.literal(as_of),
        within(done.made_on, as_of, days=stands_days),
    ).fill_null(False)
    done = done.select(
        "customer_id",
        "play",
        "because",
        "made_on",
        follow_up=ibis.ifelse(stands, done.follow_up, "open"),
        snoozed_until=ibis.ifelse(snoozed & stands, done.snoozed_until, None),
    )
    rows = said.select("customer_id").distinct().left_join(done, "customer_id").drop("customer_id_right")
    rows = rows.left_join(owned, "customer_id").drop("customer_id_right")
    is_open = (rows.follow_up == "open").fill_null(True)
    return rows.select(
        "customer_id",
        "snoozed_until",
        "made_on",
        follow_up=rows.follow_up.fill_null("open"),
        owner=rows.owner,
        play=ibis.ifelse(is_open, "", rows.play),
        because=ibis.ifelse(is_open, "", rows.because),
    )


def _last(rows: ir.Table) -> ir.Table:
    """The last fact about each customer."""
    last = ibis.window(group_by="customer_id", order_by=rows.follow_up_id.desc())
    placed = rows.mutate(place=ibis.row_number().over(last))
    return placed.filter(placed.place == 0).drop("place")

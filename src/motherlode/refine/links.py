"""What was seen together: a customer's number with a device, with another number, with an e-mail or a phone."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

KEYS = ("customer_id", "other_kind", "other")
# Nobody has two of these.
OF_ONE_PERSON = ("birth_year", "id_card_key")


@table(key=KEYS, subject="customer_id", happened_on="linked_on", purpose="service")
def links(graded_events: ir.Table, graded_customers: ir.Table, recorded_pairs: ir.Table) -> ir.Table:
    """What a row names together with a customer, and the first row that does; e-mails and phones as blind tokens.

    E-mails and phones that one customer alone has link nothing and are left out, and so are those whose customers were
    born in different years or have different identity numbers: a family that shares a phone is not one person.
    """
    rows = graded_events.filter((graded_events.problem == "") & graded_events.customer_id.notnull())
    people = graded_customers.filter((graded_customers.problem == "") & graded_customers.customer_id.notnull())
    parts = [
        _seen(rows, "device", rows.anonymous_id, rows.occurred_at, rows.occurred_on),
        _seen(rows, "customer", rows.previous_id, rows.occurred_at, rows.occurred_on),
        _seen(people, "customer", people.previous_id, people.registered_at, people.registered_on),
        *(_shared(people, name) for name in ("email", "phone")),
        _joined(recorded_pairs),
    ]
    both = ibis.union(*parts)
    both = both.filter((both.customer_id != both.other) & both.other.notnull())
    order = [both.first_at.asc(nulls_first=False), both.file, both.row]
    ranked = both.mutate(place=ibis.row_number().over(ibis.window(group_by=list(KEYS), order_by=order)))
    return ranked.filter(ranked.place == 0).drop("place")


def _joined(pairs: ir.Table) -> ir.Table:
    """Pairs that were found to be one person, as somebody decided last."""
    keys = ["customer_id", "other"]
    order = [pairs.made_at.desc(), pairs.decision]
    last = pairs.mutate(place=ibis.row_number().over(ibis.window(group_by=keys, order_by=order)))
    same = last.filter((last.place == 0) & (last.decision == "same"))
    nowhere = same.mutate(file=ibis.literal("ledger"), row=ibis.null("int64"), on=ibis.null("date"))
    return _seen(nowhere, "customer", nowhere.other, nowhere.made_at, nowhere.on)


def _shared(people: ir.Table, name: str) -> ir.Table:
    key = people[f"{name}_key"]
    several = (
        people.filter(key.notnull())
        .group_by(token=key)
        .aggregate(n=people.customer_id.nunique(), **{name: people[name].nunique() for name in OF_ONE_PERSON})
    )
    tokens = several.filter((several.n > 1), *(several[name] <= 1 for name in OF_ONE_PERSON)).select("token")
    rows = people.semi_join(tokens, key == tokens.token)
    return _seen(rows, name, rows[f"{name}_key"], rows.registered_at, rows.registered_on)


def _seen(rows: ir.Table, kind: str, other: ir.StringValue, at: ir.TimestampValue, on: ir.DateValue) -> ir.Table:
    return rows.select(
        customer_id=rows.customer_id,
        other_kind=ibis.literal(kind),
        other=other,
        first_at=at,
        linked_on=on,
        file=rows.file,
        row=rows.row,
    )

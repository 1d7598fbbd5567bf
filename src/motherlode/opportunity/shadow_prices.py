"""What one more yuan, one more contact, one more hour of somebody would earn."""

import numpy as np
import pyarrow as pa

from motherlode.opportunity.knapsack import arranged, priced
from motherlode.tables import table

CHANNELS = ("email", "sms", "phone", "wecom", "app", "post")
COLUMNS = {"resource": "string", "name": "string", "most": "float64", "price": "float64", "bound": "float64"}
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])


@table(key=("resource", "name"), subject=None, columns=COLUMNS, purpose="marketing", set_under="ranked")
def shadow_prices(
    choices: pa.Table,
    *,
    budget: float | None = None,
    hurdle: float = 0.0,
    pilot_customers: int = 1000,
    owner_customers: int | None = None,
    email_customers: int | None = None,
    sms_customers: int | None = None,
    phone_customers: int | None = None,
    wecom_customers: int | None = None,
    app_customers: int | None = None,
    post_customers: int | None = None,
) -> pa.Table:
    """A row a limit (money, channel, owner, pilot): how much there is of it and what one more unit would earn.

    A limit that does not bind has price 0. `bound` is the most that any choice within the limits could earn beyond the
    hurdle (the value of the priced problem), against which the list is held. Settings stand under `[tables.ranked]`.

    Parameters
    ----------
    budget
        All the money there is, in house currency; none: no limit.
    hurdle
        The profit that each yuan must earn, as a share of it.
    pilot_customers
        Customers on whom a play without evidence (E0) may be tried.
    owner_customers
        Customers that each sales person has time for; none: no limit.
    email_customers, sms_customers, phone_customers, wecom_customers, app_customers, post_customers
        Customers that the channel has room for; none: no limit.
    """
    channels = (email_customers, sms_customers, phone_customers, wecom_customers, app_customers, post_customers)
    room = {name: float(most) for name, most in zip(CHANNELS, channels, strict=True) if most is not None}
    kinds = [("channel", "channel", room)]
    for kind, most in (("owner", owner_customers), ("pilot", pilot_customers)):
        kinds.append((kind, kind, {"": float(most)} if most is not None else {}))
    problem = arranged(choices, kinds, np.inf if budget is None else budget, hurdle)
    prices = priced(problem)
    rows = [("money", "", problem.budget, prices.money - hurdle if prices.money > hurdle else 0.0)]
    for limit, price in zip(problem.limits, prices.limits, strict=True):
        rows += [
            (limit.kind, name, most, own)
            for name, most, own in zip(limit.names, limit.most.tolist(), price.tolist(), strict=True)
            if np.isfinite(most)
        ]
    return pa.Table.from_pylist(
        [
            {"resource": kind, "name": name, "most": most if np.isfinite(most) else None, "price": price,
             "bound": prices.bound}
            for kind, name, most, price in rows
        ],
        schema=SCHEMA,
    )  # fmt: skip

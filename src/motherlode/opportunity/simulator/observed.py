"""What the company has on record of it all, as its canonical input tables."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motherlode.opportunity.simulator.accounts import SIZES, Accounts, Floats, Ints
from motherlode.opportunity.simulator.economy import INDUSTRIES
from motherlode.opportunity.simulator.history import NONE, Contacts, Past
from motherlode.opportunity.simulator.nature import AS_OF, EVENTS, WEEK, Nature
from motherlode.opportunity.simulator.treatments import TREATMENTS

# Parts of accounts whose attribute is not on record; small accounts say their size least.
NO_INDUSTRY, NO_HEADCOUNT = 0.15, 0.50
NO_SIZE = (0.28, 0.10, 0.03)
HEADCOUNTS = (12.0, 90.0, 700.0)
ANSWER_WEEKS = 4


def customer_ids(count: int) -> NDArray[np.str_]:
    """Numbers of the accounts, which say nothing about them."""
    return np.char.add("A", np.char.zfill(np.arange(count).astype(str), 6))


def observed(chance: np.random.Generator, accounts: Accounts, past: Past, nature: Nature) -> dict[str, pa.Table]:
    """The tables by name."""
    ids = pa.array(customer_ids(accounts.count).tolist())
    return {
        "customers": _customers(chance, accounts, ids),
        "orders": _orders(chance, past, ids, nature),
        "events": _events(chance, past, ids, nature),
        "feedback": _feedback(past, ids, nature),
        "touches": _touches(past, ids, nature),
    }


def _customers(chance: np.random.Generator, accounts: Accounts, ids: pa.Array) -> pa.Table:
    count = accounts.count
    heads = np.asarray(HEADCOUNTS)[accounts.size] * np.exp(chance.normal(0, 0.5, count))
    no_size = chance.random(count) < np.asarray(NO_SIZE)[accounts.size]
    return pa.table(
        {
            "customer_id": ids,
            "registered_at": _moments(accounts.born * WEEK + chance.integers(0, WEEK, count)),
            "industry": _words(INDUSTRIES, accounts.industry, chance.random(count) < NO_INDUSTRY),
            "level": _words(SIZES, accounts.size, no_size),
            "employees": pa.array(np.ceil(heads), mask=chance.random(count) < NO_HEADCOUNT),
        }
    )


def _orders(chance: np.random.Generator, past: Past, ids: pa.Array, nature: Nature) -> pa.Table:
    """A payment a week at most; which of an account's products it is for goes round."""
    account, week = np.nonzero(past.spend)
    days = _days_ago(chance, week, nature)
    product = week % past.owned[account, week] + 1
    return pa.table(
        {
            "order_id": pa.array(np.char.add("O", np.arange(len(account)).astype(str)).tolist()),
            "customer_id": ids.take(account),
            "ordered_at": _moments(days),
            "category": _words(tuple(f"product {n}" for n in range(9)), product),
            "amount": pa.array(np.round(past.spend[account, week].astype(float), 2)).cast(pa.decimal128(18, 4)),
        }
    )


def _events(chance: np.random.Generator, past: Past, ids: pa.Array, nature: Nature) -> pa.Table:
    """A row an event, and a row a report of results, whose figure stands in `value`."""
    account, week, kind = np.nonzero(past.events)
    times = past.events[account, week, kind]
    account, week, kind = (np.repeat(each, times) for each in (account, week, kind))
    reporter, reported = np.nonzero(~np.isnan(past.reports))
    done = pa.table(
        {
            "customer_id": ids.take(account),
            "event": _words(EVENTS, kind),
            "occurred_at": _moments(_days_ago(chance, week, nature)),
            "value": pa.nulls(len(account), pa.decimal128(18, 4)),
        }
    )
    value = past.reports[reporter, reported].astype(float)
    told = pa.table(
        {
            "customer_id": ids.take(reporter),
            "event": pa.array(["result_report"] * len(reporter)),
            "occurred_at": _moments(_days_ago(chance, reported, nature)),
            "value": pa.array(np.round(value, 3)).cast(pa.decimal128(18, 4)),
        }
    )
    return pa.concat_tables([done, told])


def _feedback(past: Past, ids: pa.Array, nature: Nature) -> pa.Table:
    account, week = np.nonzero(~np.isnan(past.opinions))
    return pa.table(
        {
            "customer_id": ids.take(account),
            "given_at": _moments((nature.seen_weeks - 1 - week) * WEEK),
            "nps": pa.array(past.opinions[account, week].astype(float)),
        }
    )


def _touches(past: Past, ids: pa.Array, nature: Nature) -> pa.Table:
    """Who was contacted with what, and who was held out by lot; `propensity` stands only where a lot was drawn."""
    return pa.concat_tables([_wave(wave, past, ids, nature) for wave in past.contacts])


def _wave(wave: Contacts, past: Past, ids: pa.Array, nature: Nature) -> pa.Table:
    names = (*(treatment.name for treatment in TREATMENTS), "")
    channels = (*(treatment.channel for treatment in TREATMENTS), "")
    treated = wave.treatment != NONE
    begin = nature.seen_weeks - 1 - wave.weeks_ago
    after = past.spend[wave.account, begin : begin + max(t.weeks for t in TREATMENTS)].astype(float)
    rebate = np.asarray([*(t.rebate for t in TREATMENTS), 0.0])[wave.treatment] * after.sum(axis=1)
    voucher = np.asarray([*(t.voucher for t in TREATMENTS), 0.0])[wave.treatment] * (after.sum(axis=1) > 0)
    contact = np.asarray([*(t.cost for t in TREATMENTS), 0.0])[wave.treatment]
    return pa.table(
        {
            "customer_id": ids.take(wave.account),
            "campaign": pa.array([f"wave {wave.weeks_ago}"] * len(wave.account)),
            "channel": _words(channels, wave.treatment, ~treated),
            "play": _words(names, wave.treatment, ~treated),
            "touched_at": _moments(np.full(len(wave.account), wave.weeks_ago * WEEK + WEEK - 1)),
            "treated": pa.array(treated),
            "responded": pa.array(treated & (after[:, :ANSWER_WEEKS].sum(axis=1) > 0)),
            "propensity": pa.array(np.full(len(wave.account), 1 / len(names)), mask=~wave.drawn),
            "cost": pa.array(np.round(contact + rebate + voucher, 2)).cast(pa.decimal128(18, 4)),
        }
    )


def _days_ago(chance: np.random.Generator, week: Ints, nature: Nature) -> Ints:
    """A day in a seen week."""
    return (nature.seen_weeks - 1 - week) * WEEK + chance.integers(0, WEEK, len(week))


def _moments(days_ago: Ints | Floats) -> pa.Array:
    """Noon of a day before today."""
    noon = np.datetime64(AS_OF + timedelta(hours=0), "us") + np.timedelta64(12, "h")
    return pa.array(noon - np.asarray(days_ago).astype("timedelta64[D]"), pa.timestamp("us"))


def _words(words: tuple[str, ...], number: Ints, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(words).take(pa.array(number % len(words), mask=missing))

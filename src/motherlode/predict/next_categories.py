"""Which category a buyer will buy from next, of those never bought from: popularity, what goes together, both."""

from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.predict.estimators import Logistic
from motherlode.predict.measures import chance_measures, interval, resamples
from motherlode.predict.order_backtest import BACKTEST, SHAPE, backtest_row
from motherlode.predict.outlook import logit
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

TARGET, RULE = "next_category", "popularity"
LISTED = 3
# Buyers whose categories are looked at together.
BLOCK = 20_000
MOST_CASES = 50_000
# Cases that the regression on five columns learns from, about; more change nothing.
MOST_LEARNT = 500_000
# A pair of categories is believed over popularity once so many customers of the one were seen.
PRIOR_CUSTOMERS = 20.0
COLUMNS = {
    "customer_id": "string",
    "category": "string",
    "rank": "int64",
    "chance": "float64",
    "popularity": "float64",
    "model": "string",
}
EMPTY = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()]).empty_table()


class Shelf(msgspec.Struct, frozen=True):
    """Buyers by categories on one day.

    Attributes
    ----------
    owned
        Orders from each category until the day, a row a customer.
    came
        1 where anything came from it within 90 days after, else 0; all 0 where that is not known yet.
    idle
        Days since the last order.
    """

    day: date
    customers: pa.Array
    categories: tuple[str, ...]
    owned: Numbers
    came: Numbers
    idle: Numbers

    @property
    def open(self) -> Numbers:
        """Where nothing was ever bought: what can be next."""
        return np.asarray(self.owned == 0)

    def part(self, begin: int) -> "Shelf":
        """So many buyers from one on."""
        return self.of(np.arange(begin, min(begin + BLOCK, len(self.idle))))

    def of(self, rows: Numbers) -> "Shelf":
        """The buyers at these places."""
        customers = self.customers.take(pa.array(rows))
        return msgspec.structs.replace(
            self, customers=customers, owned=self.owned[rows], came=self.came[rows], idle=self.idle[rows]
        )


class Learnt(msgspec.Struct, frozen=True):
    """What past days teach of others: the last of them, and the regression on what it knew."""

    last: Shelf
    both: Logistic


@table(key=("target", "model", "as_of", "metric"), subject=None, columns=BACKTEST, purpose="profiling")
def category_backtest(
    category_histories: pa.Table, *, most_categories: int = 60, least_customers: int = 200
) -> pa.Table:
    """How well each model foretells the next category, on the latest day whose 90 days are over.

    A case is a buyer and a category never bought from. Besides the measures of `predict.measures` there is `hit_3`: of
    those who bought from a new category, the share that bought from one of the three that the model put first.
    Intervals are over cases, not customers.

    Parameters
    ----------
    most_categories
        Categories that are told apart, those with the most buyers.
    least_customers
        Buyers on each day below which nothing is tested or forecast.
    """
    shelves = _shelves(category_histories, most_categories)
    if len(shelves) < 4 or min(len(shelf.idle) for shelf in shelves) < least_customers:
        return SHAPE.empty_table()
    *past, asked, today = shelves
    # A shop of one category has nothing to foretell.
    if not all(_differs(shelf) for shelf in (past[-1], asked)) or not today.open.any():
        return SHAPE.empty_table()
    measured = {name: _measured(forecast, asked) for name, forecast in forecasts(learnt(past), asked).items()}
    rows: list[dict[str, Any]] = []
    for name, measures in measured.items():
        gain = {} if name == RULE else {"auc_over_rule": measures["auc"] - measured[RULE]["auc"]}
        rows += [backtest_row(TARGET, name, asked.day, metric, *interval(v)) for metric, v in (measures | gain).items()]
    return pa.Table.from_pylist(rows, schema=SHAPE)


@table(key=("customer_id", "rank"), subject="customer_id", columns=COLUMNS, purpose="profiling")
def next_categories(
    category_histories: pa.Table, category_backtest: pa.Table, *, most_categories: int = 60
) -> pa.Table:
    """The three categories that each buyer will most likely buy from for the first time within 90 days.

    `chance` is the probability (0 to 1), by the model that had the smallest loss in the backtest, `popularity` what it
    is for everybody who never bought from the category.

    Parameters
    ----------
    most_categories
        Categories that are told apart, those with the most buyers.
    """
    losses = {row["model"]: row["value"] for row in category_backtest.to_pylist() if row["metric"] == "log_loss"}
    if not losses:
        return EMPTY
    best = min(losses, key=lambda name: (losses[name], name))
    *past, today = _shelves(category_histories, most_categories)
    known = learnt(past)
    parts = (today.part(begin) for begin in range(0, len(today.idle), BLOCK))
    return pa.concat_tables([EMPTY, *(_listed(known, part, best) for part in parts)])


def _differs(shelf: Shelf) -> bool:
    """Whether some bought from a new category and some did not."""
    return bool(0 < shelf.came[shelf.open].sum() < shelf.open.sum())


def _listed(known: Learnt, today: Shelf, best: str) -> pa.Table:
    told = forecasts(known, today)
    order = np.argsort(-np.where(today.open, told[best], -1.0), axis=1, kind="stable")[:, :LISTED]
    place = np.arange(len(order))[:, None]
    columns = [
        today.customers.take(pa.array(np.repeat(np.arange(len(order)), order.shape[1]))),
        pa.array(today.categories).take(pa.array(order.ravel())),
        np.tile(np.arange(1, order.shape[1] + 1), len(order)),
        told[best][place, order].ravel(),
        told["popularity"][place, order].ravel(),
        pa.array([best] * order.size),
    ]
    rows = pa.table(dict(zip(COLUMNS, columns, strict=True)), schema=EMPTY.schema)
    return rows.filter(pa.array(today.open[place, order].ravel()))


def learnt(past: list[Shelf]) -> Learnt:
    """What the last two days of the past teach; the regression learns from a sample of the customers."""
    earlier, last = past[-2:]
    drawn = np.random.default_rng(7).permutation(len(last.idle))[: MOST_LEARNT // len(last.categories) + 1]
    seen = last.of(np.sort(drawn))
    seen = seen if _differs(seen) else last
    cases = _columns(*_known(earlier, seen), seen)[seen.open.ravel()]
    return Learnt(last, Logistic(0.1).fit(cases, seen.came[seen.open]))


def forecasts(known: Learnt, asked: Shelf) -> dict[str, Numbers]:
    """Chance of each buyer and category, by model.

    `together` is the mean, over the categories that a buyer has, of how often those who had it bought from the other
    (item to item, shrunk towards popularity); `both` is a logistic regression on both and on how active the buyer is.
    """
    popularity, together = _known(known.last, asked)
    both = known.both.predict(_columns(popularity, together, asked)).reshape(asked.owned.shape)
    return {"popularity": popularity, "together": together, "both": both}


def _known(past: Shelf, asked: Shelf) -> tuple[Numbers, Numbers]:
    """What a past day tells of another day's buyers: chances by popularity, and by what they have."""
    news = past.came * past.open
    popular = (news.sum(axis=0) + 1.0) / (past.open.sum(axis=0) + 2.0)
    had = (past.owned > 0).astype(np.float64)
    pairs = (had.T @ news + PRIOR_CUSTOMERS * popular) / (had.T @ past.open + PRIOR_CUSTOMERS)
    has = (asked.owned > 0).astype(np.float64)
    together = has @ pairs / np.maximum(has.sum(axis=1, keepdims=True), 1.0)
    return np.broadcast_to(popular, asked.owned.shape), together


def _columns(popularity: Numbers, together: Numbers, shelf: Shelf) -> Numbers:
    """A row a buyer and category."""
    orders, kinds = shelf.owned.sum(axis=1), (shelf.owned > 0).sum(axis=1)
    wide = [np.broadcast_to(each[:, None], shelf.owned.shape) for each in (orders, kinds, shelf.idle)]
    return np.column_stack([part.ravel() for part in (logit(popularity), logit(together), *wide)])


def _shelves(histories: pa.Table, most: int) -> list[Shelf]:
    """One shelf a day, the earliest first, all with the same categories."""
    rows = histories.combine_chunks()
    days = rows.column("snapshot_on").to_numpy()
    names, code = _codes(rows.column("category"))
    number = np.bincount(code, minlength=len(names))
    # The most common, equals in the order of the alphabet.
    common = sorted(range(len(names)), key=lambda at: (-number[at], names[at]))[:most]
    place = np.full(len(names), -1)
    place[common] = np.arange(len(common))
    categories = tuple(names[at] for at in common)
    return [_shelf(rows.filter(pa.array(days == day)), place[code[days == day]], categories) for day in np.unique(days)]


def _codes(column: pa.ChunkedArray) -> tuple[list[str], Numbers]:
    """Distinct texts in the order of the alphabet, and which of them each row has."""
    encoded: Any = column.combine_chunks().dictionary_encode()
    order = pc.array_sort_indices(encoded.dictionary).to_numpy()
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return encoded.dictionary.take(pa.array(order)).to_pylist(), place[encoded.indices.to_numpy()]


def _shelf(rows: pa.Table, place: Numbers, categories: tuple[str, ...]) -> Shelf:
    names, who = _codes(rows.column("customer_id"))
    listed = place >= 0
    owned, came = (np.zeros((len(names), len(categories)), dtype=np.float32) for _ in range(2))
    owned[who[listed], place[listed]] = rows.column("orders").to_numpy()[listed]
    after = rows.column("bought_after").cast(pa.float64()).fill_null(0.0).to_numpy()
    came[who[listed], place[listed]] = after[listed]
    idle = np.full(len(names), np.inf)
    np.minimum.at(idle, who, rows.column("idle_days").cast(pa.float64()).fill_null(np.inf).to_numpy())
    known = np.isfinite(idle)
    day = rows.column("snapshot_on")[0].as_py()
    customers = pa.array(names, pa.string()).filter(pa.array(known))
    return Shelf(day, customers, categories, owned[known], came[known], idle[known])


def _measured(forecast: Numbers, asked: Shelf) -> dict[str, Numbers]:
    cases = asked.open
    drawn = np.random.default_rng(7).permutation(int(cases.sum()))[:MOST_CASES]
    truth, told = asked.came[cases][drawn], forecast[cases][drawn]
    return chance_measures(truth, told, resamples(drawn.size)) | {"hit_3": _hits(forecast, asked)}


def _hits(forecast: Numbers, asked: Shelf) -> Numbers:
    news = asked.came * asked.open
    somebody = news.sum(axis=1) > 0
    first = np.argsort(-np.where(asked.open, forecast, -1.0), axis=1, kind="stable")[:, :LISTED]
    hit = np.take_along_axis(news, first, axis=1).max(axis=1)[somebody]
    counts = resamples(hit.size)
    return np.asarray(counts @ hit / np.maximum(counts.sum(axis=1), 1.0))

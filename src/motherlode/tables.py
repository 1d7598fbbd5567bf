"""A function is a table: the decorators, and what each kind of function promises.

Parameters before `*` are tables that the function reads, by name; parameters after `*` are settings with defaults.
`as_of` comes from the run. A parameter named for a kind in the plural receives every table of that kind, and
`lifecycle_91_days_before` the table `lifecycle` as it would have been made 91 days before.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, TypeVar

import msgspec

Kind = Literal["table", "graded", "feature", "label", "model", "play", "metric"]
Function = TypeVar("Function", bound=Callable[..., Any])

# Functions that are a column or a part of a table and make none of their own.
PARTS: tuple[Kind, ...] = ("feature", "label", "model")

# A parameter with one of these names receives every table of the kind.
PLURALS: dict[str, Kind] = {"gradings": "graded", "plays": "play", "metrics": "metric"}

# A parameter like this receives a table as of an earlier day.
EARLIER = re.compile(r"(?P<name>.+)_(?P<days>\d+)_days_before")

# What the columns of a play are; `play` itself is the function's name and is filled in by the graph.
PLAY_COLUMNS = (
    "customer_id",
    "value",
    "value_low",
    "value_high",
    "cost",
    "reason",
    "actual",
    "benchmark",
    "peer_id",
)
METRIC_COLUMNS = ("period", "value")
GRADED_COLUMNS = ("source", "file", "row", "loaded_at", "customer_id", "happened_on", "problem", "repairs", "worth")

# What personal rows may be read for; which of them the law of a person's home allows, `govern.grounds` says.
PURPOSES = ("service", "analytics", "profiling", "marketing", "sharing")
# What functions of a kind always read them for; a `@table` says it itself.
PURPOSE_OF_KIND: dict[Kind, str] = {
    "graded": "service",
    "feature": "profiling",
    "label": "profiling",
    "play": "marketing",
    "metric": "analytics",
}

PROMISE = "__motherlode_promise__"


class Promise(msgspec.Struct, frozen=True):
    """What a function says of the table it makes.

    Attributes
    ----------
    key
        Columns whose values are together unique.
    subject
        Column that names a person, for rights requests; `None` says aloud that there is none.
    happened_on
        Day column by which the table is cut at `as_of`; "" where rows have no time.
    stored
        False makes a view: for row-wise tables that are read rarely or cheaply.
    columns
        Column types of a function that works on Arrow in memory; `None` for Ibis expressions, which carry their own.
    absent
        What a feature or label is for a customer without any row.
    purpose
        What personal rows are read for, one of `PURPOSES`; "" where none are read.
    set_under
        Name of the table under which its settings stand in `motherlode.toml`; "" for its own.
    restated
        Gives rows as they were known on an earlier day, where a later one may write into an old row; else `None`.
    ahead_days
        How many days after `as_of` a label looks.
    amount
        Whether a label is an amount of money, and not yes (1) or no (0).
    learns
        The labels that a model learns, each by an estimator of its own.
    sees
        The columns that a model sees, or the features that a table reads: as of an earlier day no others are made for
        it. Empty for all.
    """

    name: str
    room: str
    kind: Kind
    function: Callable[..., Any]
    inputs: tuple[str, ...]
    settings: Mapping[str, Any]
    key: tuple[str, ...]
    subject: str | None
    happened_on: str = ""
    stored: bool = True
    columns: Mapping[str, str] | None = None
    absent: Any = None
    purpose: str = ""
    set_under: str = ""
    restated: Callable[[Any, date], Any] | None = None
    ahead_days: int = 0
    amount: bool = False
    learns: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()

    @property
    def makes_a_table(self) -> bool:
        return self.kind not in PARTS

    @property
    def settled(self) -> bool:
        """Whether rows cut at a day are what was known then."""
        return self.restated is None

    @property
    def address(self) -> str:
        return f"{self.room}.{self.name}"

    @property
    def says(self) -> str:
        """What the table holds, in a sentence: the first paragraph of its function's docstring."""
        return " ".join((inspect.getdoc(self.function) or "").split("\n\n")[0].split())

    @property
    def in_memory(self) -> bool:
        return self.columns is not None


def promised(function: Callable[..., Any]) -> Promise | None:
    """The promise of a decorated function; `None` for any other object."""
    return getattr(function, PROMISE, None)


def table(
    *,
    key: str | tuple[str, ...],
    subject: str | None,
    happened_on: str = "",
    stored: bool = True,
    columns: Mapping[str, str] | None = None,
    purpose: str = "",
    set_under: str = "",
    restated: Callable[[Any, date], Any] | None = None,
    sees: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Any table: `key` is unique in it, `subject` is the column that names a person (or `None`).

    A function that reads rows of people says its `purpose`, one of `PURPOSES`.
    """
    keys = (key,) if isinstance(key, str) else key
    more = {"happened_on": happened_on, "stored": stored, "columns": columns, "purpose": purpose, "restated": restated}
    more |= {"set_under": set_under, "sees": sees}

    def mark(function: Function) -> Function:
        return _mark(function, "table", keys, subject, **more)

    return mark


def graded(*, stored: bool = False) -> Callable[[Function], Function]:
    """One row a raw row: read, with the `problem` that keeps it out of its table or "" and the `repairs` made to it.

    Rows that several tables read, and of which there are not many, are better `stored`.
    """
    key = ("source", "file", "row")

    def mark(function: Function) -> Function:
        return _mark(function, "graded", key, "customer_id", happened_on="happened_on", stored=stored)

    return mark


def feature(*, absent: Any = None) -> Callable[[Function], Function]:
    """One aggregate over the rows of one customer; `absent` is its value for a customer without rows."""

    def mark(function: Function) -> Function:
        return _mark(function, "feature", ("customer_id",), "customer_id", absent=absent)

    return mark


def label(*, ahead_days: int, amount: bool = False, absent: Any = None) -> Callable[[Function], Function]:
    """A feature that alone may look past `as_of`, by `ahead_days` and no further: what a model learns.

    It is yes (1.0) or no (0.0), or an `amount` of money; empty where a customer is not asked about.
    """
    more = {"absent": absent, "ahead_days": ahead_days, "amount": amount}

    def mark(function: Function) -> Function:
        return _mark(function, "label", ("customer_id",), "customer_id", **more)

    return mark


def model(*, learns: tuple[str, ...], sees: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """How labels are learnt: a function of the `columns` that are seen, which gives an estimator.

    The estimator has `fit(values, target)` and `predict(values)`, where `values` has a row a case and a column for each
    of `columns`, not a number where nothing is known. `predict` gives probabilities (0 to 1) of a label that is yes or
    no, and amounts of one that is money. One whose `explain(values)` gives what each column adds is explained. A
    function that takes `categories` too gets columns of codes, and how many codes each has, by place.
    """

    def mark(function: Function) -> Function:
        return _mark(function, "model", (), None, learns=learns, sees=sees)

    return mark


def play(function: Function) -> Function:
    """Candidates for one action, a row a customer; the columns are `PLAY_COLUMNS`."""
    return _mark(function, "play", ("customer_id",), "customer_id", stored=False)


def metric(function: Function) -> Function:
    """A figure a period: columns `period` and `value`."""
    return _mark(function, "metric", ("period",), None)


def _mark(function: Function, kind: Kind, key: tuple[str, ...], subject: str | None, **more: Any) -> Function:
    parameters = inspect.signature(function).parameters.values()
    inputs = tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)
    settings = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    promise = Promise(
        name=function.__name__,
        room=_room(function),
        kind=kind,
        function=function,
        inputs=inputs,
        settings=settings,
        key=key,
        subject=subject,
        **{"purpose": PURPOSE_OF_KIND.get(kind, ""), **more},
    )
    setattr(function, PROMISE, promise)
    return function


# Where a plugin's function lives when its folder does not say it.
HOMES: dict[Kind, str] = {
    "graded": "refine",
    "feature": "profile",
    "label": "predict",
    "model": "predict",
    "play": "opportunity",
}
ROOMS = ("collect", "refine", "profile", "predict", "opportunity", "activate", "measure", "govern")


def _room(function: Callable[..., Any]) -> str:
    """The last folder of the module's path that is a room: `motherlode.profile.rfm`, `plugins.profile.x`."""
    parts = function.__module__.split(".")[:-1]
    return next((part for part in reversed(parts) if part in ROOMS), "")

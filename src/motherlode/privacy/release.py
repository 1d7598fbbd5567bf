"""Totals that leave the house, with noise that hides each person (differential privacy, by OpenDP).

Only two shapes are let out: how many customers, and how much they paid, by public columns whose values are known
beforehand. The warehouse first makes one row a customer, so that a person moves one cell by one, or by the bound of the
sum; counts and sums are whole numbers, as floats leak. The noise is the discrete Laplace mechanism.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.errors import ConfigError, ContractError, NotReady, did_you_mean
from motherlode.ledger.allowance import Allowance
from motherlode.project import STAGES, Project

# The values of each public column; cells that nobody is in are released too, as their absence would tell.
PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽", "福建",
    "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州", "云南", "西藏", "陕西",
    "甘肃", "青海", "宁夏", "新疆",
)  # fmt: skip
KEYS: Mapping[str, tuple[str, ...]] = {
    "stage": STAGES,
    "value_tier": ("high", "mid", "low", "none"),
    "province": PROVINCES,
}
SUMS = ("spend_365d",)
TABLE_OF = {"stage": "profile.lifecycle", "value_tier": "profile.value_tiers", "province": "refine.customers"}
CENTS = 100
# Cells with fewer people than this are left empty besides.
LEAST = 10
MOST_CELLS = 1000


class Query(msgspec.Struct, frozen=True):
    """A question whose answer may leave the house.

    Attributes
    ----------
    by
        Public columns.
    summed, clip
        A column that is summed beside the count, each customer up to `clip`: a bound that is known without looking.
    as_of
        The day of the tables.
    """

    by: tuple[str, ...]
    epsilon: float
    recipient: str
    summed: str = ""
    clip: float = 0.0
    as_of: str = ""

    @property
    def hash(self) -> str:
        return hashlib.sha256(json.dumps(msgspec.to_builtins(self), sort_keys=True).encode()).hexdigest()


def release(project: Project, query: Query, *, actor: str, now: datetime) -> pa.Table:
    """The noisy table, from the budget of its recipient; the same question is answered again for nothing.

    Raises
    ------
    ContractError
        A shape that is not let out.
    Refused
        The budget of the recipient is spent.
    ConfigError
        OpenDP is not installed.
    """
    check(query)
    noise = _noise()
    query = msgspec.structs.replace(query, as_of=project.as_of.isoformat())
    allowance = Allowance(project.ledger, project.config.epsilon_a_year)
    kept = allowance.released(query.hash)
    if kept is None:
        told = {**msgspec.to_builtins(query), "hash": query.hash}
        allowance.reserve(query.recipient, query.epsilon, told, actor=actor, now=now)
        project.audit.note("release", {**told, "actor": actor}, now=now)
        kept = noised(*exact(project, query), query, noise)
        allowance.keep(query.hash, kept, now=now)
    return pa.Table.from_pylist(kept)


def check(query: Query) -> None:
    """Refuse every shape but the two."""
    for name in query.by:
        if name not in KEYS:
            raise ContractError(f"nothing is released by `{name}`", hint=did_you_mean(name, KEYS))
    if not query.by or len(set(query.by)) != len(query.by):
        raise ContractError("a release is by one or more public columns", hint=f"--by {next(iter(KEYS))}")
    if not 0 < query.epsilon <= 10:
        raise ContractError(f"epsilon {query.epsilon:g} is no privacy", hint="between 0 and 10; 1 is common")
    if query.summed and query.summed not in SUMS:
        raise ContractError(f"no sum of `{query.summed}` is released", hint=did_you_mean(query.summed, SUMS))
    if query.summed and not 1 / CENTS <= query.clip <= 1e9:
        raise ContractError("a sum needs a bound a customer", hint="--clip 2000: a bound that you knew before")
    if np.prod([len(KEYS[name]) for name in query.by]) > MOST_CELLS:
        raise ContractError("too many cells: noise would be all there is", hint="fewer columns")


def exact(project: Project, query: Query) -> tuple[list[int], list[int]]:
    """Counts, and sums in cents, of every cell in the order of the public keys."""
    for address in (*(TABLE_OF[name] for name in query.by), "profile.features"):
        if not project.warehouse.has(address):
            raise NotReady(f"`{address}` is not made yet", hint="motherlode run")
    clip = round(query.clip * CENTS)
    amount = (
        f"least(greatest(CAST(round(coalesce(features.{query.summed}, 0) * {CENTS}) AS BIGINT), 0), {clip})"
        if query.summed
        else "0"
    )
    joins = "".join(f" LEFT JOIN {TABLE_OF[name]} AS t_{name} USING (customer_id)" for name in query.by)
    keys = ", ".join(f"{_key(name)} AS {name}" for name in query.by)
    sql = f"""SELECT {", ".join(query.by)}, count(*) AS customers, CAST(sum(amount) AS BIGINT) AS amount
              FROM (SELECT {keys}, {amount} AS amount FROM profile.features AS features{joins})
              GROUP BY {", ".join(query.by)}"""  # noqa: S608
    found = {tuple(row[name] for name in query.by): row for row in project.warehouse.arrow(sql).to_pylist()}
    cells = [found.get(key, {"customers": 0, "amount": 0}) for key in keys_of(query)]
    return [cell["customers"] for cell in cells], [cell["amount"] for cell in cells]


def _key(name: str) -> str:
    """SQL of a public column; a province is known by how it begins, as some write 广东 and some 广东省."""
    column = f"t_{name}.{name}"
    return f"regexp_extract({column}, '^({'|'.join(PROVINCES)})')" if name == "province" else column


def keys_of(query: Query) -> list[tuple[str, ...]]:
    """Every cell, whether somebody is in it or not."""
    return list(product(*(KEYS[name] for name in query.by)))


def noised(counts: Sequence[int], sums: Sequence[int], query: Query, noise: Any) -> list[dict[str, Any]]:
    """The cells with their noise; what cannot be, a count below nought, and what is too small is mended afterwards."""
    epsilon = query.epsilon / 2 if query.summed else query.epsilon
    customers = noise(counts, 1, epsilon)
    amounts = noise(sums, round(query.clip * CENTS), epsilon) if query.summed else [0] * len(counts)
    rows = []
    for key, count, amount in zip(keys_of(query), customers, amounts, strict=True):
        known = count >= LEAST
        row = {**dict(zip(query.by, key, strict=True)), "customers": count if known else None}
        rows.append({**row, **({query.summed: max(amount, 0) / CENTS if known else None} if query.summed else {})})
    return rows


def _noise() -> Any:
    """A function of whole numbers, of how far one person moves them, and of epsilon, that gives them with noise."""
    try:
        # Not the prelude, which brings scikit-learn and SciPy: seconds for what takes milliseconds.
        from opendp.domains import atom_domain, vector_domain
        from opendp.measurements import make_laplace
        from opendp.metrics import l1_distance
        from opendp.mod import enable_features
    except ImportError as error:
        told = "totals leave the house with noise by OpenDP, which is not installed"
        raise ConfigError(told, hint="pip install 'motherlode[privacy]'") from error
    enable_features("contrib")
    space = vector_domain(atom_domain(T="i64")), l1_distance(T="i64")

    def noise(values: Sequence[int], moved: int, epsilon: float) -> list[int]:
        mechanism: Any = make_laplace(*space, scale=moved / epsilon)
        if mechanism.map(moved) > epsilon * (1 + 1e-9):
            raise ContractError("the mechanism spends more than was reserved", hint="please report it")
        drawn: list[int] = mechanism(list(values))
        return drawn

    return noise

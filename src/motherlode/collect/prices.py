"""What sums of order lines are, told by how they move with the pieces: of one piece, of the line, or no sum at all."""

from collections.abc import Mapping
from math import log, sqrt

import msgspec

from motherlode.collect.choosing import Verdict
from motherlode.collect.contents import amount, plain
from motherlode.collect.matching import Match
from motherlode.collect.pieces import Bundle

_LEAST_ROWS = 50
_MOST = 0.95
# Half-way between a price of one piece, which stays (0), and the sum of the line, which grows with the pieces (1).
_HALF_WAY, _SURE_ERRORS = 0.5, 3.0


def with_sums_of_lines(bundle: Bundle, verdict: Verdict) -> Verdict:
    """Read an `amount` below the price as pieces, and a price that grows with the pieces as the sum of the line."""
    if verdict.table != "orders":
        return verdict
    found = _pieces_called_amount(bundle, dict(verdict.found))
    found = _sum_called_price(bundle, found)
    return verdict if found == verdict.found else msgspec.structs.replace(verdict, found=found)


def _pieces_called_amount(bundle: Bundle, found: dict[str, Match]) -> dict[str, Match]:
    """Small whole numbers below the price of one piece are no money: `Amount` may count, as `Menge` does."""
    if "quantity" in found or not {"amount", "unit_price"} <= found.keys():
        return found
    pairs = _pairs(bundle, found["amount"], found["unit_price"])
    below = sum(count < price and count == int(count) for count, price in pairs)
    if len(pairs) < _LEAST_ROWS or below < _MOST * len(pairs):
        return found
    rest = {target: match for target, match in found.items() if target != "amount"}
    return rest | {"quantity": _as(found["amount"], "quantity")}


def _sum_called_price(bundle: Bundle, found: dict[str, Match]) -> dict[str, Match]:
    if "amount" in found or not {"quantity", "unit_price"} <= found.keys():
        return found
    what = next((found[name].header for name in ("product_id", "product_name", "category") if name in found), None)
    if not _grows(_by_product(bundle, found, what)):
        return found
    rest = {target: match for target, match in found.items() if target != "unit_price"}
    return rest | {"amount": _as(found["unit_price"], "amount")}


def _as(match: Match, target: str) -> Match:
    return msgspec.structs.replace(match, target=target, confidence=0.75, because="contents")


def _pairs(bundle: Bundle, one: Match, other: Match) -> list[tuple[float, float]]:
    told = (
        (amount(plain(a)), amount(plain(b)))
        for a, b in zip(bundle.columns[one.header], bundle.columns[other.header], strict=True)
    )
    return [(a, b) for a, b in told if a is not None and b is not None and a > 0 and b > 0]


def _by_product(bundle: Bundle, found: Mapping[str, Match], what: str | None) -> list[list[tuple[float, float]]]:
    """Logarithms of pieces and price, by product where the file names one."""
    pieces, prices = (bundle.columns[found[name].header] for name in ("quantity", "unit_price"))
    names = bundle.columns[what] if what else [""] * len(pieces)
    groups: dict[str, list[tuple[float, float]]] = {}
    for name, count, price in zip(names, pieces, prices, strict=True):
        x, y = amount(plain(count)), amount(plain(price))
        if x is not None and y is not None and x > 0 and y > 0:
            groups.setdefault(plain(name), []).append((log(x), log(y)))
    return list(groups.values())


def _grows(groups: list[list[tuple[float, float]]]) -> bool:
    """Whether prices of one product surely rise with the pieces: least squares of the logarithms within products."""
    centred = []
    for rows in groups:
        mid_x, mid_y = (sum(row[side] for row in rows) / len(rows) for side in (0, 1))
        centred += [(x - mid_x, y - mid_y) for x, y in rows]
    free = len(centred) - len(groups) - 1
    spread = sum(x * x for x, _ in centred)
    if free < _LEAST_ROWS or spread < 1.0:
        return False
    slope = sum(x * y for x, y in centred) / spread
    error = sqrt(sum((y - slope * x) ** 2 for x, y in centred) / free / spread)
    return slope - _SURE_ERRORS * error > _HALF_WAY

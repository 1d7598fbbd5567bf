"""What must not be counted twice: copies of a file, lists that contradict each other, totals repeated on each line."""

import re
from collections.abc import Sequence

import msgspec

from motherlode.collect.choosing import Verdict
from motherlode.collect.contents import amount, plain
from motherlode.collect.matching import Match
from motherlode.collect.pieces import Bundle, values

_KEYS = {
    "customers": "customer_id",
    "products": "product_id",
    "orders": "order_id",
    "deals": "deal_id",
    "feedback": "feedback_id",
}
_MASTERS = frozenset({"customers", "products"})
# What is left over at less than this is hardly an amount.
LIKELY = 0.4
_SECOND_HAND = re.compile(r"unclean|dirty|raw|old|backup|copy|bak|tmp|draft|副本|备份|旧", re.IGNORECASE)

Source = tuple[Bundle, Verdict]


def _key(source: Source) -> frozenset[str]:
    bundle, verdict = source
    match = verdict.found.get(_KEYS.get(verdict.table or "", ""))
    return values(bundle.columns[match.header]) if match else frozenset()


def _completeness(source: Source) -> tuple[int, int, bool]:
    """Different keys, then filled cells, then a name that does not say second-hand."""
    bundle, _ = source
    filled = sum(bool(cell.strip()) for cells in bundle.columns.values() for cell in cells)
    return len(_key(source)), filled, not _SECOND_HAND.search(bundle.addresses[0])


def _agreement(one: Source, two: Source) -> float | None:
    """Share of equal cells where both files speak of the same key and column, or None where they share no column."""
    tables = []
    for bundle, verdict in (one, two):
        key = verdict.found[_KEYS[verdict.table or ""]].header
        rows = {target: bundle.columns[match.header] for target, match in verdict.found.items() if match.header != key}
        tables.append(
            (dict(zip(values_in_order(bundle.columns[key]), range(len(bundle.columns[key])), strict=False)), rows)
        )
    (here, mine), (there, theirs) = tables
    both, targets = here.keys() & there.keys(), mine.keys() & theirs.keys()
    pairs = [(mine[target][here[key]], theirs[target][there[key]]) for key in both for target in targets]
    pairs = [(a, b) for a, b in pairs if plain(a) and plain(b)]
    return sum(plain(a) == plain(b) for a, b in pairs) / len(pairs) if pairs else None


def values_in_order(cells: Sequence[str]) -> list[str]:
    """Cells as they compare between files, one for each row."""
    return [re.sub(r"^(\d+)\.0$", r"\1", plain(cell)) for cell in cells]


def _objection(kept: Source, other: Source) -> str:
    """Why `other` cannot be loaded beside `kept`: it is a copy, it contradicts, or nothing is wrong."""
    if kept[0].columns == other[0].columns:
        return "duplicate_of"
    mine, theirs = _key(kept), _key(other)
    if not mine or not theirs:
        return ""
    overlap = len(mine & theirs) / min(len(mine), len(theirs))
    same_layout = kept[0].columns.keys() >= other[0].columns.keys()
    if kept[1].table not in _MASTERS:
        return "duplicate_of" if same_layout and overlap >= 0.9 else ""
    if overlap < 0.5:
        return ""
    agreement = _agreement(kept, other)
    if same_layout and (agreement is None or agreement >= 0.5):
        return "duplicate_of"
    return "conflicts_with" if agreement is not None and agreement < 0.2 and len(mine & theirs) >= 20 else ""


def call_off_copies(sources: Sequence[Source], names: Sequence[str]) -> list[Source]:
    """Leave alone what another source already says, keeping the more complete of the two."""
    order = sorted(range(len(sources)), key=lambda n: (_completeness(sources[n]), -n), reverse=True)
    result, kept = list(sources), list[int]()
    for n in order:
        bundle, verdict = sources[n]
        if verdict.table is None:
            continue
        rivals = ((_objection(sources[m], sources[n]), names[m]) for m in kept if sources[m][1].table == verdict.table)
        why = next((f"{objection}:{name}" for objection, name in rivals if objection), "")
        if why:
            left = (*verdict.found.values(), *verdict.left)
            result[n] = (bundle, msgspec.structs.replace(verdict, table=None, why=why, found={}, left=left))
        else:
            kept.append(n)
    return result


def _repeats(bundle: Bundle, order: str, money: str, product: tuple[str, str] | None) -> bool:
    """Whether every order of several lines has one sum on all of them, which is not price times quantity."""
    lines: dict[str, list[int]] = {}
    for row, number in enumerate(bundle.columns[order]):
        if plain(number):
            lines.setdefault(plain(number), []).append(row)
    sums = [plain(cell) for cell in bundle.columns[money]]
    several = [rows for rows in lines.values() if len(rows) > 1 and all(sums[row] for row in rows)]
    constant = [rows for rows in several if len({sums[row] for row in rows}) == 1]
    if len(several) < 5 or len(constant) < 0.95 * len(several):
        return False
    if product is None:
        return True
    price, quantity = (bundle.columns[header] for header in product)
    told = [(amount(sums[r]), amount(plain(price[r])), amount(plain(quantity[r]))) for rows in constant for r in rows]
    whole = [abs(a - b * c) < 0.02 for a, b, c in told if a is not None and b is not None and c is not None]
    return sum(whole) < 0.5 * max(1, len(whole))


def without_repeated_totals(bundle: Bundle, verdict: Verdict) -> Verdict:
    """Take no sum that a file repeats on every line of an order: adding the lines up would count it several times.

    Beside one, the one other sum that may be the amount and differs from line to line is the line's.
    """
    found = verdict.found
    if verdict.table != "orders" or "order_id" not in found:
        return verdict
    priced = (
        (found["unit_price"].header, found["quantity"].header) if {"unit_price", "quantity"} <= found.keys() else None
    )

    def is_repeated(match: Match) -> bool:
        filled = any(amount(plain(cell)) for cell in bundle.columns[match.header])
        return filled and _repeats(bundle, found["order_id"].header, match.header, priced)

    sums = ("amount", "order_amount", "discount", "shipping_fee", "refund_amount")
    wrong = [target for target in sums if target in found and is_repeated(found[target])]
    rest = {target: match for target, match in found.items() if target not in wrong}
    shown = [msgspec.structs.replace(found[target], confidence=0.4, because="repeated_total") for target in wrong]
    if "amount" not in rest:
        used = {match.header for match in rest.values()}
        may_be = [match for match in verdict.left if match.target == "amount" and match.confidence >= LIKELY]
        may_be = [match for match in may_be if match.header not in used]
        of_lines = [match for match in may_be if not is_repeated(match)]
        if len({match.header for match in of_lines}) == 1 and ("amount" in wrong or len(may_be) > len(of_lines)):
            rest["amount"] = msgspec.structs.replace(of_lines[0], confidence=0.75, because="words")
    return msgspec.structs.replace(verdict, found=rest, left=(*shown, *verdict.left)) if rest != found else verdict

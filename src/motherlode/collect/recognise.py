"""Which canonical table a file is and which of its columns is what, from headers, contents and the files beside it.

The name of a header proposes, its contents confirm or veto, other files' keys speak for it; what stays uncertain is
left to the user with its guess shown, because a wrong column costs more than a question.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from motherlode.collect.bought import purchases
from motherlode.collect.choosing import Verdict, choose, is_lines
from motherlode.collect.contents import plain, shape
from motherlode.collect.copies import call_off_copies, without_repeated_totals
from motherlode.collect.habits import counted_in, currency, date_order, decimal_mark
from motherlode.collect.matching import Match
from motherlode.collect.nameless import nameless
from motherlode.collect.naming import folder, shared_parts, sheet_of, source_name, stem
from motherlode.collect.pieces import Bundle, Look, bundles
from motherlode.collect.prices import with_sums_of_lines
from motherlode.collect.seen import Seen
from motherlode.collect.shared import shared_keys
from motherlode.schemas import INPUTS

__all__ = ["Guess", "Look", "Proposal", "propose"]

# Flags of minus one and one, as contests write them.
_SIGNS = frozenset({"-1", "1"})
# Words of a flag that say the opposite of the column, or say it in their own way.
_OPPOSITE = {
    **dict.fromkeys(("true", "True", "TRUE", "1", "1.0", "yes", "Yes", "YES", "Y", "y", "是"), "no"),
    **dict.fromkeys(("false", "False", "FALSE", "0", "0.0", "no", "No", "NO", "N", "n", "否"), "yes"),
}
_REFUSES = frozenset({"退订", "optout", "unsubscribed", "donotcall", "拒收", "黑名单", "optedout"})
_IN_OWN_WORDS = {
    "churned": (
        ("attrited", "churned", "exited", "lost", "left", "已流失", "流失", "已离网", "离网", "已销户", "销户"),
        ("existing", "stayed", "active", "retained", "current", "未流失", "正常", "在网", "活跃"),
    ),
    "defaulted": (
        ("bad", "default", "late", "charged off", "违约", "逾期", "坏"),
        (
            "good",
            "paid",
            "fully paid",
            "current",
            "no default",
            "in grace period",
            "issued",
            "未违约",
            "正常",
            "已结清",
            "好",
        ),
    ),
    "converted": (
        ("customer", "evangelist", "客户", "成交", "已成交"),
        ("lead", "subscriber", "marketing", "sales qualified", "mql", "sql", "opportunity", "prospect", "潜在", "线索"),
    ),
}


class Guess(msgspec.Struct, frozen=True):
    """What one column may be; `because` is a code.

    `name` (listed), `words` (made of known words), `part_of_name`, `contents`, `shared_values` (another file's key),
    `stands_in` (a name in place of a number), `preset`, `conflict` (several fit), `vetoed` (contents say no),
    `repeated_total`, `unknown`.
    """

    header: str
    target: str | None
    confidence: float
    because: str


class Proposal(msgspec.Struct, frozen=True):
    """One source as `motherlode.toml` would say it.

    Attributes
    ----------
    path
        A pattern that catches these pieces and no other given one; `[`, `*` and `?` of file names are escaped.
    why
        `matched`; or why it is left alone: `empty`, `no_headers`, `no_customer`, `no_time`, `reference_only`, `others`,
        `aggregate_without_keys`, `duplicate_of:<name>`, `conflicts_with:<name>`, `unknown`.
    date_order
        `ymd`, `dmy`, `mdy`, `mixed`, or empty without dates; unsure where no day above 12 was seen.
    numbered
        Rows have no number of their own, and are told apart by their place.
    replace
        Canonical column -> cell -> what it says, for flags that speak in their own words or mean the opposite.
    currency
        The one currency of the file's money, or empty.
    months
        Columns that are months are to become rows.
    repeat
        Headers of columns that are filled in the first line of each order alone.
    only
        Header -> cells: rows that say none of these are not of this table.
    times
        Header -> factor, of money that is counted in hundredths or ten thousands.
    money
        Whether the file tells of money.
    """

    name: str
    path: str
    sheet: str | None
    table: str | None
    why: str
    confidence: float
    columns: dict[str, str]
    guesses: tuple[Guess, ...]
    date_order: str
    date_order_sure: bool
    decimal_mark: str
    decimal_mark_sure: bool = True
    replace: dict[str, dict[str, str]] = {}
    numbered: bool = False
    currency: str = ""
    months: bool = False
    repeat: tuple[str, ...] = ()
    only: dict[str, tuple[str, ...]] = {}
    times: dict[str, float] = {}
    money: bool = False


def _seen(bundle: Bundle, shared: dict[str, str], *, has_heads: bool = False) -> Seen:
    """Shapes are of all pieces, uniqueness of one: monthly lists of the same customers repeat them."""
    shapes = {header: shape(cells) for header, cells in bundle.columns.items()}
    if len(bundle.addresses) > 1:
        one = {header: shape(cells) for header, cells in bundle.first.columns.items()}
        shapes = {
            header: msgspec.structs.replace(
                seen, rows=one[header].rows, filled=one[header].filled, distinct=one[header].distinct
            )
            for header, seen in shapes.items()
        }
    return Seen(stem(bundle.addresses[0]), shapes, shared, has_heads)


def _cells(bundle: Bundle, verdict: Verdict, *kinds: str) -> list[str]:
    """Cells of the mapped columns of these kinds."""
    assert verdict.table is not None
    table = INPUTS[verdict.table]
    headers = [match.header for match in verdict.found.values() if table.column(match.target).kind in kinds]
    return [cell for header in headers for cell in bundle.columns[header]]


def _folder_orders(sources: Sequence[tuple[Bundle, Verdict]]) -> dict[str, str]:
    """Order of dates that the files of each folder agree on, among those that prove one."""
    proved: dict[str, set[str]] = {}
    for bundle, _ in sources:
        dated = (cells for cells in bundle.columns.values() if shape(cells[:100]).date >= 0.6)
        for order, sure in map(date_order, dated):
            if sure and order != "ymd":
                proved.setdefault(folder(bundle.addresses[0]), set()).add(order)
    return {place: orders.pop() for place, orders in proved.items() if len(orders) == 1}


def _replacements(bundle: Bundle, verdict: Verdict) -> dict[str, dict[str, str]]:
    replace: dict[str, dict[str, str]] = {}
    consent = verdict.found.get("marketing_consent")
    if consent and any(word in "".join(filter(str.isalnum, consent.header.lower())) for word in _REFUSES):
        cells = set(bundle.columns[consent.header])
        replace["marketing_consent"] = {cell: said for cell, said in _OPPOSITE.items() if cell in cells} or dict(
            _OPPOSITE
        )
    for column, (happened, not_happened) in _IN_OWN_WORDS.items():
        match = verdict.found.get(column)
        if match and set(bundle.columns[match.header]) - {""} == _SIGNS:
            replace[column] = {"-1": "no", "1": "yes"}
            continue
        for cell in sorted(set(bundle.columns[match.header])) if match else ():
            small = cell.strip().lower()
            if small.startswith(not_happened):
                replace.setdefault(column, {})[cell] = "no"
            elif small.startswith(happened):
                replace.setdefault(column, {})[cell] = "yes"
    return replace


# Words by which a column says what became of customers, whatever its name: a deal is lost too, but it does not churn.
_HAPPENED = {
    "churned": ("attrited", "churned", "exited", "已流失", "流失", "已离网", "离网", "已销户", "销户"),
    "converted": _IN_OWN_WORDS["converted"][0],
    "defaulted": ("charged off", "default", "违约", "坏账"),
}


def with_outcome_in_words(bundle: Bundle, verdict: Verdict) -> Verdict:
    """A status that says of each customer whether she left, or was won, is that outcome, whatever it is called."""
    if verdict.table != "customers":
        return verdict
    for outcome in _HAPPENED:
        elsewhere = {match.header for target, match in verdict.found.items() if target != "lead_status"}
        header = next(
            (header for header in bundle.columns if header not in elsewhere and _tells(bundle, header, outcome)), None
        )
        if outcome not in verdict.found and header is not None:
            kept = {target: match for target, match in verdict.found.items() if match.header != header}
            found = kept | {outcome: Match(header, outcome, 0.9, "contents")}
            return msgspec.structs.replace(verdict, found=found)
    return verdict


def _tells(bundle: Bundle, header: str, outcome: str) -> bool:
    """Whether every cell says that the outcome came or that it did not, and both are said, once without a doubt."""
    came, not_came = _IN_OWN_WORDS[outcome]
    said = {cell.strip().lower() for cell in bundle.columns[header]} - {""}
    not_yet = {word for word in said if word.startswith(not_came)}
    happened = {word for word in said - not_yet if word.startswith((*came, *_HAPPENED[outcome]))}
    surely = any(word.startswith(_HAPPENED[outcome]) for word in happened)
    return surely and bool(not_yet) and not_yet | happened == said


def _guesses(bundle: Bundle, verdict: Verdict) -> tuple[Guess, ...]:
    """One guess a header in the order of the file: what it was taken for, or the best that was not sure enough."""
    mapped = set(verdict.found.values()) if verdict.table else set()
    best: dict[str, Match] = {}
    for match in (*verdict.found.values(), *verdict.left):
        held = best.get(match.header)
        if held is None or (match in mapped, match.confidence) > (held in mapped, held.confidence):
            best[match.header] = match
    return tuple(
        Guess(header, best[header].target, best[header].confidence, best[header].because)
        if header in best
        else Guess(header, None, 0.0, "unknown")
        for header in bundle.columns
    )


def _proposal(bundle: Bundle, verdict: Verdict, name: str, habit: str) -> Proposal:
    order, sure, mark, mark_sure, coin = "", False, ".", True, ""
    of_money = _of_money(verdict) if verdict.table is not None else []
    if verdict.table is not None:
        order, sure = date_order(_cells(bundle, verdict, "moment", "day"), habit)
        mark, mark_sure = decimal_mark(_cells(bundle, verdict, "money", "number"))
        said = verdict.found.get("currency")
        coin = currency(bundle.columns[said.header] if said else (), _cells(bundle, verdict, "money"), of_money)
    return Proposal(
        name=name,
        path=bundle.path,
        sheet=sheet_of(bundle.addresses[0])[1],
        table=verdict.table,
        why=verdict.why,
        confidence=verdict.confidence,
        columns={target: match.header for target, match in verdict.found.items()} if verdict.table else {},
        guesses=_guesses(bundle, verdict),
        date_order=order,
        date_order_sure=sure,
        decimal_mark=mark,
        decimal_mark_sure=mark_sure,
        replace=_replacements(bundle, verdict) if verdict.table else {},
        numbered=verdict.numbered,
        currency=coin,
        months=bundle.first.months,
        repeat=_said_once(bundle, verdict),
        times={header: factor for header in of_money if (factor := counted_in(header)) is not None},
        money=bool(of_money),
    )


def _of_money(verdict: Verdict) -> list[str]:
    """Headers of the mapped columns that are money."""
    assert verdict.table is not None
    table = INPUTS[verdict.table]
    return [match.header for match in verdict.found.values() if table.column(match.target).kind == "money"]


# What is an order's and not a line's, and may stand in the first line alone.
_OF_THE_ORDER = (
    "order_id", "ordered_at", "customer_id", "name", "phone", "email", "paid_at", "status", "currency", "coupon",
    "channel", "pay_method", "country", "province", "city", "receiver_name", "receiver_phone", "address",
)  # fmt: skip
_MANY = 0.05


def _said_once(bundle: Bundle, verdict: Verdict) -> tuple[str, ...]:
    """Headers of what a report says in the first line of each order and leaves empty in the others."""
    found = verdict.found
    if verdict.table != "orders" or not is_lines(found) or "ordered_at" not in found:
        return ()
    columns = bundle.first.columns
    heads = [columns[found[target].header] for target in ("order_id", "ordered_at")]
    lines = [columns[found[name].header] for name in ("product_id", "product_name", "quantity") if name in found]
    below = [
        row
        for row in range(len(heads[0]))
        if not any(plain(cells[row]) for cells in heads) and all(plain(cells[row]) for cells in lines)
    ]
    if len(below) <= _MANY * len(heads[0]) or below[0] == 0:
        return ()
    told = dict.fromkeys(found[target].header for target in _OF_THE_ORDER if target in found)
    return tuple(header for header in told if not any(plain(columns[header][row]) for row in below))


def _again(bundle: Bundle, verdict: Verdict, shared: dict[str, str], *, has_heads: bool) -> Verdict:
    """What a file is taken for, knowing the files beside it."""
    if not shared and not (has_heads and verdict.table is None):
        return verdict
    return choose(_seen(bundle, shared, has_heads=has_heads))


def _by_place(bundle: Bundle, verdict: Verdict, known: Collection[str | None]) -> Verdict:
    """A log without headers, unless files with headers say the same: what stands twice would count twice."""
    guessed = nameless(bundle.columns) if verdict.why == "no_headers" else None
    return guessed if guessed is not None and guessed.table not in known else verdict


def _tells_of_orders(verdict: Verdict) -> bool:
    return verdict.table == "orders" and {"order_id", "ordered_at"} <= verdict.found.keys()


def propose(looks: Sequence[Look]) -> tuple[Proposal, ...]:
    """Read a folder: one proposal for each source, in the order of the files.

    Parameters
    ----------
    looks
        Samples of all pieces of the folder, judged together: one file's keys explain another's columns.
    """
    packed = bundles(looks)
    first = [(bundle, choose(_seen(bundle, {}))) for bundle in packed]
    keys = shared_keys(first)
    has_heads = any(_tells_of_orders(verdict) for _, verdict in first)
    second = [
        (bundle, _again(bundle, verdict, keys[bundle.path_and_sheet], has_heads=has_heads)) for bundle, verdict in first
    ]
    known = {verdict.table for _, verdict in second}
    second = [(bundle, _by_place(bundle, verdict, known)) for bundle, verdict in second]
    whole = (
        (bundle, with_sums_of_lines(bundle, without_repeated_totals(bundle, verdict))) for bundle, verdict in second
    )
    sources = [(bundle, with_outcome_in_words(bundle, verdict)) for bundle, verdict in whole]
    common = shared_parts([bundle.addresses[0] for bundle in packed])
    names: list[str] = []
    for bundle, verdict in sources:
        names.append(source_name(bundle.addresses[0], verdict.table, common, names))
    sources = call_off_copies(sources, names)
    habits = _folder_orders(sources)
    read = [
        _proposal(bundle, verdict, name, habits.get(folder(bundle.addresses[0]), ""))
        for (bundle, verdict), name in zip(sources, names, strict=True)
    ]
    return (*read, *_bought(sources, names, keys, habits))


def _bought(
    sources: Sequence[tuple[Bundle, Verdict]],
    names: Sequence[str],
    keys: Mapping[tuple[str, str | None], dict[str, str]],
    habits: Mapping[str, str],
) -> Iterator[Proposal]:
    """Purchases in logs of behaviour as orders, unless a file of orders tells of them too."""
    if any(verdict.table == "orders" for _, verdict in sources):
        return
    for (bundle, verdict), name in zip(sources, names, strict=True):
        found = purchases(bundle, verdict, _seen(bundle, keys[bundle.path_and_sheet]))
        if found is not None:
            orders, only = found
            proposal = _proposal(bundle, orders, f"{name}_orders", habits.get(folder(bundle.addresses[0]), ""))
            yield msgspec.structs.replace(proposal, only=only)

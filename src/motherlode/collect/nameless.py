"""Files without headers: contents and places say what columns may be, or nothing does."""

from collections.abc import Mapping, Sequence

from motherlode.collect.choosing import Verdict
from motherlode.collect.contents import Shape, plain, shape
from motherlode.collect.matching import SURE, Match

# What logs of shops and apps call what somebody did.
DOINGS = frozenset(
    (
        "pv", "view", "click", "clk", "browse", "exposure", "search", "cart", "addtocart", "add_to_cart", "buy", "pay",
        "purchase", "order", "fav", "favor", "favorite", "favourite", "collect", "like", "share", "login", "浏览",
        "点击", "曝光", "搜索", "加购", "加入购物车", "购买", "下单", "支付", "收藏", "分享", "登录",
    )
)  # fmt: skip
WHOLLY = 0.95
# More pieces than this are not bought at once.
MOST_PIECES = 1_000


def nameless(columns: Mapping[str, Sequence[str]]) -> Verdict | None:
    """What a log without headers is: one moment, whoever comes first, and what was done or paid; `None` for any other.

    Logs are written subject first: who, then what, then how much. Nothing but places says so, hence no guess is sure.
    """
    shapes = {header: shape(cells) for header, cells in columns.items()}
    moments = [header for header, seen in shapes.items() if max(seen.date, seen.epoch) >= WHOLLY]
    doings = [header for header, cells in columns.items() if _is_doing(cells)]
    rest = [header for header in shapes if header not in (*moments, *doings)]
    paid = [header for header in rest if shapes[header].number >= WHOLLY > shapes[header].whole]
    keys = [header for header in rest if header not in paid and shapes[header].unique < 1]
    if len(moments) != 1 or not keys or keys[0] != rest[0]:
        return None
    if len(doings) == 1 and not paid:
        named = dict(zip(("customer_id", "product_id"), keys, strict=False))
        return _verdict("events", {**named, "event": doings[0], "occurred_at": moments[0]})
    if len(paid) == 1 and not doings:
        pieces = [header for header in keys[1:] if _is_count(shapes[header])]
        whose = _order_and_customer(columns, keys, moments[0])
        named = {**whose, "ordered_at": moments[0], "amount": paid[0]}
        return _verdict("orders", named | ({"quantity": pieces[0]} if len(pieces) == 1 else {}))
    return None


def _order_and_customer(columns: Mapping[str, Sequence[str]], keys: Sequence[str], moment: str) -> dict[str, str]:
    """Whoever comes first is the customer; what has one moment and one of the next, who has several, is an order."""
    if len(keys) > 1:
        first, second = columns[keys[0]], columns[keys[1]]
        pairs, orders = set(zip(first, second, columns[moment], strict=True)), set(first)
        if len(pairs) == len(orders) > len(set(second)) > 1:
            return {"order_id": keys[0], "customer_id": keys[1]}
    return {"customer_id": keys[0]}


def _is_doing(cells: Sequence[str]) -> bool:
    said = {plain(cell).lower() for cell in cells} - {""}
    return len(said) > 1 and said <= DOINGS


def _is_count(seen: Shape) -> bool:
    return seen.whole >= WHOLLY and seen.low >= 0 and seen.high <= MOST_PIECES


def _verdict(table: str, named: Mapping[str, str]) -> Verdict:
    found = {target: Match(header, target, SURE, "contents") for target, header in named.items()}
    return Verdict(table, "matched", SURE, found, ())

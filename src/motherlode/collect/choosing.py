"""Which canonical table a file is, from the columns that were found and what they hold."""

import re
from collections.abc import Callable, Collection, Mapping

import msgspec

from motherlode.collect.headers import bare, words
from motherlode.collect.left_alone import why_not
from motherlode.collect.matching import SURE, Match, assign, contents_fit, matches
from motherlode.collect.own_numbers import PERSONAL, own_number
from motherlode.collect.presets import known_export
from motherlode.collect.questions import asked
from motherlode.collect.seen import Seen
from motherlode.schemas import INPUTS, OUTCOMES

_TWELVE_MONTHS = re.compile(r"12.?mon|365|last.?year|近一年|近12", re.IGNORECASE)
# An outcome must be named so surely, and have so many columns beside it, to be learnt from without a key.
SURE_OF_OUTCOME, LEAST_FACTS = 0.8, 5
# What people say is dated, if at all, by its one date.
_SAID_ONCE = ("feedback", "touches")
# Names of accounts at a shop, which stay while a nickname changes.
_ACCOUNTS = frozenset(
    bare(name)
    for name in (
        "买家会员名", "会员名", "旺旺号", "旺旺名", "买家旺旺", "买家旺旺号", "下单帐号", "下单账号",
        "买家账号", "买家帐号", "用户名", "username",
    )
)  # fmt: skip
MOSTLY = 0.5
_KEYS = {"customers": "customer_id", "products": "product_id"}
# Columns that only one table has tell more than those that many share.
_TELLING: dict[str, dict[str, float]] = {
    "customers": {
        "gender": 1.5,
        "birthday": 1.5,
        "churned": 2.0,
        "defaulted": 2.0,
        "registered_at": 1.5,
        "lead_status": 1.0,
    },
    "products": {"unit_cost": 2.0, "unit_price": 1.5, "product_name": 1.5},
    "orders": {"order_id": 2.5, "ordered_at": 1.5, "amount": 1.5, "quantity": 1.5, "unit_price": 1.2},
    "events": {"event": 3.0, "occurred_at": 1.5, "session_id": 2.0, "anonymous_id": 2.0},
    "feedback": {"text": 3.0, "rating": 2.0, "nps": 3.0, "given_at": 1.5, "feedback_id": 2.0},
    "touches": {"campaign": 1.5, "treated": 2.5, "responded": 2.5, "touched_at": 2.0},
    "deals": {"deal_id": 3.0, "stage": 2.5, "closed_at": 2.5, "opened_at": 1.5},
    "consents": {"granted": 3.0, "purpose": 2.5, "changed_at": 1.5, "text_version": 2.0},
    "spend": {"cost": 2.0, "impressions": 2.5, "clicks": 2.5},
}
_TITLES = {
    "customer": "customers",
    "product": "products",
    "order": "orders",
    "event": "events",
    "feedback": "feedback",
    "ticket": "feedback",
    "campaign": "touches",
    "deal": "deals",
    "consent": "consents",
    "cost": "spend",
    "company": "customers",
}


class Verdict(msgspec.Struct, frozen=True):
    """What one file is taken for, why, and its columns."""

    table: str | None
    why: str
    confidence: float
    found: dict[str, Match]
    left: tuple[Match, ...]
    numbered: bool = False


_NOBODY = Match("", "", 1.0, "unknown")


def _is_customers(found: Mapping[str, Match], seen: Seen) -> bool:
    key = found.get("customer_id") or found.get("email") or found.get("phone")
    bought = any(
        {"order", "time"} <= said and not {"first", "last"} & said for said in map(set, map(words, seen.shapes))
    )
    if key is None or bought or seen.is_of_others or not {"order_id", "quantity"}.isdisjoint(found):
        return False
    # Who answers a survey has a number of the answer.
    if any(
        contents_fit("feedback", target, header, seen.shapes[header])
        for header in seen.shapes
        for target in asked(header)
    ):
        return False
    enough = 0.98 if key.target == "customer_id" else 0.5
    shape = seen.shapes[key.header]
    if shape.filled and (shape.unique < enough or (key.target == "customer_id" and shape.filled < 0.95 * shape.rows)):
        return False
    others = [match for match in found.values() if match.header != key.header]
    if key.confidence >= 0.84 or seen.is_about("customer", "company"):
        # Columns nobody knows may still describe the customer; dates would make the rows happenings.
        return bool(others) or (len(seen.shapes) >= 3 and not any(shape.date >= 0.6 for shape in seen.shapes.values()))
    described = {match.header for match in others} | {header for header in seen.shapes if PERSONAL & set(words(header))}
    # What became of each customer of another file is enough, and so it is beside many facts about each row.
    told = [match for match in others if match.target in OUTCOMES]
    ended = bool(told) and key.because == "shared_values"
    ended = ended or (len(seen.shapes) >= LEAST_FACTS and any(match.confidence >= SURE_OF_OUTCOME for match in told))
    return ended or len(described) >= 2


def _is_products(found: Mapping[str, Match], seen: Seen) -> bool:
    key = found.get("product_id") or found.get("product_name")
    if key is None or not seen.unique(key.header):
        return False
    # Categories have a number and a description of their own.
    if words(seen.title) == ("kind",) and not {"product", "id"} <= set(words(key.header)):
        return False
    return not {"unit_price", "unit_cost", "category"}.isdisjoint(found) or (
        len(found) > 1 and seen.is_about("product")
    )


def _is_orders(found: Mapping[str, Match], seen: Seen) -> bool:
    if "ordered_at" not in found:
        return seen.has_heads and is_lines(found)
    dated = "order" in words(found["ordered_at"].header)
    named = "order_id" in found and (found["order_id"].confidence >= 0.8 or dated)
    money = not {"amount", "order_amount", "unit_price", "quantity"}.isdisjoint(found)
    whose = not {"customer_id", "phone", "email", "name"}.isdisjoint(found)
    what = not {"product_id", "product_name", "pay_method"}.isdisjoint(found)
    return named or (money and (whose or "order_id" in found or (what and "unit_price" in found)))


def is_lines(found: Collection[str]) -> bool:
    """Whether rows are products of orders: of which order, what, and how many or for how much."""
    what = not {"product_id", "product_name"}.isdisjoint(found)
    return "order_id" in found and what and not {"quantity", "unit_price", "amount"}.isdisjoint(found)


def _is_events(found: Mapping[str, Match], seen: Seen) -> bool:
    whose = not {"customer_id", "anonymous_id", "session_id"}.isdisjoint(found)
    return {"event", "occurred_at"} <= found.keys() and whose


def _is_feedback(found: Mapping[str, Match], seen: Seen) -> bool:
    said = {"text", "rating", "nps"} & found.keys()
    # A remark beside pieces and prices is one about goods that were sold.
    if said == {"text"} and any({"quantity", "price"} & set(words(header)) for header in seen.shapes):
        return False
    # A mere description describes anything: a holiday, an error, a place.
    if said == {"text"} and words(found["text"].header) == ("describe",) and not seen.is_about("feedback", "ticket"):
        return not {"customer_id", "feedback_id"}.isdisjoint(found)
    return len(said) > 1 or (
        bool(said) and not {"customer_id", "given_at", "product_id", "feedback_id"}.isdisjoint(found)
    )


def _is_touches(found: Mapping[str, Match], seen: Seen) -> bool:
    reached = not {"campaign", "treated", "responded"}.isdisjoint(found)
    many = bool(seen.shapes) and len(seen.shapes) <= 20
    return "customer_id" in found and (reached or {"channel", "touched_at"} <= found.keys()) and many


def _is_deals(found: Mapping[str, Match], seen: Seen) -> bool:
    if "stage" not in found:
        return False
    told = {"deal_id", "deal_name", "amount", "closed_at"} & found.keys()
    explicit = any("deal" in words(match.header) for match in found.values()) or found["stage"].confidence >= 0.9
    return len(told) >= 2 and explicit and found["stage"].header != "status"


def _is_consents(found: Mapping[str, Match], seen: Seen) -> bool:
    return {"customer_id", "granted"} <= found.keys() and not {"purpose", "channel", "changed_at"}.isdisjoint(found)


def _is_spend(found: Mapping[str, Match], seen: Seen) -> bool:
    whom = any({"customer", "order"} & set(words(header)) and "id" in words(header) for header in seen.shapes)
    return (
        {"spent_at", "cost"} <= found.keys()
        and not {"channel", "campaign", "impressions"}.isdisjoint(found)
        and not whom
    )


IS: dict[str, Callable[[Mapping[str, Match], Seen], bool]] = {
    "orders": _is_orders,
    "customers": _is_customers,
    "products": _is_products,
    "events": _is_events,
    "feedback": _is_feedback,
    "touches": _is_touches,
    "deals": _is_deals,
    "consents": _is_consents,
    "spend": _is_spend,
}


def _extra(table: str, found: dict[str, Match], seen: Seen) -> dict[str, Match]:
    """Columns that stand in for a missing key: a company's name is its number in a file that gives no other."""
    stands_in: dict[str, Match] = {}
    if table == "customers":
        stands_in = _of_companies(found, seen) | _of_a_year(found, seen) | _of_each_person(found, seen)
    found = found | stands_in
    name = {"customers": "company", "products": "product_name"}.get(table, "")
    key = _KEYS.get(table, "")
    if name in found and key not in found and seen.names_each(found[name].header):
        personal = table == "customers" and not {"name", "first_name", "last_name"}.isdisjoint(found)
        if not personal:
            stands_in[key] = msgspec.structs.replace(found[name], target=key, confidence=0.75, because="stands_in")
    if table == "orders":
        stands_in |= _buyer(found, seen)
    if table in ("deals", "touches") and "customer_id" not in found:
        used = {match.header for match in found.values()}
        firms = [header for header in seen.shapes if _names_company(header) and header not in used]
        if len(firms) == 1:
            stands_in["customer_id"] = Match(firms[0], "customer_id", 0.75, "stands_in")
    return stands_in


def _of_each_person(found: Mapping[str, Match], seen: Seen) -> dict[str, Match]:
    """Who, where no header says so: the one column that is different for each person."""
    if not {"customer_id", "email", "phone"}.isdisjoint(found):
        return {}
    header = own_number(seen.shapes)
    return {} if header is None else {"customer_id": Match(header, "customer_id", 0.6, "contents")}


def _of_companies(found: Mapping[str, Match], seen: Seen) -> dict[str, Match]:
    """Revenue beside sector or staff is the company's own, not what it paid us."""
    if (
        "annual_revenue" in found
        or {"employees", "industry"}.isdisjoint(found)
        or not {"gender", "birthday"}.isdisjoint(found)
    ):
        return {}
    own = [header for header in seen.shapes if words(header) == ("amount",) and seen.shapes[header].number >= 0.6]
    return {"annual_revenue": Match(own[0], "annual_revenue", 0.7, "words")} if len(own) == 1 else {}


def _named_as_company(found: Mapping[str, Match]) -> bool:
    """Whether the name is a company's: it stands beside sector or staff, and nothing is said of a person."""
    firm = not {"industry", "employees", "annual_revenue"}.isdisjoint(found)
    return firm and "company" not in found and {"gender", "birthday", "first_name", "age"}.isdisjoint(found)


def _of_a_year(found: Mapping[str, Match], seen: Seen) -> dict[str, Match]:
    """Totals beside columns that say twelve months are of those twelve months."""
    if not any(_TWELVE_MONTHS.search(header) for header in seen.shapes):
        return {}
    totals = {"spend_365d": {"total", "order", "amount"}, "orders_365d": {"total", "order", "quantity"}}
    fits = (
        (target, [h for h in seen.shapes if set(words(h)) == said])
        for target, said in totals.items()
        if target not in found
    )
    return {target: Match(headers[0], target, 0.6, "words") for target, headers in fits if len(headers) == 1}


def _half_a_name(found: dict[str, Match]) -> dict[str, Match]:
    """A mere "name" beside a given or a family name is the other half: `Prénom` and `Nom`, `Nombre` and `Apellidos`."""
    halves = {"first_name", "last_name"} - found.keys()
    if len(halves) != 1 or "name" not in found or words(found["name"].header) != ("name",):
        return found
    half = halves.pop()
    others = {target: match for target, match in found.items() if target != "name"}
    return others | {half: msgspec.structs.replace(found["name"], target=half)}


def _names_company(header: str) -> bool:
    return words(header) in (("company",), ("company", "name"), ("deal", "company")) or bare(header) in {
        "客户名称",
        "客户",
        "customername",
        "clientname",
        "associatedcompany",
        "associatedcompanyprimary",
    }


def _paid_in_total(found: dict[str, Match], left: list[Match]) -> dict[str, Match]:
    """A total is what was due where a paid amount stands beside it, and what was paid where nothing does."""
    total = found.get("order_amount")
    rivals = "amount" in found or any(
        match.target == "amount" and match.confidence >= 0.4 and match.header != total.header for match in left if total
    )
    if total is None or rivals or "total" not in words(total.header) or "due" in words(total.header):
        return found
    others = {target: match for target, match in found.items() if target != "order_amount"}
    return others | {"amount": msgspec.structs.replace(total, target="amount", confidence=0.8)}


def _of_the_payment(found: Mapping[str, Match]) -> dict[str, Match]:
    """An export that says only when it was paid: nobody pays before the order."""
    paid = found.get("paid_at")
    if paid is None or "ordered_at" in found:
        return {}
    return {"ordered_at": msgspec.structs.replace(paid, target="ordered_at", because="stands_in")}


def _buyer(found: Mapping[str, Match], seen: Seen) -> dict[str, Match]:
    """Who bought, where no number says so: the account at the shop, whoever receives the goods at a mobile, or a name.

    A column that is a name besides gives numbers that are blind.
    """
    if not {"customer_id", "email", "phone"}.isdisjoint(found):
        return {}
    account = next((header for header in seen.shapes if bare(header) in _ACCOUNTS), None)
    if account is not None:
        return {"customer_id": Match(account, "customer_id", 0.75, "stands_in")}
    receiver = found.get("receiver_phone")
    if receiver is not None and seen.shapes[receiver.header].mobile > MOSTLY:
        return {"phone": msgspec.structs.replace(receiver, target="phone", because="stands_in")}
    if "name" not in found:
        return {}
    return {"customer_id": Match(found["name"].header, "customer_id", 0.6, "stands_in")}


def _only_time(table: str, found: Mapping[str, Match], seen: Seen) -> dict[str, Match]:
    """The one date of a file is when it happened, if its header adds nothing that says otherwise."""
    target = INPUTS[table].happened
    if not target or target in found or (target not in INPUTS[table].needs and table not in _SAID_ONCE):
        return {}
    dated = [header for header, shape in seen.shapes.items() if shape.date >= 0.6 or "time" in words(header)]
    if len(dated) != 1 or {word for word in words(dated[0]) if not word.startswith("?")} != {"time"}:
        return {}
    return {target: Match(dated[0], target, 0.55, "contents")} if seen.shapes[dated[0]].date >= 0.6 else {}


def _own_key(table: str, seen: Seen) -> list[Match]:
    """`TrackId` in a file `Track`: the key of whatever the file lists."""
    if table != "products":
        return []
    title = words(seen.title)
    # A list of departments is one of kinds of products, not of products.
    if any(words(header) == (title[0].rstrip("s"),) for header in seen.shapes if len(title) == 1):
        return []
    own = [header for header in seen.shapes if len(title) == 1 and words(header) == (title[0].rstrip("s"), "id")]
    return [Match(header, "product_id", 0.7, "words") for header in own if seen.unique(header)]


def read_as(table: str, seen: Seen) -> tuple[dict[str, Match], list[Match]]:
    """Columns of a file, were it this table: the sure matches by column, and what is left."""
    candidates = sorted(
        (*matches(table, seen.shapes, seen.shared), *_own_key(table, seen)), key=lambda match: -match.confidence
    )
    found, left = assign([match for match in candidates if _allowed(table, match, seen)], seen.shapes)
    if table == "customers" and "name" in found and _named_as_company(found):
        found["company"] = msgspec.structs.replace(found.pop("name"), target="company")
    found = _half_a_name(found) if table == "customers" else found
    if "previous_id" in found and table == "customers" and "customer_id" not in found:
        # The number of the person is a second one only where there is a first.
        found["customer_id"] = msgspec.structs.replace(found.pop("previous_id"), target="customer_id")
    found = _paid_in_total(found, left) if table == "orders" else found
    found |= _of_the_payment(found) if table == "orders" else {}
    found |= _only_time(table, found, seen)
    if table == "orders" and "product_id" not in found and found.get("product_name", _NOBODY).confidence < 0.6:
        # A description is a product only beside a product's number.
        left.append(found.pop("product_name"))
    return found | _extra(table, found, seen), left


def _allowed(table: str, match: Match, seen: Seen) -> bool:
    """Whether a vague key is unique where it must be: `ID` that repeats is not the number of the rows."""
    keys = {"customers": "customer_id", "products": "product_id", "feedback": "feedback_id", "events": "event_id"}
    return keys.get(table) != match.target or match.confidence >= 0.84 or seen.unique(match.header)


def _weight(table: str, found: Mapping[str, Match], seen: Seen) -> float:
    telling = _TELLING[table]
    title = 1.5 * any(_TITLES.get(word) == table for word in words(seen.title))
    headers = {match.header: match for match in found.values()}
    return sum(match.confidence * telling.get(match.target, 1.0) for match in headers.values()) + title


def _preset_verdict(seen: Seen) -> Verdict | None:
    known = known_export(seen.shapes)
    if known is None:
        return None
    preset, columns = known
    from_preset = [Match(header, target, 0.97, "preset") for target, header in columns.items()]
    fitting = {
        match.target: match
        for match in from_preset
        if contents_fit(preset.table, match.target, match.header, seen.shapes[match.header])
    }
    left = tuple(
        msgspec.structs.replace(match, confidence=0.1, because="vetoed")
        for match in from_preset
        if match.target not in fitting
    )
    if not IS[preset.table](fitting, seen):
        return None
    if preset.table == "orders" and "customer_id" not in columns:
        # Exports grow columns: a number of the customer that the list does not know yet is better than a phone.
        fitting |= {name: match for name, match in read_as("orders", seen)[0].items() if name == "customer_id"}
    fitting |= _buyer(fitting, seen) if preset.table == "orders" else {}
    return Verdict(preset.table, "matched", 0.97, fitting, left)


def _rows_with_an_outcome(found: dict[str, Match], left: list[Match], seen: Seen) -> Verdict | None:
    """People, contacts or sessions without a number, of each of whom it is known what happened: told apart by place."""
    sure = [name for name in OUTCOMES if name in found and found[name].confidence >= SURE_OF_OUTCOME]
    happenings = {"order_id", "product_id", "quantity"} & found.keys()
    # A file that says who, and often the same, tells of happenings; so do rows of staff, but not of customers.
    named = not {"customer_id", "email", "phone"}.isdisjoint(found) or seen.is_of_others
    if not sure or happenings or named or len(seen.shapes) < LEAST_FACTS or seen.has_no_headers:
        return None
    return Verdict("customers", "matched", 0.6, found, tuple(left), numbered=True)


def choose(seen: Seen) -> Verdict:
    """The table whose columns explain the file best, or none with a reason."""
    preset = _preset_verdict(seen)
    if preset is not None:
        return preset
    readings = {table: read_as(table, seen) for table in IS}
    fitting = {table: _weight(table, found, seen) for table, (found, _) in readings.items() if IS[table](found, seen)}
    if not fitting or seen.has_no_headers:
        if not seen.shapes:
            return Verdict(None, "empty", 0.0, {}, ())
        outcomes = _rows_with_an_outcome(*readings["customers"], seen)
        if outcomes is not None:
            return outcomes
        likeliest = max(readings, key=lambda table: _weight(table, readings[table][0], seen))
        found, left = readings[likeliest]
        return Verdict(None, why_not(seen), 0.0, {}, (*found.values(), *left))
    table, *others = sorted(fitting, key=lambda table: -fitting[table])
    lead = fitting[table] - (fitting[others[0]] if others else 0.0)
    found, left = readings[table]
    confidence = round(min(0.95, 0.5 + 0.1 * lead), 2)
    return Verdict(table, "matched", max(SURE, confidence), found, tuple(left))

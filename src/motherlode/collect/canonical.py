"""Calls as rows of the canonical tables: behaviour, what people said of themselves, orders, consents."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from motherlode.collect import personal
from motherlode.collect.calls import Call, JsonObject, campaign_of
from motherlode.collect.sent_event import plain_id
from motherlode.schemas import CUSTOMERS, Column

Cells = dict[str, Any]

# What SDKs call the columns of customers, beside the columns' own names.
_TRAITS = {
    "first_name": ("firstname", "given_name"),
    "last_name": ("lastname", "family_name"),
    "name": ("full_name", "fullname", "display_name", "nickname"),
    "phone": ("phone_number", "mobile", "tel", "telephone"),
    "email": ("e_mail", "mail"),
    "birthday": ("birth_date", "birthdate", "date_of_birth", "dob"),
    "job_title": ("title", "position"),
    "registered_at": ("created_at", "signed_up_at", "signup_date"),
    "level": ("plan", "membership", "tier", "vip_level"),
    "zip": ("postal_code", "postcode", "zip_code"),
    "province": ("state", "region"),
    "origin": ("signup_source", "acquisition_channel"),
    "annual_revenue": ("revenue",),
    "employees": ("employee_count", "company_size"),
    "website": ("url",),
    "marketing_consent": ("marketing_opt_in", "accepts_marketing", "newsletter"),
}
_COLUMN_OF = {column.name: column.name for column in CUSTOMERS.columns if column.name != "customer_id"}
_COLUMN_OF |= {alias: name for name, aliases in _TRAITS.items() for alias in aliases}
_KIND_OF: Mapping[str, Column] = {column.name: column for column in CUSTOMERS.columns}
_WITHIN_ADDRESS = {"street": "address", "city": "city", "state": "province", "country": "country"}
_WITHIN_ADDRESS |= {"postal_code": "zip", "district": "district"}

_PURPOSES = {
    "advertising": "marketing",
    "marketing": "marketing",
    "targeting": "marketing",
    "analytics": "analytics",
    "performance": "analytics",
    "personalization": "profiling",
    "functional": "service",
    "sharing": "sharing",
    "sale": "sharing",
}
_BOUGHT = frozenset({"order completed", "order_completed", "completed order", "purchase", "checkout completed"})

_MOST_TRAITS, _LONGEST_NAME, _MOST_MONEY = 200, 100, 10**13
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# What may name a person inside a property: an e-mail, which an address of a page writes with %40, a mobile, an identity
# number. A word is looked at from its beginning and once: anybody may send two million letters without a blank.
_EMAIL = re.compile(r"(?<![^\s@\"=&?/])(?:[^\s@\"=&?/]++@|(?>[^\s@\"=&?/]+?%40))[^\s@\"]{1,255}\.[^\s@\"]+")
_NUMBER = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx]")
_MAY_BE_NUMBER = re.compile(r"\d{11}")
_BARE = frozenset((int, float, bool, type(None)))
# Names of properties and prices come again and again.
_REMEMBERED = 4096
_PERSONAL_KEYS = frozenset(
    {column.name for column in CUSTOMERS.columns if column.personal}
    | {alias for name, aliases in _TRAITS.items() if _KIND_OF[name].personal for alias in aliases}
    | {"ip", "ip_address", "remark", "receiver_name", "receiver_phone", "password", "token"}
) - {"name"}


def snake(name: str) -> str:
    return _snaked(name) if len(name) <= _LONGEST_NAME else _snaked.__wrapped__(name)


@lru_cache(_REMEMBERED)
def _snaked(name: str) -> str:
    return _CAMEL.sub("_", name).replace(" ", "_").replace("-", "_").lower().lstrip("$")


def event_cells(call: Call) -> Cells:
    """A row of behaviour, always with the same columns; what could name somebody is not in it."""
    inside, page = call.properties, call.context.get("page")
    url = page.get("url") if isinstance(page, dict) else None
    device = call.context.get("device")
    return {
        "event_id": call.message_id or None,
        "event": call.name if call.kind == "track" else call.kind,
        "session_id": plain_id(call.context.get("sessionId") or inside.get("session_id")) or None,
        "page_url": without_people(plain_id(inside.get("url")) or plain_id(url)) or None,
        "product_id": _first_text(inside, ("product_id", "productId", "sku")) or None,
        "device": (plain_id(device.get("type")) if isinstance(device, dict) else "") or _library(call) or None,
        "campaign": campaign_of(call) or None,
        "value": money(_first(inside, ("value", "revenue", "total", "price"))),
        "extra": _extra(call),
    }


def _library(call: Call) -> str:
    library = call.context.get("library")
    return plain_id(library.get("name")) if isinstance(library, dict) else ""


def _extra(call: Call) -> str | None:
    words: JsonObject = call.properties
    if call.kind != "track" and call.name:
        words = {"name": call.name, **words}
    if call.group_id:
        words = {**words, "group_id": call.group_id}
    return msgspec.json.encode(scrubbed(words)).decode() if words else None


def scrubbed(value: Any) -> Any:
    """A copy without what names people."""
    if isinstance(value, dict):
        return {
            name: inner if type(inner) in _BARE else scrubbed(inner)
            for name, inner in value.items()
            if snake(name) not in _PERSONAL_KEYS
        }
    if isinstance(value, list):
        return [scrubbed(inner) for inner in value]
    return without_people(value) if isinstance(value, str) else value


def without_people(text: str) -> str:
    """A text in which whatever could name somebody is crossed out."""
    if "@" in text or "%40" in text:
        text = _EMAIL.sub("***", text)
    return _NUMBER.sub("***", text) if _MAY_BE_NUMBER.search(text) else text


def trait_cells(call: Call) -> Iterator[tuple[str, str | None]]:
    """Columns of customers that an identify states, as text; an empty one takes nothing back."""
    if call.kind != "identify":
        return
    for name, value in islice(call.traits.items(), _MOST_TRAITS):
        yield from _trait(snake(name), value)


def _trait(name: str, value: Any) -> Iterator[tuple[str, str | None]]:
    if name == "address" and isinstance(value, dict):
        for part, inner in value.items():
            if snake(part) in _WITHIN_ADDRESS:
                yield from _trait(_WITHIN_ADDRESS[snake(part)], inner)
    elif name == "company" and isinstance(value, dict):
        for part, inner in value.items():
            yield from _trait({"name": "company"}.get(snake(part), snake(part)), inner)
    elif (text := cell(value)) and len(name) <= _LONGEST_NAME:
        column = _COLUMN_OF.get(name, name)
        yield column, text if is_personal(column) else without_people(text)


def cell(value: Any) -> str | None:
    """A value as a cell of text."""
    if value is None or isinstance(value, dict):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(text for inner in value if (text := cell(inner))) or None
    return str(value).strip() or None


def is_personal(trait: str) -> bool:
    """Whether a trait lives in the vault only."""
    return _KIND_OF[trait].personal if trait in _KIND_OF else trait in _PERSONAL_KEYS


def order_cells(call: Call) -> Iterator[Cells]:
    """Lines of the order that an event completes."""
    if call.kind != "track" or call.name.lower() not in _BOUGHT:
        return
    inside = call.properties
    goods = [line for line in inside.get("products") or () if isinstance(line, dict)]
    whole = money(_first(inside, ("revenue", "total", "value")))
    order = {
        "order_id": _first_text(inside, ("order_id", "orderId", "id")) or call.message_id or None,
        "currency": plain_id(inside.get("currency")) or None,
        "coupon": plain_id(inside.get("coupon")) or None,
        "channel": plain_id(inside.get("affiliation")) or None,
    }
    paid = _shares(whole, [_worth(line) for line in goods]) if goods else [whole]
    for number, line in enumerate(goods or [{}]):
        yield {
            **order,
            "product_id": _first_text(line, ("product_id", "productId", "sku", "id")) or None,
            "product_name": plain_id(line.get("name")) or None,
            "category": plain_id(line.get("category")) or None,
            "quantity": _quantity(line),
            "unit_price": money(line.get("price")),
            "amount": paid[number],
        }


def _quantity(line: JsonObject) -> float | None:
    said = line.get("quantity", line.get("qty"))
    return float(said) if isinstance(said, int | float) and abs(said) < 1e9 else None


def _worth(line: JsonObject) -> Decimal | None:
    price, pieces = money(line.get("price")), _quantity(line)
    worth = None if price is None else price * Decimal(str(1.0 if pieces is None else pieces))
    return worth if worth is not None and abs(worth) < _MOST_MONEY else None


def _shares(whole: Decimal | None, worth: list[Decimal | None]) -> list[Decimal | None]:
    """What was paid for each line: its price, or its part of the whole, which the last line makes exact."""
    known = [value for value in worth if value is not None]
    total = sum(known, Decimal(0))
    if whole is None or (len(known) == len(worth) and total == whole):
        return worth
    if len(known) < len(worth) or total <= 0:
        return [whole, *([Decimal(0)] * (len(worth) - 1))]
    paid = [(value * whole / total).quantize(Decimal("0.01")) for value in known[:-1]]
    return [*paid, whole - sum(paid, Decimal(0))]


def money(said: Any) -> Decimal | None:
    """An amount, where it is one without doubt."""
    if said is None or isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    return _amount(said) if not isinstance(said, str) or len(said) <= _LONGEST_NAME else None


@lru_cache(_REMEMBERED)
def _amount(said: float | str) -> Decimal | None:
    try:
        amount = Decimal(str(said).strip())
    except InvalidOperation:
        return None
    return amount.quantize(Decimal("0.0001")) if amount.is_finite() and abs(amount) < _MOST_MONEY else None


def consent_cells(call: Call) -> Iterator[tuple[str, bool]]:
    """What a consent dialogue sends with every event: purpose, and yes or no."""
    consent = call.context.get("consent")
    categories = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    for name, granted in categories.items() if isinstance(categories, dict) else ():
        purpose = _PURPOSES.get(name.lower())
        if purpose and isinstance(granted, bool):
            yield purpose, granted


def keys_of(call: Call) -> dict[str, str]:
    """E-mail and phone that an event states, each in its one spelling: they identify."""
    said = {name: text for name, text in trait_cells(call) if name in ("email", "phone") and text}
    spelled = {name: personal.SPELLINGS[name](text).value for name, text in said.items()}
    return {name: spelled[name] or "" for name in ("email", "phone") if spelled.get(name)}


def _first(holder: JsonObject, names: tuple[str, ...]) -> Any:
    return next((holder[name] for name in names if holder.get(name) is not None), None)


def _first_text(holder: JsonObject, names: tuple[str, ...]) -> str:
    return plain_id(_first(holder, names))

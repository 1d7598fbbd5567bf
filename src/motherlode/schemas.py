"""The canonical input tables: the words of the data.

A raw table holds each cell as it came. A cell that is not text stands in a typed column where it could be read
without doubt, and otherwise as it came in `<column>_text`, which `refine` reads with what was learned about the source.
Personal columns never reach the warehouse: the vault keeps them, raw tables hold a blind index or a band of them.
"""

from typing import Literal

import msgspec

Kind = Literal["text", "money", "number", "flag", "moment", "day"]

# How each kind is stored. Money is exact, so that sums do not depend on the order of rows.
STORED: dict[Kind, str] = {
    "text": "string",
    "money": "decimal(18, 4)",
    "number": "float64",
    "flag": "boolean",
    "moment": "timestamp(6)",
    "day": "date",
}


class Column(msgspec.Struct, frozen=True):
    """One column of a canonical input table.

    Attributes
    ----------
    personal
        Lives in the vault only. `phone`, `email` and `id_card` leave a blind index `<name>_key`, `birthday` leaves
        `birth_year`.
    """

    name: str
    kind: Kind
    meaning: str
    personal: bool = False


class Input(msgspec.Struct, frozen=True):
    """A canonical input table: what a row is, and which columns a row cannot do without."""

    name: str
    row: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...]
    happened: str = ""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def _text(name: str, meaning: str) -> Column:
    return Column(name, "text", meaning)


def _personal(name: str, meaning: str, kind: Kind = "text") -> Column:
    return Column(name, kind, meaning, personal=True)


CUSTOMER_ID = _text("customer_id", "who: the company's own number of the customer")

CUSTOMERS = Input(
    "customers",
    "a person or a company",
    (
        CUSTOMER_ID,
        _text("previous_id", "another number of the same customer, where the file says so"),
        _personal("name", "full name or nickname"),
        _personal("first_name", "given name"),
        _personal("last_name", "family name"),
        _personal("phone", "mobile or landline number"),
        _personal("email", "e-mail address"),
        _personal("id_card", "national identity number"),
        _personal("address", "street address"),
        _personal("birthday", "date of birth", "day"),
        _text("gender", "gender as stated"),
        Column("age", "number", "age in years"),
        _text("country", "country"),
        _text("province", "province, state or region"),
        _text("city", "city"),
        _text("district", "district or county"),
        _text("zip", "postal code"),
        _text("level", "membership level or grade"),
        _text("tags", "labels given by people"),
        _text("origin", "where the customer came from"),
        Column("registered_at", "moment", "when the customer registered or was created"),
        Column("last_active_at", "moment", "last time seen or followed up"),
        _text("company", "company or account name"),
        _text("industry", "industry or sector"),
        Column("employees", "number", "number of employees"),
        Column("annual_revenue", "money", "yearly revenue of the company"),
        _text("job_title", "position in the company"),
        _text("website", "web site"),
        _text("owner", "sales person in charge"),
        _text("lead_status", "status of the lead or customer"),
        Column("lead_score", "number", "score given by another system"),
        Column("balance", "money", "stored value or account balance"),
        Column("points", "number", "loyalty points"),
        Column("marketing_consent", "flag", "agrees to marketing"),
        Column("churned", "flag", "reported to have left"),
        Column("responded", "flag", "reported to have answered a campaign"),
        Column("defaulted", "flag", "reported to have failed to pay"),
        Column("converted", "flag", "reported to have bought or been won"),
        Column("spend_365d", "money", "reported: paid in the last year (files without order lines)"),
        Column("orders_365d", "number", "reported: number of purchases in the last year"),
        Column("tenure_months", "number", "reported: months since the customer began"),
        Column("inactive_months", "number", "reported: months without activity"),
    ),
    needs=("customer_id",),
    happened="registered_at",
)

PRODUCTS = Input(
    "products",
    "a product",
    (
        _text("product_id", "number of the product"),
        _text("product_name", "name of the product"),
        _text("category", "category or family"),
        Column("unit_price", "money", "list price"),
        Column("unit_cost", "money", "cost of one unit"),
    ),
    needs=("product_id",),
)

ORDERS = Input(
    "orders",
    "an order, or one line of an order",
    (
        _text("order_id", "number of the order or invoice"),
        CUSTOMER_ID,
        Column("ordered_at", "moment", "when it was ordered"),
        Column("paid_at", "moment", "when it was paid"),
        _text("status", "status of the order"),
        _text("product_id", "number of the product"),
        _text("product_name", "name of the product"),
        _text("category", "category of the product"),
        Column("quantity", "number", "pieces; negative for a return"),
        Column("unit_price", "money", "price of one piece"),
        Column("amount", "money", "paid for this row"),
        Column("order_amount", "money", "due for this row before discounts"),
        Column("discount", "money", "taken off this row"),
        Column("refund_amount", "money", "paid back for this row"),
        Column("shipping_fee", "money", "freight"),
        _text("currency", "currency"),
        _text("coupon", "coupon code"),
        _text("channel", "shop, platform or channel"),
        _text("pay_method", "means of payment"),
        _text("country", "country"),
        _text("province", "province, state or region"),
        _text("city", "city"),
        _personal("name", "name of the buyer"),
        _personal("phone", "phone of the buyer"),
        _personal("email", "e-mail of the buyer"),
        _personal("receiver_name", "name of the receiver"),
        _personal("receiver_phone", "phone of the receiver"),
        _personal("address", "street address"),
        _personal("remark", "free text about the order"),
    ),
    needs=("ordered_at",),
    happened="ordered_at",
)

EVENTS = Input(
    "events",
    "something a customer did",
    (
        _text("event_id", "number of the event"),
        CUSTOMER_ID,
        _text("anonymous_id", "device or visitor number before sign-in"),
        _text("previous_id", "another number of the same customer, where the event says so"),
        _text("event", "what was done"),
        Column("occurred_at", "moment", "when"),
        _text("session_id", "visit"),
        _text("page_url", "page"),
        _text("product_id", "product"),
        _text("device", "device or platform"),
        _text("campaign", "campaign or acquisition channel"),
        Column("value", "money", "value stated with the event"),
    ),
    needs=("event", "occurred_at"),
    happened="occurred_at",
)

FEEDBACK = Input(
    "feedback",
    "something a customer said",
    (
        _text("feedback_id", "number of the review or ticket"),
        CUSTOMER_ID,
        Column("given_at", "moment", "when"),
        _text("text", "words"),
        Column("rating", "number", "stars or satisfaction"),
        Column("nps", "number", "0 to 10: would recommend"),
        _text("product_id", "product or vendor it is about"),
        _text("channel", "where it was said"),
    ),
    needs=(),
    happened="given_at",
)

TOUCHES = Input(
    "touches",
    "a contact with a customer",
    (
        CUSTOMER_ID,
        _text("campaign", "campaign"),
        _text("channel", "channel"),
        _text("play", "what was offered"),
        Column("touched_at", "moment", "when"),
        Column("treated", "flag", "treated (true) or held out (false)"),
        Column("responded", "flag", "answered or redeemed"),
        Column("propensity", "number", "chance (0 to 1) of this contact or hold-out where it was drawn by lot"),
        Column("cost", "money", "cost of the contact"),
    ),
    needs=("customer_id",),
    happened="touched_at",
)

DEALS = Input(
    "deals",
    "a B2B sales opportunity",
    (
        _text("deal_id", "number of the deal"),
        CUSTOMER_ID,
        _text("deal_name", "name of the deal"),
        _text("stage", "stage of the deal"),
        Column("amount", "money", "value of the deal"),
        Column("opened_at", "moment", "when it began"),
        Column("closed_at", "moment", "when it closed or should close"),
        _text("product_id", "product"),
        _text("owner", "sales person"),
    ),
    needs=("stage",),
    happened="opened_at",
)

CONSENTS = Input(
    "consents",
    "a yes or no of a customer to a purpose",
    (
        CUSTOMER_ID,
        _text("purpose", "what for"),
        _text("channel", "by which channel"),
        Column("granted", "flag", "yes or no"),
        Column("changed_at", "moment", "when it was said"),
        _text("text_version", "version of the text that was shown"),
    ),
    needs=("customer_id", "granted"),
    happened="changed_at",
)

SPEND = Input(
    "spend",
    "money spent on a channel or campaign in a period",
    (
        _text("channel", "channel"),
        _text("campaign", "campaign"),
        Column("spent_at", "moment", "day or start of the period"),
        Column("cost", "money", "spent"),
        Column("impressions", "number", "shown"),
        Column("clicks", "number", "clicked"),
    ),
    needs=("spent_at", "cost"),
    happened="spent_at",
)

# Columns of a customer file that say what happened in the end: what can be learnt from the rest of the row.
OUTCOMES = ("churned", "responded", "defaulted", "converted")

INPUTS: dict[str, Input] = {
    table.name: table for table in (CUSTOMERS, PRODUCTS, ORDERS, EVENTS, FEEDBACK, TOUCHES, DEALS, CONSENTS, SPEND)
}

# The source of what people state of themselves by events.
TRACKED = "tracking"

# Personal columns that identify, and so leave a blind index in the warehouse.
IDENTIFYING = ("phone", "email", "id_card")

# How every raw row is addressed, and what was learned about its source.
ADDRESS: dict[str, str] = {
    "source": "string",
    "file": "string",
    "row": "int64",
    "loaded_at": "timestamp(6)",
    "timezone": "string",
    "date_order": "string",
    "decimal_mark": "string",
    "extra": "string",
    "personal_problem": "string",
    # Yes where every cell was read without doubt when the row was loaded, so that none needs to be looked at again.
    "plain": "boolean",
}


def raw_columns(table: Input) -> dict[str, str]:
    """Columns of `collect.raw_<table>`: address, then each cell typed, or as it came in `<column>_text`."""
    columns = dict(ADDRESS)
    for column in table.columns:
        if column.personal:
            if column.name in IDENTIFYING:
                columns[f"{column.name}_key"] = "string"
            if column.name == "birthday":
                columns["birth_year"] = "float64"
            continue
        columns[column.name] = STORED[column.kind]
        if column.kind != "text":
            columns[f"{column.name}_text"] = "string"
    return columns

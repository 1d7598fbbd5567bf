"""What budget, sample or price makes sense: calculators that begin with the project's own figures.

Each is a form whose figures stand in the address, so that a calculation is shared, and kept, as a link.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from motherlode.expressions.horizon import within
from motherlode.measure import calculators as sums
from motherlode.web.pages.filtering import link
from motherlode.web.pages.page import Page
from motherlode.web.pages.visit import PageVoice, Visit

Unit = Literal["money", "percent", "points", "number"]
# What is asked for in hundredths.
HUNDREDTHS = ("percent", "points")
Values = Mapping[str, float]
# A line of an answer: what it is, what it comes to, and how that was worked out.
Line = tuple[str, str, str]
MOST = 1e12


class Field(msgspec.Struct, frozen=True):
    """A figure that is asked for; shares are asked for in per cent."""

    name: str
    unit: Unit
    usual: float


class Calculator(msgspec.Struct, frozen=True):
    """A question of figures, and how it is answered."""

    key: str
    fields: tuple[Field, ...]
    answer: Callable[[Values, PageVoice], list[Line]]


def calculators(visit: Visit) -> Mapping[str, Any]:
    """Every calculator with the figures of the address, else those of the project, else usual ones."""
    own = visit.keep("own figures", lambda: _own(visit))
    curve = visit.keep("budget curve", lambda: _curve(visit))
    return {
        "calculators": [_filled(calculator, own, visit) for calculator in CALCULATORS],
        "curve": _budgets(visit, curve, own) if curve else None,
    }


def _filled(calculator: Calculator, own: Values, visit: Visit) -> dict[str, Any]:
    asked = [(field, *_value(field, own, visit)) for field in calculator.fields]
    # As people typed it: a share is a hundredth of what stands in its field.
    values = {field.name: shown / 100 if field.unit in HUNDREDTHS else shown for field, shown, _ in asked}
    fields = [(field, f"{shown:.10g}", source) for field, shown, source in asked]
    return {"key": calculator.key, "fields": fields, "lines": calculator.answer(values, visit.voice)}


def _value(field: Field, own: Values, visit: Visit) -> tuple[float, str]:
    """A figure and where it comes from."""
    try:
        said = float(visit.query.get(field.name, ""))
    except ValueError:
        said = -1.0
    if 0 <= said <= MOST:
        return said, "typed"
    found = own.get(field.name)
    if found is None:
        return field.usual, "usual"
    return round(found * 100 if field.unit == "percent" else found, 2), "own"


def _own(visit: Visit) -> dict[str, float]:
    """What the project's tables say of the year before the last day in them."""
    project, found = visit.project, {}
    people = project.expression("profile.features")
    asked = people.aggregate(
        buyers=people.count(where=people.orders_365d > 0),
        before=people.count(where=people.spend_prior_365d > 0),
        stayed=people.count(where=(people.spend_prior_365d > 0) & (people.orders_365d > 0)),
        orders=people.orders_365d.cast("float64").sum(),
        revenue=people.spend_365d.cast("float64").sum(),
        margin=people.margin_365d.cast("float64").sum(),
        costed=people.costed_spend_365d.cast("float64").sum(),
    )
    row = project.query(asked).to_dicts()[0]
    if row["orders"]:
        found["order_value"] = row["revenue"] / row["orders"]
        found["yearly_orders"] = row["orders"] / row["buyers"]
    if row["before"]:
        found["retention"] = row["stayed"] / row["before"]
    if row["costed"]:
        found["margin"] = row["margin"] / row["costed"]
    first = project.expression("profile.beginnings")
    new = project.query(
        first.aggregate(n=first.count(where=within(first.first_on, project.as_of, days=365)))
    ).to_dicts()
    spend = project.expression("refine.spend")
    spent = spend.filter(within(spend.spent_on, project.as_of, days=365))
    cost = project.query(spent.aggregate(cost=spent.cost.cast("float64").sum())).to_dicts()[0]["cost"]
    if cost and new[0]["n"]:
        found["customer_cost"] = cost / new[0]["n"]
    claim = project.query(project.expression("opportunity.claim")).to_dicts()
    if claim and claim[0]["cost"]:
        found["budget"] = claim[0]["cost"]
    return found


def _curve(visit: Visit) -> list[tuple[float, ...]]:
    names = ("cost", "value", "value_low", "value_high", "customers")
    rows = visit.project.query(visit.project.expression("opportunity.curve").order_by("customers")).to_dicts()
    return [tuple(float(row[name]) for name in names) for row in rows]


def _budgets(visit: Visit, curve: list[tuple[float, ...]], own: Values) -> dict[str, Any]:
    """What a budget earns on the list of today, and half, and one and a half times as much."""
    shown, source = _value(Field("budget", "money", 1000.0), own, visit)
    voice, rows = visit.voice, []
    for share in (0.25, 0.5, 1.0, 1.5, 2.0):
        at = sums.on_curve(curve, shown * share)
        if at is not None:
            cost, value, low, high, customers = at
            rows.append(
                (
                    voice.money(shown * share),
                    voice.count(customers),
                    voice.money(cost),
                    voice.money(value),
                    voice.between(low, high),
                    voice.money(value - cost),
                    link("/opportunities", budget=f"{shown * share:.2f}".removesuffix(".00")),
                )
            )
    return {"budget": f"{shown:.10g}", "source": source, "rows": rows}


def _acquisition(at: Values, voice: PageVoice) -> list[Line]:
    cost = sums.acquisition_cost(at["reach_cost"], at["conversion"])
    left = sums.margin_of_order(at["order_value"], at["margin"])
    back = sums.orders_to_pay_back(cost, left) if cost is not None else None
    return [
        ("cac", voice.money(cost), f"{voice.money(at['reach_cost'])} ÷ {_percent(at['conversion'])}"),
        ("order_leaves", voice.money(left), f"{voice.money(at['order_value'])} × {_percent(at['margin'])}"),
        ("orders_back", _number(back), f"{voice.money(cost)} ÷ {voice.money(left)}"),
    ]


def _lifetime(at: Values, voice: PageVoice) -> list[Line]:
    yearly = at["yearly_orders"] * sums.margin_of_order(at["order_value"], at["margin"])
    whole = sums.lifetime_value(yearly, at["retention"], at["discount"])
    three = sums.lifetime_value(yearly, at["retention"], at["discount"], 3)
    cost, months = at["customer_cost"], sums.payback_months(at["customer_cost"], yearly, at["retention"])
    ratio = whole / cost if whole is not None and cost else None
    back = voice.tell("never") if months is None else voice.tell("n_months", n=_number(months))
    worked = f"{at['yearly_orders']:.2f} × {voice.money(at['order_value'])} × {_percent(at['margin'])}"
    step = f"{voice.money(yearly)} × (1 + {at['discount']:.2f}) ÷ (1 + {at['discount']:.2f} − {at['retention']:.2f})"
    return [
        ("yearly_margin", voice.money(yearly), worked),
        ("ltv", voice.money(whole), step),
        ("ltv_3", voice.money(three), voice.tell("first_three_years")),
        ("ltv_cac", _number(ratio), f"{voice.money(whole)} ÷ {voice.money(cost)}"),
        ("payback", back, voice.tell("payback_how")),
    ]


def _break_even(at: Values, voice: PageVoice) -> list[Line]:
    left = sums.margin_of_order(at["order_value"], at["margin"])
    rate = sums.break_even_response(at["contact_cost"], left, at["voucher"])
    more = sums.break_even_volume(at["price_cut"], at["margin"])
    net = f"{voice.money(at['contact_cost'])} ÷ ({voice.money(left)} − {voice.money(at['voucher'])})"
    return [
        ("roas", _number(sums.break_even_roas(at["margin"])), f"1 ÷ {_percent(at['margin'])}"),
        ("response", voice.tell("never") if rate is None or rate > 1 else _percent(rate), net),
        (
            "volume",
            voice.tell("never") if more is None else f"+{_percent(more)}",
            f"{_percent(at['price_cut'])} ÷ ({_percent(at['margin'])} − {_percent(at['price_cut'])})",
        ),
    ]


def _sample(at: Values, voice: PageVoice) -> list[Line]:
    base, other = at["base"], at["base"] + at["lift"]
    alpha, power = at["alpha"] or 0.05, min(at["power"], 0.9999)
    each = sums.sample_size(base, other, alpha=alpha, power=power)
    least = sums.least_detectable(base, at["each"], alpha=alpha, power=power)
    has = sums.power_of(base, other, at["each"], alpha=alpha)
    groups = voice.tell("each_group", n=voice.count(at["each"]))
    days = each * 2 / at["a_day"] if each and at["a_day"] else None
    return [
        ("sample", voice.count(each), voice.tell("sample_how", base=_percent(base), other=_percent(other))),
        ("run_days", _number(days), f"2 × {voice.count(each)} ÷ {voice.count(at['a_day'])}"),
        ("has_power", _percent(has), groups),
        ("detectable", "–" if least is None else voice.tell("plus_points", n=f"{least * 100:.2f}"), groups),
    ]


def _losing(at: Values, voice: PageVoice) -> list[Line]:
    reached = at["spent"] / at["reach_cost"] if at["reach_cost"] else None
    lines = [("reached_people", voice.count(reached), f"{voice.money(at['spent'])} ÷ {voice.money(at['reach_cost'])}")]
    for relative in (False, True):
        orders = sums.lost_orders(at["spent"], at["reach_cost"], at["conversion"], at["fall"], relative=relative)
        key = "relative" if relative else "points"
        profit = None if orders is None else orders * sums.margin_of_order(at["order_value"], at["margin"])
        how = f"{_percent(at['conversion'])} × {_percent(at['fall'])}" if relative else _percent(at["fall"])
        lines.append((f"lost_{key}", _number(orders), f"{voice.count(reached)} × {how}"))
        worked = f"{_number(orders)} × {voice.money(at['order_value'])} × {_percent(at['margin'])}"
        lines.append((f"lost_profit_{key}", voice.money(profit), worked))
    return lines


def _percent(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


ORDER_VALUE, MARGIN = Field("order_value", "money", 300.0), Field("margin", "percent", 30.0)
REACH, CONVERSION = Field("reach_cost", "money", 85.0), Field("conversion", "percent", 3.2)
CALCULATORS = (
    Calculator("acquisition", (REACH, CONVERSION, ORDER_VALUE, MARGIN), _acquisition),
    Calculator(
        "lifetime",
        (
            Field("yearly_orders", "number", 3.0),
            ORDER_VALUE,
            MARGIN,
            Field("retention", "percent", 60.0),
            Field("discount", "percent", 10.0),
            Field("customer_cost", "money", 150.0),
        ),
        _lifetime,
    ),
    Calculator(
        "break_even",
        (
            ORDER_VALUE,
            MARGIN,
            Field("contact_cost", "money", 1.0),
            Field("voucher", "money", 20.0),
            Field("price_cut", "percent", 10.0),
        ),
        _break_even,
    ),
    Calculator(
        "sample",
        (
            Field("base", "percent", 3.2),
            Field("lift", "points", 0.9),
            Field("alpha", "percent", 5.0),
            Field("power", "percent", 80.0),
            Field("each", "number", 5000.0),
            Field("a_day", "number", 500.0),
        ),
        _sample,
    ),
    Calculator(
        "losing",
        (Field("spent", "money", 1_000_000.0), REACH, CONVERSION, Field("fall", "percent", 2.0), ORDER_VALUE, MARGIN),
        _losing,
    ),
)
PAGE = Page(
    "calculators",
    "/calculators",
    "act",
    9,
    calculators,
    needs=("profile.features",),
    stored=True,
    roles=("analyst", "marketer", "sales"),
)

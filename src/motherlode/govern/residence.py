"""Under which law each customer stands."""

from collections.abc import Iterable
from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.govern.grounds import OWN_DECISION_AGE
from motherlode.tables import table

CHINA = ("cn", "chn", "china", "mainland china", "prc", "中国", "中国大陆", "中华人民共和国")
# The European Economic Area, and the United Kingdom, whose own GDPR says the same of what is used here.
EUROPE = (
    "at", "austria", "奥地利", "be", "belgium", "比利时", "bg", "bulgaria", "保加利亚", "hr", "croatia", "克罗地亚",
    "cy", "cyprus", "塞浦路斯", "cz", "czechia", "czech republic", "捷克", "dk", "denmark", "丹麦", "ee", "estonia",
    "爱沙尼亚", "fi", "finland", "芬兰", "fr", "france", "法国", "de", "germany", "德国", "gr", "greece", "希腊",
    "hu", "hungary", "匈牙利", "ie", "ireland", "eire", "爱尔兰", "it", "italy", "意大利", "lv", "latvia", "拉脱维亚",
    "lt", "lithuania", "立陶宛", "lu", "luxembourg", "卢森堡", "mt", "malta", "马耳他", "nl", "netherlands", "荷兰",
    "pl", "poland", "波兰", "pt", "portugal", "葡萄牙", "ro", "romania", "罗马尼亚", "sk", "slovakia", "斯洛伐克",
    "si", "slovenia", "斯洛文尼亚", "es", "spain", "西班牙", "se", "sweden", "瑞典", "is", "iceland", "冰岛",
    "li", "liechtenstein", "列支敦士登", "no", "norway", "挪威", "european community", "eu", "channel islands",
    "gb", "uk", "united kingdom", "great britain", "england", "scotland", "wales", "英国",
)  # fmt: skip
AMERICA = ("us", "usa", "united states", "united states of america", "美国")
CALIFORNIA = ("ca", "california", "加利福尼亚", "加利福尼亚州", "加州")


@table(key="customer_id", subject="customer_id", purpose="service")
def residence(customers: ir.Table, orders: ir.Table, *, as_of: date, home: str = "China") -> ir.Table:
    """The law of each customer's home, by the country on file or else that of their orders; `home` where none is.

    `child` says that a person is, or by the year of birth may be, too young to decide alone under that law.
    """
    known = orders.filter(orders.customer_id.notnull())
    bought = known.group_by("customer_id").aggregate(ordered_from=known.country.max(), orders=known.count())
    rows = customers.left_join(bought, "customer_id").drop("customer_id_right")
    country = rows.country.coalesce(rows.ordered_from, ibis.literal(home)).lower()
    law = ibis.cases(
        (country.isin(CHINA), "pipl"),
        (country.isin(EUROPE), "gdpr"),
        (country.isin(AMERICA) & rows.province.lower().isin(CALIFORNIA), "ccpa"),
        else_="other",
    )
    placed = rows.mutate(law=law)
    return placed.select(
        "customer_id",
        law=placed.law,
        child=_is_child(placed, as_of),
        is_customer=placed.orders.fill_null(0) > 0,
    )


def _is_child(rows: ir.Table, as_of: date) -> ir.BooleanValue:
    # Who turns 14 this year may not have had the birthday yet.
    least_age = ibis.least(rows.age, (rows.birth_year * -1.0) + float(as_of.year - 1))
    return (least_age < _own_decision_age(rows.law)).fill_null(False)


def _own_decision_age(law: ir.StringValue) -> ir.NumericValue:
    cases: Iterable[tuple[ir.BooleanValue, int]] = ((law == name, age) for name, age in OWN_DECISION_AGE.items())
    return ibis.cases(*cases, else_=max(OWN_DECISION_AGE.values()))

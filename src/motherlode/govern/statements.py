"""What each person said last, wherever it was said."""

import ibis
import ibis.expr.types as ir

from motherlode.expressions.merged import as_one
from motherlode.tables import table

CHANNELS = ("email", "sms", "phone", "wecom", "app", "post")
# Any other word in the column of channels.
OTHER = "other"
# Which statement says no; the one that says yes is `granted`.
NO = ("withdrawn", "objected", "opted_out")

# Words of files, in lower case; a purpose that is not known stands for itself, and so allows nothing.
PURPOSE_WORDS = {
    "marketing": ("marketing", "营销", "市场营销", "推广", "promotion", "ads", "advertising", "newsletter"),
    "profiling": ("profiling", "画像", "个性化推荐", "个性化", "personalisation", "personalization"),
    "analytics": ("analytics", "分析", "统计", "statistics"),
    "sharing": ("sharing", "共享", "提供给第三方", "sale", "sell", "third_party", "third party"),
    "sensitive": ("sensitive", "敏感信息", "敏感个人信息"),
}
CHANNEL_WORDS = {
    "email": ("email", "e-mail", "mail", "edm", "邮件", "邮箱", "电子邮件"),
    "sms": ("sms", "text", "短信"),
    "phone": ("phone", "call", "tel", "电话"),
    "wecom": ("wecom", "wechat", "企业微信", "微信"),
    "app": ("app", "push", "推送"),
    "post": ("post", "letter", "邮寄"),
}
# Seconds, twice over, by which a statement that gives way is put before all others.
BEFORE_ALL = 10**12
COLUMNS = ("customer_id", "purpose", "channel", "decision", "said_at", "given_by", "proven", "said_in")


@table(key=("customer_id", "purpose", "channel"), subject="customer_id", purpose="service")
def statements(
    customers: ir.Table,
    consents: ir.Table,
    recorded_consents: ir.Table,
    merged_numbers: ir.Table,
    residence: ir.Table,
) -> ir.Table:
    """What each person said last of a purpose and channel ("": all); of two at once the no counts.

    `proven` says that the exact text she agreed to is on record; a yes without it allows nothing where a law asks for
    consent. What was recorded here counts whatever the day a table is made for: a withdrawal is obeyed at once. What a
    child agrees to itself gives way to whatever else was said: a guardian decides (PIPL 31, GDPR 8).
    """
    said = _attribute(customers).union(_imported(consents), _recorded(recorded_consents, merged_numbers))
    said = said.left_join(residence.select("customer_id", "child"), "customer_id").drop("customer_id_right")
    no = said.decision.isin(NO)
    by_itself = said.child.fill_null(False) & ~no & (said.given_by != "guardian")
    later = said.said_at.epoch_seconds().fill_null(0) * 2 + ibis.ifelse(no, 1, 0)
    weighed = said.mutate(weight=later - ibis.ifelse(by_itself, BEFORE_ALL, 0))
    order = [weighed.weight.desc(), weighed.decision, weighed.said_in, weighed.proven, weighed.given_by]
    keys = ["customer_id", "purpose", "channel"]
    placed = weighed.mutate(place=ibis.row_number().over(ibis.window(group_by=keys, order_by=order)))
    return placed.filter(placed.place == 0).select(*COLUMNS, "weight")


def _attribute(customers: ir.Table) -> ir.Table:
    """A column of the customer file: a no is a no, a yes shows no text."""
    stated = customers.filter(customers.marketing_consent.notnull())
    return stated.select(
        customer_id=stated.customer_id,
        purpose=ibis.literal("marketing"),
        channel=ibis.literal(""),
        decision=ibis.ifelse(stated.marketing_consent, "granted", "withdrawn"),
        said_at=stated.registered_on.cast("timestamp(6)"),
        given_by=ibis.literal("subject"),
        proven=ibis.literal(False),
        said_in=ibis.literal("customer_file"),
    )


def _imported(consents: ir.Table) -> ir.Table:
    known = consents.filter(consents.customer_id.notnull() & consents.granted.notnull())
    return known.select(
        customer_id=known.customer_id,
        purpose=_word(known.purpose, PURPOSE_WORDS, absent="marketing", unknown=known.purpose),
        channel=_word(known.channel, CHANNEL_WORDS, absent="", unknown=ibis.literal(OTHER)),
        decision=ibis.ifelse(known.granted, "granted", "withdrawn"),
        said_at=known.changed_at,
        given_by=ibis.literal("subject"),
        proven=known.text_version.notnull(),
        said_in=ibis.literal("consent_file"),
    )


def _recorded(recorded: ir.Table, merged_numbers: ir.Table) -> ir.Table:
    """What was said under any of her numbers, she said."""
    recorded = as_one(recorded, merged_numbers)
    return recorded.select(
        customer_id=recorded.customer_id,
        purpose=recorded.purpose,
        channel=recorded.channel,
        decision=recorded.decision,
        said_at=recorded.said_at,
        given_by=recorded.given_by,
        proven=recorded.text_hash != "",
        said_in=ibis.literal("recorded"),
    )


def _word(
    said: ir.StringValue, words: dict[str, tuple[str, ...]], *, absent: str, unknown: ir.StringValue
) -> ir.StringValue:
    cases = [(said.lower().isin(choices), name) for name, choices in words.items()]
    return ibis.cases((said.isnull(), absent), *cases, else_=unknown)

"""Tables of the ledger.

What is about a person (a table with a `customer_id`) goes when she is erased, and what must outlive that names her by a
blind token (`person`).
"""

import sqlalchemy as sa

from motherlode.columns import always, perhaps

FACTS = sa.MetaData()

RUNS = sa.Table(
    "runs",
    FACTS,
    sa.Column("run_id", sa.Integer, primary_key=True),
    *always(sa.DateTime, "started_at", "finished_at"),
    *always(sa.Date, "as_of"),
    *always(sa.Text, "version"),
    *always(sa.JSON, "tables"),
)

CORRECTIONS = sa.Table(
    "corrections",
    FACTS,
    sa.Column("correction_id", sa.Integer, primary_key=True),
    *always(sa.DateTime, "made_at"),
    *always(sa.Text, "table", "source", "file"),
    *always(sa.Integer, "row"),
    *always(sa.JSON, "cells"),
)

# In the columns of `collect.recorded_consents`, which is its copy in the warehouse.
CONSENTS = sa.Table(
    "consents",
    FACTS,
    sa.Column("consent_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *always(sa.Text, "purpose", "channel", "decision"),
    *always(sa.DateTime, "said_at"),
    *always(sa.Text, "given_by", "text_version", "text_language", "text_hash", "evidence", "actor"),
)

# The exact texts that were agreed to, each once.
CONSENT_TEXTS = sa.Table(
    "consent_texts",
    FACTS,
    sa.Column("text_hash", sa.Text, primary_key=True),
    *always(sa.Text, "purpose", "language", "version", "text"),
    *always(sa.DateTime, "first_shown_at"),
)

# From when on data may only be stored, and from when on no more.
RESTRICTIONS = sa.Table(
    "restrictions",
    FACTS,
    sa.Column("restriction_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *always(sa.DateTime, "changed_at"),
    *always(sa.Boolean, "restricted"),
    *always(sa.Text, "actor"),
)

# From when on the links to the choices of a person that were made until then open nothing.
REVOKED_LINKS = sa.Table(
    "revoked_links",
    FACTS,
    sa.Column("revocation_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *always(sa.DateTime, "revoked_at"),
    *always(sa.Text, "actor"),
)

# What people asked for by right, with the receipt of what was done.
REQUESTS = sa.Table(
    "requests",
    FACTS,
    sa.Column("request_id", sa.Integer, primary_key=True),
    *always(sa.Text, "person", "kind", "law"),
    *always(sa.DateTime, "made_at"),
    *always(sa.Date, "due_on"),
    *always(sa.Text, "identity", "actor"),
    *always(sa.JSON, "receipt"),
)

# Files of rows about people that left the stores.
EXPORTS = sa.Table(
    "exports",
    FACTS,
    sa.Column("export_id", sa.Integer, primary_key=True),
    *always(sa.DateTime, "made_at"),
    *always(sa.Text, "path", "actor"),
    *always(sa.Integer, "rows"),
    *always(sa.JSON, "columns"),
)

# Frozen lists: by which definition they were drawn, and what they promise for which money.
LISTS = sa.Table(
    "lists",
    FACTS,
    sa.Column("list_id", sa.Integer, primary_key=True),
    sa.Column("list", sa.Text, nullable=False, unique=True),
    *always(sa.DateTime, "frozen_at"),
    *always(sa.Date, "frozen_on"),
    *always(sa.Text, "actor"),
    *always(sa.JSON, "definition"),
    *always(sa.Integer, "customers", "held_out"),
    *always(sa.Float, "value", "value_low", "value_high", "cost"),
)

# Who is on a frozen list, treated or held out; copied to the warehouse as `collect.recorded_lists`.
LIST_MEMBERS = sa.Table(
    "list_members",
    FACTS,
    sa.Column("member_id", sa.Integer, primary_key=True),
    sa.Column("list", sa.Text, nullable=False, index=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *always(sa.Date, "frozen_on"),
    *always(sa.Text, "play", "stage", "channel", "held_out"),
    *always(sa.Float, "propensity", "value", "value_low", "value_high", "cost"),
    *perhaps(sa.Float, "at_stake", "margin_share", "assumed_value", "assumed_high"),
    *perhaps(sa.Text, "value_tier"),
    *perhaps(sa.Float, "expert_score", "figures_score", "figures_value"),
)

# What people who know a customer say of an action; copied to the warehouse as `collect.recorded_judgements`.
JUDGEMENTS = sa.Table(
    "judgements",
    FACTS,
    sa.Column("judgement_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *always(sa.Text, "play"),
    *perhaps(sa.Float, "score"),
    *always(sa.Boolean, "veto"),
    *always(sa.DateTime, "made_at"),
    *always(sa.Date, "made_on"),
    *always(sa.Text, "reason", "actor"),
    # What the figures said on the day of a score.
    *perhaps(sa.Float, "figures_score"),
)

# What those who work the list did about a customer: `follow_up` and `owner` are empty where they stay as they were, and
# an `owner` of "" is nobody. What was done together has one `act`, which another one may take back. Copied to the
# warehouse as `collect.recorded_follow_ups`.
FOLLOW_UPS = sa.Table(
    "follow_ups",
    FACTS,
    sa.Column("follow_up_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *always(sa.Text, "act", "takes_back", "play", "follow_up", "because", "actor"),
    *perhaps(sa.Text, "owner"),
    *perhaps(sa.Date, "snoozed_until"),
    *always(sa.DateTime, "made_at"),
    *always(sa.Date, "made_on"),
)

# What lists were found to have brought; copied to the warehouse as `collect.recorded_readouts`.
READOUTS = sa.Table(
    "readouts",
    FACTS,
    sa.Column("readout_id", sa.Integer, primary_key=True),
    *always(sa.DateTime, "read_at"),
    *always(sa.Text, "list", "play", "stage", "verdict"),
    *always(sa.Date, "frozen_on", "read_on"),
    *always(sa.Integer, "days", "treated", "held_out"),
    *always(sa.Float, "promised", "promised_low", "promised_high", "cost"),
    *perhaps(sa.Float, "delivered", "delivered_low", "delivered_high", "claim_ratio"),
    *perhaps(sa.Float, "p_value", "lift", "lift_error", "assumed_lift", "assumed_lift_sd"),
    *perhaps(sa.Text, "value_tier"),
)

# Who may send over HTTP: the latest fact about a name counts. Of a key only its hash is kept.
SENDERS = sa.Table(
    "senders",
    FACTS,
    sa.Column("sender_id", sa.Integer, primary_key=True),
    *always(sa.DateTime, "made_at"),
    *always(sa.Text, "source", "key_hash", "decision", "actor"),
    *always(sa.JSON, "settings"),
)

# Rules by which people were put together, under a name; the last of a name counts, and none ("") takes it away.
SEGMENTS = sa.Table(
    "segments",
    FACTS,
    sa.Column("segment_id", sa.Integer, primary_key=True),
    *always(sa.Text, "name", "rule", "actor"),
    *always(sa.DateTime, "made_at"),
)

# Filters of a page under a name: the last of a page, a name and whose it is counts, and `kept` says whether it stays.
VIEWS = sa.Table(
    "views",
    FACTS,
    sa.Column("view_id", sa.Integer, primary_key=True),
    *always(sa.Text, "page", "name", "query", "actor"),
    *always(sa.Boolean, "shared", "kept"),
    *always(sa.DateTime, "made_at"),
)

# What the events of each source should be like: versions, of which the latest counts.
TRACKING_PLANS = sa.Table(
    "tracking_plans",
    FACTS,
    sa.Column("plan_id", sa.Integer, primary_key=True),
    *always(sa.DateTime, "made_at"),
    *always(sa.Text, "source", "actor"),
    *always(sa.Integer, "version"),
    *always(sa.JSON, "plan"),
)

# Links between identifiers that somebody undid.
CUTS = sa.Table(
    "cuts",
    FACTS,
    sa.Column("cut_id", sa.Integer, primary_key=True),
    *always(sa.Text, "customer_id", "other_kind", "other", "actor"),
    *always(sa.DateTime, "made_at"),
)

# Pairs of numbers that are likely one person's: found, and what somebody decided.
LIKELY_PAIRS = sa.Table(
    "likely_pairs",
    FACTS,
    sa.Column("pair_id", sa.Integer, primary_key=True),
    *always(sa.Text, "customer_id", "other", "decision", "actor"),
    *always(sa.Float, "bits"),
    *always(sa.DateTime, "made_at"),
)

# Programs that may ask for profiles and live events.
READERS = sa.Table(
    "readers",
    FACTS,
    sa.Column("reader_id", sa.Integer, primary_key=True),
    *always(sa.DateTime, "made_at"),
    *always(sa.Text, "name", "key_hash", "decision", "purpose", "actor"),
    *always(sa.JSON, "scopes"),
)

# Who may sign in to the pages; the last of a name counts, and none ("") for a password takes the right away.
USERS = sa.Table(
    "users",
    FACTS,
    sa.Column("user_id", sa.Integer, primary_key=True),
    *always(sa.Text, "name", "role", "password_hash", "actor"),
    *always(sa.DateTime, "made_at"),
)

# What runs decided about people; a decision that stays the same is not written again.
DECISIONS = sa.Table(
    "decisions",
    FACTS,
    sa.Column("decision_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *always(sa.DateTime, "decided_at"),
    *always(sa.Date, "as_of"),
    *always(sa.Text, "play", "verdict", "reason", "digest", "rules_hash"),
    *perhaps(sa.Text, "facts", "alternatives"),
)

# Versions and settings by which decisions were made, each once.
DECISION_RULES = sa.Table(
    "decision_rules",
    FACTS,
    sa.Column("rules_hash", sa.Text, primary_key=True),
    *always(sa.DateTime, "first_used_at"),
    *always(sa.JSON, "rules"),
)

# Requests that wait for their answer, and breaches: a fact for each step, the last one counts.
STEPS = sa.Table(
    "steps",
    FACTS,
    sa.Column("step_id", sa.Integer, primary_key=True),
    *always(sa.Text, "about", "case", "step", "actor"),
    *always(sa.DateTime, "taken_at"),
    *always(sa.JSON, "details"),
)

# Notices to people and assessments of the house, as they stood.
DOCUMENTS = sa.Table(
    "documents",
    FACTS,
    sa.Column("document_id", sa.Integer, primary_key=True),
    *always(sa.Text, "kind", "language", "text_hash", "text", "actor"),
    *always(sa.DateTime, "made_at"),
)

NAMES = {table.name: table for table in FACTS.tables.values()}


def personal() -> list[sa.Table]:
    """The tables about people."""
    return [table for table in NAMES.values() if "customer_id" in table.c]

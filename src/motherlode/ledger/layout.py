"""Tables of the ledger.

What is about a person (a table with a `customer_id`) goes when she is erased, and what must outlive that names her by a
blind token (`person`).
"""

import sqlalchemy as sa

FACTS = sa.MetaData()

RUNS = sa.Table(
    "runs",
    FACTS,
    sa.Column("run_id", sa.Integer, primary_key=True),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("tables", sa.JSON, nullable=False),
)

CORRECTIONS = sa.Table(
    "corrections",
    FACTS,
    sa.Column("correction_id", sa.Integer, primary_key=True),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("table", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("cells", sa.JSON, nullable=False),
)

# In the columns of `collect.recorded_consents`, which is its copy in the warehouse.
CONSENTS = sa.Table(
    "consents",
    FACTS,
    sa.Column("consent_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("purpose", "channel", "decision")),
    sa.Column("said_at", sa.DateTime, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("given_by", "text_version", "text_language", "text_hash")),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("evidence", "actor")),
)

# The exact texts that were agreed to, each once.
CONSENT_TEXTS = sa.Table(
    "consent_texts",
    FACTS,
    sa.Column("text_hash", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("purpose", "language", "version", "text")),
    sa.Column("first_shown_at", sa.DateTime, nullable=False),
)

# From when on data may only be stored, and from when on no more.
RESTRICTIONS = sa.Table(
    "restrictions",
    FACTS,
    sa.Column("restriction_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("changed_at", sa.DateTime, nullable=False),
    sa.Column("restricted", sa.Boolean, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)

# What people asked for by right, with the receipt of what was done.
REQUESTS = sa.Table(
    "requests",
    FACTS,
    sa.Column("request_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("person", "kind", "law")),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("identity", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("receipt", sa.JSON, nullable=False),
)

# Files of rows about people that left the stores.
EXPORTS = sa.Table(
    "exports",
    FACTS,
    sa.Column("export_id", sa.Integer, primary_key=True),
    sa.Column("made_at", sa.DateTime, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("path", "actor")),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("columns", sa.JSON, nullable=False),
)

# Frozen lists: by which definition they were drawn, and what they promise for which money.
LISTS = sa.Table(
    "lists",
    FACTS,
    sa.Column("list_id", sa.Integer, primary_key=True),
    sa.Column("list", sa.Text, nullable=False, unique=True),
    sa.Column("frozen_at", sa.DateTime, nullable=False),
    sa.Column("frozen_on", sa.Date, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("definition", sa.JSON, nullable=False),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("customers", "held_out")),
    *(sa.Column(name, sa.Float, nullable=False) for name in ("value", "value_low", "value_high", "cost")),
)

# Who is on a frozen list, treated or held out; copied to the warehouse as `collect.recorded_lists`.
LIST_MEMBERS = sa.Table(
    "list_members",
    FACTS,
    sa.Column("member_id", sa.Integer, primary_key=True),
    sa.Column("list", sa.Text, nullable=False, index=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("frozen_on", sa.Date, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("play", "stage", "channel", "held_out")),
    sa.Column("propensity", sa.Float, nullable=False),
    *(sa.Column(name, sa.Float, nullable=False) for name in ("value", "value_low", "value_high", "cost")),
    *(sa.Column(name, sa.Float) for name in ("at_stake", "margin_share", "assumed_value", "assumed_high")),
    sa.Column("value_tier", sa.Text),
    *(sa.Column(name, sa.Float) for name in ("expert_score", "figures_score", "figures_value")),
)

# What people who know a customer say of an action; copied to the warehouse as `collect.recorded_judgements`.
JUDGEMENTS = sa.Table(
    "judgements",
    FACTS,
    sa.Column("judgement_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("play", sa.Text, nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("veto", sa.Boolean, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("made_on", sa.Date, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("reason", "actor")),
    # What the figures said on the day of a score.
    sa.Column("figures_score", sa.Float),
)

# What those who work the list did about a customer: `follow_up` and `owner` are empty where they stay as they were, and
# an `owner` of "" is nobody. What was done together has one `act`, which another one may take back. Copied to the
# warehouse as `collect.recorded_follow_ups`.
FOLLOW_UPS = sa.Table(
    "follow_ups",
    FACTS,
    sa.Column("follow_up_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    *(
        sa.Column(name, sa.Text, nullable=False)
        for name in ("act", "takes_back", "play", "follow_up", "because", "actor")
    ),
    sa.Column("owner", sa.Text),
    sa.Column("snoozed_until", sa.Date),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("made_on", sa.Date, nullable=False),
)

# What lists were found to have brought; copied to the warehouse as `collect.recorded_readouts`.
READOUTS = sa.Table(
    "readouts",
    FACTS,
    sa.Column("readout_id", sa.Integer, primary_key=True),
    sa.Column("read_at", sa.DateTime, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("list", "play", "stage", "verdict")),
    *(sa.Column(name, sa.Date, nullable=False) for name in ("frozen_on", "read_on")),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("days", "treated", "held_out")),
    *(sa.Column(name, sa.Float, nullable=False) for name in ("promised", "promised_low", "promised_high", "cost")),
    *(sa.Column(name, sa.Float) for name in ("delivered", "delivered_low", "delivered_high", "claim_ratio")),
    *(sa.Column(name, sa.Float) for name in ("p_value", "lift", "lift_error", "assumed_lift", "assumed_lift_sd")),
    sa.Column("value_tier", sa.Text),
)

# Who may send over HTTP: the latest fact about a name counts. Of a key only its hash is kept.
SENDERS = sa.Table(
    "senders",
    FACTS,
    sa.Column("sender_id", sa.Integer, primary_key=True),
    sa.Column("made_at", sa.DateTime, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("source", "key_hash", "decision", "actor")),
    sa.Column("settings", sa.JSON, nullable=False),
)

# Rules by which people were put together, under a name; the last of a name counts, and none ("") takes it away.
SEGMENTS = sa.Table(
    "segments",
    FACTS,
    sa.Column("segment_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "rule", "actor")),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

# Filters of a page under a name: the last of a page, a name and whose it is counts, and `kept` says whether it stays.
VIEWS = sa.Table(
    "views",
    FACTS,
    sa.Column("view_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("page", "name", "query", "actor")),
    *(sa.Column(name, sa.Boolean, nullable=False) for name in ("shared", "kept")),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

# What the events of each source should be like: versions, of which the latest counts.
TRACKING_PLANS = sa.Table(
    "tracking_plans",
    FACTS,
    sa.Column("plan_id", sa.Integer, primary_key=True),
    sa.Column("made_at", sa.DateTime, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("source", "actor")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
)

# Links between identifiers that somebody undid.
CUTS = sa.Table(
    "cuts",
    FACTS,
    sa.Column("cut_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("customer_id", "other_kind", "other", "actor")),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

# Pairs of numbers that are likely one person's: found, and what somebody decided.
LIKELY_PAIRS = sa.Table(
    "likely_pairs",
    FACTS,
    sa.Column("pair_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("customer_id", "other", "decision", "actor")),
    sa.Column("bits", sa.Float, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

# Programs that may ask for profiles and live events.
READERS = sa.Table(
    "readers",
    FACTS,
    sa.Column("reader_id", sa.Integer, primary_key=True),
    sa.Column("made_at", sa.DateTime, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "key_hash", "decision", "purpose", "actor")),
    sa.Column("scopes", sa.JSON, nullable=False),
)

# Who may sign in to the pages; the last of a name counts, and none ("") for a password takes the right away.
USERS = sa.Table(
    "users",
    FACTS,
    sa.Column("user_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "role", "password_hash", "actor")),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

# What runs decided about people; a decision that stays the same is not written again.
DECISIONS = sa.Table(
    "decisions",
    FACTS,
    sa.Column("decision_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("decided_at", sa.DateTime, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("play", "verdict", "reason", "digest", "rules_hash")),
    *(sa.Column(name, sa.Text) for name in ("facts", "alternatives")),
)

# Versions and settings by which decisions were made, each once.
DECISION_RULES = sa.Table(
    "decision_rules",
    FACTS,
    sa.Column("rules_hash", sa.Text, primary_key=True),
    sa.Column("first_used_at", sa.DateTime, nullable=False),
    sa.Column("rules", sa.JSON, nullable=False),
)

# Requests that wait for their answer, and breaches: a fact for each step, the last one counts.
STEPS = sa.Table(
    "steps",
    FACTS,
    sa.Column("step_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("about", "case", "step", "actor")),
    sa.Column("taken_at", sa.DateTime, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
)

# Notices to people and assessments of the house, as they stood.
DOCUMENTS = sa.Table(
    "documents",
    FACTS,
    sa.Column("document_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "language", "text_hash", "text", "actor")),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

NAMES = {table.name: table for table in FACTS.tables.values()}


def personal() -> list[sa.Table]:
    """The tables about people."""
    return [table for table in NAMES.values() if "customer_id" in table.c]

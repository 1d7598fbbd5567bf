"""Operational facts, append-only: what was run, what people corrected, what customers agreed to and asked for.

SQLAlchemy, so that SQLite and PostgreSQL are one code. Facts are never changed; what is about a person (a table with a
`customer_id`) goes when she is erased, and what must outlive that names her by a blind token (`person`).
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from motherlode.errors import ConfigError, EngineError
from motherlode.private import private_file

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

# From when on the links to the choices of a person that were made until then open nothing.
REVOKED_LINKS = sa.Table(
    "revoked_links",
    FACTS,
    sa.Column("revocation_id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("revoked_at", sa.DateTime, nullable=False),
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


class Ledger:
    """Facts are added and read; none is changed, and only erasing a person takes facts away."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> sa.Engine:
        """The database, for facts that need a transaction of their own."""
        return self._engine

    def record(self, name: str, facts: Sequence[Mapping[str, Any]]) -> None:
        """Add facts to one of the ledger's tables, in one transaction."""
        if facts:
            with self._engine.begin() as connection:
                connection.execute(NAMES[name].insert(), [dict(fact) for fact in facts])

    def read(self, name: str) -> list[dict[str, Any]]:
        """All facts of a table, oldest first."""
        table = NAMES[name]
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            return [dict(row) for row in rows.mappings()]

    def since(self, name: str, last: int) -> list[dict[str, Any]]:
        """Facts of a table that were added after one, by its number."""
        table = NAMES[name]
        (number,) = table.primary_key.columns
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(table).where(number > last).order_by(number))
            return [dict(row) for row in rows.mappings()]

    def about_people(self) -> list[str]:
        """Names of the tables about people."""
        return [table.name for table in personal()]

    def about(self, name: str, customer_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Facts of a table about people, oldest first."""
        table = NAMES[name]
        mine = sa.select(table).where(_names(table, customer_ids))
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(mine.order_by(*table.primary_key.columns)).mappings()]

    def beginning(self, name: str, start: str) -> list[dict[str, Any]]:
        """Facts of a table about people whose id begins so, oldest first."""
        table = NAMES[name]
        mine = sa.select(table).where(table.c.customer_id.startswith(start, autoescape=True))
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(mine.order_by(*table.primary_key.columns)).mappings()]

    def last(self, name: str, limit: int) -> list[dict[str, Any]]:
        """The last facts of a table, oldest first."""
        table = NAMES[name]
        newest = sa.select(table).order_by(*(column.desc() for column in table.primary_key.columns)).limit(limit)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(newest).mappings()][::-1]

    def last_decisions(self) -> pa.Table:
        """The digest of the last decision about each person."""
        newest = sa.select(sa.func.max(DECISIONS.c.decision_id)).group_by(DECISIONS.c.customer_id)
        mine = sa.select(DECISIONS.c.customer_id, DECISIONS.c.digest).where(DECISIONS.c.decision_id.in_(newest))
        with self._engine.connect() as connection:
            rows = connection.execute(mine).all()
        names = ("customer_id", "digest")
        return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})

    def requests(self, person: str) -> list[dict[str, Any]]:
        """What a person, named by a blind token, asked for, oldest first."""
        return [row for row in self.read("requests") if row["person"] == person]

    def people(self) -> list[str]:
        """Everybody whom facts are about."""
        with self._engine.connect() as connection:
            return sorted(
                {who for t in personal() for who in connection.scalars(sa.select(t.c.customer_id).distinct())}
            )

    def forget(self, customer_ids: Sequence[str], rows: Sequence[Mapping[str, Any]] = ()) -> dict[str, int]:
        """Delete what is about people, and corrections of these loaded rows; gives the facts by table."""
        at = sa.and_(*(CORRECTIONS.c[name] == sa.bindparam(f"of_{name}") for name in ("source", "file", "row")))
        places = [{f"of_{name}": row[name] for name in ("source", "file", "row")} for row in rows]
        gone = {"corrections": 0}
        with self._engine.begin() as connection:
            for place in places:
                gone["corrections"] += connection.execute(sa.delete(CORRECTIONS).where(at), place).rowcount
            for table in personal():
                gone[table.name] = connection.execute(sa.delete(table).where(_names(table, customer_ids))).rowcount
            if connection.scalar(sa.select(sa.exists().where(DECISIONS.c.facts.contains('"peer_id":"')))):
                _unname(connection, customer_ids)
        return gone

    def copy_to(self, path: Path) -> None:
        """Write SQLite's file, whole as it is now, into another."""
        with closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM INTO ?", (str(path),))

    def rewrite(self) -> None:
        """Write SQLite's file anew, so that no freed page keeps what was deleted."""
        if self._engine.dialect.name == "sqlite":
            with closing(self._engine.raw_connection()) as raw:
                raw.cursor().execute("VACUUM")
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def last_run(self) -> dict[str, Any] | None:
        latest = sa.select(RUNS).order_by(RUNS.c.run_id.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(latest).mappings().first()
        return dict(row) if row else None

    def close(self) -> None:
        self._engine.dispose()


def _unname(connection: sa.Connection, customer_ids: Sequence[str]) -> None:
    """Take people out of decisions about others: those of an older version say whom somebody was compared to."""
    for who in customer_ids:
        named = f'"peer_id":"{who}"'
        facts = sa.func.replace(DECISIONS.c.facts, named, '"peer_id":null')
        mine = DECISIONS.c.facts.contains(named, autoescape=True)
        connection.execute(sa.update(DECISIONS).where(mine).values(facts=facts))


def _names(table: sa.Table, customer_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a fact is about one of these people; a fact about two is about both."""
    people = [table.c[name] for name in ("customer_id", "other") if name in table.c]
    return sa.or_(*(column.in_(customer_ids) for column in people))


def open_ledger(url: str, root: Path) -> Ledger:
    """Open the ledger; a relative SQLite path is relative to the project.

    Raises
    ------
    ConfigError
        A URL of no database, or of one whose driver is not installed.
    EngineError
        The database cannot be opened.
    """
    engine = _engine(url, root)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _write_ahead)
    try:
        FACTS.create_all(engine)
        _complete(engine)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        hint = f"look at `ledger =` in motherlode.toml, and whether {root} can be written to"
        raise EngineError(f"ledger {engine.url!r} cannot be opened: {error.orig}", hint=hint) from error
    return Ledger(engine)


def _complete(engine: sa.Engine) -> None:
    """Add the columns that an older version of the house did not know; facts of then have nothing in them."""
    known = sa.inspect(engine)
    with engine.begin() as connection:
        for table in FACTS.tables.values():
            there = {column["name"] for column in known.get_columns(table.name)}
            for column in (column for column in table.columns if column.name not in there):
                kind = column.type.compile(engine.dialect)
                connection.execute(sa.text(f'ALTER TABLE "{table.name}" ADD COLUMN "{column.name}" {kind}'))


def _engine(url: str, root: Path) -> sa.Engine:
    hint = 'such as ledger = "sqlite:///data/ledger.sqlite" or "postgresql://…"'
    try:
        parsed = sa.make_url(url)
        path = _file(parsed, root)
        # The URL is never told: it may hold a password.
        return sa.create_engine(parsed.set(database=str(path)) if path else parsed)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise ConfigError("ledger = … is no URL of a known database", hint=hint) from error
    except ImportError as error:
        raise ConfigError(f"ledger: {error}", hint=f"pip install {error.name}") from error


def _file(url: sa.URL, root: Path) -> Path | None:
    """SQLite's file, its folder made."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return private_file(root / str(url.database))


def _write_ahead(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA secure_delete=ON")

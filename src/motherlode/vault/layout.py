"""The tables of the vault."""

import sqlalchemy as sa

from motherlode.columns import always, perhaps

TABLES = sa.MetaData()
# A record of its own for each, so that reading a name never decrypts an identity number.
SENSITIVITIES = ("ordinary", "sensitive")

SEAL = sa.Table("seal", TABLES, sa.Column("proof", sa.Text, primary_key=True))

# The last entry of the log of what was done, and its hash: it stays where the log is taken away with its checkpoints.
HEAD = sa.Table(
    "head",
    TABLES,
    sa.Column("entry", sa.Integer, primary_key=True),
    *always(sa.LargeBinary, "hash"),
)

# One row a person: her data key, wrapped, and a record for each sensitivity. In a backup whose keys are kept apart the
# wrapped key is NULL, and the row opens for nobody.
PERSON = sa.Table(
    "person",
    TABLES,
    sa.Column("customer_id", sa.Text, primary_key=True),
    *perhaps(sa.LargeBinary, "wrapped_key"),
    *always(sa.Integer, "key_version"),
    *(sa.Column(kind, sa.LargeBinary) for kind in SENSITIVITIES),
    sqlite_with_rowid=False,
)

# Of a copy whose keys are kept apart nobody opens.
OPENS = PERSON.c.wrapped_key.is_not(None)

# Who was shredded, blindly: to leave out what arrives of them, and to shred again when an older backup was restored.
SUPPRESSED = sa.Table(
    "suppressed",
    TABLES,
    sa.Column("index_name", sa.Text, primary_key=True),
    sa.Column("token", sa.LargeBinary, primary_key=True),
    *always(sa.DateTime, "suppressed_at"),
)

# Blind tokens of one index that begin with the same byte and came together, 16 bytes each, and whose they are, in the
# same order, as a JSON list: a row a token costs SQLite more than all encryption.
BLIND = sa.Table(
    "blind",
    TABLES,
    sa.Column("run_id", sa.Integer, primary_key=True),
    *always(sa.Text, "index_name"),
    *always(sa.Integer, "bucket"),
    *always(sa.LargeBinary, "tokens", "customer_ids"),
    sa.Index("blind_by_bucket", "index_name", "bucket"),
)

# Fields that a person had put right: what a file says of them does not count any more.
RECTIFIED = sa.Table(
    "rectified",
    TABLES,
    *(sa.Column(name, sa.Text, primary_key=True) for name in ("customer_id", "field")),
    *always(sa.DateTime, "rectified_at"),
)

# Each reading of personal fields, also those that were refused.
READINGS = sa.Table(
    "readings",
    TABLES,
    sa.Column("reading_id", sa.Integer, primary_key=True),
    sa.Column("read_at", sa.DateTime, nullable=False, index=True),
    *always(sa.Text, "actor", "role", "purpose", "reason", "outcome"),
    *always(sa.Integer, "asked", "revealed"),
    *always(sa.JSON, "fields"),
)

# Who was read, blindly: whom an incident touched must be known, also of people who were shredded since.
READ_PEOPLE = sa.Table(
    "read_people",
    TABLES,
    sa.Column("reading_id", sa.Integer, primary_key=True),
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

"""The tables of the vault."""

import sqlalchemy as sa

TABLES = sa.MetaData()

SEAL = sa.Table("seal", TABLES, sa.Column("proof", sa.Text, primary_key=True))

SUBJECT_KEY = sa.Table(
    "subject_key",
    TABLES,
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("key_version", sa.Integer, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sqlite_with_rowid=False,
)

# Who was shredded, blindly: to leave out what arrives of them, and to shred again when an older backup was restored.
SUPPRESSED = sa.Table(
    "suppressed",
    TABLES,
    sa.Column("index_name", sa.Text, primary_key=True),
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("suppressed_at", sa.DateTime, nullable=False),
)

PERSONAL = sa.Table(
    "personal",
    TABLES,
    *(sa.Column(name, sa.Text, primary_key=True) for name in ("customer_id", "sensitivity")),
    sa.Column("blob", sa.LargeBinary, nullable=False),
    sa.Column("kept_at", sa.DateTime, nullable=False),
    sqlite_with_rowid=False,
)

BLIND = sa.Table(
    "blind",
    TABLES,
    sa.Column("index_name", sa.Text, primary_key=True),
    sa.Column("token", sa.LargeBinary, primary_key=True),
    # Without an index of its own: whoever is erased is looked for once, and everybody is written.
    sa.Column("customer_id", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)

# Fields that a person had put right: what a file says of them does not count any more.
RECTIFIED = sa.Table(
    "rectified",
    TABLES,
    *(sa.Column(name, sa.Text, primary_key=True) for name in ("customer_id", "field")),
    sa.Column("rectified_at", sa.DateTime, nullable=False),
)

# Each reading of personal fields, also those that were refused.
READINGS = sa.Table(
    "readings",
    TABLES,
    sa.Column("reading_id", sa.Integer, primary_key=True),
    sa.Column("read_at", sa.DateTime, nullable=False, index=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "role", "purpose", "reason", "outcome")),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("asked", "revealed")),
    sa.Column("fields", sa.JSON, nullable=False),
)

# Who was read, blindly: whom an incident touched must be known, also of people who were shredded since.
READ_PEOPLE = sa.Table(
    "read_people",
    TABLES,
    sa.Column("reading_id", sa.Integer, primary_key=True),
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

"""Open a vault: with its key, under its tenant, made on first use."""

import hmac
from pathlib import Path

import sqlalchemy as sa

from motherlode.doors import Kms
from motherlode.errors import ConfigError
from motherlode.schemas import IDENTIFYING
from motherlode.vault import blind
from motherlode.vault.engine import open_engine, transaction
from motherlode.vault.key_file import master_keys
from motherlode.vault.keys import Keys
from motherlode.vault.layout import SEAL, SENSITIVITIES, TABLES
from motherlode.vault.store import Vault


def open_vault(
    url: str,
    root: Path,
    *,
    key_file: Path | None = None,
    key_text: str | None = None,
    tenant: str = "house",
    kms: Kms | None = None,
) -> Vault:
    """Open the vault and make it, and its key file, on first use.

    Parameters
    ----------
    url
        As SQLAlchemy writes it; a relative SQLite path is relative to `root`.
    key_file
        Where the master key is; by default `motherlode.key` beside the folder that the vault is in, so that a copy
        of the data folder is not a copy of the key.
    key_text
        The master key itself, 64 hexadecimal digits, for instance from `${MOTHERLODE_KEY}`; no file is then touched.
    tenant
        Bound into every ciphertext and token: a vault opens only under the name it was made with.
    kms
        A key management system: the key file then holds keys that only it can unwrap.
    """
    engine, path = open_engine(url, root)
    if path:
        key_file = key_file or path.parent.with_name("motherlode.key")
    try:
        proof = _sealed_with(engine)
        keys = Keys(master_keys(key_text, root / key_file if key_file else None, proof is not None, kms), tenant)
        _check_seal(engine, keys, proof)
    except BaseException:
        engine.dispose()
        raise
    return Vault(engine, keys)


def _sealed_with(engine: sa.Engine) -> str | None:
    """The proof of the key that this vault was made with; a vault that is whole is opened without waiting."""
    proof = sa.select(SEAL.c.proof)
    with transaction(engine, reading=True) as connection:
        if TABLES.tables.keys() <= set(sa.inspect(connection).get_table_names()):
            return connection.scalar(proof)
    with transaction(engine) as connection:
        is_old = sa.inspect(connection).has_table("subject_key")
        _bring_forward(connection) if is_old else TABLES.create_all(connection)
        return connection.scalar(proof)


def _bring_forward(connection: sa.Connection) -> None:
    """Put a vault with a row a key, a record and a token into the layout of today; nothing is decrypted for it."""
    connection.execute(sa.text("ALTER TABLE blind RENAME TO blind_before"))
    TABLES.create_all(connection)
    record = "(SELECT blob FROM personal WHERE personal.customer_id = k.customer_id AND sensitivity = '{}')"
    records = ", ".join(map(record.format, SENSITIVITIES))
    connection.execute(
        sa.text(f"INSERT INTO person SELECT customer_id, wrapped_key, key_version, {records} FROM subject_key AS k")  # noqa: S608
    )
    for name in IDENTIFYING:
        named = sa.text("SELECT token, customer_id FROM blind_before WHERE index_name = :name").bindparams(name=name)
        rows = connection.execute(named).all()
        blind.keep(connection, name, [row[0] for row in rows], [row[1] for row in rows])
    for table in ("subject_key", "personal", "blind_before"):
        connection.execute(sa.text(f"DROP TABLE {table}"))


def _check_seal(engine: sa.Engine, keys: Keys, proof: str | None) -> None:
    if proof is None:
        with transaction(engine) as connection:
            proof = connection.scalar(sa.select(SEAL.c.proof))  # another process may have been first
            if proof is None:
                connection.execute(SEAL.insert(), [{"proof": keys.proof}])
                return
    if not hmac.compare_digest(proof, keys.proof):
        raise ConfigError(
            "vault: this is not the key, or not the tenant, that the vault was made with",
            hint="put the first key back; without it the personal fields can only be collected again into a new vault",
        )

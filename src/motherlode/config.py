"""`motherlode.toml`, read once, checked whole, never changed."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from motherlode.access import CLASSES, PROCESS_RULES, READ_FOR, Rule
from motherlode.errors import ConfigError, did_you_mean
from motherlode.schemas import INPUTS

FILE = "motherlode.toml"


class SourceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[sources.<name>]`: a door, its settings, the table it fills and which column is what.

    Attributes
    ----------
    use
        Name of the door; `settings` are what that door takes (`path`, `url`, `query`, …).
    columns
        Canonical column -> header in the source.
    date_order
        "ymd", "dmy", "mdy", "mixed", or "" to learn it from the files.
    numbered
        Rows have no number of their own: `customer_id` is the source's name and the row's place in the file.
    replace
        Canonical column -> {cell as it came: cell to read instead}.
    """

    name: str
    use: str
    table: str
    columns: Mapping[str, str]
    settings: Mapping[str, Any]
    date_order: str = ""
    decimal_mark: str = "."
    timezone: str = ""
    replace: Mapping[str, Mapping[str, str]] = {}
    numbered: bool = False


class ServeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[serve]`: what `motherlode serve` takes and keeps.

    Attributes
    ----------
    log
        Folder of the log of accepted requests.
    prefix
        A path in front of every tracking path besides the plain ones, as ad blockers know those.
    keep_days
        Days for which the log is kept; 0 for ever, so that everything can be made of it again. Where it is not given,
        as long as `events_days` of `[tables.retention]` keeps what was made of it.
    dedupe_days
        Days for which a message that comes again is known.
    segment_mb
        Size in MB at which a file of the log is full and the next one begins.
    events_per_second
        What one source may send on average; 0 is no limit.
    address
        Where people reach the server from outside, such as `https://data.example.com`: what links to them begin with.
    """

    log: str = "data/log"
    prefix: str = ""
    keep_days: int | None = None
    dedupe_days: int = 31
    segment_mb: int = 64
    events_per_second: int = 0
    address: str = ""


class WebhookConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[webhooks.<name>]`: a system that posts signed bodies of its own shape to `/v1/webhook/<name>`.

    Attributes
    ----------
    secret
        What the body is signed with (HMAC-SHA-256), as `${NAME}`.
    signature
        Header of the signature.
    mapping
        Field of an event -> where it stands in the body, such as `data.customer.id`, or a text in quotation marks.
    """

    secret: str
    mapping: Mapping[str, str]
    signature: str = "x-signature"


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project."""

    root: Path
    name: str = "my-company"
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    warehouse: str = "duckdb://data/warehouse.duckdb"
    ledger: str = "sqlite:///data/ledger.sqlite"
    vault: str = "sqlite:///data/vault.sqlite"
    audit: str = "sqlite:///data/audit.sqlite"
    key_file: str = "motherlode.key"
    kms: str = ""
    memory_limit: str = ""
    threads: int = 0
    sources: Mapping[str, SourceConfig] = {}
    tables: Mapping[str, Mapping[str, Any]] = {}
    access: tuple[Rule, ...] = ()
    epsilon_a_year: float = 2.0
    serve: ServeConfig = ServeConfig()
    webhooks: Mapping[str, WebhookConfig] = {}

    @property
    def log_days(self) -> int:
        """Days for which the log of requests is kept; 0 is for ever."""
        days = self.serve.keep_days
        return int(self.tables.get("retention", {}).get("events_days", 0)) if days is None else days


OWN = ("use", "table", "columns", "date_order", "decimal_mark", "timezone", "replace", "numbered")
MOST_THREADS = 256
DATE_ORDERS = ("", "ymd", "dmy", "mdy", "mixed")


def read_config(root: Path) -> Config:
    """Read and check the project's `motherlode.toml`.

    Raises
    ------
    ConfigError
        No such file, not TOML, an unknown key (with the nearest name), a secret that is not set.
    """
    path = root / FILE
    if not path.exists():
        raise ConfigError(f"{path} does not exist", hint=f"motherlode init FOLDER --project {root}")
    try:
        # Windows' editors put a byte-order mark before the first key.
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}", hint="mend the line named above") from error
    return parse_config(_with_secrets(values, os.environ), root)


def parse_config(values: Mapping[str, Any], root: Path) -> Config:
    """Check the values of a `motherlode.toml`."""
    known = [name for name in Config.__struct_fields__ if name != "root"]
    for key in values:
        if key not in known:
            raise ConfigError(f"{FILE} has no key `{key}`", hint=did_you_mean(key, known))
    sections = _sections(values.get("sources", {}))
    try:
        config = msgspec.convert({**values, "root": root, "sources": {}}, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{FILE}: {error}", hint="see docs/how-to/configure.md") from error
    _zone("timezone", config.timezone)
    # The engine starts as many as it is told, until the machine stands still.
    if not 0 <= config.threads <= MOST_THREADS:
        raise ConfigError(f"{FILE}: threads = {config.threads}", hint="threads = 0 takes every core")
    for rule in config.access:
        _check_rule(rule)
    return msgspec.structs.replace(config, sources={name: _source(name, source) for name, source in sections.items()})


def _sections(values: Any) -> Mapping[str, Mapping[str, Any]]:
    """The `[sources.<name>]`: a name is also that of a table, in which capitals make no difference."""
    if not isinstance(values, Mapping) or not all(isinstance(section, Mapping) for section in values.values()):
        raise ConfigError(f"{FILE}: sources are sections", hint='such as [sources.orders] with path = "orders.csv"')
    taken: dict[str, str] = {}
    for name in values:
        if not re.fullmatch(r"[\w-]+", name):
            raise ConfigError(f'[sources."{name}"]: no such name', hint="letters, digits, _ and - make a name")
        other = taken.setdefault(name.lower(), name)
        if other != name:
            raise ConfigError(f"[sources.{other}] and [sources.{name}] are one name", hint="rename one of them")
    return values


def _source(name: str, values: Mapping[str, Any]) -> SourceConfig:
    where = f"[sources.{name}]"
    table = values.get("table", "")
    if not isinstance(table, str) or table not in INPUTS:
        raise ConfigError(f"{where} table = {table!r} is not an input table", hint=did_you_mean(str(table), INPUTS))
    own = {key: value for key, value in values.items() if key in OWN and key != "use"}
    settings = {key: value for key, value in values.items() if key not in OWN}
    merged = {"columns": {}, **own, "name": name, "use": values.get("use", "files"), "settings": settings}
    try:
        source = msgspec.convert(merged, SourceConfig)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{FILE} {where}: {error}", hint="see docs/how-to/configure.md") from error
    _check_source(where, source)
    return source


def _check_source(where: str, source: SourceConfig) -> None:
    columns = [column.name for column in INPUTS[source.table].columns]
    for key, named in (("columns", source.columns), ("replace", source.replace)):
        for column in named:
            if column not in columns:
                raise ConfigError(
                    f"{where} {key}: `{source.table}` has no column `{column}`", hint=did_you_mean(column, columns)
                )
    if source.date_order not in DATE_ORDERS:
        raise ConfigError(f"{where} date_order = {source.date_order!r}", hint="one of ymd, dmy, mdy, mixed")
    if source.timezone:
        _zone(f"{where} timezone", source.timezone)


def _check_rule(rule: Rule) -> None:
    where = f"[[access]] role = {rule.role!r}"
    if not rule.role.strip() or rule.role in (process.role for process in PROCESS_RULES):
        raise ConfigError(f"{where}: roles of people only", hint="the roles of the house's processes stay as they are")
    for name, said, known in (
        ("purposes", rule.purposes, READ_FOR),
        ("clear", rule.clear, CLASSES),
        ("masked", rule.masked, CLASSES),
    ):
        for one in said:
            if one not in known:
                raise ConfigError(f"{where} {name}: there is no `{one}`", hint=did_you_mean(one, known))


def _zone(where: str, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(f"{where} = {zone!r} is no time zone", hint='such as "Asia/Shanghai" or "UTC"') from error


def _with_secrets(value: Any, environment: Mapping[str, str]) -> Any:
    """Put environment variables in place of `${NAME}`."""
    if isinstance(value, Mapping):
        return {key: _with_secrets(item, environment) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_secrets(item, environment) for item in value]
    if not isinstance(value, str):
        return value

    def secret(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in environment:
            raise ConfigError(f"${{{name}}} in {FILE} is not set", hint=f"export {name}=…")
        return environment[name]

    return re.sub(r"\$\{(\w+)\}", secret, value)

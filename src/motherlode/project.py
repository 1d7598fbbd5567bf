"""A project folder opened: the three verbs and the tables, for Python, notebooks and the command line.

What only a verb needs is imported by it: a table is read in half the time.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import msgspec

from motherlode import disclosure
from motherlode.access import Reading, rules_of
from motherlode.arrow.rows import Rows
from motherlode.config import Config, read_config
from motherlode.errors import EngineError, GraphError, MotherlodeError, NotReady, did_you_mean
from motherlode.govern.verdicts import FINAL
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import Graph, to_sql, wire
from motherlode.labels import add_labels
from motherlode.machine import clock
from motherlode.machine.actor import actor
from motherlode.plugins import find_kms, find_promises, plugin_folders
from motherlode.remaking import Remaking
from motherlode.warehouse import Warehouse, open_warehouse

if TYPE_CHECKING:
    from motherlode.audit import Audit
    from motherlode.doors import Kms
    from motherlode.ingest import Loaded
    from motherlode.ledger import Ledger
    from motherlode.people.consents import Statement, Text
    from motherlode.people.lookup import Person
    from motherlode.rights.expiry import Expired
    from motherlode.run import Run
    from motherlode.stores import Stores
    from motherlode.vault import Vault

Tell = Callable[[str, int, int], None]

STAGES = ("intro", "trial", "mature", "decline", "lost")
# Windows of years are counted from `as_of` either way.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
# The table of which a feature or label is a column.
COLUMN_OF = {"feature": "features", "label": "snapshots"}
# Readings that somebody should look at.
ALARMS = ("broke_glass", "too_many")
STORES = ("warehouse", "ledger", "audit", "vault")


class Project:
    """A folder with a `motherlode.toml`; its stores are opened at the first need and closed by `close`.

    Parameters
    ----------
    read_only
        Only read tables: other readers can then do so at the same time.

    >>> with Project("demo-shop") as shop:          # doctest: +SKIP
    ...     shop.load()
    ...     shop.run()
    ...     shop.opportunities(budget=5000, limit=20)
    """

    def __init__(self, root: str | Path = ".", config: Config | None = None, *, read_only: bool = False) -> None:
        self.root = Path(root).resolve()
        self.config = config or read_config(self.root)
        self.read_only = read_only
        self.expired: Expired | None = None
        for folder in plugin_folders(self.root):
            add_labels(folder)

    def __repr__(self) -> str:
        return f"Project({str(self.root)!r})"

    @cached_property
    def warehouse(self) -> Warehouse:
        config = self.config
        return open_warehouse(
            config.warehouse,
            self.root,
            memory_limit=config.memory_limit,
            threads=config.threads,
            read_only=self.read_only,
        )

    @cached_property
    def ledger(self) -> "Ledger":
        from motherlode.ledger import open_ledger

        return open_ledger(self.config.ledger, self.root)

    @cached_property
    def vault(self) -> "Vault":
        from motherlode.vault import open_vault

        vault = open_vault(self.config.vault, self.root, key_file=self.root / self.config.key_file, kms=self.kms)
        vault.rules = rules_of(self.config.access)
        vault.on_read = self._note_reading
        return vault

    @property
    def kms(self) -> "Kms | None":
        """The key management system that wraps the keys of the house, where there is one."""
        return find_kms(self.config.kms, self.root) if self.config.kms else None

    def _note_reading(self, entry: dict[str, Any]) -> None:
        self.audit.note("read", entry, now=clock.now())
        if entry["outcome"] in ALARMS:
            self.audit.note("alarm", entry, now=clock.now())

    @cached_property
    def audit(self) -> "Audit":
        from motherlode.audit import open_audit

        return open_audit(self.config.audit, self.root, self.vault)

    @property
    def stores(self) -> "Stores":
        from motherlode.stores import Stores

        return Stores(self.warehouse, self.ledger, self.vault, self.audit)

    @cached_property
    def graph(self) -> Graph:
        return wire(find_promises(self.root))

    def beside(self) -> "Project":
        """The same project for another thread: it reads what was committed last and shares the other stores.

        Open it before the threads begin; close its warehouse when the thread is done, and nothing else.
        """
        shared = {name: getattr(self, name) for name in (*STORES, "graph")}
        other = copy.copy(self)
        other.__dict__.update(shared, warehouse=self.warehouse.beside())
        return other

    def load(self, tell: Tell = lambda *_: None) -> "list[Loaded]":
        """Load what is new or changed in the sources; see `ingest.ingest`."""
        from motherlode import ingest
        from motherlode.live import consumer
        from motherlode.rights import erasure, recalled, rectified, restrictions

        erasure.again(self.config, self.stores, self.graph, actor=actor(), now=clock.now())
        loaded = ingest.ingest(self.config, self.stores, now=clock.now(), tell=tell)
        consumer.drain(self.config, self.stores)
        rectified.keep(self.stores)
        recalled.claim(self.stores)
        restrictions.withhold(self.config, self.stores)
        return loaded

    def run(self, as_of: date | None = None, tell: Tell = lambda *_: None) -> "Run":
        """Make every table as of a day, by default the last day in the data; see `run.run`."""
        from motherlode import decisions, run

        if as_of is not None and not FIRST_DAY <= as_of <= LAST_DAY:
            raise MotherlodeError(f"as of {as_of}: no data is from that day", hint=f"{FIRST_DAY} to {LAST_DAY}")

        as_of = self._expire(as_of)
        done = run.run(
            self.config,
            self.warehouse,
            self.ledger,
            self.graph,
            now=clock.now(),
            version=version("motherlode"),
            as_of=as_of,
            tell=tell,
        )
        decided = run.decided(self.config, self.warehouse, done, version("motherlode"))
        rules = {"version": version("motherlode"), "settings": self.config.tables}
        noted = decisions.note(self.ledger, self.warehouse, done, rules, now=clock.now())
        self.audit.note("run", {**decided, "noted": noted}, now=clock.now())
        return done

    def _expire(self, as_of: date | None) -> date | None:
        """Take away what is past its time on the day of a run, or on the last day in the data where that is earlier.

        Gives the day of the run.
        """
        from motherlode import run
        from motherlode.rights import expiry

        last = run.last_day(self.warehouse)
        if last is not None:
            day = min(as_of or last, last, clock.now().date())
            self.expired = expiry.expire(self.config, self.stores, self.graph, day, now=clock.now())
            if self.expired:
                self.audit.note("retention", {"day": day, **msgspec.to_builtins(self.expired)}, now=clock.now())
        return as_of or last

    def say(self, who: str, statement: "Statement", text: "Text | None" = None) -> "Person":
        """Record what a person (a customer number, e-mail or phone) agreed to or refused; it counts at once."""
        from motherlode.people import lookup

        person = lookup.find(self.stores, who)
        self.note_said(person, statement, text)
        self.obey()
        return person

    def note_said(self, person: "Person", statement: "Statement", text: "Text | None" = None) -> None:
        """Record what a person agreed to or refused; `obey` makes it count in the tables."""
        from motherlode.people import consents

        consents.record(self.stores, person, statement, text, now=clock.now())
        said = {**msgspec.structs.asdict(statement), "text_hash": text.hash if text else ""}
        entry = consents.entry(self.vault, {"customer_id": person.customer_id, **said})
        self.audit.note("consent", entry, now=clock.now())

    def obey(self) -> None:
        """Make the tables of what people said, and of what follows from it, anew.

        Raises
        ------
        NotReady
            They were made by another version of the program and must be made whole.
        """
        from motherlode import run
        from motherlode.rights import restrictions

        try:
            run.refresh(self.config, self.stores, self.graph, ("statements", "contactable", "usable"))
            restrictions.stop_profiling(self.stores, self.graph)
        except EngineError as error:
            told = "what was said is on record, but the tables were made by another version and do not show it yet"
            raise NotReady(told, hint="motherlode run") from error

    def preference_link(self, who: str, until: datetime, actor: str) -> "tuple[Person, str]":
        """The address at which a person sees and changes what she agreed to; who made it is in the log."""
        from motherlode.people import lookup

        person = lookup.find(self.stores, who)
        token = self.vault.token("customer_id", person.customer_id)
        self.audit.note("link", {"person": token, "until": until, "actor": actor}, now=clock.now())
        site = (self.config.serve.address or "http://127.0.0.1:8642").rstrip("/")
        return person, f"{site}/preferences?key={self.vault.link(person.customer_ids, until, now=datetime.now(UTC))}"

    def revoke_links(self, who: str, actor: str) -> "Person":
        """Let no link open any more that was made of a person's choices until now."""
        from motherlode.people import lookup

        person, now = lookup.find(self.stores, who), datetime.now(UTC).replace(tzinfo=None)
        facts = [{"customer_id": one, "revoked_at": now, "actor": actor} for one in person.customer_ids]
        self.ledger.record("revoked_links", facts)
        token = self.vault.token("customer_id", person.customer_id)
        self.audit.note("link", {"person": token, "revoked": True, "actor": actor}, now=clock.now())
        return person

    def reveal(self, customer_ids: Sequence[str], fields: Sequence[str], reading: Reading) -> Rows:
        """Personal fields as the rules of access show them to a reader; `Refused` where they do not. See `access`."""
        from motherlode.collect.detection import hide_shapes

        own = disclosure.customers_of(self.warehouse, reading.actor)
        # The log outlives whom a reason may name.
        reason = hide_shapes(reading.reason)
        reading = msgspec.structs.replace(reading, own=own, reason=reason, by_person=True)
        return Rows(self.vault.reveal(customer_ids, fields, reading, now=clock.now()))

    def note_export(self, path: Path, columns: Sequence[str], rows: int) -> None:
        """Note a file of rows that left the stores: who wrote it, when, with which columns, how many rows."""
        self.note_taken(str(path.resolve()), columns, rows, actor())

    def note_piped(self, name: str, kind: str, columns: Sequence[str], rows: int) -> None:
        """Note rows that a command wrote to where its output went: a file or program that nobody named."""
        self.note_taken(f"stdout: {name}.{kind}", columns, rows, actor())

    def note_taken(self, where: str, columns: Sequence[str], rows: int, actor: str) -> None:
        """Note rows that somebody took out of the stores, and under which name."""
        fact = {"made_at": clock.now(), "path": where, "columns": list(columns), "rows": rows, "actor": actor}
        self.ledger.record("exports", [fact])
        self.audit.note("export", fact, now=clock.now())

    def table(self, address: str, limit: int | None = None) -> Rows:
        """The rows of `room.name` (or plain `name`) in the order of its key; `NotReady` where it is not made yet."""
        rows = self.expression(address)
        promise = self.graph.promises.get(self.address(address).partition(".")[2])
        rows = rows.order_by(*promise.key) if promise is not None else rows
        return self.query(rows if limit is None else rows.limit(limit))

    def expression(self, address: str) -> ir.Table:
        """A table, or a feature or label with its key, as an Ibis expression to be filtered, joined and queried."""
        here = self.address(address)
        promise = self.graph.promises.get(here.partition(".")[2])
        if promise is not None and promise.kind == "model":
            raise GraphError(f"`{here}` is a model and no table", hint="motherlode backtest")
        if promise is not None and promise.kind in COLUMN_OF:
            wide = self.graph.promises[COLUMN_OF[promise.kind]]
            rows = self.expression(wide.address)
            if promise.name not in rows.columns:
                raise NotReady(f"`{here}` is not made yet", hint="motherlode run")
            return rows.select(*wide.key, promise.name)
        return self.warehouse.expression(here)

    def query(self, expression: ir.Table) -> Rows:
        """Rows of an Ibis expression over this project's tables."""
        return Rows(self.warehouse.arrow(to_sql(expression)))

    def address(self, name: str) -> str:
        """`room.name` of a table, given with or without its room; `GraphError` with the nearest name."""
        plain = name.removeprefix("collect.")
        if plain in GIVEN:
            return f"collect.{plain}"
        promises = self.graph.promises
        promise = promises.get(name.rpartition(".")[2])
        if promise is None or name not in (promise.name, promise.address):
            known = {*promises, *(made.address for made in promises.values()), *GIVEN, *map("collect.{}".format, GIVEN)}
            raise GraphError(f"there is no table `{name}`", hint=did_you_mean(name, known))
        return promise.address

    def opportunities(
        self,
        *,
        stages: Sequence[str] = (),
        play: str | None = None,
        budget: float | None = None,
        limit: int | None = None,
        everything: bool = False,
    ) -> Rows:
        """The ranked list, best first.

        Parameters
        ----------
        stages, play
            Keep only these; ranks stay those of the whole list. `GraphError` where there is none of the name.
        budget
            Money to spend, in the house currency, all of it on these stages and this play: ranks again for this budget
            without changing the stored list.
        everything
            Also what lies below the cut-off.
        """
        self._check(stages, play)
        rows = self.expression("opportunity.ranked")
        if budget is not None:
            choices = _kept(self.expression("opportunity.choices"), stages, play)
            rows = self.remade("opportunity.ranked", {"budget": budget}, choices=choices)
        rows = _kept(rows, stages, play)
        # What was refused after the tables were made counts already.
        gate = self.expression("govern.contactable")
        rows = rows.anti_join(gate.filter(gate.verdict.isin(FINAL)), "customer_id")
        rows = rows if everything else rows.filter(rows.chosen)
        return self.query(rows.order_by("rank").limit(limit) if limit else rows.order_by("rank"))

    def held_back(self, budget: float | None = None) -> dict[str, int]:
        """How many would pay by themselves and are left out, by the limit that leaves them out."""
        rows = self.expression("opportunity.ranked")
        rows = rows if budget is None else self.remade("opportunity.ranked", {"budget": budget})
        left = rows.filter(~rows.chosen & (rows.net > 0) & ~rows.verdict.isin(("", "does_not_pay")))
        counts = self.query(left.group_by("verdict").aggregate(customers=left.count()))
        return {row["verdict"]: row["customers"] for row in counts}

    def backtest(self, target: str | None = None) -> Rows:
        """Measures of every model by target and test day; `GraphError` where there is no such target."""
        rows = self.expression("predict.backtest")
        known = self.query(rows.select("target").distinct())["target"]
        if target is not None and target not in known:
            raise GraphError(f"there is no target `{target}`", hint=did_you_mean(target, known))
        rows = rows.filter(rows.target == target) if target else rows
        return self.query(rows.order_by("target", "model", "as_of", "metric"))

    def _check(self, stages: Sequence[str], play: str | None) -> None:
        for stage in stages:
            if stage not in STAGES:
                raise GraphError(f"there is no stage `{stage}`", hint=did_you_mean(stage, STAGES))
        plays = [promise.name for promise in self.graph.promises.values() if promise.kind == "play"]
        if play is not None and play not in plays:
            raise GraphError(f"there is no play `{play}`", hint=did_you_mean(play, plays))

    def remade(self, address: str, /, settings: Mapping[str, Any] | None = None, **inputs: Any) -> ir.Table:
        """A table as its function makes it of other inputs or with other settings; nothing is stored."""
        promise = self.graph.find(self.address(address))
        said = dict(self.config.tables)
        said[promise.name] = {**said.get(promise.name, {}), **(settings or {})}
        making = Remaking(self.graph, self.warehouse, self.expression, self.as_of, said, inputs)
        return making.table(promise, with_settings=bool(settings))

    @property
    def as_of(self) -> date:
        """The day as of which the tables stand."""
        last = self.ledger.last_run()
        if last is None:
            raise NotReady("nothing is made yet", hint="motherlode run")
        day: date = last["as_of"]
        return day

    def close(self) -> None:
        for name in STORES:
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _kept(rows: ir.Table, stages: Sequence[str], play: str | None) -> ir.Table:
    rows = rows.filter(rows.stage.isin(list(stages))) if stages else rows
    return rows.filter(rows.play == play) if play else rows

"""Who buyers are, as files say it: what does not move with what they buy, and so was the same on days past."""

from collections.abc import Iterable, Iterator, Mapping

import ibis
import ibis.expr.types as ir
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.predict.cases import Fact, facts_of
from motherlode.predict.sensitive import is_sensitive
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

TEXTS = ("gender", "country", "province", "city", "district", "origin", "industry", "job_title")
NUMBERS = ("age", "birth_year", "employees", "annual_revenue")
# What is worked out for a day.
OF_THE_DAY = ("age", "birth_year", "registered_on")
NO_FACTS = frozenset(("customer_id", "sensitive", *OF_THE_DAY))
# Each city of a long tail says little; the commonest words of a trait are told apart.
MOST_WORDS = 20
# Of very wide files the traits that are stated most often: a million customers have to fit into memory.
MOST_TRAITS = 40
DAYS_A_YEAR = 365.2425
EPOCH_YEAR = 1970


@table(key="customer_id", subject="customer_id", purpose="profiling")
def stated_traits(customers: ir.Table, graded_customers: ir.Table, usable: ir.Table) -> ir.Table:
    """What files say of who somebody is, of customers who may be profiled; no row where they say nothing.

    A level, points, a balance, tags, an owner or a last visit are those of today and cannot be set back to a past day,
    so they are not here. `extra` holds the columns that are not of the house's own, as an object in JSON. `sensitive`
    says whether what is of a special category may be used.
    """
    fine = graded_customers.filter((graded_customers.problem == "") & graded_customers.customer_id.notnull())
    more = fine.group_by("customer_id").aggregate(extra=fine.extra.max())
    allowed = usable.filter(usable.profiling).select("customer_id", "sensitive")
    rows = customers.inner_join(allowed, "customer_id")
    rows = rows.left_join(more, "customer_id").drop("customer_id_right")
    rows = rows.mutate(extra=rows.extra.nullif("{}"))
    said = ibis.or_(*(rows[name].notnull() for name in (*TEXTS, *NUMBERS, "registered_on", "extra")))
    numbers = {name: rows[name].cast("float64") for name in NUMBERS}
    return rows.filter(said).select("customer_id", "registered_on", "sensitive", *TEXTS, "extra", **numbers)


class Traits(msgspec.Struct, frozen=True):
    """Stated traits as facts, a row a customer; days are since 1970, and not numbers where they are not known."""

    customers: pa.Array
    facts: tuple[Fact, ...]
    age: Numbers
    birth_year: Numbers
    registered: Numbers

    def without(self, names: Iterable[str]) -> "Traits":
        """The others."""
        gone = {*names}
        nothing = np.full(self.age.size, np.nan)
        of_the_day = {"age": ("age", "birth_year"), "registered_days": ("registered",)}
        fields = [field for name, fields in of_the_day.items() if name in gone for field in fields]
        kept = tuple(fact for fact in self.facts if fact.name not in gone)
        return msgspec.structs.replace(self, facts=kept, **dict.fromkeys(fields, nothing))

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The columns in their order, with the words that codes stand for; none for numbers."""
        named = {fact.name: fact.words for fact in self.facts}
        if np.isfinite(self.age).any() or np.isfinite(self.birth_year).any():
            named["age"] = ()
        if np.isfinite(self.registered).any():
            named["registered_days"] = ()
        return named

    def on(self, customers: pa.Array, days: Numbers) -> Iterator[Numbers]:
        """What was known of customers on days, a column of `words` after the other: of who came later, nothing."""
        at = pc.index_in(customers, value_set=self.customers).to_numpy(zero_copy_only=False).astype(np.float64)
        found = np.isfinite(at)
        place = np.where(found, at, 0).astype(np.int64)

        def there(values: Numbers) -> Numbers:
            return np.where(found, values[place], np.nan) if values.size else np.full(days.size, np.nan)

        since = days - there(self.registered)
        columns = {fact.name: fact.values for fact in self.facts}
        for name in self.words:
            if name == "age":
                age = np.floor(EPOCH_YEAR + days / DAYS_A_YEAR - there(self.birth_year))
                told = np.where(np.isfinite(age), age, there(self.age))
            else:
                told = since if name == "registered_days" else there(columns[name])
            yield np.where(since < 0, np.nan, told)


def traits_of(rows: pa.Table, left_out: Iterable[str] = ()) -> Traits:
    """Stated traits of a table, without those that are left out."""
    rows = rows.sort_by("customer_id")
    may = rows.column("sensitive").to_numpy(zero_copy_only=False).astype(bool)
    facts, _ = facts_of(rows, {*NO_FACTS, "extra"}, MOST_WORDS)
    shown = tuple(_where(fact, may) if is_sensitive(fact.name) else fact for fact in facts)
    stated = {fact.name: int(np.isfinite(fact.values).sum()) for fact in shown}
    often = sorted((name for name in stated if stated[name]), key=lambda name: -stated[name])[:MOST_TRAITS]
    told = tuple(fact for fact in shown if fact.name in often)
    ages: Mapping[str, Numbers] = {
        name: rows.column(name).to_numpy(zero_copy_only=False).astype(np.float64) for name in ("age", "birth_year")
    }
    registered = rows.column("registered_on").cast(pa.int32()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    customers = rows.column("customer_id").combine_chunks()
    return Traits(customers, told, ages["age"], ages["birth_year"], registered).without(left_out)


def _where(fact: Fact, rows: Numbers) -> Fact:
    return Fact(fact.name, np.where(rows, fact.values, np.nan), fact.words)

"""Whose rows leave tables at once: of who is restricted (GDPR 18) all that was made, of who refuses profiling that."""

from motherlode.config import Config
from motherlode.graph.wiring import Graph
from motherlode.loading import loaded_as
from motherlode.people import holdings
from motherlode.people.lookup import Person
from motherlode.rights import erasure
from motherlode.stores import Stores


def withhold(config: Config, stores: Stores) -> None:
    """Show no raw rows of people under a restriction, in whatever spelling their number was loaded, nor as a guest."""
    if stores.ledger.read("restrictions"):
        known = holdings.whose(stores, restricted(stores))
        loaded_as.withhold(stores.warehouse, known.ids, known.tokens)
        loaded_as.show_as_raw(stores.warehouse, config)


def restricted(stores: Stores) -> list[Person]:
    """People whose data may only be stored as of now."""
    last = {row["customer_id"]: row["restricted"] for row in stores.ledger.read("restrictions")}
    return [Person((who,), "customer_id") for who, is_so in last.items() if is_so]


# What is made to judge people, or to choose among them.
JUDGED_FOR = ("profiling", "marketing")


def stop_profiling(stores: Stores, graph: Graph) -> int:
    """Take those who may not be profiled any more from tables that judge them, without a run; gives the rows."""
    if not (stores.warehouse.has("govern.usable") and stores.warehouse.has("profile.features")):
        return 0
    sql = "SELECT customer_id FROM govern.usable SEMI JOIN profile.features USING (customer_id) WHERE NOT profiling"
    refused = [Person((row["customer_id"],), "customer_id") for row in stores.warehouse.arrow(sql).to_pylist()]
    return erasure.take_from_tables(stores, graph, refused, JUDGED_FOR) if refused else 0

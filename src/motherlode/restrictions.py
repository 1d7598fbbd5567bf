"""Data that may only be stored (GDPR 18): rows of these people are in no table but those they were loaded into."""

from motherlode import holdings, loaded_as
from motherlode.config import Config
from motherlode.people import Person
from motherlode.stores import Stores


def withhold(config: Config, stores: Stores) -> None:
    """Show no raw rows of people under a restriction, in whatever spelling their number was loaded."""
    if stores.ledger.read("restrictions"):
        loaded_as.withhold(stores.warehouse, holdings.whose(stores, restricted(stores)).ids)
        loaded_as.show_as_raw(stores.warehouse, config)


def restricted(stores: Stores) -> list[Person]:
    """People whose data may only be stored as of now."""
    last = {row["customer_id"]: row["restricted"] for row in stores.ledger.read("restrictions")}
    return [Person((who,), "customer_id") for who, is_so in last.items() if is_so]

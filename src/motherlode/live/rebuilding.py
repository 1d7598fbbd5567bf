"""Everything that was loaded, made again from the log and from the files that are still there."""

from motherlode.config import Config
from motherlode.live import consumer
from motherlode.loading import loaded_as
from motherlode.stores import Stores
from motherlode.warehouse import quoted


def empty(config: Config, stores: Stores) -> None:
    """Let go of what the log filled, so that reading it from its beginning fills it again; files stay as loaded."""
    warehouse = stores.warehouse
    with warehouse.transaction():
        for source in loaded_as.tracked(warehouse):
            warehouse.drop(loaded_as.address(source.name))
        for address in (consumer.POSITION, consumer.TRAITS):
            warehouse.drop(address)
        for name in ("received", "quarantined_events"):
            warehouse.execute(f"DELETE FROM {quoted(f'collect.{name}')}")  # noqa: S608
        loaded_as.show_as_raw(warehouse, config)

"""The stores of an open project, handed around together."""

import msgspec

from motherlode.ledger import Ledger
from motherlode.vault import Vault
from motherlode.warehouse import Warehouse


class Stores(msgspec.Struct, frozen=True):
    """The three stores of an open project."""

    warehouse: Warehouse
    ledger: Ledger
    vault: Vault

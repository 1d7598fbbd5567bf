"""The stores of an open project, handed around together."""

import msgspec

from motherlode.audit import Audit
from motherlode.ledger import Ledger
from motherlode.vault import Vault
from motherlode.warehouse import Warehouse


class Stores(msgspec.Struct, frozen=True):
    """The three stores of an open project, and the log of what is done with them."""

    warehouse: Warehouse
    ledger: Ledger
    vault: Vault
    audit: Audit

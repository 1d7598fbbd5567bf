"""The vault keeps what names a person, encrypted with a key of her own, so that destroying one key forgets one person.

The master key wraps a data key per person; the data key encrypts one record per person and sensitivity. What the house
may know of a phone, an e-mail or an identity number is its blind token, which says only whether two values are equal.
Identifying values arrive here in one spelling (`collect.personal`): the vault compares and never corrects.
"""

from motherlode.vault.opening import open_vault
from motherlode.vault.store import Vault

__all__ = ["Vault", "open_vault"]

"""Requests in the log are sealed, so that whoever copies its files without the key learns nothing of people.

Each day has a key of its own: records under one stay far below the 2**32 whose random nonces may meet (NIST SP 800-38D
8.3). Records that an older version wrote in clear are read as they are.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from motherlode.errors import ContractError
from motherlode.vault.keys import Keys

# No record in clear begins so: it is an array of MessagePack.
_MARK = b"\x00"
_DAY_BYTES, _NONCE_BYTES = 4, 12
_HEAD_BYTES = len(_MARK) + _DAY_BYTES


class LogSeal:
    """Seals and opens records of the log."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._ciphers: dict[bytes, AESGCM] = {}

    def close(self, record: bytes, day: int) -> bytes:
        """A record sealed under the key of a day (since 1970)."""
        return self._sealed(record, _MARK + (day % 2 ** (8 * _DAY_BYTES)).to_bytes(_DAY_BYTES, "big"))

    def open(self, sealed: bytes) -> bytes:
        """The record again; `ContractError` where it was changed, or sealed by another house."""
        if not sealed.startswith(_MARK):
            return sealed
        head, nonce = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES]
        try:
            return self._cipher(head).decrypt(nonce, sealed[_HEAD_BYTES + _NONCE_BYTES :], head)
        except InvalidTag as error:
            raise ContractError(
                "log: a record does not open: it was changed, or another key sealed it",
                hint="put back the key that the log was written with, or the file from a copy",
            ) from error

    def instead(self, sealed: bytes, record: bytes) -> bytes:
        """Another record of the same length in the place of one, so that all others keep their places."""
        return self._sealed(record, sealed[:_HEAD_BYTES]) if sealed.startswith(_MARK) else record

    def _sealed(self, record: bytes, head: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + self._cipher(head).encrypt(nonce, record, head)

    def _cipher(self, head: bytes) -> AESGCM:
        if head not in self._ciphers:
            self._ciphers[head] = self._keys.of_log(int.from_bytes(head[len(_MARK) :], "big"))
        return self._ciphers[head]

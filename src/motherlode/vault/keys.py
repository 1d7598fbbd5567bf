"""What follows from the master key: how data keys are wrapped, records encrypted and values blinded."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from motherlode.errors import ConfigError, ContractError, did_you_mean
from motherlode.schemas import IDENTIFYING

KEY_BYTES = 32
WRAPPED_BYTES = 12 + KEY_BYTES + 16
_NONCE_BYTES = 12
_TOKEN_BYTES = 16
_RECORD_VERSION = 1

Fields = dict[str, str]


def _derived(master: bytes, *purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=msgspec.json.encode(("motherlode vault", *purpose))).derive(master)


def _pads(key: bytes) -> tuple[Any, Any]:
    """SHA-256 after the two pads of HMAC (RFC 2104): copies of them cost less than half of starting anew each time."""
    padded = key.ljust(hashlib.sha256().block_size, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded) for pad in (0x36, 0x5C))
    return hashlib.sha256(inner), hashlib.sha256(outer)


class Keys:
    """What follows from the master key; a class without fields to print, so that no key is ever shown."""

    def __init__(self, masters: Sequence[bytes], tenant: str) -> None:
        master = masters[0]
        self._tenant = tenant
        # Tokens, signature and seal follow from the first key for ever; data keys are wrapped under the last.
        self._wrapping = {at: AESGCM(_derived(key, "wrap", tenant)) for at, key in enumerate(masters, start=1)}
        self.version = len(masters)
        self._index = {column: _derived(master, "index", tenant, column) for column in (*IDENTIFYING, "customer_id")}
        self.signing = Ed25519PrivateKey.from_private_bytes(_derived(master, "sign", tenant))
        self.proof = _derived(master, "seal", tenant).hex()

    def wrap(self, customer_id: str, data_key: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._wrapping[self.version].encrypt(nonce, data_key, self._bound(customer_id, self.version))

    def unwrap(self, customer_id: str, wrapped: bytes, key_version: int) -> AESGCM:
        return AESGCM(self._data_key(customer_id, wrapped, key_version))

    def wrap_anew(self, customer_id: str, wrapped: bytes, key_version: int) -> bytes:
        """A data key under the last wrapping key; the records that it locks stay as they are."""
        return self.wrap(customer_id, self._data_key(customer_id, wrapped, key_version))

    def _data_key(self, customer_id: str, wrapped: bytes, key_version: int) -> bytes:
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        if key_version not in self._wrapping:
            raise ConfigError(
                f"vault: wrapping key {key_version} is missing in the key file",
                hint="put back the newest copy of the key file: `motherlode govern rotate` added a line to it",
            )
        return self._wrapping[key_version].decrypt(nonce, sealed, self._bound(customer_id, key_version))

    def encrypt(self, cipher: AESGCM, customer_id: str, sensitivity: str, fields: Fields) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        bound = self._bound(customer_id, _RECORD_VERSION, "personal", sensitivity)
        return nonce + cipher.encrypt(nonce, msgspec.json.encode(fields), bound)

    def decrypt(self, cipher: AESGCM, customer_id: str, sensitivity: str, blob: bytes) -> Fields:
        bound = self._bound(customer_id, _RECORD_VERSION, "personal", sensitivity)
        return msgspec.json.decode(cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], bound), type=Fields)

    def tokens(self, index_name: str, values: Iterable[str]) -> list[bytes]:
        """Blind tokens; the name of the index stands in the message too, as `governance` asks."""
        if index_name not in self._index:
            raise ContractError(f"vault: `{index_name}` has no blind index", hint=did_you_mean(index_name, self._index))
        inner, outer, prefix = *_pads(self._index[index_name]), f"{index_name}\0".encode()
        tokens = []
        for value in values:
            within, around = inner.copy(), outer.copy()
            within.update(prefix + value.encode())
            around.update(within.digest())
            tokens.append(around.digest()[:_TOKEN_BYTES])
        return tokens

    def _bound(self, *parts: str | int) -> bytes:
        """What a ciphertext is tied to; JSON, as no `customer_id` can then imitate two parts."""
        return msgspec.json.encode((self._tenant, *parts))

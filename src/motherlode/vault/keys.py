"""What follows from the master key: how data keys are wrapped, records encrypted and values blinded."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from motherlode.errors import ConfigError, ContractError, did_you_mean
from motherlode.vault.finding import INDEXES

KEY_BYTES = 32
_NONCE_BYTES = 12
_TOKEN_BYTES = 16
_RECORD_VERSION = 1

Fields = dict[str, str]
_encode = msgspec.json.Encoder().encode


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
        self._index = {column: _derived(master, "index", tenant, column) for column in (*INDEXES, "customer_id")}
        self.signing = Ed25519PrivateKey.from_private_bytes(_derived(master, "sign", tenant))
        self.proof = _derived(master, "seal", tenant).hex()
        self._links = AESGCM(_derived(master, "link", tenant))
        self._log = _derived(master, "log", tenant)

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

    def encrypt(self, cipher: AESGCM, customer_id: str, sensitivity: str, record: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        bound = self._bound(customer_id, _RECORD_VERSION, "personal", sensitivity)
        return nonce + cipher.encrypt(nonce, record, bound)

    def lock(self, people: Sequence[str], records: Mapping[str, Sequence[bytes | None]]) -> list[tuple[Any, ...]]:
        """Of each of some people her id, a new data key, wrapped, its version, and her records under it.

        All that is random is drawn at once, and a cipher lives only as long as its person is in hand: a list of them
        costs twice the time. SQLite's driver takes arrays of bytes faster than bytes.
        """
        encode, tenant, version, wrap = _encode, self._tenant, self.version, self._wrapping[self.version].encrypt
        ordinary, sensitive = (records[kind] for kind in ("ordinary", "sensitive"))
        rows: list[tuple[Any, ...]] = []
        drawn = (_random(len(people), size) for size in (KEY_BYTES, *[_NONCE_BYTES] * 3))
        for who, key, nonce, first, second, plain, secret in zip(people, *drawn, ordinary, sensitive, strict=True):
            seal = AESGCM(key).encrypt
            wrapped, one, other = nonce + wrap(nonce, key, encode((tenant, who, version))), None, None
            if plain is not None:
                one = first + seal(first, plain, encode((tenant, who, _RECORD_VERSION, "personal", "ordinary")))
            if secret is not None:
                other = second + seal(second, secret, encode((tenant, who, _RECORD_VERSION, "personal", "sensitive")))
            rows.append((who, wrapped, version, one, other))
        return rows

    def decrypt(self, cipher: AESGCM, customer_id: str, sensitivity: str, blob: bytes) -> Fields:
        bound = self._bound(customer_id, _RECORD_VERSION, "personal", sensitivity)
        return msgspec.json.decode(cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], bound), type=Fields)

    def of_log(self, day: int) -> AESGCM:
        """What seals the requests of a day (since 1970) in the log."""
        return AESGCM(_derived(self._log, "day", str(day)))

    def seal(self, text: bytes) -> bytes:
        """Text that is handed out, so that only this house can read it, and can tell that it wrote it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._links.encrypt(nonce, text, None)

    def unseal(self, sealed: bytes) -> bytes:
        """The text again; `InvalidTag` where the house did not write it."""
        return self._links.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)

    def tokens(self, index_name: str, values: Iterable[str]) -> list[bytes]:
        """Blind tokens; the name of the index stands in the message too, as `governance` asks."""
        if index_name not in self._index:
            raise ContractError(f"vault: `{index_name}` has no blind index", hint=did_you_mean(index_name, self._index))
        inner, outer = _pads(self._index[index_name])
        inner.update(f"{index_name}\0".encode())
        begun, ended, tokens = inner.copy, outer.copy, []
        for value in values:
            within, around = begun(), ended()
            within.update(value.encode())
            around.update(within.digest())
            tokens.append(around.digest()[:_TOKEN_BYTES])
        return tokens

    def _bound(self, *parts: str | int) -> bytes:
        """What a ciphertext is tied to; JSON, as no `customer_id` can then imitate two parts."""
        return _encode((self._tenant, *parts))


def _random(many: int, size: int) -> list[bytearray]:
    drawn = bytearray(os.urandom(many * size))
    return [drawn[start : start + size] for start in range(0, many * size, size)]

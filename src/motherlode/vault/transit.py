"""A door to the transit engine of HashiCorp Vault and OpenBao: `transit+https://token:${NAME}@host:8200/transit/key`.

The path is the mount of the engine and the name of its key; the policy of the token needs `update` on
`MOUNT/encrypt/KEY` and `MOUNT/decrypt/KEY` and nothing else. Their HTTP interface (API of the transit secrets engine)
takes and gives base64 in JSON.
"""

import base64
import json
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import msgspec

_SECONDS = 10


class Transit(msgspec.Struct, frozen=True):
    """One key of one engine; its token is never shown."""

    address: str
    mount: str
    name: str
    token: str

    def wrap(self, key: bytes) -> bytes:
        return self._ask("encrypt", plaintext=base64.b64encode(key).decode())["ciphertext"].encode()

    def unwrap(self, wrapped: bytes) -> bytes:
        return base64.b64decode(self._ask("decrypt", ciphertext=wrapped.decode())["plaintext"])

    def _ask(self, what: str, **body: str) -> dict[str, str]:
        headers = {"X-Vault-Token": self.token, "Content-Type": "application/json"}
        request = Request(f"{self.address}/v1/{self.mount}/{what}/{self.name}", json.dumps(body).encode(), headers)
        try:
            with urlopen(request, timeout=_SECONDS) as answer:
                said: dict[str, dict[str, str]] = json.load(answer)
        except HTTPError as error:
            with error:
                raise PermissionError(f"{what} is answered with {error.code} {error.reason}") from None
        return said["data"]

    def __repr__(self) -> str:
        return f"Transit({self.address}/{self.mount}/{self.name})"


def transit(url: str) -> Transit:
    """The engine behind a URL; `ValueError` where it names no host, mount and key, or is not encrypted on the way."""
    parts = urlsplit(url.removeprefix("transit+"))
    mount, _, name = parts.path.strip("/").rpartition("/")
    if not (parts.hostname and mount and name and parts.password):
        raise ValueError('write kms = "transit+https://token:${NAME}@host:8200/transit/key"')
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("the token and the key would travel in clear: write transit+https://")
    host = parts.netloc.rpartition("@")[2]
    return Transit(f"{parts.scheme}://{host}", mount, name, unquote(parts.password))

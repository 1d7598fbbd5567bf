"""What the log keeps of a request: its events as they came, and how many of them were not kept."""

import msgspec

from motherlode.collect.sent_event import Shape
from motherlode.vault.log_seal import LogSeal


class Record(msgspec.Struct, array_like=True, frozen=True):
    """One request.

    Attributes
    ----------
    received_at
        Microseconds since 1970, UTC.
    kept
        Number of the message ("" where it has none) and the event, byte for byte.
    aside
        The same of events that are set aside, with their problem in between.
    duplicate, suppressed, refused
        How many events of the request are not in it.
    signal
        What the browser asked for: `gpc` for Sec-GPC.
    """

    source: str
    received_at: int
    shape: Shape
    type: str
    sent_at: str
    common: bytes
    kept: list[tuple[str, bytes]]
    aside: list[tuple[str, str, bytes]]
    duplicate: int
    suppressed: int
    refused: int
    signal: str = ""

    @property
    def received(self) -> int:
        return len(self.kept) + len(self.aside) + self.duplicate + self.suppressed + self.refused


encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Record)


def decode(payload: bytes, seal: LogSeal) -> Record:
    """The record of a payload as it stands in the log, sealed or, from an older version, in clear."""
    return _decoder.decode(seal.open(payload))

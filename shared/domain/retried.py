"""A message that the app put back on its queue: its bytes as they came, with what the queue itself forgets of it.

The envelope is the app's own: a line of ASCII that no event begins with, then the bytes, compressed, since a queue
takes no more than an event has. A producer that writes one only shortens how long its own message is retried.
"""

import json
import re
import zlib
from dataclasses import dataclass

from shared.errors import PassingError

MAX_BYTES = 48 * 1024
_NAME = b"fasttrack-retry/"
_PREFIX = _NAME + b"1 "
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Retried:
    """``since`` is when its tries first ran out, ``copies`` how often it was put back for what was not its fault,
    ``lost`` how often because its tries were lost with the process that made them."""

    body: bytes
    since: str = ""
    copies: int = 0
    lost: int = 0

    @classmethod
    def of(cls, body: bytes) -> "Retried":
        """What is in an envelope, or the body itself."""
        return (_opened(body) if body.startswith(_PREFIX) else None) or cls(body)

    def read(self) -> bytes:
        """The body; raises PassingError if a later version of the app wrapped it."""
        if self.body.startswith(_NAME) and not self.body.startswith(_PREFIX):
            name = ascii(self.body[:24].partition(b" ")[0].decode("ascii", "replace"))
            raise PassingError(f"the message is in an envelope {name}, which this version cannot read")
        return self.body

    def to_bytes(self) -> bytes:
        """In its envelope, even if it is in one of a later version; as it is if it has no room for one."""
        header = json.dumps({"since": self.since, "copies": self.copies, "lost": self.lost}, separators=(",", ":"))
        wrapped = _PREFIX + header.encode() + b"\n" + zlib.compress(self.body)
        return wrapped if len(wrapped) <= MAX_BYTES else self.body


def _opened(body: bytes) -> Retried | None:
    header, _, packed = body[len(_PREFIX) :].partition(b"\n")
    try:
        match json.loads(header):
            case {"since": str(since), "copies": int(copies), "lost": int(lost)} if _TIME.fullmatch(since):
                unpacking = zlib.decompressobj()
                unpacked = unpacking.decompress(packed, MAX_BYTES + 1)
                return Retried(unpacked, since, copies, lost) if unpacking.eof else None
    except (ValueError, RecursionError, zlib.error):
        return None
    return None

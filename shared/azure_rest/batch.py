"""Writes a transaction of the table service: one multipart body of many writes; all succeed or one is refused.

The answer's own status is 202 in any case; the status of the writes is inside.
"""

import re
import secrets
from collections.abc import Sequence

from shared.azure_rest.call import Answer, Call, CallFailedError, code_in

_PART = re.compile(rb"^HTTP/1\.1 (\d{3})\b", re.MULTILINE)
_ETAG = re.compile(rb"^ETag:[ \t]*([^\r\n]+)", re.MULTILINE | re.IGNORECASE)


def transaction(address: str, writes: Sequence[Call]) -> Call:
    """One call that makes all of the writes or none."""
    mark = secrets.token_hex(8)
    lines = [f"--batch_{mark}", f"Content-Type: multipart/mixed; boundary=changeset_{mark}", ""]
    for write in writes:
        headers = [f"{name}: {value}" for name, value in write.headers.items()]
        lines += [f"--changeset_{mark}", "Content-Type: application/http", "Content-Transfer-Encoding: binary", ""]
        lines += [f"{write.method} {address}{write.path} HTTP/1.1", *headers, "", write.body.decode()]
    lines += [f"--changeset_{mark}--", f"--batch_{mark}--", ""]
    whole = {"Content-Type": f"multipart/mixed; boundary=batch_{mark}", **_of_the_whole(writes[0])}
    return Call("POST", "/$batch", whole, "\r\n".join(lines).encode())


def _of_the_whole(write: Call) -> dict[str, str]:
    return {name: value for name, value in write.headers.items() if name not in ("Content-Type", "If-Match", "Prefer")}


def etags(answer: Answer, written: Sequence[bool]) -> list[str]:
    """The ETags of the rows ``written``, empty for those deleted; raises CallFailedError if nothing was done,
    ValueError on a broken answer."""
    parts = list(_PART.finditer(answer.body))
    for part in parts:
        if (status := int(part[1])) >= 300:
            raise CallFailedError(code_in(answer.body) or "refused", status)
    found = _ETAG.findall(answer.body)
    if len(parts) != len(written) or len(found) != sum(written):
        raise ValueError(f"{len(parts)} parts and {len(found)} ETags for {len(written)} writes")
    rest = iter(found)
    return [next(rest).decode().strip() if is_written else "" for is_written in written]

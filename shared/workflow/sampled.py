"""Leaves out of the log most records that say only that all went well, where ``LOG_ONE_OF`` asks for it.

Which are left out follows from what a record is about: a message that is delivered again is logged again, or not again.
"""

from zlib import crc32

from shared.logs import Entry
from shared.ports import Ports


def sampled(ports: Ports, entry: Entry, of: object) -> Entry | None:
    """What to log, if it is to be logged: of ``ports.log_one_of`` such records one, which then has that number.

    The id ``of`` what it is about chooses. Where there is none, or a warning, somebody has to look: it is logged.
    """
    if ports.log_one_of == 1 or of is None or "warnings" in entry.fields:
        return entry
    return None if crc32(str(of).encode()) % ports.log_one_of else entry.adding(oneOf=ports.log_one_of)

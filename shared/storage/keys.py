"""Makes the partition and row keys of all tables.

``~`` is in no identifier and needs no escaping, so it separates. Row keys are unique in a whole table, because some
emulators index rows by row key alone.
"""

from datetime import date
from hashlib import sha256

END = "~"
"""Greater than every character an identifier may hold: ``prefix + END`` ends the span that starts at ``prefix``."""

NEXT = "!"
"""Less than every character an identifier may hold: ``key + NEXT`` is the first key after ``key``."""


def after(key: str, prefix: str = "") -> str:
    """The first key after ``key`` with the prefix before it; without a key the prefix, where the span starts."""
    return f"{prefix}{key}{NEXT}" if key else prefix


NEWEST = 9_999_999_998
_COUNTDOWN = 9_999_999_999
_LONG_COUNTDOWN = 999_999_999_999_999


def countdown(number: int) -> str:
    """Text that sorts the greatest number first: those of more than ten digits, as milliseconds are, before others."""
    return f"{_COUNTDOWN - number:010d}" if number <= _COUNTDOWN else f"-{_LONG_COUNTDOWN - number:015d}"


def counted_down(text: str) -> int:
    """The number in such a text."""
    return _COUNTDOWN - int(text)


def customer_state(customer_id: str) -> str:
    return f"state~{customer_id}"


def recorded_decision(customer_id: str, sequence: int) -> str:
    """Newest first: row keys sort upwards."""
    return f"recorded~{customer_id}~{countdown(sequence)}"


def head_partition(customer_id: str) -> str:
    """One of 256, by the first byte of the SHA-256 of the id: this outlives the code (docs/decisions/0097)."""
    return sha256(customer_id.encode()).hexdigest()[:2]


HEAD_PARTITIONS = tuple(f"{number:02x}" for number in range(256))


def partner_summary(partner_id: str) -> str:
    return f"summary~{partner_id}"


def partner_fact(partner_id: str, kind: str, key: str) -> str:
    return f"fact~{partner_id}~{kind}~{key}"


def attachment(partner_id: str, customer_id: str) -> str:
    return f"{partner_id}~{customer_id}"


EVERYBODY = tuple(f"all~{digit}" for digit in range(4))
"""The scopes of lists of everybody by day: several, since a rule set may move very many customers to one day; few,
since a list reads each of them."""


def everybody(customer_id: str) -> str:
    """By the first digit of the SHA-256 of the id: this outlives the code (docs/decisions/0107)."""
    return EVERYBODY[int(sha256(customer_id.encode()).hexdigest()[0], 16) % len(EVERYBODY)]


def of_partner(partner_id: str) -> str:
    """The scope of lists of a partner's customers by day."""
    return f"partner~{partner_id}"


def upcoming(kind: str, scope: str) -> str:
    """The partition of a list by day."""
    return f"{kind}~{scope}"


def upcoming_on(partition: str, day: date, customer_id: str = "") -> str:
    """By day, then by customer; without a customer, where the day begins."""
    return f"{partition}~{day.isoformat()}~{customer_id}"


NAMED_CUSTOMERS = tuple(f"customer~{digit}" for digit in range(4))
"""The partitions of names of customers: several, since very many may be described at once; few, since a list reads each
of them."""
NAMED_PARTNERS = ("partner~0",)


def named(whose: str, named_id: str) -> str:
    """Of a customer, by the first digit of the SHA-256 of the id: this outlives the code (docs/decisions/0111)."""
    if whose == "partner":
        return NAMED_PARTNERS[0]
    return NAMED_CUSTOMERS[int(sha256(named_id.encode()).hexdigest()[0], 16) % len(NAMED_CUSTOMERS)]


def named_by(partition: str, by: str, text: str, named_id: str | None = None) -> str:
    """By text, then by whom it is of; without whom, where texts that begin so begin."""
    return f"{partition}~{by}~{text}" + ("" if named_id is None else f"~{named_id}")


CANDIDATES = "~candidates"
"""No partner's id starts so."""


def candidate(partner_id: str) -> str:
    return f"candidate~{partner_id}"


RULES = "rules"
RULES_EPOCH = "epoch"
UPGRADE = "upgrade"
OLDER = "older"


def rule_set_version(version: int) -> str:
    """Newest first."""
    return f"version~{countdown(version)}"


def rules_change(version: int, epoch: int) -> str:
    """By version, newest first."""
    return f"change~{version:010d}~{countdown(epoch)}"


LOGGED = "log~"
"""Beside the rules: what changes them is logged in the same transaction."""


def logged(milliseconds: int, digest: str = "") -> str:
    """Newest first."""
    return f"{LOGGED}{countdown(milliseconds)}~{digest}"


def preview(preview_id: str) -> str:
    return f"preview~{preview_id}"


PREVIEWS = "preview~"


def preview_page(preview_id: str, number: int) -> str:
    return f"page~{preview_id}~{number:010d}"


QUESTIONS = "questions"
"""One partition: a question is opened in the transaction that counts it among those that run."""
RUNNING_QUESTIONS = "running"
COUNTED = "counted"


def question(question_id: str) -> str:
    return f"question~{question_id}"


QUESTION = "question~"


def question_part(question_id: str, part: str) -> str:
    return f"part~{question_id}~{part}"


def question_page(question_id: str, kind: str, part: str = "", number: int | None = None) -> str:
    """By kind, then by part."""
    page = f"page~{question_id}~{kind}~"
    return page if number is None else f"{page}{part}~{number:010d}"


def near_page(question_id: str, number: int) -> str:
    return f"near~{question_id}~{number:010d}"


STATISTICS = "statistics"


def statistics(day: date) -> str:
    return f"statistics~{day.isoformat()}"


PROGRESS = "progress~"


def progress(of: int | str) -> str:
    """Of an epoch, or of a run of an upgrade."""
    return f"progress~{of:010d}" if isinstance(of, int) else f"progress~{of}"


def progress_of(of: int | str, part: str) -> str:
    return f"{progress(of)}~{part}"


def upgrade(run: int) -> str:
    return f"upgrade~{run:013d}"


FAN_OUTS = "fan-out"
OUTBOXES = tuple(f"outbox~{number:02d}" for number in range(16))
"""Several partitions, so that none takes the writes of all."""
DUE = "due"
"""The part where earlier versions have due rows: one partition for each date."""
DUE_PARTS = tuple(f"due-{digit:x}" for digit in range(16))
"""Each has a partition for each date, so that a date of very many customers stays far below what one takes. No span
that earlier versions read has them in it."""
GONE_BACK = "gone-back"
ROUNDS = "round"


def round_of(name: str) -> str:
    return f"round~{name}"


def fan_out(fan_out_id: str) -> str:
    return f"fan-out~{fan_out_id}"


ERASURES = "erasure"


def erasure(customer_id: str) -> str:
    return f"erasure~{customer_id}"


CHAINS = "chain"


def chains(fan_out_id: str) -> str:
    return f"{CHAINS}{fan_out_id}"


def chain(fan_out_id: str, name: str) -> str:
    return f"{chains(fan_out_id)}~{name}"


def gone_back(partner_id: str | None) -> str:
    """Of a partner, or of the rules."""
    return f"gone-back~{partner_id or ''}"


def outbox(customer_id: str) -> str:
    return OUTBOXES[sum(customer_id.encode()) % len(OUTBOXES)]


def commit(customer_id: str, sequence: int, number: int = 0) -> str:
    """Of a recorded decision, or of another commit of that number."""
    return f"commit~{customer_id}~{sequence:010d}" + (f"~{number}" if number else "")


OLDER_OUTBOX = "outbox~"


def commits(customer_id: str) -> str:
    """Where the rows of a customer's commits begin."""
    return f"commit~{customer_id}~"


def older_outbox_entry(customer_id: str, sequence: int) -> str:
    """As versions write it that have no population index."""
    return f"{OLDER_OUTBOX}{customer_id}~{sequence:010d}"


def due_part(customer_id: str) -> str:
    """By the first digit of the SHA-256 of the id: this outlives the code (docs/decisions/0096)."""
    return DUE_PARTS[int(sha256(customer_id.encode()).hexdigest()[0], 16) % len(DUE_PARTS)]


def due_on(part: str, day: date) -> str:
    return f"{part}~{day.isoformat()}"


def due_customer(day: date, customer_id: str) -> str:
    return f"due~{customer_id}~{day.isoformat()}"


def is_due_of(key: str, customer_id: str) -> bool:
    return key.startswith(f"due~{customer_id}~")


QUARANTINE = "quarantine"
"""The one partition of earlier versions."""
QUARANTINES = tuple(f"quarantine~{digit}" for digit in range(8))
"""Several, so that a producer that breaks its format does not write more a second than a partition takes; few, since a
list reads each of them."""


def quarantine(message_id: str) -> str:
    """The partition of a message, by the first digit of its id; of what is no id, one that has no such message."""
    return QUARANTINES["0123456789abcdef".find(message_id[:1]) % len(QUARANTINES)]


def quarantined(message_id: str) -> str:
    return f"message~{message_id}"


QUARANTINED_AT = "at~"
OF_FAULT = "fault~"


def in_state(state: str) -> str:
    """Where the messages of a state begin."""
    return f"{state}~"


def of_fault(fault: str) -> str:
    """Where the kept messages of a fault begin."""
    return f"{OF_FAULT}{sha256(fault.encode()).hexdigest()[:16]}~"


def kept_counts(partition: str) -> str:
    """Where the counts of a partition's kept messages begin."""
    return f"count~{partition.rpartition('~')[2]}~"


def kept_count(partition: str, number: int) -> str:
    return f"{kept_counts(partition)}{number:02d}"

"""The reference of the limits, with the figures that the code uses."""

from datetime import timedelta

from local.reference.markdown import table
from shared import together
from shared.api import bodies, check, decision_answer, pages, parameters, partners, problems
from shared.api import events as posted
from shared.domain import customer_state, events, partner
from shared.domain.notification import MAX_TREE_BYTES
from shared.rules import cases, document, forecast, rule_set, would_help
from shared.rules.criteria import explained, reader
from shared.rules.would_help import ways
from shared.workflow import keep

_QUARANTINE = "the message goes to quarantine"


def limits() -> str:
    return table(("what", "limit", "beyond it"), _ROWS)


def _size(size: int) -> str:
    return f"{size // 1024 // 1024} MiB" if size % (1024 * 1024) == 0 else f"{size // 1024} KiB"


_ROWS = (
    ("an event, as JSON in UTF-8", _size(events.MAX_EVENT_BYTES), f"{_QUARANTINE}; over HTTP 400"),
    (
        "an event's `time` ahead of the clock",
        f"{events.MAX_AHEAD.seconds // 60} minutes",
        f"{_QUARANTINE}; over HTTP 400",
    ),
    ("events in one `POST events`", f"{posted.MAX_BATCH}", "400, none is queued"),
    ("the body of `POST events`", _size(posted.MAX_EVENTS_BYTES), "413"),
    ("the body of any other request", _size(bodies.MAX_BODY_BYTES), "413"),
    (
        "a message that fails for what is not its fault",
        f"{keep.LONGEST_RETRIED // timedelta(hours=1)} hours of retries, 1 to 15 minutes apart",
        _QUARANTINE,
    ),
    ("events of one customer or partner decided together", f"{together.MOST}", "the next ones are decided after them"),
    ("facts of a customer", f"{customer_state.MAX_FACTS:,}", f"{_QUARANTINE} if it adds a fact"),
    (
        "stored facts of a customer, compressed; with a fact replaced",
        f"{_size(customer_state.MAX_BYTES_AFTER_NEW_FACT)}; {_size(customer_state.MAX_BYTES)}",
        _QUARANTINE,
    ),
    (
        "a customer's pairs of an open project and a partner attached to it",
        f"{customer_state.MAX_PAIRS:,}",
        f"{_QUARANTINE} if it adds a pair",
    ),
    ("facts of a partner", f"{partner.MAX_FACTS:,}", f"{_QUARANTINE} if it adds a fact"),
    ("a notification", "32 KiB", "its lists are cut, and a member `…Omitted` counts what was left out"),
    (
        "the criteria in a recorded decision",
        _size(MAX_TREE_BYTES),
        "those that decided stay, `omitted` counts the rest",
    ),
    (
        "dates ahead of a customer on which a fact or a rule set starts or stops",
        f"{forecast.MOST_DATES} are looked at",
        "`knownUntil` is the last of them; the customer is decided again on it",
    ),
    ("a rule set's document", _size(document.MAX_DOCUMENT_BYTES), "422"),
    ("criteria in a rule set", f"{reader.MOST_CRITERIA}", "422"),
    ("nesting of criteria", f"{reader.DEEPEST} deep", "422"),
    ("golden cases of a rule set", f"{cases.MOST_CASES}", "422"),
    ("questions in one `POST check`", f"{check.MAX_QUESTIONS}", "422"),
    (
        "stored facts of the customers that the questions of one list are about",
        f"{check.MAX_LOOKED:,}",
        "422 in the place of the others",
    ),
    ("facts in one question, of the customer and of partners", f"{check.MAX_FACTS:,}", "422"),
    ("partners in one question", f"{check.MAX_PARTNERS}", "422"),
    ("ids of partners, and of projects, in `keep` of one question", f"{check.MAX_KEPT}", "422"),
    ("ways in `wouldHelp` and in `wouldKeep`", f"{would_help.MOST_WAYS}", "those that are shown are chosen by kind"),
    ("alternatives in `oneOf` of a way", f"{ways.MOST_NAMES}", "`oneOfOmitted` counts the rest"),
    ("pairs of an open project and a partner in one question", f"{customer_state.MAX_PAIRS:,}", "422"),
    (
        "steps to decide and explain the questions of one request (criteria times applications, areas and pairs)",
        f"{rule_set.MAX_WORK:,}",
        "422; for a stored customer's `eligibility`, `wouldHelp` or `wouldKeep` is null and `notComputed` names it",
    ),
    (
        "nodes in a tree of criteria",
        f"{explained.MAX_NODES:,}",
        "those that decided come first, `omitted` counts the rest",
    ),
    ("an answer to one question", _size(pages.MAX_ANSWER_BYTES), "its ways are shortened, then its tree is cut"),
    (
        "an answer to a list of questions",
        _size(decision_answer.MAX_LIST_BYTES),
        "each item has the same share; 422 in the place of one that cannot be cut to it",
    ),
    (
        "facts in an answer about a partner",
        _size(partners.MAX_FACTS_BYTES),
        "`factsOmitted` counts the rest",
    ),
    ("a page of a list", _size(pages.MAX_ANSWER_BYTES), "it ends, with `next` set"),
    ("errors in one problem", f"{problems.MOST_ERRORS}", "the others are counted"),
    ("`limit` of a list", f"1 to {parameters.MAX_LIMIT:,}, {parameters.DEFAULT_LIMIT} if absent", "400"),
)

"""A decision in lines that a programme manager can read: its summary, what would help, who must act."""

from collections.abc import Iterator, Mapping

from local.commands.ways import ways
from shared.domain.decision import JsonObject
from shared.rules.words import day

type Marks = Mapping[str, str]

MARKS: Marks = {"met": "✔", "unmet": "✘", "unknown": "?"}
PLAIN_MARKS: Marks = {"met": "+", "unmet": "x", "unknown": "?"}


def explained(decision: JsonObject, marks: Marks = MARKS, name: str = "") -> Iterator[str]:
    yield _headline(decision, name)
    if decision.get("knownAsOf"):
        yield f"This is by the facts known today, {decision['knownAsOf']}, not by those known then."
    yield ""
    yield from _summary(decision, marks)
    yield from _ahead(decision)
    yield from ways(decision)
    yield from _offers(decision)


def _ahead(decision: JsonObject) -> Iterator[str]:
    """What comes if no event does, and why."""
    because = {each["on"]: f" {each['because']['text']}" for each in decision.get("forecast") or ()}
    if on := decision["losesOn"]:
        yield from ("", f"Without any event eligibility is lost on {day(on)}.{because.get(on, '')}")
    elif on := decision["gainsOn"]:
        yield from ("", f"Without any event it becomes eligible on {day(on)}.{because.get(on, '')}")
    elif decision.get("knownUntil"):
        yield from ("", f"Without any event this is so until {day(decision['knownUntil'])}; later is not known.")
    elif decision["nextChangeOn"]:
        yield from ("", f"Without any event its outcome changes on {day(decision['nextChangeOn'])}.")


def _headline(decision: JsonObject, name: str) -> str:
    who = f"{decision['customerId']} ({name})" if name else decision["customerId"]
    by = f"rule set {decision['ruleSetVersion']}" if decision["ruleSetVersion"] else "the rules given"
    return f"{who} on {decision['decidedOn']}, by {by}"


def _summary(decision: JsonObject, marks: Marks) -> Iterator[str]:
    """The lines of the summary; of alternatives the first line of each has a dash, the others an "and"."""
    for each in decision["summary"]:
        yield from _line(each, marks, "", "")
    if decision.get("summaryOmitted"):
        yield f"... and {decision['summaryOmitted']:,} more criteria"


def _line(line: JsonObject, marks: Marks, indent: str, lead: str) -> Iterator[str]:
    yield f"{indent}{lead}{marks[line['verdict']]} {line['text']}"
    inner = f"{indent}{' ' * len(lead)}   "
    for alternative in line.get("oneOf", ()):
        for number, each in enumerate(alternative):
            yield from _line(each, marks, inner, "and " if number else "-   ")


def _offers(decision: JsonObject) -> Iterator[str]:
    for name, title in (("benefits", "Benefits"), ("selfGuidedResources", "Open to everybody meanwhile")):
        if decision.get(name):
            yield from ("", f"{title}:")
            yield from (f"   {each['title']}{_place(each)}" for each in decision[name])


def _place(offer: JsonObject) -> str:
    return f" {offer['url']}" if "url" in offer else ""

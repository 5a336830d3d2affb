"""A decision in lines that a programme manager can read: status, reasons as a tree, what would help, who must act."""

from collections.abc import Iterator, Mapping

from local.commands.ways import ways
from shared.domain.decision import JsonObject, Node, Verdict
from shared.rules.reasons import found

type Marks = Mapping[str, str]

MARKS: Marks = {"met": "✔", "unmet": "✘", "unknown": "?", "not needed": "·"}
PLAIN_MARKS: Marks = {"met": "+", "unmet": "x", "unknown": "?", "not needed": "-"}


def explained(decision: JsonObject, marks: Marks = MARKS) -> Iterator[str]:
    yield _headline(decision)
    if decision.get("knownAsOf"):
        yield f"This is by the facts known today, {decision['knownAsOf']}, not by those known then."
    yield ""
    yield from _tree(decision["criteria"], marks, "", {})
    yield from ways(decision)
    yield from _offers(decision)
    if decision["nextChangeOn"]:
        yield from ("", f"Without any event this changes on {decision['nextChangeOn']}.")
    elif decision.get("knownUntil"):
        yield from (
            "",
            f"Without any event this does not change by {decision['knownUntil']}; later is not known.",
        )


def _headline(decision: JsonObject) -> str:
    eligible = decision["status"] == "eligible"
    projects = ", ".join(decision["eligibleProjects"])
    who = f"{decision['customerId']} is {'' if eligible else 'NOT '}eligible on {decision['decidedOn']}"
    return f"{who}, by rule set {decision['ruleSetVersion']}" + (f", with {projects}" if projects else "")


def _tree(node: JsonObject, marks: Marks, indent: str, around: Mapping[str, str]) -> Iterator[str]:
    own = {kind: name for kind, name in node.get("subject", {}).items() if around.get(kind) != name}
    about = f" ({', '.join(f'{kind} {name}' for kind, name in own.items())})" if own else ""
    if node.get("notNeeded"):
        yield f"{indent}{marks['not needed']} {node['title']}{about}: not needed"
        return
    yield f"{indent}{marks[node['verdict']]} {node['title']}{about}{_found(node)}"
    for child in node.get("children", ()):
        yield from _tree(child, marks, f"{indent}   ", {**around, **own})
    if node.get("omitted"):
        yield f"{indent}   ... and {node['omitted']} more"


def _found(node: JsonObject) -> str:
    """What was found, unless the lines below say it."""
    if node.get("children"):
        return ""
    required, actual = node["required"], node["actual"]
    if isinstance(actual, list):
        return f": {', '.join(actual) or 'none'}"
    text = found(Node(node["id"], node["title"], Verdict(node["verdict"]), required, actual))
    levels = required.get("levels") if isinstance(required, dict) and node["verdict"] != "met" else None
    return f": {text}" + (f", needs {' or '.join(levels)}" if levels else "")


def _offers(decision: JsonObject) -> Iterator[str]:
    for name, title in (("benefits", "Benefits"), ("selfGuidedResources", "Open to everybody meanwhile")):
        if decision.get(name):
            yield from ("", f"{title}:")
            yield from (f"   {each['title']}{_place(each)}" for each in decision[name])


def _place(offer: JsonObject) -> str:
    return f" {offer['url']}" if "url" in offer else ""

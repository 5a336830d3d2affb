"""A plain sentence for each change.

Arrives: a change and the titles of the listed applications. Leaves: what to do, for partners and account teams.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from shared.domain.decision import JsonObject

type Titles = Mapping[str, str]

_NAMES = {
    "cloud-business-applications": "Cloud Business Applications competency",
    "solutions-partner-business-applications": "Solutions Partner for Business Applications designation",
    "success-by-design": "Success by Design",
}


def text_of(change: JsonObject, titles: Titles) -> str:
    return _TEXTS[change["action"]](change, titles)


def _name(known: str) -> str:
    return _NAMES.get(known) or _words(known)


def _words(name: str) -> str:
    return name.replace("-", " ")


def _listed(words: Sequence[str], last: str) -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def _spend(change: JsonObject, _: Titles) -> str:
    amount = f"{Decimal(change['amount']):,.2f} {change['currency']}"
    return f"Spend {amount} more a year on listed applications in new deployments"


def _rate(change: JsonObject, _: Titles) -> str:
    currency, least, own = change["currency"], change["leastRate"], change["toCurrency"]
    return f"Add an exchange rate for {currency} to the rule set; {least} {own} or more for 1 {currency} is enough"


def _start(change: JsonObject, titles: Titles) -> str:
    application = _application(change, titles)
    return f"Start a project with {application} on {change['initiatedOn']} or later"


def _application(change: JsonObject, titles: Titles) -> str:
    return titles.get(change["application"], change["application"])


def _reopen(change: JsonObject, _: Titles) -> str:
    return f"Reopen the cancelled project {change['projectId']}"


def _cover(change: JsonObject, titles: Titles) -> str:
    return f"Add {_application(change, titles)} to project {change['projectId']}"


def _attach(change: JsonObject, _: Titles) -> str:
    return f"Attach partner {change['partnerId']}, who qualifies for it, to project {change['projectId']}"


def _attach_any(change: JsonObject, _: Titles) -> str:
    start = f"Attach a qualified partner to project {change['projectId']}"
    holds = [_holding(each) for each in change["qualifications"] if "course" not in each]
    courses: dict[tuple[str, str], list[str]] = {}
    for each in change["qualifications"]:
        if "course" in each:
            courses.setdefault((each["course"], each["completedBefore"]), []).append(_words(each["part"]))
    took = [_completed(course, parts, before) for (course, before), parts in courses.items()]
    one_with = [f"one with {_listed(holds, 'and')}"] if holds else []
    one_who = [f"who completed {_listed(took, 'and')}"] if took else []
    described = ", ".join(one_with + one_who) if holds else "".join(f"one {each}" for each in one_who)
    return f"{start}, for example {described}" if described else start


def _holding(held: JsonObject) -> str:
    if "competency" in held:
        return f"the {_name(held['competency'])} ({_listed(held['levels'], 'or')}) in {_words(held['area'])}"
    if "designation" in held:
        return f"the {_name(held['designation'])}"
    return f"{_deployed(held['count'], '')} in {_words(held['area'])}"


def _deployed(count: int, more: str) -> str:
    return f"{count:,} {more}eligible customer deployment{'s' if count != 1 else ''}"


def _completed(course: str, parts: Iterable[str], before: str) -> str:
    return f"the {_name(course)} {_listed(sorted(parts, reverse=True), 'and')} before {before}"


def _competency(change: JsonObject, _: Titles) -> str:
    return f"Partner {change['partnerId']}: gain {_holding(change)}"


def _designation(change: JsonObject, _: Titles) -> str:
    return f"Partner {change['partnerId']}: gain {_holding(change)}"


def _deployments(change: JsonObject, _: Titles) -> str:
    return f"Partner {change['partnerId']}: {_deployed(change['count'], 'more ')} in {_words(change['area'])}"


def _course(change: JsonObject, _: Titles) -> str:
    what = f"Partner {change['partnerId']}: complete the {_name(change['course'])} {_words(change['part'])}"
    return f"{what} before {change['completedBefore']}" if "completedBefore" in change else what


_TEXTS: Mapping[str, Callable[[JsonObject, Titles], str]] = {
    "spend-more": _spend,
    "add-exchange-rate": _rate,
    "start-project": _start,
    "reopen-project": _reopen,
    "add-application": _cover,
    "attach-partner": _attach,
    "attach-qualified-partner": _attach_any,
    "gain-competency": _competency,
    "gain-designation": _designation,
    "complete-deployments": _deployments,
    "complete-course": _course,
}

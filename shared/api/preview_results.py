"""The answers about population questions: what was asked, how far it has come and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from shared.api.called import CalledName, CalledOwner
from shared.api.shapes import FROM_1, STATUSES, Day, Identifier, Moment, Sha256, TypedDict, among, counts
from shared.storage.previews import ACTIVATE, FINISHED, GAINED, LOST, RETIRE, RUNNING
from shared.storage.questions import Question

if TYPE_CHECKING:
    from shared.workflow.population.results import Result


class Tally(TypedDict):
    """counts"""

    gained: Annotated[int, "who would become eligible"]
    lost: Annotated[int, "who would no longer be"]


class AmountOfMoney(TypedDict):
    """the counted spend of those who would lose, as of the day compared with"""

    amount: Annotated[str, "exact, with at least two decimals"]
    currency: Annotated[str | None, "that of the rules compared with; null of previews of an older app"]


class PreviewItem(TypedDict):
    """A preview in a list."""

    id: Identifier
    title: Annotated[str, "what it is about"]
    version: Annotated[int | None, "the version of the rules it is of; null if it is of none", FROM_1]
    action: Annotated[
        str | None,
        "a change of the rules that may be held against it; null if none may: it is of another day, of some partners' "
        "customers or of other facts",
        among([ACTIVATE, RETIRE]),
    ]
    state: Annotated[str, "whether it is done", among([RUNNING, FINISHED])]
    on: Annotated[Day, "the date decided for"]
    comparedOn: Annotated[Day, "the date of what it is compared with"]
    outOfDate: Annotated[bool, "true: the rules changed while it ran, so it ended before everybody was looked at"]
    startedAt: Annotated[Moment, "when it started"]
    finishedAt: Annotated[Moment | None, "when it was finished; null before"]


class Preview(PreviewItem):
    """What other rules, another day or other facts would change."""

    sha256: Annotated[Sha256 | None, "of the version's canonical JSON"]
    partnerIds: Annotated[list[Identifier], "whose customers are asked about; empty: everybody"]
    done: Annotated[int, "customers looked at"]
    of: Annotated[int | None, "how many there are; null while they are being counted"]
    comesIntoForce: Annotated[bool, "false: another version would be in force on that date"]
    comparedWith: Annotated[int | None, "the version of the rules compared with; null of previews of an older app"]
    inForceThen: Annotated[
        int | None, "the version in force then; null of a document, and of previews of an older app", FROM_1
    ]
    difference: Annotated[list[Annotated[str, "a difference"]], "between the two rule sets, in words"]
    counts: Annotated[dict[str, int], counts("customers by what would change")]
    byCriterion: Annotated[dict[str, Tally], "customers who would gain or lose, by the criteria that decide"]
    byPartner: Annotated[dict[str, Tally], "customers who would gain or lose, by partner"]
    spendAtStake: AmountOfMoney


class PreviewCustomer(TypedDict):
    """A customer for whom something would change."""

    customerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    status: Annotated[str, "the status then", STATUSES]
    previousStatus: Annotated[str, "the status it is compared with", STATUSES]
    eligibleProjects: Annotated[list[Identifier], "eligible projects then, the first twenty"]
    byException: Annotated[bool, "whether the customer is then eligible by exception"]
    previousByException: Annotated[bool, "whether it is so in what it is compared with"]
    criteria: Annotated[list[Annotated[str, "a criterion's id"]], "the criteria that decide"]
    partners: Annotated[list[Identifier], "partners attached, the first twenty; empty in previews of an older app"]
    because: Annotated[str | None, "why, in one line; null of previews of an older app"]
    spend: Annotated[str | None, "the counted spend: of who gains as it would be, of others as it is"]


def item_json(question: Question) -> PreviewItem:
    return {
        "id": question.id,
        "title": question.title,
        "version": question.version or None,
        "action": question.action or None,
        "state": question.state,
        "on": question.on.isoformat(),
        "comparedOn": question.before_on.isoformat(),
        "outOfDate": question.out_of_date,
        "startedAt": question.started_at,
        "finishedAt": question.at if question.state == FINISHED else None,
    }


def preview_json(result: Result) -> Preview:
    question = result.question
    return {
        **item_json(question),
        "sha256": question.sha256 or None,
        "partnerIds": list(question.only),
        "done": result.done,
        "of": result.of,
        "comesIntoForce": question.comes_into_force,
        "comparedWith": question.before or None,
        "inForceThen": question.after or None,
        "difference": list(question.difference),
        "counts": dict(result.counts),
        "byCriterion": _tallies(result.by_criterion),
        "byPartner": _tallies(result.by_partner),
        "spendAtStake": {"amount": result.spend, "currency": result.currency},
    }


def _tallies(stored: Mapping[str, Mapping[str, int]]) -> dict[str, Tally]:
    return {name: {"gained": tally[GAINED], "lost": tally[LOST]} for name, tally in stored.items()}

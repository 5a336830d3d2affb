"""What would help: told to the ineligible by ``eligibility`` and ``check``; not recorded, where it would go stale."""

import json

from shared.messaging.sender import Queue
from tests.api.asking import ATTACHMENT, CUSTOMER, LICENCE, PARTNER, TRAINING, Json, ask
from tests.api.given import certified, covered, project, qualified, spend, trained
from tests.api.world import World

SHORT = CUSTOMER | {"licences": [LICENCE | {"annualAmount": "258000"}]}


def steps(answer: Json) -> list[list[str]]:
    """The actions of each set."""
    return [[change["action"] for change in each["changes"]] for each in answer["wouldHelp"]]


async def test_only_the_ineligible_are_told(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), *covered("C-2"), spend("C-2", "1", time="2026-03-02T00:00:00Z"))
    assert "wouldHelp" not in (await world.get("customers/C-1/eligibility")).value
    assert "wouldHelp" not in (await ask(world, {"customerId": "C-1"})).value
    for answer in (await world.get("customers/C-2/eligibility"), await ask(world, {"customerId": "C-2"})):
        assert steps(answer.value) == [["spend-more"]]
        assert answer.value["wouldHelp"][0]["changes"][0]["amount"] == "299999.00"


async def test_what_is_proposed_makes_eligible_when_it_is_asked_with_it(world: World) -> None:
    partner = PARTNER | {"trainings": [TRAINING]}
    answer = (await ask(world, {"customer": SHORT, "partners": [partner]})).value
    assert ["spend-more", "complete-course"] in steps(answer)
    more = LICENCE | {"licenceId": "L-2", "annualAmount": "42000.00"}
    done = TRAINING | {"part": "knowledge-check", "completedOn": "2026-03-02"}
    with_them = {
        "customer": SHORT | {"licences": [*SHORT["licences"], more]},
        "partners": [partner | {"trainings": [TRAINING, done]}],
    }
    assert (await ask(world, with_them)).value["status"] == "eligible"


async def test_a_partner_given_or_attached_elsewhere_is_proposed_by_name_if_it_qualifies(world: World) -> None:
    def named(answer: Json) -> set[str]:
        changes = [change for each in answer["wouldHelp"] for change in each["changes"]]
        return {
            change["partnerId"] for change in changes if change["action"] == "attach-partner" and "partnerId" in change
        }

    customer = CUSTOMER | {"attachments": []}
    given = [PARTNER | {"partnerId": "P-7"}, {"partnerId": "P-8"}]
    assert named((await ask(world, {"customer": customer, "partners": given})).value) == {"P-7"}
    await world.handle(certified("P-5"), *trained("P-5"), spend("C-1"), project("C-1", "J-1"))
    elsewhere = {"projects": [CUSTOMER["projects"][0] | {"projectId": "J-0", "status": "completed"}]} | {
        "attachments": [ATTACHMENT | {"partnerId": "P-5", "projectId": "J-0"}]
    }
    assert named((await ask(world, {"customerId": "C-1", "customer": elsewhere})).value) == {"P-5"}


async def test_it_is_not_in_what_is_recorded_stored_or_sent(world: World) -> None:
    await world.handle(*covered("C-1"))
    assert (await world.get("customers/C-1/eligibility")).value["wouldHelp"]
    recorded = (await world.get("customers/C-1/history")).value, (await world.get("customers/C-1/history/1")).value
    sent = [json.loads(message.body) for message in world.sender.queues[Queue.NOTIFICATIONS]]
    assert "wouldHelp" not in str((recorded, sent, (await world.get("customers/C-1")).value))


async def test_it_is_as_of_the_date_and_the_rules_asked_for(world: World) -> None:
    question = {"customer": CUSTOMER, "partners": [PARTNER | {"trainings": [TRAINING]}]}
    before, after = [(await ask(world, question | {"on": on})).value for on in ("2026-03-31", "2026-04-01")]
    assert ["complete-course"] in steps(before)
    assert ["complete-course"] not in steps(after), "the project has started: it is too late for training"

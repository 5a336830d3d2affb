"""Makes what a question asks of each customer; its rule sets, and partners as they would be, are read once a step."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from shared.aside import aside
from shared.at_once import at_once
from shared.domain.customer_state import CustomerState
from shared.domain.decision import JsonObject
from shared.domain.facts import Fact, fact_of
from shared.domain.gathered import PartnerFacts, partner_facts
from shared.domain.partner import Partner
from shared.domain.partner_copies import copies_in
from shared.errors import PassingError
from shared.gathering import WithCopies
from shared.ports import Ports
from shared.rules.document import parse_document
from shared.rules.rule_set import Partners, RuleSet, steps_of_many
from shared.storage.questions import SURVEY, Question
from shared.workflow.population.comparing import Comparison, Side
from shared.workflow.population.counting import Count

type Found = tuple[Mapping[str, JsonObject], JsonObject]
"""What is told of a customer, by the kinds that it is of, and what is counted."""
type Look = Callable[[str], Awaitable[Found | None]]
"""What is found of the customer of an id; None of one that is not asked about."""
type Asks = Callable[[CustomerState, Partners], Found]

_TRIES = 3
_TIMES = 4
"""A customer is decided twice, and explained twice."""


async def look_of(ports: Ports, question: Question) -> Look:
    asks, rule_set = await _asks_of(ports, question)
    only = frozenset(question.only)

    async def look(customer_id: str) -> Found | None:
        state = (await ports.customers.load(customer_id)).state
        if state.decision is None or (only and only.isdisjoint(state.customer.partner_ids)):
            return None
        kept = WithCopies(ports.kept_partners, copies_in(state.copies))
        partners = await kept.partners(state.customer.partner_ids, state.evidence.partners)
        steps = _TIMES * steps_of_many(rule_set, state.customer, partners)
        return await aside(steps, lambda: asks(state, partners))

    return look


async def _asks_of(ports: Ports, question: Question) -> tuple[Asks, RuleSet]:
    before = Side(await ports.rule_books.compiled(question.before), question.before_on)
    if question.kind == SURVEY:
        return Count(before).of, before.rule_set
    if question.document is not None:
        after = RuleSet.compile(parse_document(question.document), 0)
    else:
        after = await ports.rule_books.compiled(question.after)
    comparison = Comparison(before, Side(after, question.on), await _replaced(ports, question.partners))
    return partial(_compared, comparison), before.rule_set


def _compared(comparison: Comparison, state: CustomerState, partners: Partners) -> Found:
    kind, told, counted = comparison.of(state.customer, partners)
    return {kind: told}, counted


async def _replaced(ports: Ports, given: Sequence[JsonObject]) -> Mapping[str, Partner]:
    """The partners with the facts given in place of the stored ones of the same keys."""
    found = await at_once(lambda each: _one_replaced(ports, each["partnerId"], partner_facts(each)), given)
    return {each.partner_id: each for each in found}


async def _one_replaced(ports: Ports, partner_id: str, given: PartnerFacts) -> Partner:
    """Its summary and those of its facts are of the same moment."""
    for _ in range(_TRIES):
        state = await ports.partners.load(partner_id)
        stored = await at_once(lambda key: _fact(ports, partner_id, *key), given)
        if (await ports.partners.load(partner_id)).etag == state.etag:
            return state.partner.replacing_each(list(zip(stored, given.values(), strict=True)))
    raise PassingError(f"partner {partner_id} changed {_TRIES} times while it was read")


async def _fact(ports: Ports, partner_id: str, kind: str, key: str) -> Fact | None:
    row = await ports.partners.load_fact(partner_id, kind, key)
    return fact_of(row.kind, row.register.data) if row else None

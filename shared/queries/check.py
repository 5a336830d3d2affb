"""What-if questions: decided from facts that are given, laid over the stored ones or alone. Nothing is stored.

Arrives: the body of ``POST check``, one question or a list of them. Leaves: a decision, or for a list the decision of
each or the problem that stands in its way.
"""

import asyncio
from datetime import date
from typing import Any

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject
from shared.domain.gathered import PARTNER_LISTS, customer_facts, keyed
from shared.domain.partner import Partner
from shared.domain.registers import partner_fact_of
from shared.errors import MemberError
from shared.ports import Ports
from shared.queries.bodies import json_body
from shared.queries.decision_answer import decision_answer
from shared.queries.problems import Problem, bad_request
from shared.queries.question import Question, parse_question
from shared.queries.reading import AT_ONCE, PartnerFacts, Reading
from shared.rule_books import NoRuleSetInForceError
from shared.rules.given_facts import customer_from
from shared.rules.rule_set import MAX_PAIRS, RuleSet

MAX_QUESTIONS = 250


async def check(ports: Ports, body: bytes) -> Any:
    """The decision of one question, or a list of decisions and problems in the order of a list of questions."""
    value = json_body(body)
    reading = Reading(ports)
    if not isinstance(value, list):
        return await _answer(reading, parse_question(value, "$"))
    if not 1 <= len(value) <= MAX_QUESTIONS:
        raise bad_request(MemberError("$", f"has {len(value)} questions; send 1 to {MAX_QUESTIONS}"))
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, question: Any) -> JsonObject:
        async with turn:
            await asyncio.sleep(0)  # others have their turn between two questions, which may be long
            try:
                return await _answer(reading, parse_question(question, f"$[{number}]"))
            except Problem as problem:
                return problem.to_json()
            except NoRuleSetInForceError as fault:
                return Problem(409, "No rule set in force", str(fault)).to_json()

    return await asyncio.gather(*(one(number, question) for number, question in enumerate(value)))


async def _answer(reading: Reading, question: Question) -> JsonObject:
    customer_id = question.customer_id
    state = await reading.customer(customer_id) if customer_id else None
    if customer_id and state is None:
        raise _no_such(f"{question.path}.customerId", f"no event has told of customer {customer_id}")
    facts = customer_facts(state.registers if state else {}, question.customer)
    customer = customer_from({"customerId": customer_id, **facts})
    today = reading.ports.today()
    on = question.on or today
    _make_room(reading, question, customer)
    rule_set, next_start = await _rules(reading, question, on)
    partners = await _partners(reading, question, customer.partner_ids)
    candidates = reading.ports.candidates if customer_id else None
    decision = await decision_answer(rule_set, customer, partners, on, next_start, today, candidates)
    if question.document:
        decision["ruleSetVersion"] = None
    return decision


def _make_room(reading: Reading, question: Question, customer: Customer) -> None:
    """Whole trees of hundreds of projects with hundreds of partners each would fill the memory."""
    pairs = customer.open_pairs
    if reading.pairs + pairs > MAX_PAIRS:
        said = f"has {pairs} pairs of an open project and a partner, {MAX_PAIRS} are explained at once; ask about fewer"
        raise Problem(422, "Too much to explain", f"{question.path} {said}", (MemberError(question.path, said),))
    reading.pairs += pairs


async def _rules(reading: Reading, question: Question, on: date) -> tuple[RuleSet, date | None]:
    """The rule set to decide by, and when another follows it: only the one in force is followed by another."""
    if question.document:
        return RuleSet.compile(question.document, 0), None
    if question.version:
        rule_set = await reading.rule_set(question.version)
        if rule_set is None:
            path = f"{question.path}.ruleSetVersion"
            raise _no_such(path, f"there is no rule set version {question.version}")
        return rule_set, None
    book = await reading.book()
    return await reading.ports.rule_books.in_force(book, on), book.timeline.next_start(on)


async def _partners(reading: Reading, question: Question, attached: tuple[str, ...]) -> dict[str, Partner]:
    """The partners given and those attached; without a stored customer what is given is all there is."""
    if question.customer_id is None:
        return {each: _laid_over({}, facts) for each, facts in question.partners.items()}
    others = await reading.partners(each for each in attached if each not in question.partners)
    laid = [_laid_over(await reading.partner_facts(each), facts) for each, facts in question.partners.items()]
    return {each.partner_id: each for each in (*others, *laid)}


def _laid_over(facts: PartnerFacts, given: JsonObject) -> Partner:
    laid = dict(facts)
    for name, kind in PARTNER_LISTS.items():
        for key, data in keyed(kind, given.get(name) or ()).items():
            laid[kind, key] = partner_fact_of(kind, data)
    return Partner.of(given["partnerId"], laid.values())


def _no_such(path: str, what: str) -> Problem:
    return Problem(404, "Not found", what, (MemberError(path, what),))

"""Answers what-if questions from the facts given, over the stored ones or alone. Nothing is stored."""

import asyncio
from datetime import date

from shared.api.check import MAX_LOOKED, MAX_QUESTIONS
from shared.api.decision_answer import ALONE, Asked, Share, decision_answer, share_of
from shared.api.pages import size_of
from shared.api.problems import Problem, bad_request, beyond_limits, no_rule_set_in_force, not_found
from shared.api.question import Question, parse_question
from shared.api.reading import Reading
from shared.at_once import at_once
from shared.domain.customer import Customer
from shared.domain.customer_state import MAX_PAIRS, CustomerState
from shared.domain.decision import JsonObject
from shared.domain.gathered import PartnerFacts, customer_facts, customer_from
from shared.domain.partner import Partner
from shared.errors import MemberError
from shared.ports import Ports
from shared.rule_books import NoRuleSetInForceError, RulesMissingError
from shared.rules.forecast import Rules
from shared.rules.rule_set import MAX_WORK, RuleSet


async def answer(ports: Ports, value: object) -> JsonObject | list[JsonObject]:
    """The decision of one question, or a list of decisions and problems in the order of a list of questions."""
    reading = Reading(ports)
    if not isinstance(value, list):
        return await _answer(reading, parse_question(value, "$"))
    if not value:
        raise bad_request(MemberError("$", f"has no questions; send 1 to {MAX_QUESTIONS}"))
    if len(value) > MAX_QUESTIONS:
        raise beyond_limits(MemberError("$", f"has {len(value)} questions; send 1 to {MAX_QUESTIONS}"))
    share = share_of(len(value))

    async def one(numbered: tuple[int, object]) -> JsonObject:
        await asyncio.sleep(0)  # others have their turn between two questions, which may be long
        path = f"$[{numbered[0]}]"
        try:
            found = await _answer(reading, parse_question(numbered[1], path), share)
            return found if size_of(found) <= share.size else _too_large(path, share.size).within(share.size)
        except Problem as problem:
            return problem.within(share.size)
        except NoRuleSetInForceError as fault:
            return no_rule_set_in_force(fault).to_json()

    return await at_once(one, enumerate(value))


async def _answer(reading: Reading, question: Question, share: Share = ALONE) -> JsonObject:
    customer_id = question.customer_id
    state = await reading.customer(customer_id) if customer_id else None
    if customer_id and state is None:
        raise _no_such(f"{question.path}.customerId", f"no event has told of customer {customer_id}")
    _hold_to_looked(reading, question, state)
    facts = customer_facts(state.registers if state else {}, question.customer)
    customer = customer_from({"customerId": customer_id, **facts})
    today = reading.ports.today()
    on = question.on or today
    _hold_to_pairs(question, customer)
    rules = await _rules(reading, question, on)
    partners = await _partners(reading, question, customer.partner_ids)
    size = state.size + size_of(question.customer) if state else 0
    asked = Asked(rules, customer, partners, on, size, question.keep)
    _make_room(reading, question, asked)
    candidates = reading.ports.candidates if customer_id else None
    decision = await decision_answer(asked, today, candidates, share)
    if question.document:
        decision["ruleSetVersion"] = None
    return decision


def _hold_to_looked(reading: Reading, question: Question, state: CustomerState | None) -> None:
    """Before it is worked out what a question takes, which itself takes time where a customer has many facts."""
    reading.looked += state.fact_count if state else 0
    if reading.looked > MAX_LOOKED:
        said = f"is about a customer that has, with those before it, more than {MAX_LOOKED} stored facts"
        raise _too_much(question.path, f"{said}; ask in several lists")


def _hold_to_pairs(question: Question, customer: Customer) -> None:
    """Before any partner is read."""
    if (pairs := customer.open_pairs) > MAX_PAIRS:
        said = f"has {pairs} pairs of an open project and a partner, at most {MAX_PAIRS} are explained; ask about fewer"
        raise _too_much(question.path, said)


def _make_room(reading: Reading, question: Question, asked: Asked) -> None:
    reading.work += asked.work
    if reading.work > MAX_WORK:
        so_far = "" if reading.work == asked.work else ", with the questions before it"
        said = f"would take {reading.work} steps to decide and explain{so_far}, at most {MAX_WORK} are taken"
        reading.work -= asked.work
        raise _too_much(question.path, f"{said}; ask about fewer projects and partners, or by fewer criteria")


def _too_much(path: str, said: str) -> Problem:
    return beyond_limits(MemberError(path, said), title="Too much to explain")


def _too_large(path: str, share: int) -> Problem:
    said = f"has an answer of more than the {share} bytes that are its share of the list; ask it alone"
    return beyond_limits(MemberError(path, said), title="Too large for a list")


async def _rules(reading: Reading, question: Question, on: date) -> Rules:
    """The rules to decide by. A rule set given is in force until the next one that starts later than it would."""
    rule_set = RuleSet.compile(question.document, 0) if question.document else None
    if question.version:
        rule_set = await reading.rule_set(question.version)
        if rule_set is None:
            path = f"{question.path}.ruleSetVersion"
            raise _no_such(path, f"there is no rule set version {question.version}")
    rule_books = reading.ports.rule_books
    if rule_set is None:
        return await rule_books.rules(await reading.book(None), on)
    try:
        later = await rule_books.later(await reading.book(None), max(on, rule_set.document.effective_from))
    except RulesMissingError:  # none is needed to answer
        later = []
    return Rules(rule_set, later)


async def _partners(reading: Reading, question: Question, attached: tuple[str, ...]) -> dict[str, Partner]:
    """The partners given and those attached; without a stored customer what is given is all there is."""
    if question.customer_id is None:
        return {each: Partner.of(each, facts.values()) for each, facts in question.partners.items()}
    others = (reading.partner(each) for each in attached if each not in question.partners)
    replaced = (_replaced(reading, each, facts) for each, facts in question.partners.items())
    return {each.partner_id: each for each in await asyncio.gather(*others, *replaced)}


async def _replaced(reading: Reading, partner_id: str, given: PartnerFacts) -> Partner:
    """The stored partner with the facts given in place of those of the same keys."""
    partner, stored = await reading.partner_with(partner_id, tuple(given))
    for key, fact in given.items():
        partner = partner.replacing(stored.get(key), fact)
    return partner


def _no_such(path: str, what: str) -> Problem:
    return not_found(what, MemberError(path, what))

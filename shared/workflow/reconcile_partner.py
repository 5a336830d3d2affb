"""A partner as it is stored, held against what its facts say. Only reads."""

from shared.domain.partner import Partner
from shared.domain.registers import partner_fact_of
from shared.ports import Ports
from shared.storage.partners import PartnerState


async def partner_differences(ports: Ports, partner_id: str) -> list[str]:
    """What differs, in words."""
    state = await ports.partners.load(partner_id)
    right, newest = await of_facts(ports, state)
    found = []
    if not is_that_of(state, right):
        found.append("its summary is not that of its facts")
    if newest > state.partner.revision:
        found.append(f"its facts led to revision {newest}, its summary has {state.partner.revision}")
    if is_candidate(state.partner) and not await ports.indexes.is_candidate(partner_id):
        found.append("is not among the partners to propose")
    return found


async def of_facts(ports: Ports, state: PartnerState) -> tuple[PartnerState, int]:
    """The summary as its stored facts have it, and the greatest revision that one of them led to."""
    partner_id, facts, newest = state.partner.partner_id, [], 0
    async for row in ports.partners.facts(partner_id):
        facts.append(partner_fact_of(row.kind, row.register.data))
        newest = max(newest, row.revision)
    whole = Partner.of(partner_id, facts)
    return PartnerState(whole, len(facts)), newest


def is_that_of(state: PartnerState, right: PartnerState) -> bool:
    return state.facts == right.facts and _content(state.partner) == _content(right.partner)


def is_candidate(partner: Partner) -> bool:
    return bool(partner.competencies or partner.designations)


def _content(partner: Partner) -> tuple[object, ...]:
    return partner.competencies, partner.designations, dict(partner.deployments), dict(partner.trainings)

"""Give a partner or the rules that went back a revision or an epoch that no customer was decided by."""

from dataclasses import replace
from datetime import timedelta

from shared.domain.cause import REPAIR
from shared.domain.facts import DESCRIBED, FACTS, fact_of
from shared.domain.named import NOT_NAMED, Named
from shared.domain.partner import Partner
from shared.logs import Log
from shared.ports import Ports
from shared.storage.fan_outs import FanOut
from shared.storage.names import Whose
from shared.storage.partners import PartnerState
from shared.workflow import names
from shared.workflow.decide import until_first
from shared.workflow.pointers import forget

DISAGREE = timedelta(minutes=5)
"""By more, clocks that are right do not."""

_log = Log("repair")


async def renew_partner(ports: Ports, partner_id: str, known: int) -> FanOut | None:
    """Sum up a partner's facts again, under a revision that nobody was decided by, where one knows of ``known``; gives
    the fan-out opened, which is not enqueued."""

    async def attempt() -> FanOut | None:
        state = await ports.partners.load(partner_id)
        right, newest = await of_facts(ports, state)
        if right.partner.is_candidate:
            await ports.indexes.enter_candidate(partner_id)
        asked_for = [each.asks_for for each in await ports.fan_outs.of_partner(partner_id) if each.is_begun]
        known_by_all = max(newest, known, *asked_for)
        if is_that_of(state, right) and state.partner.revision >= known_by_all:
            return None
        revision = _unused(ports, max(state.partner.revision, known_by_all))
        partner = replace(right.partner, revision=revision)
        renewed = replace(state, partner=partner, facts=right.facts, named=right.named, cause=REPAIR)
        writes = ports.partners.writes(renewed, ())
        fan_out = FanOut(partner_id, revision, at=ports.timestamp())
        unnamed = await names.announce(ports, Whose.PARTNER, partner_id, state.named, right.named)
        await ports.fan_outs.open(fan_out)
        await ports.partners.commit(writes)
        await forget(ports.names, unnamed)
        _log.info("partner renewed", partner=partner_id, revision=revision)
        return fan_out

    return await until_first(ports, attempt)


async def renew_rules(ports: Ports, known: int) -> FanOut | None:
    """Give the rules an epoch that nobody was decided by, where one knows of ``known``; no version is given twice. As
    above, the fan-out is given."""

    async def attempt() -> FanOut | None:
        state = await ports.rule_sets.load()
        if state is None or not state.active:
            return None
        newest = await ports.rule_sets.versions(None, 1)
        latest = max(state.latest, *(each.version for each in newest), 0)
        if state.epoch >= known:
            if latest > state.latest:
                await ports.rule_sets.save(replace(state, latest=latest))
            return None
        epoch = _unused(ports, known)
        fan_out = FanOut(None, epoch, at=ports.timestamp())
        await ports.fan_outs.open(fan_out)
        await ports.rule_sets.save(replace(state, epoch=epoch, latest=latest, cause=dict(REPAIR.named)))
        _log.info("rules renewed", epoch=epoch)
        return fan_out

    return await until_first(ports, attempt)


def _unused(ports: Ports, known: int) -> int:
    """A number greater than any that may have been given and lost: than one that is known of, and than clocks that
    disagree can have given."""
    return ports.number_after(ports.number_after(known) + DISAGREE // timedelta(milliseconds=1))


async def of_facts(ports: Ports, state: PartnerState) -> tuple[PartnerState, int]:
    """The summary as its stored facts have it, and the greatest revision that one of them led to.

    Facts of a kind that only a later version knows are counted; what it wrote of them in the summary is kept there.
    """
    partner_id, facts, count, newest = state.partner.partner_id, [], 0, 0
    named = NOT_NAMED
    async for row in ports.partners.facts(partner_id):
        count += 1
        newest = max(newest, row.revision)
        if row.kind in DESCRIBED:
            named = Named.of(row.register.data)
        elif row.kind in FACTS:
            facts.append(fact_of(row.kind, row.register.data))
    return PartnerState(Partner.of(partner_id, facts), count, named=named), newest


def is_that_of(state: PartnerState, right: PartnerState) -> bool:
    is_same = (state.facts, state.named) == (right.facts, right.named)
    return is_same and replace(right.partner, revision=state.partner.revision) == state.partner

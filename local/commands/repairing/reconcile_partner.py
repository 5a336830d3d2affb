"""A partner as it is stored, held against what its facts say. Only reads."""

from collections.abc import Sequence

from local.commands.repairing.reconcile_names import missing_names
from shared.ports import Ports
from shared.storage.fan_outs import FanOut
from shared.storage.names import Whose
from shared.workflow.renew import is_that_of, of_facts


async def partner_differences(ports: Ports, partner_id: str, fan_outs: Sequence[FanOut]) -> list[str]:
    """What differs, in words, of the partner and of its fan-outs under way."""
    state = await ports.partners.load(partner_id)
    right, newest = await of_facts(ports, state)
    found = []
    if not is_that_of(state, right):
        found.append("its summary is not that of its facts")
    if newest > state.partner.revision:
        found.append(f"its facts led to revision {newest}, its summary has {state.partner.revision}")
    for each in fan_outs:
        if each.is_begun and each.asks_for > state.partner.revision:
            found.append(f"its fan-out asks for revision {each.asks_for}, its summary has {state.partner.revision}")
    if state.partner.is_candidate and not await ports.indexes.is_candidate(partner_id):
        found.append("is not among the partners to propose")
    return [*found, *await missing_names(ports, Whose.PARTNER, partner_id, right.named)]

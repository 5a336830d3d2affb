"""What is done about a failure that passes, by whoever met it, so that it passes."""

from shared.errors import PassingError, WentBackError
from shared.ports import Ports
from shared.storage_clock import ClockOffError


async def see_to(ports: Ports, fault: PassingError) -> None:
    """Look at the clock again if it was off; note a row that went back."""
    if isinstance(fault, ClockOffError):
        await ports.look_at_clock()
    elif isinstance(fault, WentBackError):
        from shared.workflow.gone_back import note  # rare, and no event should wait for it

        await note(ports, fault)

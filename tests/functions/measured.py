"""A world with telemetry on, driven by the app's own triggers.

Arrives: messages. Leaves: the spans and metrics recorded meanwhile.
"""

import base64
from dataclasses import dataclass
from typing import Any

from azure.functions.queue import QueueMessage
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from functions import receive_event, recompute
from shared import wiring
from shared.messaging.sender import Queue
from shared.storage.store import Store
from tests.world import World


@dataclass
class Measured:
    """A world with telemetry on, and what it recorded."""

    world: World
    spans: InMemorySpanExporter
    metrics: InMemoryMetricReader

    async def post(self, *bodies: bytes) -> None:
        """Through the app's own triggers, until nothing is left to do."""
        for body in bodies:
            await receive_event.receive_event(message(body))
            queue = self.world.sent.queues[Queue.RECOMPUTE]
            while queue:
                await recompute.recompute(message(queue.popleft().body))

    def use(self, store: Store, log_one_of: int = 1) -> None:
        """From now on the app's store is this one, and it logs one of so many."""
        self.world.ports = wiring._built = self.world.worker(store, log_one_of=log_one_of)

    def points(self) -> dict[str, dict[tuple[Any, ...], Any]]:
        """By metric and the values of its attributes, how often or (count, greatest)."""
        found: dict[str, dict[tuple[Any, ...], Any]] = {}
        data = self.metrics.get_metrics_data()
        for metric in data.resource_metrics[0].scope_metrics[0].metrics if data else ():
            for point in metric.data.data_points:
                value = point.value if hasattr(point, "value") else (point.count, point.max)
                found.setdefault(metric.name, {})[tuple((point.attributes or {}).values())] = value
        return found


def message(body: bytes) -> QueueMessage:
    return QueueMessage(id="m-1", body=base64.b64encode(body), dequeue_count=1)

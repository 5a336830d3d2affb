"""What the services take a second, as they document it, and what to do where that is too little.

Sources, all of Microsoft Learn, read in November 2026: "Scalability and performance targets for Table storage",
"Scalability and performance targets for Queue Storage", "Scalability and performance targets for standard storage
accounts", "Throttling operations on Azure Service Bus", "Best practices for improving performance using Azure Service
Bus", "Azure Functions Flex Consumption plan hosting".

A partition's figure is in entities of 1 KiB: a query counts each row that it reads here, the strictest reading. A
queue's is in messages; whether a put, a get and a delete count one each is not said, so both readings are shown.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bench._figures import ROOT

HOT = 0.6
"""More than this share of a limit, at the greatest load that is looked at."""


@dataclass(frozen=True, slots=True)
class Limits:
    """A second; a partition's entities, an account's requests, a queue's messages, a namespace's credits."""

    partition: float = 2_000
    account: float = 20_000
    queue: float = 2_000
    service_bus: float = 1_000
    """Of the Standard tier: a send or a receive of a message takes one."""
    cores: float = 250
    """Of the Functions plan, by subscription and region; an instance of 2,048 MB has one."""


PARTITION_REMEDY = "spread its rows over more partitions by a hash of the id"
ACCOUNT_REMEDY = "ask for a larger account (40,000 in some regions), or move queues to an account of their own"
QUEUE_REMEDY = "events over Service Bus Premium (about 4 MB/s in and out for each messaging unit), or several queues"
SERVICE_BUS_REMEDY = "the Premium tier (about 4 MB/s in and out for each messaging unit), or Storage queues"
CORES_REMEDY = "ask for a greater quota"


def messages_of_a_get() -> int:
    """How many messages of one Storage queue an instance takes with one call, where so many wait."""
    return int(_queues()["batchSize"])


def messages_at_once() -> int:
    """How many messages of one Storage queue an instance handles at a time."""
    return messages_of_a_get() + int(_queues()["newBatchThreshold"])


def _queues() -> Mapping[str, int]:
    found: Mapping[str, int] = json.loads((ROOT / "host.json").read_text())["extensions"]["queues"]
    return found

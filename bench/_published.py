"""What others have published of systems that do a part of the same, each with its source, read in November 2026.

None is the same work on the same machines, so that no ratio is made of them.
"""

from typing import NamedTuple


class Published(NamedTuple):
    """A figure as its source gives it."""

    system: str
    figure: str
    source: str


PUBLISHED = (
    Published(
        "Durable Functions, Azure Storage provider",
        "at most, an instance: 100 activities/s of a fan-out, 50 external events/s; 64 operations/s of entities",
        "Microsoft Learn, Azure Storage provider for Durable Functions, 'Performance targets'",
    ),
    Published(
        "SpiceDB (AuthZed Dedicated) on CockroachDB",
        "1,000,000 requests/s over 100 billion relationships, 1% of them writes, p95 of a check 5.76 ms",
        "AuthZed blog, 'Google-Scale Authorization: Getting to 1 Million QPS on AuthZed Dedicated with CockroachDB'",
    ),
    Published(
        "Zanzibar",
        "millions of checks/s over trillions of access control lists, p95 below 10 ms",
        "USENIX ATC 2019, 'Zanzibar: Google's Consistent, Global Authorization System'",
    ),
    Published(
        "OpenRules on AWS Lambda",
        "a batch of 17 million records in about 50 minutes, before it was split over parallel functions",
        "OpenRules, 'Handling Large Payloads with OpenRules-based AWS Lambda'",
    ),
)

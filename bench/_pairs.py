"""Contestants beside each other: seconds and CPU of every portion, and ratios of portions of one round."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench._figures import ratio, spread

OURS, RAW, SDK = "this project", "raw minimum", "plain SDK"


@dataclass
class Portions:
    """Events per second and CPU milliseconds per event of this process, a figure per round."""

    per_second: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    async def measure(self, events: int, run: Callable[[], Awaitable[object]]) -> None:
        cpu, started = time.process_time(), time.perf_counter()
        await run()
        seconds, spent = time.perf_counter() - started, time.process_time() - cpu
        self.per_second.append(events / seconds)
        self.cpu.append(spent / events * 1000)


@dataclass
class Comparison:
    """One kind of work at one concurrency, by contestant."""

    title: str
    concurrency: int
    portions: dict[str, Portions] = field(default_factory=lambda: {name: Portions() for name in (OURS, RAW, SDK)})

    def result(self) -> dict[str, Any]:
        ours, raw, sdk = (self.portions[name] for name in (OURS, RAW, SDK))
        return {
            "title": self.title,
            "concurrency": self.concurrency,
            "eventsPerSecond": {name: spread(each.per_second) for name, each in self.portions.items()},
            "cpuMillisecondsPerEvent": {name: spread(each.cpu) for name, each in self.portions.items()},
            "eventsPerSecondOverRaw": ratio(ours.per_second, raw.per_second),
            "eventsPerSecondOverSdk": ratio(ours.per_second, sdk.per_second),
            "sdkEventsPerSecondOverRaw": ratio(sdk.per_second, raw.per_second),
            "cpuOverRaw": ratio(ours.cpu, raw.cpu),
            "cpuOverSdk": ratio(ours.cpu, sdk.cpu),
        }


def show(rows: Sequence[dict[str, Any]]) -> None:
    print(f"{'events/s, CPU ms per event: medians':38}{OURS:>16}{RAW:>16}{SDK:>16}   ours / raw     ours / SDK")
    for row in rows:
        figures = ""
        for name in (OURS, RAW, SDK):
            speed, cpu = row["eventsPerSecond"][name]["median"], row["cpuMillisecondsPerEvent"][name]["median"]
            figures += f"{speed:>9.0f}{cpu:>7.2f}"
        print(
            f"{row['title'] + ', ' + str(row['concurrency']) + ' at once':38}{figures}"
            f"  {_both(row, 'Raw')}  {_both(row, 'Sdk')}"
        )
    print("\nratios are medians of the rounds' ratios: events/s (quartiles) and CPU")


def _both(row: dict[str, Any], other: str) -> str:
    speed = row[f"eventsPerSecondOver{other}"]
    quartiles = f"({speed['lowerQuartile']:.2f}-{speed['upperQuartile']:.2f})"
    return f"{speed['median']:.2f} {quartiles} {row[f'cpuOver{other}']['median']:.2f}"

"""A million customers and a day of ten million events, over a model of the services' documented limits.

The real handlers run in memory; each call is counted by table, partition and kind, and takes the latency that is given
(``bench/_counted.py``). The counts are scaled up by arithmetic (``bench/_load.py``, ``bench/_durations.py``). So a
change of the code changes what is printed here, and nothing is measured on the machine that runs it. It prints

- what a day uses of each limit (``bench/_limits.py``), at the mean load and at a multiple of it, what is hot and what
  to do about it;
- how long an activation, a rule date and a change of the largest partner take, by instances, and what each waits for;
- what the day costs, and figures that others have published.

Shares of the kinds of events, and of partners by size, are assumptions: see ``bench/_day.py`` and ``bench/_kept.py``.
"""

import argparse
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from bench._again import Everybody
from bench._day import Kind, kinds
from bench._durations import Estimate, Job, Pace, estimate
from bench._everybody import A_PARTNER, DATE, RULES, everybody
from bench._figures import file_of, keep
from bench._kept import reads_each, sizes, small_from
from bench._limits import HOT, Limits, messages_at_once, messages_of_a_get
from bench._load import Cpu, Programme, Used, counted, used
from bench._published import PUBLISHED
from bench.cost import MILLION, per_million
from tests.virtual_time import run


def jobs(found: Everybody, programme: Programme, changed: float) -> list[Job]:
    """What decides many customers again; on a rule date only those whose outcome it changes."""
    everyone, each = programme.customers, programme.each

    def job(name: str, reason: str, customers: float, share: float, partners: int) -> Job:
        walked, decided = found.walked[reason], found.decided[reason]
        return Job(name, int(customers), share, partners, walked, decided, uses_copies=reason == RULES)

    return [
        job(f"activation, {changed:.0%} change", RULES, everyone, changed, each),
        job(f"rule date, {changed:.0%} change", DATE, everyone * changed, 1, each),
        job("rule date, half change", DATE, everyone / 2, 1, each),
        job(f"largest partner, {changed:.0%} change", A_PARTNER, programme.largest, changed, each - 1),
    ]


def show_used(rows: Sequence[Used], times: float) -> None:
    print(f"{'a second':52}{'mean':>10}{f'{times:g} times':>10}{'limit':>8}{'used':>8}")
    for row in sorted(rows, key=lambda row: -row.share()):
        hot = "  HOT" if row.is_hot(times) else ""
        figures = f"{row.a_second:>10.1f}{row.a_second * times:>10.1f}{row.limit:>8.0f}{row.share(times):>8.1%}"
        print(f"{row.what:52}{figures}{hot}")
    hot_rows = [row for row in rows if row.is_hot(times)]
    print(f"\nabove {HOT:.0%} of a limit at {times:g} times the mean load: {len(hot_rows) or 'nothing'}")
    for row in hot_rows:
        print(f"- {row.what}: from {HOT / row.share():.1f} times the mean load on. {row.remedy}.")


def show_durations(found: Mapping[tuple[str, int], Estimate], instances: Sequence[int], queues: str) -> None:
    names = list(dict.fromkeys(name for name, _ in found))
    print(f"\nnotifications over {queues}")
    print(f"{'minutes by instances':36}" + "".join(f"{number:>8}" for number in instances))
    for name in names:
        print(f"{name:36}" + "".join(f"{_clock(found[name, number].whole):>8}" for number in instances))
    print("what takes longest, by instances")
    for name in names:
        of_job = [(found[name, number].slowest, str(number)) for number in instances]
        groups = [(slowest, [number for _, number in alike]) for slowest, alike in groupby(of_job, itemgetter(0))]
        print(f"- {name}: " + "; ".join(f"{slowest} ({', '.join(numbers)})" for slowest, numbers in groups))
    print(f"with {instances[-1]} instances each by itself, and reads of partners by a customer")
    for name in names:
        last = found[name, instances[-1]]
        ranked = sorted(last.seconds.items(), key=lambda each: -each[1])
        parts = "; ".join(f"{what} {_clock(seconds)}" for what, seconds in ranked if seconds >= 1)
        print(f"- {name}: {parts}; {last.partner_reads:.2f} reads of partners")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def show_cost(found: Mapping[str, Kind], events: int, prices: argparse.Namespace) -> dict[str, float]:
    costs: dict[str, Decimal] = {}
    for kind in found.values():
        of_day = Decimal(kind.share) * events / MILLION
        for what, price in per_million(counted(kind), prices, service_bus=False).items():
            costs[what] = costs.get(what, Decimal()) + price * of_day
    whole = sum(costs.values(), Decimal())
    parts = ", ".join(f"{what} {price:.2f}" for what, price in costs.items() if price)
    print(
        f"\na day costs {whole:.2f} USD over Storage queues, {whole * MILLION / events:.2f} a million events: {parts}"
    )
    return {what: float(round(price, 4)) for what, price in costs.items()}


def show_published() -> None:
    print("\npublished by others (other work, other machines)")
    for each in PUBLISHED:
        print(f"- {each.system}: {each.figure}. {each.source}.")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    size = Programme()
    parser.add_argument("--customers", type=int, default=size.customers)
    parser.add_argument("--partners", type=int, default=size.partners)
    parser.add_argument("--largest", type=int, default=size.largest, help="customers of the largest partner")
    parser.add_argument("--events", type=int, default=size.events_a_day, help="of a day")
    parser.add_argument("--times", type=float, default=10, help="the greatest load: so many times the mean (10)")
    parser.add_argument("--changed", type=float, default=0.02, help="share whose outcome a change of rules changes")
    parser.add_argument("--instances", type=int, nargs="+", default=[1, 10, 20, 40])
    parser.add_argument("--requests", type=float, default=Limits().account, help="a second of the account (20,000)")
    parser.add_argument("--account", type=float, default=0.6, help="share that events leave to such a change (0.6)")
    parser.add_argument("--latency", type=Decimal, default=Decimal(8), help="ms of one storage call in Azure (8)")
    parser.add_argument("--cpu", type=Decimal, default=Decimal(4), help="ms of CPU of a message (4)")
    parser.add_argument("--cpu-customer", type=float, default=2, help="ms of CPU of a customer decided again (2)")
    parser.add_argument(
        "--measured", type=int, default=32_000, help="customers in memory, scaled up from half of them and all (32,000)"
    )
    chosen = parser.parse_args()
    chosen.at_once = Decimal(messages_at_once())
    return chosen


def main() -> None:
    chosen = options()
    limits = Limits(account=chosen.requests)
    size = Programme(chosen.customers, chosen.partners, largest=chosen.largest, events_a_day=chosen.events)
    of_day = run(kinds())
    rows = used(of_day, size, limits, Cpu(float(chosen.cpu) / 1000, chosen.cpu_customer / 1000))
    show_used(rows, chosen.times)
    logging.getLogger("eligibility").setLevel(logging.CRITICAL)
    found = run(everybody(chosen.measured, float(chosen.latency) / 1000))
    shares = sizes(size)
    small = small_from(shares, size)

    def reads(job: Job, a_second: float, customers: float) -> float:
        return reads_each(shares, small if job.uses_copies else len(shares), job.partners, a_second, customers)

    seconds = {}
    for queues, service_bus in (("Storage queues", False), ("Service Bus Standard", True)):
        given = chosen.account, chosen.cpu_customer / 1000, int(chosen.at_once), messages_of_a_get()
        pace = Pace(limits, *given, service_bus)
        estimates = {
            (job.name, number): estimate(job, number, pace, reads)
            for job in jobs(found, size, chosen.changed)
            for number in sorted(chosen.instances)
        }
        show_durations(estimates, sorted(chosen.instances), queues)
        for (name, number), each in estimates.items():
            seconds[f"{name}, {number} instances, {queues}"] = dict(each.seconds)
    costs = show_cost(of_day, chosen.events, chosen)
    show_published()
    figures: dict[str, Any] = {
        "used": [{"what": row.what, "aSecond": row.a_second, "limit": row.limit} for row in rows],
        "seconds": seconds,
        "usdOfADay": costs,
    }
    keep(file_of("scale"), figures, programme=asdict(size), times=chosen.times)


if __name__ == "__main__":
    main()

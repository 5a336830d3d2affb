"""Questions over HTTP: answers per second and how long each takes, beside a bare function that reads one row.

The app and the bare app are served by two development hosts over one Azurite and asked in turns, in portions of random
order; a ratio is the median of the portions' ratios. The host and its server are part of every figure.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from bench._figures import ROOT, file_of, keep, spread, told
from bench._prepared import customer, prepared
from bench._requests import Request, asked
from bench.start import BARE
from shared.api.check import NOBODY_KNOWN
from shared.storage import keys
from tests.running_app import running_app

BASE = "bare function, one row read"
QUESTIONS = {
    BASE: Request("GET", "/api/row"),
    "GET customers/{id}/eligibility": Request("GET", f"/api/customers/{customer(1)}/eligibility"),
    "POST check, facts given": Request("POST", "/api/check", json.dumps(NOBODY_KNOWN).encode()),
    "POST check, a stored customer": Request("POST", "/api/check", json.dumps({"customerId": customer(1)}).encode()),
    "POST check, 250 stored customers": Request(
        "POST", "/api/check", json.dumps([{"customerId": customer(n)} for n in range(250)]).encode()
    ),
}
"""What is asked; the last asks 250 questions at once."""

type Portions = dict[str, list[tuple[float, list[float]]]]


def compared(ports: dict[str, int], at_once: int, count: int, portions: int) -> Portions:
    found: Portions = {name: [] for name in QUESTIONS}
    random, order = Random(1), list(QUESTIONS)
    for number in range(portions + 1):  # the first warms up
        random.shuffle(order)
        for name in order:
            size = max(at_once, count // 50) if "250" in name else count
            seconds, latencies = asyncio.run(asked(ports[name], QUESTIONS[name], at_once, size))
            if number:
                found[name].append((len(latencies) / seconds, latencies))
    return found


def show(found: Portions, at_once: int) -> list[dict[str, Any]]:
    print(f"\n{at_once} at a time{'':27}{'requests/s':>22}{'x bare':>18}{'p50 ms':>9}{'p99 ms':>9}")
    rows, bare = [], [rate for rate, _ in found[BASE]]
    for name, portions in found.items():
        rates = [rate for rate, _ in portions]
        ratios = [one / other for one, other in zip(rates, bare, strict=True)]
        every = statistics.quantiles([each for _, latencies in portions for each in latencies], n=100)
        print(f"  {name:36}{told(rates):>22}{told(ratios, 2):>18}{every[49]:9.1f}{every[98]:9.1f}")
        figures = {"perSecond": spread(rates), "timesBare": spread(ratios), "p50": every[49], "p99": every[98]}
        rows.append({"title": name, "atOnce": at_once, **figures})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench check", description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="requests per portion (400)")
    parser.add_argument("--portions", type=int, default=9, help="portions of each question (9)")
    chosen = parser.parse_args()
    row = {"BARE_TABLE": "customers", "BARE_PARTITION": customer(0), "BARE_ROW": keys.customer_state(customer(0))}
    with tempfile.TemporaryDirectory() as folder, prepared(250) as connection, ExitStack() as stack:
        log = Path(folder, "log")
        bare, ours = (stack.enter_context(running_app(connection, log, app=str(app), **row)) for app in (BARE, ROOT))
        ports = {name: int((bare if name == BASE else ours).url.rpartition(":")[2]) for name in QUESTIONS}
        rows: list[dict[str, Any]] = []
        for at_once in (1, 16):
            rows += show(compared(ports, at_once, chosen.requests, chosen.portions), at_once)
    keep(file_of("check"), rows)


if __name__ == "__main__":
    main()

"""The largest legal inputs: what each route and each message takes of time, of the loop and of memory, and answers.

Prints a table in Markdown; status 1 if a figure is above its bound. Words choose the cases that have one in their name.
The app's own handlers run over the in-memory store, each case in a process forked from one that holds all the data: CPU
time, the longest that the loop's thread went without a turn for others, what memory grew by at most, and the bytes of
the answer.
"""

import argparse
import asyncio
import gc
import logging
import multiprocessing
import re
import sys
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time, thread_time

from bench._figures import file_of, keep
from bench._largest_cases import Case, cases
from shared import aside

SECOND, LOOP, MEMORY, ANSWER, LIST = 1.0, 0.25, 150 * 2**20, 2**20, 5 * 2**20
type Figures = tuple[float, float, int, int]


async def measured(run: Callable[[], Awaitable[int]], watched: bool) -> Figures:
    """Watching takes CPU of its own for as long as a thread computes: what is ``watched`` tells how long the loop was
    held, what is not tells the rest."""
    longest, over = 0.0, asyncio.Event()

    async def heartbeat() -> None:
        nonlocal longest
        while not over.is_set():
            before = thread_time()
            await asyncio.sleep(0)
            longest = max(longest, thread_time() - before)

    beating = asyncio.create_task(heartbeat()) if watched else None
    await asyncio.sleep(0)
    before, began = resident("VmRSS"), process_time()
    size = await run()
    took = process_time() - began
    await asyncio.sleep(0)
    over.set()
    if beating:
        await beating
    return took, longest, max(0, resident("VmHWM") - before), size


def resident(name: str) -> int:
    """Bytes, by the name in the process's status."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


def _child(case: Case, watched: bool, to: Connection) -> None:
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory is counted from now on
    logging.disable(logging.CRITICAL)
    aside._thread.cache_clear()  # a fork leaves threads behind
    to.send(asyncio.run(measured(case.run, watched)))


def in_children(case: Case) -> Figures | None:
    watched, alone = in_a_child(case, watched=True), in_a_child(case, watched=False)
    return watched and alone and (alone[0], watched[1], *alone[2:])


def in_a_child(case: Case, *, watched: bool) -> Figures | None:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    child = fork.Process(target=_child, args=(case, watched, theirs))
    child.start()
    theirs.close()
    try:
        found: Figures | None = ours.recv()
    except EOFError:
        found = None
    child.join()
    return found


def _above(case: Case, figures: Figures) -> bool:
    return any(
        one > most for one, most in zip(figures, (SECOND, LOOP, MEMORY, LIST if case.is_list else ANSWER), strict=True)
    )


def calibrated() -> float:
    """CPU seconds of a fixed loop: what figures of two runs, or of two machines, are held against each other by."""
    began, total = process_time(), 0
    for number in range(10_000_000):
        total += number
    return process_time() - began


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev bench largest", description=__doc__)
    parser.add_argument("word", nargs="*", help="only cases with one of these in their names")
    words = parser.parse_args(words).word
    logging.disable(logging.CRITICAL)
    chosen = [case for case in asyncio.run(cases()) if not words or any(word in case.name for word in words)]
    gc.freeze()
    above, kept = 0, []
    before = calibrated()
    print("| what | input | CPU s | loop held ms | memory MiB | answer KiB |\n|---|---|---:|---:|---:|---:|")
    for case in chosen:
        figures = in_children(case)
        if figures is None:
            print(f"| {case.name} | {case.given} | failed | | | |", flush=True)
            above += 1
            continue
        took, held, grew, size = figures
        mark = " **above**" if _above(case, figures) else ""
        above += bool(mark)
        row = f"{took:.2f} | {held * 1000:.0f} | {grew / 2**20:.0f} | {size / 1024:.0f}{mark}"
        print(f"| {case.name} | {case.given} | {row} |", flush=True)
        kept.append({"what": case.name, "input": case.given, "figures": figures})
    print(f"\nA loop of 10,000,000 additions took {before:.2f} s before and {calibrated():.2f} s after.")
    keep(file_of("largest"), kept)
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

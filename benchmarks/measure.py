"""One measurement is one process: it warms up, runs, and prints a line of JSON."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

THREADS = 2
MARK = "MEASURED "

# One number of threads for everybody, whatever the machine has.
ENVIRONMENT = {
    "OMP_NUM_THREADS": str(THREADS),
    "NUMBA_NUM_THREADS": str(THREADS),
    "POLARS_MAX_THREADS": str(THREADS),
    "NUMEXPR_NUM_THREADS": str(THREADS),
    "ARROW_IO_THREADS": str(THREADS),
}


@dataclass(frozen=True)
class Measured:
    """Seconds of the best round, all rounds, peak memory of the process in MB, and findings."""

    seconds: float
    rounds: list[float]
    peak_mb: float
    found: dict[str, Any] = field(default_factory=dict)


class Clock:
    """Adds up the time spent in `with clock():` blocks; what stands outside is not counted."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun


def best_of(rounds: int, work: Callable[[], Any]) -> tuple[list[float], Any]:
    """Seconds of each round, and what the last one gave."""
    seconds, result = [], None
    for _ in range(rounds):
        result = None  # the round before must not hold memory in this one
        begun = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begun)
    return seconds, result


def report(rounds: list[float], **found: Any) -> None:
    """Said by a measuring process as its last word."""
    print(MARK + json.dumps({"rounds": rounds, "peak_mb": peak_mb(), "found": found}), flush=True)


def peak_mb() -> float:
    """The most memory that this process had, in MB.

    Linux counts the parent's memory into a child's `ru_maxrss` (it was the child's until exec), so
    the kernel's own high-water mark is read where there is one.
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(module: str, *arguments: object) -> Measured:
    """Run `python -m benchmarks.MODULE ARGUMENTS…` and take down what it reports."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    said = (Path(str(argument)).name for argument in arguments)
    print(f"  {module} {' '.join(said)}", end=" ", flush=True)
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=False, env=os.environ | ENVIRONMENT
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode or not lines:
        raise SystemExit(f"\n{' '.join(command[1:])} failed:\n{done.stdout}")
    last = json.loads(lines[-1].removeprefix(MARK))
    best = min(last["rounds"])
    print(f"→ {best:.3g} s, {last['peak_mb']:.0f} MB", flush=True)
    return Measured(best, last["rounds"], last["peak_mb"], last["found"])


def machine() -> str:
    """One line: processor, cores, memory, system, Python."""
    processor = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (
        f"{processor}, {os.cpu_count()} cores, {pages / 2**30:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )

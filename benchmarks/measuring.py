"""CPU seconds, wall seconds and peak memory of a piece of work, each in a process of its own."""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec


class Cost(msgspec.Struct, frozen=True):
    """What a piece of work took."""

    cpu_seconds: float
    wall_seconds: float
    peak_mib: float

    def __str__(self) -> str:
        return f"{self.cpu_seconds:7.1f} CPU s  {self.wall_seconds:7.1f} s  {self.peak_mib:7.0f} MiB"


def cost(work: Callable[..., Any], *arguments: Any) -> Cost:
    """Run `work` in a fresh process and measure that process alone."""
    return cost_and_result(work, *arguments)[0]


def cost_and_result(work: Callable[..., Any], *arguments: Any) -> tuple[Cost, Any]:
    """The cost of `work`, and what it gave."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(send, work, arguments))
    process.start()
    send.close()
    try:
        result: tuple[Cost, Any] = receive.recv()
    except EOFError:
        process.join()
        raise SystemExit(f"{work.__name__} failed with exit code {process.exitcode}") from None
    process.join()
    return result


def _measured(send: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    began, before = time.perf_counter(), _cpu()
    result = work(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    send.send((Cost(_cpu() - before, time.perf_counter() - began, peak), result))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def say(text: str) -> None:
    """A line of the result, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()

"""A file of somebody's read apart: in a process with a memory limit of its own.

Readers of other people's formats make room for whatever a file says, and where there is none the
process ends beyond any `except`. So no reader runs here: `reader` runs by itself, gives back rows
in small pieces, and whatever becomes of it, what is told here is that the file cannot be read.

What comes back is not trusted either: it is JSON of a known shape, under a count.

Bounds        what a reading may take
TooMuch       it took more than that, or ended without a word
Failed        the mistake is ours, or it was ended from outside: to be tried again
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import IO, Any

from craftpath.registry.imports.reader import MAX_FRAME

__all__ = ["IN_A_PAGE", "IN_THE_BACKGROUND", "Bounds", "Failed", "TooMuch", "pieces", "read_apart"]

_log = logging.getLogger("craftpath.reading")
#: Ended from outside, by somebody or by a machine without memory. What takes more than its bounds
#: ends otherwise: by SIGXCPU, by SIGABRT, or by itself.
_STOPPED = (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, -signal.SIGKILL)
#: Of what is read within requests so many go on at once in each process of the site, so that all
#: of them together stay within what the unit may take; and one waits so many seconds for its turn.
_AT_ONCE, _PATIENCE = 2, 20
_turns = threading.BoundedSemaphore(_AT_ONCE)
_PLAIN = frozenset({str, int, float, bool, type(None), dt.datetime, dt.date, dt.time, dt.timedelta})


@dataclass(frozen=True)
class Bounds:
    """Of one reading: bytes of address space, seconds of processor, characters of all its rows."""

    memory: int
    seconds: int
    text: int


#: 200,000 rows of 20 columns, every cell a text of its own, take 611 MB and 19 seconds; two cells
#: at the corners of what is allowed, 385 MB.
IN_THE_BACKGROUND = Bounds(1536 << 20, 120, 400 << 20)
#: Within a request, of which several go on at once: 5,000 rows of 20 columns take 36 MB and half a
#: second.
IN_A_PAGE = Bounds(256 << 20, 10, 32 << 20)


class TooMuch(Exception):
    pass


class Failed(RuntimeError):
    pass


def read_apart(
    content: bytes, sort: str, bounds: Bounds, *, mark: str = ""
) -> Generator[list[Any], None, None]:
    """The pieces of a file as `reader` describes them, but for "done" and "failed".

    sort  "workbook", or "csv" with its `mark` between cells
    """
    with _turn() if bounds is IN_A_PAGE else contextlib.nullcontext():
        yield from _read_apart(content, sort, bounds, mark)


@contextlib.contextmanager
def _turn() -> Generator[None, None, None]:
    if not _turns.acquire(timeout=_PATIENCE):
        raise Failed("too many files are read at once")
    try:
        yield
    finally:
        _turns.release()


def _read_apart(
    content: bytes, sort: str, bounds: Bounds, mark: str
) -> Generator[list[Any], None, None]:
    process = _started()
    assert process.stdin is not None and process.stdout is not None
    asked = {"sort": sort, "mark": mark, "size": len(content)} | vars(bounds)
    try:
        # It reads all of it before it writes: neither waits for the other.
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.write(content)
        yield from pieces(process.stdout, bounds.text)
    except TooMuch:
        status = _end_of(process)
        _log.warning("the reading of a file ended with status %s", status)
        if status in _STOPPED:
            raise Failed("the reading was ended from outside") from None
        raise
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _end_of(process: subprocess.Popen[bytes]) -> int | None:
    """How it ended; None: it had not, and said what nobody asked for."""
    try:
        return process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return None


def _started() -> subprocess.Popen[bytes]:
    # It needs no key of ours and finds what we find; without `site` it starts in half the time.
    return subprocess.Popen(
        [sys.executable, "-S", "-P", "-m", "craftpath.registry.imports.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"},
        cwd="/",
    )


def pieces(out: IO[bytes], text: int) -> Generator[list[Any], None, None]:
    """What was written, piece by piece. TooMuch: it ends before it is done, or goes on and on."""
    left = 4 * text + MAX_FRAME  # bytes; its writer counts characters, and ends before
    while (frame := _frame(out)) is not None:
        left -= len(frame)
        piece = _piece(frame) if left >= 0 else None
        if piece is None:
            break
        if piece[0] == "done":
            return
        if piece[0] == "failed":
            raise Failed(str(piece[1])[:200])
        yield piece
    raise TooMuch


def _frame(out: IO[bytes]) -> bytes | None:
    head = out.read(4)
    if len(head) < 4:
        return None
    size = struct.unpack(">I", head)[0]
    frame = out.read(size) if size <= MAX_FRAME else b""
    return frame if len(frame) == size else None


def _piece(frame: bytes) -> list[Any] | None:
    """None where it is not of the shape that it should have."""
    try:
        piece: list[Any] = json.loads(frame, object_hook=_moment)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    match piece:
        case ["rows", list(rows)]:
            return piece if all(map(_is_row, rows)) else None
        case ["sheet" | "note" | "failed", str()] | ["end"] | ["done"]:
            return piece
        case ["wrong", str(), *numbers] | ["odd", str(), str(), *numbers]:
            return piece if all(type(number) is int for number in numbers) else None
    return None


def _is_row(row: Any) -> bool:
    match row:
        case [int(), list(cells)]:
            return _PLAIN.issuperset(map(type, cells))
    return False


def _moment(said: dict[str, Any]) -> Any:
    match said:
        case {"moment": text}:
            return dt.datetime.fromisoformat(text)
        case {"day": text}:
            return dt.date.fromisoformat(text)
        case {"time": text}:
            return dt.time.fromisoformat(text)
        case {"span": [days, seconds, microseconds]}:
            return dt.timedelta(days, seconds, microseconds)
    raise ValueError("no cell")

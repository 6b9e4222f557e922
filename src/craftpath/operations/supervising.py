"""The processes of the site, kept: the pages and the background work, begun anew when they end.

`python -m craftpath.operations.supervising …` takes the place of the process that made everything
ready (`serving.serve`). It stays as long as the site does, and so imports neither Django nor the
engine. What is kept, and until when: docs/decisions/0026.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

from craftpath.operations.gunicorn import READY
from craftpath.operations.lifeline import lifeline

__all__ = ["STOPS", "Part", "Process", "Site", "Stand", "Started", "main", "pause"]

#: What asks the site to stop.
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
#: A process that has run for so long ran well: what happened before is forgotten.
STEADY = 60.0
#: The longest pause before a process is begun again.
LONGEST = 30.0
#: Ends in a row after which background work counts as not to be kept.
MANY = 6
#: So long the pages may be away before the site ends.
PATIENCE = 120.0
#: Long enough for a page, or a task, in progress to be finished.
GRACE = 35.0
_TICK = 0.2


def pause(ends: int) -> float:
    """Seconds until a process that ended so many times in a row begins again: 0, 1, 2, 4 … 30."""
    return 0.0 if ends <= 1 else min(2.0 ** (ends - 2), LONGEST)


@dataclass(frozen=True)
class Stand:
    """Where the site stands. workers: processes, of four threads each."""

    host: str
    port: int
    workers: int
    background: bool

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def bind(self) -> str:
        return self.address.removeprefix("http://")

    def words(self) -> list[str]:
        """As `main` reads it."""
        return [self.host, str(self.port), str(self.workers), str(int(self.background))]

    @staticmethod
    def read(words: Sequence[str]) -> Stand:
        host, port, workers, background = words
        return Stand(host, int(port), int(workers), background == "1")


# --- one process ------------------------------------------------------------------------------


class Process(Protocol):
    def is_open(self) -> bool: ...
    def ended(self) -> int | None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...


class Started:
    """A process in a group of its own: Ctrl-C reaches this one alone, which ends it in order.

    environment  what it gets beside ours
    line         the lifeline that it follows
    tells        it says `ready` on a pipe once it is open; others count as open at once
    """

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], line: int, tells: bool = False
    ) -> None:
        reading, writing = os.pipe() if tells else (None, None)
        given = {READY: str(writing)} if tells else {}
        try:
            self._process = subprocess.Popen(
                [sys.executable, *words],
                process_group=0,
                pass_fds=[line] if writing is None else [line, writing],
                env={**os.environ, **environment, **given},
            )
        finally:
            if writing is not None:
                os.close(writing)
        if reading is not None:
            os.set_blocking(reading, False)
        self._pipe, self._open = reading, not tells

    def is_open(self) -> bool:
        if self._pipe is not None:
            try:
                self._open = os.read(self._pipe, 5) == b"ready"
            except BlockingIOError:
                return False
            os.close(self._pipe)
            self._pipe = None
        return self._open

    def ended(self) -> int | None:
        """Its exit status once it has ended; whatever it had started is ended as well."""
        process = self._process
        seen = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if process.returncode is None and os.waitid(os.P_PID, process.pid, seen):
            # Before it is waited for: until then nobody else gets its number. Workers that a
            # killed master left would hold the port.
            self.kill()
            process.wait()
        if process.returncode is not None and self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
        return process.returncode

    def stop(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


class Part:
    """What the site consists of: its process of now, and how often it ended in a row."""

    def __init__(self, zh: str, en: str, begin: Callable[[], Process]) -> None:
        self.zh, self.en = zh, en
        self._begin = begin
        self.process: Process | None = None
        self.ends = 0
        self._began = self._due = 0.0

    def tend(self, now: float) -> int | None:
        """Begin it where it is due. Its exit status where it has just ended."""
        if self.process is None:
            return None if now < self._due else self._try(now)
        if self.ends and now - self._began > STEADY:
            self.ends = 0
        status = self.process.ended()
        if status is not None:
            self._lost(now)
        return status

    def is_open(self) -> bool:
        return self.process is not None and self.process.is_open()

    def _try(self, now: float) -> int | None:
        try:
            self.process, self._began = self._begin(), now
        except OSError as trouble:  # no memory, no more processes
            self._lost(now)
            return trouble.errno or 1
        return None

    def _lost(self, now: float) -> None:
        self.process = None
        self.ends += 1
        self._due = now + pause(self.ends)


# --- all of them ------------------------------------------------------------------------------

Say = Callable[[str, str], None]


class Site:
    """Its parts, kept. The clock and the pauses are given, so that tests need not wait."""

    def __init__(
        self,
        pages: Part,
        work: Part | None,
        say: Say,
        ready: Callable[[], None],
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pages, self._work = pages, work
        self._say, self._ready, self._now, self._wait = say, ready, now, wait
        self._asked = self._hurried = False

    def stop(self, number: int, frame: FrameType | None) -> None:
        """A signal. Who presses Ctrl-C again does not want to wait for what is in progress."""
        self._hurried |= self._asked and number == signal.SIGINT
        self._asked = True

    def keep(self) -> int:
        """Until asked to stop: 0; until the pages cannot be kept: 1, having said why."""
        try:
            return self._open() or self._stay()
        finally:
            self._end([part for part in (self._pages, self._work) if part])

    def _open(self) -> int:
        """What does not open the first time is wrong, and not merely unlucky."""
        while not self._asked:
            if self._pages.tend(self._now()) is not None:
                self._say(
                    "站点没有启动，原因见上。", "The site did not start; the reason is above."
                )
                return 1
            if self._pages.is_open():
                self._ready()
                return 0
            self._wait(_TICK)
        return 0

    def _stay(self) -> int:
        away: float | None = None  # since when there are no pages
        while not self._asked:
            now = self._now()
            self._tend(self._pages, now)
            if self._work:
                self._tend_work(self._work, now)
            if not self._pages.is_open():
                away = now if away is None else away
                if now - away > PATIENCE:
                    self._say(
                        f"页面已中断 {now - away:.0f} 秒，无法恢复，站点停止，原因见上。",
                        f"There have been no pages for {now - away:.0f} s and they cannot be "
                        "brought back; the site ends. The reason is above.",
                    )
                    return 1
            elif away is not None:
                self._say(
                    f"页面已恢复，中断 {now - away:.0f} 秒。",
                    f"The pages are back after {now - away:.0f} s.",
                )
                away = None
            self._wait(_TICK)
        return 0

    def _tend_work(self, work: Part, now: float) -> None:
        """Pages are worth more than background work: they go on without it."""
        before = work.ends
        self._tend(work, now)
        if work.ends == MANY and before < MANY:
            self._say(
                "后台任务一再结束：页面照常，导入等后台任务要等它恢复；原因见上。",
                "Background work does not stay up. The pages go on; imports and the like wait "
                "for it. The reason is above.",
            )
        if before >= MANY and work.ends == 0:
            self._say("后台任务已恢复。", "Background work is up again.")

    def _tend(self, part: Part, now: float) -> None:
        status = part.tend(now)
        if status is None:
            return
        seconds = pause(part.ends)
        zh, en = (f"{seconds:.0f} 秒后", f"in {seconds:.0f} s") if seconds else ("现在", "now")
        how_zh, how_en = _how(status)
        self._say(
            f"{part.zh}意外结束（{how_zh}），{zh}重新启动。",
            f"{part.en} ended by itself ({how_en}) and is started again {en}.",
        )

    def _end(self, parts: Iterable[Part]) -> None:
        living = [part.process for part in parts if part.process]
        for process in living:
            if process.ended() is None:
                process.stop()
        until = self._now() + GRACE
        while any(process.ended() is None for process in living):
            if self._hurried or self._now() > until:
                for process in living:
                    process.kill()
            self._wait(_TICK / 4)


def _how(status: int) -> tuple[str, str]:
    if status >= 0:
        return f"退出码 {status}", f"exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"信号 {name}", f"signal {name}"


def main(words: Sequence[str]) -> int:
    """words: a `Stand`'s. Its exit status."""
    stand = Stand.read(words)
    line, followed = lifeline()

    def pages() -> Process:
        settings = ("--config", "python:craftpath.operations.gunicorn")
        place = ("--bind", stand.bind, "--workers", str(stand.workers))
        return Started(["-m", "gunicorn", *settings, *place], followed, line, tells=True)

    def work() -> Process:
        return Started(["-m", "craftpath.cli.main", "work"], followed, line)

    site = Site(
        Part("页面进程", "The process of the pages", pages),
        Part("后台任务进程", "Background work", work) if stand.background else None,
        _say,
        lambda: _tell(
            f"站点已就绪：{stand.address} （Ctrl-C 停止）",
            f"The site is ready: {stand.address} (Ctrl-C to stop)",
        ),
    )
    for number in STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, site.stop)
    # `serving.serve` held them back until there was somebody to hear them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    status = site.keep()
    if status == 0:
        _say("站点已停止。", "The site has stopped.")
    return status


def _tell(zh: str, en: str) -> None:
    """On the screen; that nobody reads it any more does not end a site."""
    with suppress(OSError):
        sys.stdout.write(f"{zh}\n{en}\n")
        sys.stdout.flush()


def _say(zh: str, en: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"{zh}\n{en}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The processes of a site, kept: by a clock that nobody waits for, and stand-ins for processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from craftpath.operations.lifeline import lifeline
from craftpath.operations.supervising import (
    GRACE,
    LONGEST,
    MANY,
    PATIENCE,
    STEADY,
    Part,
    Site,
    Stand,
    Started,
    pause,
)

KILLED = -signal.SIGKILL


class Fake:
    """A process that ends when a test says so, or when it has lived so long."""

    def __init__(self, world: World, lives: float, opens: bool = True, heeds: bool = True) -> None:
        self.world, self.ends, self.opens, self.heeds = world, world.now() + lives, opens, heeds
        self.status: int | None = None
        self.asked = False

    def is_open(self) -> bool:
        return self.opens and self.ended() is None

    def ended(self) -> int | None:
        if self.status is None and self.world.now() >= self.ends:
            self.status = 1
        return self.status

    def stop(self) -> None:
        self.asked = True
        if self.heeds:
            self.status = 0

    def kill(self) -> None:
        if self.ended() is None:
            self.status = KILLED


class World:
    """A site of stand-ins. `pages` and `work` are how the next of each will be; `after` asks for
    something at a time."""

    def __init__(self) -> None:
        self.time = 0.0
        self.asked: list[tuple[float, Callable[[], object]]] = []
        self.said: list[str] = []
        self.began: dict[str, list[float]] = {"pages": [], "work": []}
        self.made: dict[str, Fake] = {}
        self.pages = self.work = lambda: Fake(self, lives=1e9)
        self.site = Site(
            Part("页面进程", "The process of the pages", lambda: self._make("pages", self.pages)),
            Part("后台任务进程", "Background work", lambda: self._make("work", self.work)),
            lambda zh, en: self.said.append(f"{self.time:.0f} {en}"),
            lambda: self.said.append(f"{self.time:.0f} ready"),
            self.now,
            self.wait,
        )

    def _make(self, name: str, how: Callable[[], Fake]) -> Fake:
        self.began[name].append(self.time)
        self.made[name] = how()
        return self.made[name]

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += seconds
        due = [does for at, does in self.asked if at <= self.time]
        self.asked = [(at, does) for at, does in self.asked if at > self.time]
        for does in due:
            does()
        assert self.time < 10_000, self.said

    def after(self, seconds: float, does: Callable[[], object]) -> None:
        self.asked.append((self.time + seconds, does))

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.site.stop(number, None)

    def told(self, words: str) -> list[str]:
        return [line for line in self.said if words in line]


@pytest.fixture
def world() -> World:
    return World()


def test_pauses_grow_to_a_longest():
    assert [pause(ends) for ends in range(1, 9)] == [0, 1, 2, 4, 8, 16, LONGEST, LONGEST]


def test_background_work_that_is_killed_ten_times_is_begun_eleven_times(world: World):
    def kill() -> None:
        world.made["work"].kill()
        if len(world.began["work"]) < 11:
            world.after(pause(len(world.began["work"])) + 1, kill)
        else:
            world.after(1, world.stop)

    world.after(1, kill)

    assert world.site.keep() == 0
    assert len(world.began["work"]) == 11
    assert len(world.began["pages"]) == 1
    assert len(world.told("Background work ended by itself (signal SIGKILL)")) == 11


def test_what_ran_well_is_begun_again_at_once(world: World):
    world.work = lambda: Fake(world, lives=STEADY + 1)
    world.after(5 * STEADY, world.stop)

    assert world.site.keep() == 0
    gaps = [after - before for before, after in zip(*[iter(world.began["work"])] * 2, strict=False)]
    assert len(world.began["work"]) == 5
    assert max(gaps) < STEADY + 2


def test_pages_go_on_where_background_work_does_not_stay_up(world: World):
    world.work = lambda: Fake(world, lives=1)

    def mend() -> None:
        world.work = lambda: Fake(world, lives=1e9)

    world.after(1800, mend)
    world.after(2000, world.stop)

    assert world.site.keep() == 0
    assert len(world.began["pages"]) == 1
    assert len(world.told("Background work does not stay up")) == 1
    assert len(world.told("Background work is up again")) == 1
    assert 1800 / (LONGEST + 2) < len(world.began["work"]) < 1800 / LONGEST + MANY


def test_background_work_waits_for_the_pages(world: World):
    slow = Fake(world, lives=1e9, opens=False)
    world.pages = lambda: slow
    world.after(60, lambda: setattr(slow, "opens", True))
    world.after(70, world.stop)

    assert world.site.keep() == 0
    assert min(world.began["work"]) >= 60
    assert world.told("ready")


def test_pages_that_do_not_open_the_first_time_end_the_site(world: World):
    world.pages = lambda: Fake(world, lives=2, opens=False)

    assert world.site.keep() == 1
    assert world.said == ["2 The site did not start; the reason is above."]
    assert (len(world.began["pages"]), world.began["work"]) == (1, [])


def test_pages_that_are_killed_come_back(world: World):
    def kill() -> None:
        world.made["pages"].kill()

    world.after(10, kill)
    world.after(20, world.stop)

    assert world.site.keep() == 0
    assert len(world.began["pages"]) == 2
    assert world.told("The process of the pages ended by itself (signal SIGKILL)")
    assert len(world.told("The pages are back after")) == 1


@pytest.mark.parametrize("lives", [0.5, 1e9], ids=["ends", "hangs"])
def test_pages_that_do_not_come_back_end_the_site_and_say_so(world: World, lives: float):
    def break_them() -> None:
        world.pages = lambda: Fake(world, lives=lives, opens=False)
        world.made["pages"].kill()

    world.after(10, break_them)

    assert world.site.keep() == 1
    assert PATIENCE <= world.time - 10 < PATIENCE + 2
    assert "they cannot be brought back" in world.said[-1]
    assert world.made["work"].status == 0


def test_no_process_can_be_begun_is_as_if_it_had_ended(world: World):
    def none_left() -> Fake:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    def use_up() -> None:
        world.work = none_left
        world.made["work"].kill()

    def mend() -> None:
        world.work = lambda: Fake(world, lives=1e9)

    world.after(10, use_up)
    world.after(20, mend)
    world.after(60, world.stop)

    assert world.site.keep() == 0
    assert world.made["work"].asked


# --- told to stop ---------------------------------------------------------------------------------


def test_is_told_to_stop_while_it_opens(world: World):
    world.pages = lambda: Fake(world, lives=1e9, opens=False)
    world.after(1, world.stop)

    assert world.site.keep() == 0
    assert world.made["pages"].asked and not world.said


def test_is_told_to_stop_in_a_pause(world: World):
    world.work = lambda: Fake(world, lives=1)
    world.after(200, world.stop)

    assert world.site.keep() == 0
    assert world.time < 201
    assert world.made["pages"].asked


def test_what_does_not_stop_in_time_is_killed(world: World):
    world.work = lambda: Fake(world, lives=1e9, heeds=False)
    world.after(10, world.stop)

    assert world.site.keep() == 0
    assert world.made["work"].asked
    assert world.made["work"].status == KILLED
    assert GRACE <= world.time - 10 < GRACE + 1


@pytest.mark.parametrize(
    ("again", "waits"), [(signal.SIGINT, False), (signal.SIGTERM, True), (signal.SIGHUP, True)]
)
def test_who_presses_ctrl_c_again_does_not_wait(world: World, again: int, waits: bool):
    world.work = lambda: Fake(world, lives=1e9, heeds=False)
    world.after(10, lambda: world.stop(signal.SIGINT))
    world.after(12, lambda: world.stop(again))

    assert world.site.keep() == 0
    assert (world.time > 13) == waits


# --- processes for real ---------------------------------------------------------------------------


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def start(code: str, tells: bool = False) -> Started:
    line, followed = lifeline()
    try:
        return Started(["-S", "-c", code], followed, line, tells)
    finally:
        os.close(line)


def test_says_how_a_process_ended():
    one = start("raise SystemExit(3)")
    until(lambda: one.ended() is not None)
    assert one.ended() == 3


def test_is_open_once_it_says_so_and_not_where_it_ended_before():
    code = "import os, time; os.write(int(os.environ['CRAFTPATH_READY']), b'ready'); time.sleep(60)"
    one, other = start(code, tells=True), start("0", tells=True)
    until(one.is_open)
    until(lambda: other.ended() is not None)
    assert not other.is_open()
    one.kill()
    until(lambda: one.ended() is not None)
    assert one.ended() == KILLED


def test_what_a_killed_process_had_started_is_ended(tmp_path: Path):
    note = tmp_path / "pid"
    one = start(
        "import os, time\n"
        "child = os.fork()\n"
        f"if child: open({str(note)!r} + '.draft', 'w').write(str(child)); "
        f"os.rename({str(note)!r} + '.draft', {str(note)!r})\n"
        "time.sleep(60)"
    )
    until(note.exists)
    child = int(note.read_text())
    os.kill(one._process.pid, signal.SIGKILL)
    until(lambda: one.ended() is not None)
    until(lambda: not alive(child))


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_is_small():
    """It stays for as long as the site does: no Django, no engine, less than 30 MB."""
    code = (
        "import sys, craftpath.operations.supervising\n"
        "print(*sys.modules)\n"
        "print(open('/proc/self/status').read())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, status = done.stdout.split("\n", 1)

    assert {name.partition(".")[0] for name in names.split()} & {
        "django",
        "numpy",
        "click",
    } == set()
    assert int(status.partition("VmHWM:")[2].split()[0]) < 30_000


def test_is_told_in_words_where_the_site_stands():
    stand = Stand("::1", 8000, 4, background=False)

    assert Stand.read(stand.words()) == stand
    assert stand.address == "http://[::1]:8000"

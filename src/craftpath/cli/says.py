"""How the command speaks: plain failures in both languages, no tracebacks for what a user can mend.

Failure     a sentence for the user; exit status 1
Stopped     SIGTERM or the terminal closing, raised like Ctrl-C; exit status 128 + signal
"""

from __future__ import annotations

import errno
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Any, ParamSpec, TypeVar

import click

__all__ = ["Failure", "Stopped", "failing_plainly", "screen"]

P = ParamSpec("P")
R = TypeVar("R")


class Failure(click.ClickException):
    """What went wrong and how to mend it, Chinese first; exit status 1 unless said otherwise."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


class Stopped(KeyboardInterrupt):
    """The process was asked to end: everything on the way out tidies up as on Ctrl-C."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def failing_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the failures that a user can mend into one clear message and a proper exit status."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with _stopping_cleanly():
                return command(*args, **kwargs)
        except BrokenPipeError:  # `| head` is no failure
            with suppress(OSError, ValueError):  # no file beneath, under a test
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None
        except KeyboardInterrupt as stop:
            click.echo("已中断，没有留下半个文件。\nStopped; no half file is left.", err=True)
            number = stop.number if isinstance(stop, Stopped) else signal.SIGINT
            raise SystemExit(128 + number) from None
        except click.ClickException:
            raise
        except Exception as trouble:
            failure = _plain(trouble)
            if failure is None:
                raise
            raise failure from None

    return run


@contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """SIGTERM and SIGHUP end the command as Ctrl-C does: by an exception that tidies up."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(number)

    before = {}
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup a hang-up stays ignored
            with suppress(ValueError):  # not in the main thread: no signals come here
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _plain(trouble: Exception) -> Failure | None:
    """What to say of a failure that is the user's to mend; None for our own mistakes."""
    from craftpath.evidence.read import RecordsError
    from craftpath.library import UnknownParty, UnknownRule
    from craftpath.pack.problems import PackError

    if isinstance(trouble, RecordsError | UnknownParty | UnknownRule):
        return Failure(trouble.label.zh, trouble.label.en)
    if isinstance(trouble, PackError):
        return Failure("规则包不能用：", f"The pack cannot be used:\n{trouble}")
    if isinstance(trouble, MemoryError):
        return Failure("内存不足。", "Out of memory.")
    if "django" in sys.modules:
        failure = _plain_site(trouble)
        if failure is not None:
            return failure
    if isinstance(trouble, OSError):
        return _plain_os(trouble)
    return None


def _plain_site(trouble: Exception) -> Failure | None:
    """The same for the site's commands, which alone load Django."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import OperationalError

    from craftpath.access.errors import Refusal

    if isinstance(trouble, Refusal):
        return Failure(trouble.label.zh, trouble.label.en)
    if isinstance(trouble, OperationalError):
        return Failure(f"数据库用不了：{trouble}", f"The database cannot be used: {trouble}")
    if isinstance(trouble, ImproperlyConfigured):
        return Failure(f"设置有误：{trouble}", f"The settings are wrong: {trouble}")
    if isinstance(trouble, CommandError):
        return Failure("没有成功：", f"It did not work: {trouble}")
    return None


_OS_ERRORS = {
    errno.ENOENT: ("没有这个文件或文件夹", "no such file or folder"),
    errno.EACCES: ("没有权限", "permission denied"),
    errno.EROFS: ("所在的盘只读", "the disk is read-only"),
    errno.ENOSPC: ("磁盘已满", "no space left on the disk"),
    errno.EDQUOT: ("超出磁盘配额", "over the disk quota"),
    errno.EEXIST: (
        "已有同名的文件，请换一个名称",
        "is there already and is no folder; name another",
    ),
    errno.ENOTDIR: ("不是文件夹", "not a folder"),
    errno.EISDIR: ("是文件夹，不是文件", "is a folder, not a file"),
}


def _plain_os(trouble: OSError) -> Failure:
    text = trouble.strerror or str(trouble)
    zh, en = _OS_ERRORS.get(trouble.errno or 0, (text, text))
    where = trouble.filename
    if where is None:
        return Failure(f"{zh}。", f"{en.capitalize()}.")
    return Failure(f"{where}：{zh}。", f"{where}: {en}.")


def screen(err: bool = False, width: int | None = None) -> Any:
    """A rich console on which `| head` ends the command as it should, without a traceback."""
    from rich.console import Console

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Screen(stderr=err, width=width, highlight=False, soft_wrap=True)

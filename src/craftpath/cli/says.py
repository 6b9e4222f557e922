"""How the command speaks: plain failures, no tracebacks for what a user can mend."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

__all__ = ["Failure", "failing_plainly"]

P = ParamSpec("P")
R = TypeVar("R")


class Failure(click.ClickException):
    """A sentence for the user; exit status 1."""

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)


def failing_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the failures that a user can mend into one clear message and exit status 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BrokenPipeError:  # `| head` is no failure
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None
        except KeyboardInterrupt:
            raise Failure("已中断，没有留下半个文件 / interrupted; no half file is left") from None
        except Exception as trouble:
            message = _plain(trouble)
            if message is None:
                raise
            raise Failure(message) from None

    return run


def _plain(trouble: Exception) -> str | None:
    """What to say of a failure that is the user's to mend; None for our own mistakes."""
    from craftpath.evidence.read import RecordsError
    from craftpath.library import UnknownRule
    from craftpath.pack.problems import PackError

    if isinstance(trouble, RecordsError):
        return f"{trouble.label.zh}\n{trouble.label.en}"
    if isinstance(trouble, PackError | UnknownRule):
        return str(trouble)
    if isinstance(trouble, OSError):
        where = f"{trouble.filename}: " if trouble.filename else ""
        return f"{where}{trouble.strerror or trouble}"
    return None

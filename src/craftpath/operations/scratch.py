"""Folders that go away again, also those of a process that was killed.

A backup in the making holds the whole database and a second name of every upload. So each such
folder is locked for as long as its process lives, and the next one to make one there takes away
those that nobody holds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["scratch"]


@contextmanager
def scratch(beside: Path, name: str) -> Iterator[Path]:
    """A folder `beside/.craftpath-NAME-…` that nobody else can read."""
    prefix = f".craftpath-{name}-"
    for left in beside.glob(f"{prefix}*"):
        _sweep(left)
    # Locked before it has its name: nobody finds the name free while its process lives.
    draft = Path(tempfile.mkdtemp(dir=beside, prefix=".craftpath-draft-"))
    descriptor = os.open(draft, os.O_RDONLY)
    folder = draft
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        folder = draft.rename(draft.with_name(draft.name.replace(".craftpath-draft-", prefix)))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return  # gone at this moment, or another's
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # its process lives
    finally:
        os.close(descriptor)

"""The site in the foreground: gunicorn and one process of background work, ended together."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from craftpath.operations.dumps import Trouble
from craftpath.operations.gunicorn import READY
from craftpath.operations.lifeline import lifeline

__all__ = ["Stand", "collect_static", "serve"]

#: Long enough for a page, or a task, in progress to be finished.
_GRACE = 35.0


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


def serve(stand: Stand, ready: Callable[[], None]) -> None:
    """Serve until one of the processes ends (Trouble) or this one is interrupted; then end all.

    ready  called once the engine is warm and the port is open
    """
    require_free(stand)
    collect_static()
    children: list[subprocess.Popen[bytes]] = []
    try:
        site, opened = _start_site(stand)
        children.append(site)
        if not opened():
            raise Trouble(
                "站点没有启动，原因见上。", "The site did not start; the reason is above."
            )
        if stand.background:
            children.append(_start("-m", "craftpath.cli.main", "work"))
        ready()
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
        raise Trouble(
            "有一个进程意外结束，站点已停止。",
            "One of its processes ended by itself; the site has stopped.",
        )
    finally:
        _end(children)


def require_free(stand: Stand) -> None:
    """Trouble: somebody has the port, or it is not ours to take."""
    try:
        family, _, _, _, place = socket.getaddrinfo(
            stand.host, stand.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            asked.bind(place)
    except OSError as trouble:
        port = stand.port
        if trouble.errno == errno.EADDRINUSE:
            raise Trouble(
                f"端口 {port} 已被占用。请停下占用它的程序，或用 --port 换一个。",
                f"Port {port} is in use. Stop what uses it, or choose another with --port.",
            ) from trouble
        if trouble.errno == errno.EACCES:
            raise Trouble(
                f"没有权限使用端口 {port}。请用 --port 选 1024 以上的端口。",
                f"Port {port} is not ours to open. Choose one above 1024 with --port.",
            ) from trouble
        raise Trouble(
            f"不能在 {stand.bind} 上提供服务：{trouble.strerror}。",
            f"The site cannot be served at {stand.bind}: {trouble.strerror}.",
        ) from trouble


def collect_static() -> bool:
    """Put the static files together if they changed since the last time. Whether they had."""
    root = Path(settings.STATIC_ROOT)
    stamp, wanted = root / ".collected", _fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=root.is_dir())
    stamp.write_text(wanted, encoding="ascii")
    return True


def _fingerprint() -> str:
    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            seen = Path(storage.path(path)).stat()
            found.update(f"{path} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _start_site(stand: Stand) -> tuple[subprocess.Popen[bytes], Callable[[], bool]]:
    """(gunicorn, what waits until its port is open: False where it ended instead)"""
    reading, writing = os.pipe()
    site = _start(
        "-m",
        "gunicorn",
        "--config",
        "python:craftpath.operations.gunicorn",
        "--bind",
        stand.bind,
        "--workers",
        str(stand.workers),
        pipe=writing,
    )
    os.close(writing)

    def opened() -> bool:
        with os.fdopen(reading, "rb") as pipe:
            return pipe.read(5) == b"ready"

    return site, opened


def _start(*words: str, pipe: int | None = None) -> subprocess.Popen[bytes]:
    line, environment = lifeline()
    given = [line] if pipe is None else [line, pipe]
    if pipe is not None:
        environment[READY] = str(pipe)
    # A group of its own: Ctrl-C reaches this process alone, which ends the others in order.
    started = subprocess.Popen(
        [sys.executable, *words],
        process_group=0,
        pass_fds=given,
        env={**os.environ, **environment},
    )
    os.close(line)
    return started


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + _GRACE
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(until - time.monotonic(), 0.1))
            continue
        child.kill()
        child.wait()

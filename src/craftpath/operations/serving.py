"""The site in the foreground: made ready here, then kept by a small process in this one's place."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections

from craftpath.operations.dumps import Trouble
from craftpath.operations.supervising import STOPS, Stand

__all__ = ["Stand", "collect_static", "require_free", "serve"]


def serve(stand: Stand) -> NoReturn:
    """Make the site ready, and become the process that keeps it (`supervising`)."""
    require_free(stand)
    collect_static()
    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    keeper = [sys.executable, "-m", "craftpath.operations.supervising", *stand.words()]
    # Whoever asks to stop between the two is heard by the next, which lets these in again.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        # What has loaded Django and the engine would be held for as long as the site stands.
        os.execv(sys.executable, keeper)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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

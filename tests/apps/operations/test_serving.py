"""`craftpath serve` and `demo` as a user meets them: a port, a page, Ctrl-C."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CRAFTPATH_") and name != "DATABASE_URL"
    }
    return {
        **kept,
        "CRAFTPATH_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "craftpath.settings",
        "PYTHONPATH": "src",
        "PYTHONUNBUFFERED": "1",
    }


def start(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "craftpath.cli.main", *words],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )


def until(process: subprocess.Popen[str], word: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if word in line:
            return lines
    raise AssertionError("".join(lines))


def test_serves_a_small_city_until_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, "demo", "--people", "60", "--port", str(port))
    try:
        lines = "".join(until(process, "The site is ready"))
        assert "worker" in lines and "auditor" in lines
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        asked.request("GET", "/")
        answer = asked.getresponse()
        assert answer.status == 200
        assert "text/html" in answer.headers["content-type"]

        second = start(tmp_path, "serve", "--port", str(port))
        told, _ = second.communicate(timeout=120)
        assert second.returncode == 1
        assert f"Port {port} is in use" in told
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "The site has stopped" in rest
    asked.close()
    with socket.socket() as asked_again:
        # As a server asks: a connection that lingers is no matter, a listener is.
        asked_again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        asked_again.bind(("127.0.0.1", port))  # nobody is left behind on it

    again = start(tmp_path, "demo", "--people", "60", "--no-serve")
    told, _ = again.communicate(timeout=120)
    assert again.returncode == 0
    assert "Today's sample city is there already" in told

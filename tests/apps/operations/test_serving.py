"""`craftpath serve` and `demo` as a user meets them: a port, a page, Ctrl-C."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.apps.operations.site import Site, empty_site, until

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.mark.thorough
def test_serves_a_small_city_until_told_to_stop(tmp_path: Path) -> None:
    site, port = empty_site(tmp_path), free_port()
    process = site.start("demo", "--people", "60", "--port", str(port))
    try:
        lines = "".join(until(process, "The site is ready"))
        assert "worker" in lines and "auditor" in lines
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        asked.request("GET", "/")
        answer = asked.getresponse()
        assert answer.status == 200
        assert "text/html" in answer.headers["content-type"]

        here = f"http://127.0.0.1:{port}"
        assert site.sql("SELECT DISTINCT site FROM credentials_issuer") == [(here,)]
        documents = [one for (one,) in site.sql("SELECT document FROM credentials_credential")]
        assert documents and all(f'"id": "{here}/credentials/' in one for one in documents)

        second = site.start("serve", "--port", str(port))
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

    again = site.start("demo", "--people", "60", "--port", str(port))
    assert "Today's sample city is there already" in "".join(until(again, "The site is ready"))
    again.kill()
    # Whatever it had started holds its output until it ends as well.
    again.communicate(timeout=60)
    with socket.socket() as asked_again:
        asked_again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        asked_again.bind(("127.0.0.1", port))


def child(parent: int, word: str) -> int:
    """The number of the process that it started with such a word, once there is one."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError):
                words = (process / "cmdline").read_text().split("\0")
                status = (process / "status").read_text()
                if word in words and f"\nPPid:\t{parent}\n" in status:
                    return int(process.name)
        time.sleep(0.05)
    raise AssertionError(word)


def status_of(port: int) -> int:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asked.request("GET", "/")
    status = asked.getresponse().status
    asked.close()
    return status


@pytest.mark.thorough
def test_outlives_its_processes(site: Site) -> None:
    port = free_port()
    keeper = site.start("serve", "--port", str(port), "--workers", "1")
    try:
        until(keeper, "The site is ready")
        held = Path(f"/proc/{keeper.pid}/status").read_text().partition("VmRSS:")[2].split()[0]
        assert int(held) < 30_000  # kB: the whole site was 190,000

        for told in ("now", "in 1 s"):
            os.kill(child(keeper.pid, "work"), signal.SIGKILL)
            until(keeper, f"(signal SIGKILL) and is started again {told}")
        os.kill(child(keeper.pid, "gunicorn"), signal.SIGKILL)
        until(keeper, "The pages are back")
        assert status_of(port) == 200
    finally:
        keeper.send_signal(signal.SIGTERM)
        rest, _ = keeper.communicate(timeout=60)
    assert keeper.returncode == 0
    assert "The site has stopped" in rest

"""The commands of docs/api.md do what the page says."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpResponse
from django.test import Client

from tests.apps.api.program import program_of
from tests.apps.city import City

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
SITE = "https://skills.example.org"


@dataclass(frozen=True)
class Command:
    method: str
    path: str
    headers: dict[str, str]
    sent: str | None

    def run(self) -> HttpResponse:
        body, kind = self.sent or "", self.headers.get("Content-Type", "")
        return Client().generic(
            self.method, self.path, body, content_type=kind, headers=self.headers
        )


def commands(tokens: dict[str, str]) -> list[Command]:
    found = []
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        for line in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            for name, secret in tokens.items():
                line = line.replace(f"${name}", secret)
            found.append(_read(shlex.split(line.replace("\\\n", " "))))
    return found


def _read(words: list[str]) -> Command:
    assert words.pop(0) == "curl"
    method, path, headers, sent = None, "", {}, None
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            sent = words.pop(0)
        elif word == "-X":
            method = words.pop(0)
        else:
            assert word.startswith(SITE), word
            path = word.removeprefix(SITE)
    return Command(method or ("GET" if sent is None else "POST"), path, headers, sent)


def test_runs_every_command_of_the_page(city: City) -> None:
    tokens = {
        name: program_of(city, who).secret or ""
        for name, who in (
            ("WORKER", "worker"),
            ("HR", "hr"),
            ("OFFICIAL", "city"),
            ("BODY", "school"),
        )
    }
    statuses: dict[str, list[int]] = {}
    found = commands(tokens)
    assert len(found) == 22
    for command in found:
        response = command.run()
        statuses.setdefault(f"{command.method} {command.path}", []).append(response.status_code)
    refused = {path: seen for path, seen in statuses.items() if max(seen) >= 400}
    assert refused == {"POST /api/v1/me/records": [201, 422]}


def test_shows_the_refusal_as_it_is(city: City) -> None:
    page = PAGE.read_text("utf-8")
    (shown,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    worker = program_of(city, "worker").secret or ""
    (wrong,) = [one for one in commands({"WORKER": worker}) if "2025/01/01" in (one.sent or "")]
    assert wrong.run().json() == json.loads(shown)

"""Rows that passed, kept until they are written: sealed, slice by slice, each found by its number.

A file of frames, each four bytes of length and then a slice of at most `SLICE` lines as JSON,
compressed and sealed under the identity key: it is full of numbers.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

from craftpath.registry.identity import open_bytes, seal_bytes
from craftpath.registry.imports.nouns import FactSaid, Line, PartySaid

__all__ = ["SLICE", "read_slice", "stage"]

SLICE = 1000
_USE = "import staged"


def stage(lines: Iterable[Line], out: IO[bytes]) -> int:
    """Write lines to a file; how many there were. Every slice but the last is full."""
    count, waiting = 0, []
    for line in lines:
        waiting.append(_plain(line))
        count += 1
        if len(waiting) == SLICE:
            _write(waiting, out)
            waiting = []
    if waiting:
        _write(waiting, out)
    return count


def _write(lines: list[Any], out: IO[bytes]) -> None:
    text = json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = seal_bytes(zlib.compress(text, 1), _USE)
    out.write(struct.pack(">I", len(sealed)))
    out.write(sealed)


def read_slice(source: IO[bytes], done: int) -> list[Line]:
    """The slice after `done` lines; empty at the end. ValueError: no slice ends there."""
    if done % SLICE:
        raise ValueError(f"no slice begins after {done} lines")
    for _ in range(done // SLICE):
        source.seek(_length(source), 1)
    size = _length(source)
    if not size:
        return []
    return list(_lines(json.loads(zlib.decompress(open_bytes(source.read(size), _USE)))))


def _length(source: IO[bytes]) -> int:
    head = source.read(4)
    return struct.unpack(">I", head)[0] if head else 0


def _plain(line: Line) -> list[Any]:
    party = line.party
    return [
        line.row,
        [
            party.scheme,
            party.number,
            party.digest,
            party.name,
            party.name_en,
            _text(party.born),
            party.region,
            party.new,
            party.sure,
        ],
        [
            [
                fact.kind,
                _text(fact.start),
                fact.subject,
                fact.level,
                _text(fact.end),
                fact.quantity,
                fact.other,
                fact.verified,
            ]
            for fact in line.facts
        ],
    ]


def _lines(plain: Any) -> Iterator[Line]:
    for row, party, facts in plain:
        scheme, number, digest, name, name_en, born, *about = party
        yield Line(
            row,
            PartySaid(scheme, number, digest, name, name_en, _day(born), *about),
            tuple(
                FactSaid(kind, dt.date.fromisoformat(start), subject, level, _day(end), *rest)
                for kind, start, subject, level, end, *rest in facts
            ),
        )


def _text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)

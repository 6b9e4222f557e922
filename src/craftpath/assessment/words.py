"""What sittings and their parts are called in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from craftpath.assessment.choices import PARTS, Part
from craftpath.assessment.models import Session
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.registry.kinds import site_pack

__all__ = [
    "level_label",
    "listed",
    "occupation_label",
    "part_label",
    "region_label",
    "session_label",
]

_NAMED = 5


def part_label(part: str) -> Label:
    return PARTS[Part(part)]


def occupation_label(code: str) -> Label:
    return _coded("occupation", code)


def region_label(code: str) -> Label:
    return _coded("region", code)


def _coded(codes: str, code: str) -> Label:
    known = site_pack().vocabulary.lists.get(codes)
    found = None if known is None else known.codes.get(code)
    return Label(code, code) if found is None else found.label


def level_label(level: int) -> Label:
    """A rank of the pack's ladder, in words."""
    pack = site_pack()
    scale = None if pack.ladder is None else pack.vocabulary.scales[pack.ladder.scale]
    step = None if scale is None else scale.by_rank(level)
    return Label(str(level), str(level)) if step is None else step.label


def session_label(session: Session) -> Label:
    """Part, day, hour and room: by what people know a session."""
    part = part_label(session.part)
    return Label(
        f"{part.zh}（{zh_day(session.day)}{_hour(session.starts)}，{session.room.name}）",
        f"the {part.en} on {en_day(session.day)}, {_hour(session.starts)}, {session.room.name}",
    )


def _hour(time: dt.time) -> str:
    return f"{time:%H:%M}"


def listed(items: Sequence[str] | Iterable[str]) -> Label:
    """The first few, and whether there are more."""
    all = list(items)
    more = "…" if len(all) > _NAMED else ""
    return Label("、".join(all[:_NAMED]) + more, ", ".join(all[:_NAMED]) + more)

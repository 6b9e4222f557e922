"""What is told to those whose application has moved, many at once."""

from __future__ import annotations

from collections.abc import Iterable

from craftpath.access.clock import now
from craftpath.bulk import insert_all
from craftpath.engine.rules import Label
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Message

__all__ = ["tell_all"]

_COLUMNS = ("party", "zh", "en", "link", "at")


def tell_all(programme: Programme, told: Iterable[tuple[Application, Label]]) -> None:
    """A line to the party of each, and to the employer who applied for them."""
    zh, en, at = programme.name_zh, programme.name_en, now()
    insert_all(
        Message,
        _COLUMNS,
        (
            (
                party,
                f"“{zh}”申请 {one.serial}：{label.zh}"[:300],
                f"“{en}”, application {one.serial}: {label.en}"[:400],
                f"/applications/{one.serial}/",
                at,
            )
            for one, label in told
            for party in sorted({one.party_id, one.employer_id or one.party_id})
        ),
    )

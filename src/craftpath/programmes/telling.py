"""What is told to those whose application has moved, many at once."""

from __future__ import annotations

from collections.abc import Iterable

from craftpath.engine.rules import Label
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Message, Party

__all__ = ["tell_all"]

_SLICE = 500


def tell_all(programme: Programme, told: Iterable[tuple[Application, Label]]) -> None:
    """A line to the party of each, and to the employer who applied for them."""
    zh, en = programme.name_zh, programme.name_en
    Message.objects.bulk_create(
        (
            Message(
                party_id=party,
                zh=f"“{zh}”申请 {one.serial}：{label.zh}"[:300],
                en=f"“{en}”, application {one.serial}: {label.en}"[:400],
                link=_page_of(programme, one, party),
            )
            for one, label in told
            for party in sorted({one.party_id, one.employer_id or one.party_id})
        ),
        batch_size=_SLICE,
    )


def _page_of(programme: Programme, one: Application, party: int) -> str:
    """Where its reader finds it: a person among their own, an organisation among its staff's."""
    own = party == one.party_id and programme.about == Party.Nature.PERSON
    return f"{'/me' if own else '/staff'}/applications/{one.serial}/"

"""Of one party there is one live application to a programme: which stands, where a merge shows two.

What does not stand is withdrawn, with the merge as its reason: its place or its lot goes to whoever
is next, and what came of it is taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.programmes.actions.changing import changing, free_place, move_on_after, tell
from craftpath.programmes.choices import LIVE, PLACES, STATES, Place, State
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Application, Programme
from craftpath.registry.actions.records import take_back
from craftpath.registry.kinds import site_pack
from craftpath.registry.settling import Choice, Contradiction, Settler, told_elsewhere

__all__ = ["APPLICATIONS"]


def _live(parties: Sequence[int]) -> dict[tuple[int, str], list[Application]]:
    """By programme and focus, those of which there are several, in the order of arrival."""
    found: dict[tuple[int, str], list[Application]] = defaultdict(list)
    live = Application.objects.filter(party__in=parties, state__in=LIVE)
    for one in live.select_related("programme", "employer").order_by("programme", "order"):
        found[one.programme_id, one.focus].append(one)
    return {where: several for where, several in found.items() if len(several) > 1}


def _find(parties: Sequence[int]) -> list[Contradiction]:
    return [
        Contradiction(
            f"application-{programme}-{focus}" if focus else f"application-{programme}",
            _to_what(several[0].programme, focus),
            tuple(map(_choice, several)),
        )
        for (programme, focus), several in _live(parties).items()
    ]


def _hold(parties: Sequence[int]) -> None:
    for programme in sorted({programme for programme, _ in _live(parties)}):
        hold(programme)


def _to_what(programme: Programme, focus: str) -> Label:
    codes = site_pack().vocabulary.lists.get(programme.focus_list or "occupation")
    code = codes.codes.get(focus) if codes is not None and focus else None
    zh = f"（{code.label.zh if code else focus}）" if focus else ""
    en = f" ({code.label.en if code else focus})" if focus else ""
    return Label(f"“{programme.name_zh}”申请{zh}", f"application to “{programme.name_en}”{en}")


def _choice(one: Application) -> Choice:
    said = [STATES[State(one.state)], PLACES[Place(one.place)]]
    if one.rank is not None:
        said.append(Label(f"总排序第{one.rank}位", f"number {one.rank} of the whole line"))
    if one.employer is not None:
        said.append(
            Label(f"{one.employer.name}代为申请", f"applied for by {one.employer.shown('en')}")
        )
    if one.outcome is not None and one.outcome.stands:
        said.append(Label("已有结果记录", "its outcome is on record"))
    said += told_elsewhere("applications", one.pk)
    zh, en = "，".join(part.zh for part in said), ", ".join(part.en for part in said)
    return Choice(
        one.serial,
        one.party_id,
        Label(
            f"{one.serial}：{zh}（档案 {one.party_id}）",
            f"{one.serial}: {en} (file {one.party_id})",
        ),
        (one.pk,),
    )


def _settle(actor: Actor, asked: Contradiction, stands: str, why: str) -> list[int]:
    losing = asked.losing(stands)
    for seen in Application.objects.filter(pk__in=losing).order_by("pk"):
        _stand_down(actor, seen, stands, why)
    return losing


def _stand_down(actor: Actor, seen: Application, stands: str, why: str) -> None:
    with changing(actor, "party.merge", "application.withdraw", seen, why) as (trace, one):
        for record in (one.outcome, one.share):
            if record is not None and record.stands:
                take_back(actor, record, why=why)
        freed = free_place(one)
        one.state, one.due = State.WITHDRAWN, None
        one.save()
        if freed:
            move_on_after(one.programme)
        tell(
            one,
            f"已撤回：经核对与 {stands} 为同一申请人，以该份为准。",
            f"withdrawn: it was found to be the same applicant's as {stands}, which stands.",
        )
        trace.details = {"stands": stands}


APPLICATIONS = Settler(_find, _settle, _hold)

"""What a session lacks before it may begin: people who look on, and none who must not."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from craftpath.assessment.choices import ROLES, Role
from craftpath.assessment.models import Examiner, Session, Sitting
from craftpath.assessment.ties import Ties, ties_between
from craftpath.assessment.words import (
    level_label,
    occupation_label,
    region_label,
    session_label,
)
from craftpath.engine.rules import Label
from craftpath.pack.assessments import PartRules
from craftpath.pack.words import en_day, zh_day
from craftpath.registry.filings import Filing, filings_of

__all__ = [
    "counted",
    "filings",
    "looking_on",
    "short_of",
    "tied",
    "ties_of",
    "unfiled",
]


def unfiled(
    sitting: Sitting, filings: Iterable[Filing], region: str | None, day: dt.date
) -> Label | None:
    """Why the body may not assess there on that day: the filing that is missing. None: it may.

    region  None: at any place
    """
    programme = sitting.programme
    if any(one.covers(programme.focus, sitting.level, region, day) for one in filings):
        return None
    occupation, level = occupation_label(programme.focus), level_label(sitting.level)
    place = None if region is None else region_label(region)
    zh_place = "" if place is None else f"、考点在{place.zh}"
    en_place = "" if place is None else f" in {place.en}"
    return Label(
        f"本机构没有{zh_day(day)}有效的“{occupation.zh} {level.zh}”{zh_place}的评价备案；"
        "请先向主管部门备案，由其录入备案记录。",
        f"The body has no filing for “{occupation.en}, {level.en}”{en_place} that holds on "
        f"{en_day(day)}; file it with the authority, which enters the record.",
    )


def filings(sitting: Sitting) -> list[Filing]:
    host = sitting.programme.host_id
    return [] if host is None else filings_of(host)


def looking_on(sessions: Iterable[Session]) -> dict[int, list[Examiner]]:
    """Who looks on in each session, in one look."""
    found: dict[int, list[Examiner]] = defaultdict(list)
    wanted = [one.pk for one in sessions]
    for examiner in Examiner.objects.filter(session__in=wanted).select_related("person"):
        found[examiner.session_id].append(examiner)
    return found


def counted(rules: PartRules, examiners: Iterable[Examiner]) -> int:
    """How many of them are of the role that the part asks for."""
    return sum(one.role == rules.staffing.role for one in examiners)


def short_of(session: Session, rules: PartRules, there: int, candidates: int) -> Label | None:
    """What a session with so many candidates lacks. None: nothing."""
    staffing = rules.staffing
    most = staffing.most(there)
    if candidates == 0 or most is None or candidates <= most:
        return None
    role, what = ROLES[Role(staffing.role)], session_label(session)
    needed = staffing.needed(candidates)
    odd_zh, odd_en = ("（须为单数）", ", an odd number") if staffing.odd else ("", "")
    return Label(
        f"{what.zh}：{candidates} 人应试，需{role.zh} {needed} 人以上{odd_zh}，现有 {there} 人。",
        f"For {what.en}: {candidates} candidates need {needed} {role.en}s or more{odd_en}; "
        f"{there} are put there.",
    )


def ties_of(sessions: Sequence[Session], candidates: Iterable[int]) -> dict[dt.date, Ties]:
    """The ties of everybody who looks on in these sessions to these people, by day."""
    people = set(candidates)
    by_day: dict[dt.date, set[int]] = defaultdict(set)
    days = {one.pk: one.day for one in sessions}
    for session, person in Examiner.objects.filter(session__in=days).values_list(
        "session", "person"
    ):
        by_day[days[session]].add(person)
    return {day: ties_between(examiners, people, day) for day, examiners in by_day.items()}


def tied(
    session: Session, examiners: Iterable[Examiner], ties: Ties, parties: Mapping[int, str]
) -> list[Label]:
    """Each tie of those who look on to those who sit there, `parties` by number with the serial of
    their application. Nothing is said of where anybody works."""
    found = []
    for examiner in examiners:
        for party, serial in parties.items():
            why = ties.get((examiner.person_id, party))
            if why is not None:
                what, role = session_label(session), ROLES[Role(examiner.role)]
                found.append(
                    Label(
                        f"{what.zh}：{role.zh}{examiner.person.name}"
                        f"应回避申请 {serial}（{why.zh}）。",
                        f"For {what.en}: {role.en} {examiner.person.name} must not examine "
                        f"application {serial} ({why.en}).",
                    )
                )
    return found

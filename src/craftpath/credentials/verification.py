"""Is it real, does it hold today, and was that body allowed to issue it? Anybody may ask, with no
login: by the QR code, by number and name, by the file, by a shared link.

    check_code(token, *, name="", address="", way=Way.CODE) -> Finding
    check_number(number, name, *, address="", way=Way.NUMBER) -> Finding
    check_file(content, *, name="", address="", way=Way.FILE) -> Finding
    open_share(secret, *, address="") -> Opened

The answer repeats every fact that is printed, since a page that only says "valid" is shown beside a
paper that was altered. The name is masked unless whoever asks has typed it. A number without the
right name tells nothing. Each question is logged, without what was typed; an address that asks too
often is told to wait (`TooOften`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F

from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, NotThere, TooMuch, TooOften
from craftpath.access.limits import network_of, seconds_left, within_limit
from craftpath.access.masking import mask_name
from craftpath.access.secrets import digest_of
from craftpath.credentials.choices import Answer, Sort, Way
from craftpath.credentials.facts import certificates, code_label, step_of
from craftpath.credentials.filing import filing_of, region_of
from craftpath.credentials.models import Check, Credential, Share
from craftpath.credentials.presented import (
    LARGEST_FILE,
    Shown,
    by_code,
    by_file,
    by_number,
    is_name,
)
from craftpath.credentials.standing import verdict_on
from craftpath.engine.rules import Label
from craftpath.pack.certificates import Elsewhere
from craftpath.pack.words import en_day, zh_day
from craftpath.registry.filings import filings_of
from craftpath.registry.kinds import site_pack

__all__ = [
    "Finding",
    "Line",
    "Opened",
    "check_code",
    "check_file",
    "check_number",
    "finding_of",
    "open_share",
]


@dataclass(frozen=True)
class Line:
    """One printed fact: its key, what it is called, what it says as issued."""

    key: str
    label: Label
    value: Label


@dataclass(frozen=True)
class Finding:
    """What the check found.

    answer       valid, expired, suspended, revoked, superseded, altered or unknown
    day          the day asked; `since`: from which day the answer holds, None where it is unknown
    reasons      in words, one sentence each
    title        what stands on top of the paper; None, as all that follows, where it is unknown
    name         the holder's, masked unless whoever asked typed it right (`name_known`)
    lines        every other printed fact as it was issued, in the paper's order
    filed        whether the body was filed for it on the day of the award; None: not asked of a
                 card. `filing` says so in words
    replaced_by  the masked number of what took its place; ""
    differs      printed facts in which what was shown is not what was issued
    elsewhere    where to ask about what others issued; where the answer is unknown
    credential   the row, for pages that go on from here; never shown as such
    """

    answer: Answer
    day: dt.date
    since: dt.date | None = None
    reasons: tuple[Label, ...] = ()
    sort: str = ""
    title: Label | None = None
    name: str = ""
    name_known: bool = False
    lines: tuple[Line, ...] = ()
    filed: bool | None = None
    filing: Label | None = None
    replaced_by: str = ""
    differs: tuple[Label, ...] = ()
    elsewhere: Elsewhere | None = None
    credential: Credential | None = None


@dataclass(frozen=True)
class Opened:
    """A shared link, opened: with whom it was shared, until which day (the first on which it opens
    no more), and what."""

    with_whom: str
    until: dt.date
    findings: tuple[Finding, ...]


def check_code(token: str, *, name: str = "", address: str = "", way: Way = Way.CODE) -> Finding:
    """By the token of a QR code. TooOften."""
    _brake(address)
    return _answered(by_code(token[:2000], today()), name, way, address)


def check_number(number: str, name: str, *, address: str = "", way: Way = Way.NUMBER) -> Finding:
    """By the number as printed, and the holder's name in either language. TooOften."""
    _brake(address)
    return _answered(by_number(number, name), name, way, address)


def check_file(
    content: bytes, *, name: str = "", address: str = "", way: Way = Way.FILE
) -> Finding:
    """By the downloaded document, a printed page as PDF, or a code pasted as text. TooOften,
    TooMuch (over 256 KB)."""
    _brake(address)
    if len(content) > LARGEST_FILE:
        raise TooMuch(
            f"文件超过 {LARGEST_FILE // 1024} KB；请选下载的凭证文件，或单张打印件。",
            f"Over {LARGEST_FILE // 1024} KB; choose the downloaded credential, or a single page.",
        )
    return _answered(by_file(content, today()), name, way, address)


def open_share(secret: str, *, address: str = "") -> Opened:
    """By the secret of a shared link. The holder's name is told: she chose to show it.

    NotThere: there is no such link. Conflict: it was withdrawn, or its days are over. TooOften.
    """
    _brake(address)
    share = Share.objects.filter(digest=digest_of(secret[:200])).first()
    if share is None:
        raise NotThere("没有这个链接，请核对。", "There is no such link; check it.")
    if share.withdrawn_at is not None:
        raise Conflict("持有人已收回这个链接。", "Its holder has withdrawn this link.")
    day = today()
    if share.until <= day:
        raise Conflict("这个链接已过期。", "This link is over.")
    chosen = share.credentials.select_related("record", "issuer__party").order_by("-issued", "-pk")
    findings = tuple(finding_of(one, day, name_known=True) for one in chosen)
    Share.objects.filter(pk=share.pk).update(opened=F("opened") + 1, opened_at=now())
    _log(findings, Way.SHARE, address)
    return Opened(share.with_whom, share.until, findings)


def finding_of(
    one: Credential, day: dt.date, *, name_known: bool = False, shown: Shown | None = None
) -> Finding:
    """What is to be said of a credential that was issued here. Nothing is logged."""
    paper = certificates().papers[one.sort]
    verdict = verdict_on(one, day)
    filed, filing = _filing(one)
    said = Shown() if shown is None else shown
    differs = tuple(paper.label(key) if key else _ELSE for key in said.differs)
    return Finding(
        answer=Answer.ALTERED if differs else verdict.answer,
        day=day,
        since=verdict.since,
        reasons=(*((_altered(differs),) if differs else ()), *verdict.reasons, *said.reasons),
        sort=one.sort,
        title=paper.title,
        name=one.name if name_known else mask_name(one.name),
        name_known=name_known,
        lines=tuple(
            Line(fact["key"], paper.label(fact["key"]), Label(fact["zh"], fact["en"]))
            for fact in one.printed
        ),
        filed=filed,
        filing=filing,
        replaced_by=verdict.replaced_by,
        differs=differs,
        credential=one,
    )


_ELSE = Label("其他内容", "something else")


def _altered(differs: Sequence[Label]) -> Label:
    return Label(
        f"所示内容与签发的不符：{'、'.join(one.zh for one in differs)}。以下为签发的内容。",
        f"What was shown is not what was issued: {', '.join(one.en for one in differs)}. What "
        "follows is as it was issued.",
    )


def _answered(shown: Shown, name: str, way: Way, address: str) -> Finding:
    day, one = today(), shown.credential
    if one is None:
        elsewhere = certificates().elsewhere
        finding = Finding(Answer.UNKNOWN, day, reasons=shown.reasons, elsewhere=elsewhere)
    else:
        finding = finding_of(one, day, name_known=is_name(one, name), shown=shown)
    _log([finding], way, address)
    return finding


def _filing(one: Credential) -> tuple[bool | None, Label | None]:
    """As far as the records of the body stand today: a filing that was found to be none counts no
    more."""
    if one.sort != Sort.CERTIFICATE:
        return None, None
    record, pack = one.record, site_pack()
    filings = filings_of(
        one.issuer.party_id, record.start, occupation=record.subject, level=record.level
    )
    found = filing_of(record, region_of(record), filings)
    what = code_label(pack, record.kind, record.subject) or Label("", "")
    step = step_of(pack, record.kind, record.level)
    level = Label("", "") if step is None else step.label
    day, english = zh_day(record.start), en_day(record.start)
    if found is None:
        return False, Label(
            f"评价机构{day}没有{what.zh}{level.zh}的评价备案。",
            f"On {english} the body was not filed to assess {what.en}, {level.en}.",
        )
    place = code_label(pack, "located", found.region or None) or Label("", "")
    return True, Label(
        f"评价机构{day}已备案：{what.zh}{level.zh}，{place.zh}。",
        f"On {english} the body was filed for it: {what.en}, {level.en}, {place.en}.",
    )


# --- limits and the log --------------------------------------------------------------------


def _brake(address: str) -> None:
    most: int = settings.CRAFTPATH_CHECKS_PER_MINUTE
    if not within_limit("check", network_of(address), most):
        raise TooOften(seconds_left())


def _log(findings: Sequence[Finding], way: Way, address: str) -> None:
    """What was typed is not kept: of what is not known here, only that somebody asked."""
    Check.objects.bulk_create(
        Check(
            at=now(),
            way=way,
            answer=one.answer,
            credential=one.credential,
            address=address[:64],
        )
        for one in findings
    )

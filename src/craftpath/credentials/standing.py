"""What a credential is on a day, and why: read off its changes, its days and its record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from craftpath.access.masking import mask_number
from craftpath.credentials.choices import Answer, Standing
from craftpath.credentials.facts import last_day
from craftpath.credentials.models import Change, Credential
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day

__all__ = ["Verdict", "verdict_on"]


@dataclass(frozen=True)
class Verdict:
    """since        the day from which it is so: of issue where it is valid
    replaced_by  the masked number of what took its place; "": nothing did"""

    answer: Answer
    since: dt.date
    reasons: tuple[Label, ...]
    replaced_by: str = ""


def verdict_on(one: Credential, day: dt.date) -> Verdict:
    """For good comes before for now, and both before days that ran out.

    A record that no longer stands proves nothing, whatever was decided about the paper. Why
    something was decided is not told: it may be nobody else's business.
    """
    # Of nearly all, nothing has become yet.
    last = None if one.standing == Standing.ISSUED else one.changes.order_by("-pk").first()
    if one.standing == Standing.SUPERSEDED:
        return _superseded(one, _day_of(last, one))
    if one.standing == Standing.REVOKED:
        return _said(Answer.REVOKED, _day_of(last, one), "已撤销", "revoked")
    if one.record.known_until is not None:
        return _said(
            Answer.REVOKED,
            one.record.known_until,
            "所依据的记录已作废或更正",
            "the record that it proves was voided or corrected",
        )
    if one.standing == Standing.SUSPENDED:
        return _said(Answer.SUSPENDED, _day_of(last, one), "暂停使用", "suspended")
    if one.until is not None and one.until <= day:
        ended = last_day(one.until)
        label = Label(f"有效期到{zh_day(ended)}为止。", f"It was valid through {en_day(ended)}.")
        return Verdict(Answer.EXPIRED, one.until, (label,))
    return _valid(one)


def _valid(one: Credential) -> Verdict:
    reasons = [
        Label(f"{zh_day(one.issued)}签发。", f"Issued on {en_day(one.issued)}."),
    ]
    if one.until is not None:
        ends = last_day(one.until)
        reasons.append(Label(f"有效期至{zh_day(ends)}。", f"Valid through {en_day(ends)}."))
    return Verdict(Answer.VALID, one.issued, tuple(reasons))


def _superseded(one: Credential, since: dt.date) -> Verdict:
    new = Credential.objects.filter(replaces=one.pk).values_list("number", flat=True).first()
    number = "" if new is None else mask_number(new)
    label = Label(
        f"{zh_day(since)}起由新证 {number} 代替。",
        f"Replaced by {number} from {en_day(since)} on.",
    )
    return Verdict(Answer.SUPERSEDED, since, (label,), number)


def _said(answer: Answer, since: dt.date, zh: str, en: str) -> Verdict:
    label = Label(f"{zh_day(since)}起{zh}。", f"From {en_day(since)} on: {en}.")
    return Verdict(answer, since, (label,))


def _day_of(last: Change | None, one: Credential) -> dt.date:
    return one.issued if last is None else last.day

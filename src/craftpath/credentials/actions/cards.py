"""Talent cards after they were issued: renewed, used.

A card is issued as anything else is (`actions.issuing`): the programme that it is asked for gives a
record of a kind that a card proves, and the office of the region, or the programme's host, issues
it. It lapses when its days are over. Renewed, it is another record and another card in its place.
"""

from __future__ import annotations

import datetime as dt
import uuid

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.choices import FINAL, Answer, Sort
from craftpath.credentials.facts import certificates
from craftpath.credentials.fit_address import require_fit_address
from craftpath.credentials.models import CardUse, Credential
from craftpath.credentials.presented import by_card
from craftpath.credentials.queries import credential_issued_by, uses_seen_by
from craftpath.credentials.standing import verdict_on
from craftpath.engine.rules import Label
from craftpath.registry.actions.records import Entered, enter_record

__all__ = ["renew_card", "take_back_use", "use_card"]


def renew_card(
    actor: Actor, public_id: uuid.UUID | str, *, until: dt.date, why: str = ""
) -> Credential:
    """Another card of the same kind for the same holder, from today until `until` (the first day
    on which it no longer holds); signed when this returns. The old one says that it was replaced.

    A killed call may leave the record without its card: `issue` it then.

    NotThere, NotAllowed, Invalid by field. Conflict: it is no card, is suspended, was revoked or
    replaced, or has lapsed, so that it has to be applied for anew; or the site's address is not
    fit.
    """
    require(actor, "credential.issue")
    require_fit_address()  # before a record is entered for it
    old = credential_issued_by(actor, public_id)
    day = today()
    if old.sort != Sort.CARD:
        raise Conflict("这不是人才卡。", "It is no card.")
    if verdict_on(old, day).answer != Answer.VALID:
        raise Conflict(
            "卡已失效或暂停，不能续期；期满的须重新申请。",
            "It does not hold now; one that has lapsed is applied for anew.",
        )
    if until <= max(day, old.until or day):
        raise Invalid(
            {"until": Label("新的截止日应晚于原卡。", "The new end lies after that of the old.")}
        )
    party = old.holder.merged_into or old.holder
    record = enter_record(
        actor,
        party.pk,
        Entered(old.record.kind, day, subject=old.record.subject, end=until),
        verified=True,
    )
    made = issue(actor, [record.pk])
    return made[0]


def use_card(
    actor: Actor, presented: str, benefit: str, *, day: dt.date | None = None, note: str = ""
) -> CardUse:
    """A benefit of a card is granted, and noted. Whoever grants it has the card before them.

    presented  the token of its QR code, or its number
    benefit    an id of the pack's list for this card
    day        of the use, today or earlier; today where None

    NotAllowed. NotThere: no such card. Invalid: the card has no such benefit, or the day is none of
    its own. Conflict: it does not hold (suspended, revoked, replaced, lapsed).
    """
    require(actor, "card.use")
    day = today() if day is None else day
    card = by_card(presented, today())
    if card is None:
        raise NotThere("没有这张卡，请核对卡号或重新扫码。", "There is no such card; check it.")
    known = certificates().cards.get(card.record.subject or "")
    if known is None or known.benefit(benefit) is None:
        raise Invalid({"benefit": Label("这种卡没有此项待遇。", "This card has no such benefit.")})
    if not card.issued <= day <= today() or (card.until is not None and day >= card.until):
        raise Invalid(
            {
                "day": Label(
                    "日期不在卡的有效期内，或在今天之后。", "No day of this card, or to come."
                )
            }
        )
    verdict = verdict_on(card, day)
    if verdict.answer != Answer.VALID:
        raise Conflict(verdict.reasons[0].zh, verdict.reasons[0].en)
    with act(actor, "card.use", party=card.holder_id) as trace:
        locked = Credential.objects.select_for_update(of=("self",)).get(pk=card.pk)
        if locked.standing in FINAL:
            raise Conflict("卡刚被撤销或代替。", "It has just been revoked or replaced.")
        use = CardUse.objects.create(
            credential=card,
            benefit=benefit,
            at_party_id=actor.party,
            day=day,
            note=note.strip()[:200],
            by_id=actor.user,
            at=now(),
        )
        trace.on(use)
        trace.details = {"number": card.number, "benefit": benefit, "day": day}
    return use


def take_back_use(actor: Actor, use_id: int, *, why: str) -> CardUse:
    """A use that was noted by mistake; the line stays and says so. By whom it was noted for, or
    the office that issued the card.

    NotThere, NotAllowed, Invalid (no reason), Conflict: it was taken back already.
    """
    require(actor, "card.use")
    if not uses_seen_by(actor).filter(pk=use_id).exists():
        raise NotThere
    if not why.strip():
        raise Invalid({"why": Label("请写明理由。", "Give the reason.")})
    with act(actor, "card.use", told_as="card.take-back", why=why.strip()) as trace:
        use = CardUse.objects.select_for_update(of=("self",)).get(pk=use_id)
        if use.taken_back:
            raise Conflict("这一条已经撤回。", "It was taken back already.")
        use.taken_back = True
        use.save(update_fields=["taken_back"])
        trace.on(use, use.credential.holder_id)
    return use

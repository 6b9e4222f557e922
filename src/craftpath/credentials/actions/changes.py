"""What becomes of a credential: suspended, resumed, revoked, replaced.

Each decision is a `Change`, never taken back; the credential repeats the last one, and the status
lists are made anew. What was revoked or replaced is so for good, with one exception: what fell
because its record was corrected is replaced by what is issued for the corrected one.

A record that no longer stands takes its credential with it (`follow_records`), in the transaction
that ended it (decision 0024).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from craftpath.access.act import act, act_all
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotAllowed
from craftpath.access.may import require
from craftpath.access.roles import SYSTEM, Actor
from craftpath.credentials.actions.issuing import give_numbers, sign
from craftpath.credentials.addresses import proofs_page
from craftpath.credentials.choices import FINAL, STANDINGS, Standing
from craftpath.credentials.fit_address import require_fit_address
from craftpath.credentials.lists import touch
from craftpath.credentials.models import Change, Credential
from craftpath.credentials.planning import Planner, Refused, Wanted
from craftpath.credentials.queries import credential_issued_by
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.registry.actions.parties import rename
from craftpath.registry.models import Message

__all__ = ["correct_name", "follow_records", "reissue", "resume", "revoke", "suspend"]

PublicId = uuid.UUID | str


def suspend(
    actor: Actor, public_id: PublicId, *, why: str, day: dt.date | None = None
) -> Credential:
    """It is not to be relied on until it is resumed. `day`: from when, today or earlier.

    NotThere, NotAllowed, Invalid by field. Conflict: it is suspended, revoked or replaced already.
    """
    return _decide(actor, public_id, Standing.SUSPENDED, why, day)


def resume(actor: Actor, public_id: PublicId, *, why: str) -> Credential:
    """A suspended one counts again from today. Refuses as `suspend` does."""
    return _decide(actor, public_id, Standing.RESUMED, why, None)


def revoke(
    actor: Actor, public_id: PublicId, *, why: str, day: dt.date | None = None
) -> Credential:
    """It does not count any more, from `day` on: the day of issue where it never should have been
    given. For good. Refuses as `suspend` does."""
    return _decide(actor, public_id, Standing.REVOKED, why, day)


def reissue(actor: Actor, public_id: PublicId, *, why: str) -> Credential:
    """A new one in place of a lost or spoilt one, under a number of its own, signed when this
    returns; the old one says by what it was replaced.

    NotThere, NotAllowed, Invalid. Conflict: it is suspended, revoked or replaced, or has expired,
    or what it would need is missing, or the site's address is not fit.
    """
    require(actor, "credential.change")
    require_fit_address()
    old = credential_issued_by(actor, public_id)
    _require_reason(why)
    _require_live(old)
    return _replace(actor, old, why.strip())


def correct_name(
    actor: Actor, public_id: PublicId, *, why: str, name: str = "", name_en: str = ""
) -> Credential:
    """A new one that bears the holder's right name. An official decides, as a second look at what
    an institution wrote; the institution cannot.

    name, name_en  the right name, given to the party first; "" where the party has it already. A
                   new name without its English one does not keep the old spelling

    Refuses as `reissue` does. Conflict also: the party is called as the paper says.
    """
    require(actor, "credential.change")
    if not actor.role.is_official:
        raise NotAllowed(
            "更正姓名须由主管部门办理，请把证明材料交给经办部门。",
            "A name is corrected by an official; hand in the papers there.",
        )
    require_fit_address()  # before anybody is renamed
    old = credential_issued_by(actor, public_id)
    _require_reason(why)
    _require_live(old)
    party = old.holder.merged_into or old.holder
    name = name.strip() or party.name
    name_en = name_en.strip() or (party.name_en if name == party.name else "")
    if (name, name_en) == (old.name, old.name_en):
        raise Conflict(
            "证书上的姓名与档案一致，无须更正。", "It bears the name that the holder has."
        )
    _planned(old)  # what is missing is told before anything is changed
    if (name, name_en) != (party.name, party.name_en):
        rename(actor, party.pk, name=name, name_en=name_en, why=why)
        old = credential_issued_by(actor, public_id)
    return _replace(actor, old, why.strip())


def follow_records(actor: Actor, records: Collection[int], why: str) -> None:
    """Revoke whatever rests on records that no longer stand. Called by the registry, within the
    transaction that ended them; the audit says who did that one line above."""
    found = list(
        Credential.objects.select_for_update(of=("self",))
        .select_related("issuer__party")
        .filter(record__in=records)
        .exclude(standing__in=FINAL)
        .order_by("pk")
    )
    if not found:
        return
    said = f"记录已作废或更正：{why}"[:300]
    with act_all(SYSTEM, "credential.change", why=said, told_as="credential.revoke") as traces:
        for one in found:
            _write(one, Standing.REVOKED, today(), said, actor.user)
            traces.told(one, party=one.holder_id, number=one.number, record=one.record_id)


# --- deciding ------------------------------------------------------------------------------

#: From which standings each can be decided.
_FROM = {
    Standing.SUSPENDED: (Standing.ISSUED, Standing.RESUMED),
    Standing.RESUMED: (Standing.SUSPENDED,),
    Standing.REVOKED: (Standing.ISSUED, Standing.RESUMED, Standing.SUSPENDED),
}
_ACTIONS = {
    Standing.SUSPENDED: "credential.suspend",
    Standing.RESUMED: "credential.resume",
    Standing.REVOKED: "credential.revoke",
}


def _decide(
    actor: Actor, public_id: PublicId, standing: Standing, why: str, day: dt.date | None
) -> Credential:
    require(actor, "credential.change")
    seen = credential_issued_by(actor, public_id)
    _require_reason(why)
    day = today() if day is None else day
    if not seen.issued <= day <= today():
        raise Invalid(
            {
                "day": Label(
                    f"生效日应在发证日（{zh_day(seen.issued)}）至今天之间。",
                    f"The day lies between its issue ({en_day(seen.issued)}) and today.",
                )
            }
        )
    with act(actor, "credential.change", told_as=_ACTIONS[standing], why=why.strip()) as trace:
        one = (
            Credential.objects.select_for_update(of=("self",))
            .select_related("issuer__party", "holder")
            .get(pk=seen.pk)
        )
        if one.standing not in _FROM[standing]:
            raise _no_longer(one)
        _write(one, standing, day, why.strip(), actor.user)
        trace.on(one, one.holder_id)
        trace.details = {"number": one.number, "day": day}
    return one


def _write(one: Credential, standing: Standing, day: dt.date, why: str, user: int | None) -> None:
    one.standing = standing
    one.save(update_fields=["standing"])
    Change.objects.create(
        credential=one, standing=standing, day=day, why=why[:300], by_id=user, at=now()
    )
    touch({one.revocation_id, one.suspension_id})
    label = STANDINGS[standing]
    Message.objects.create(
        party_id=one.holder_id,
        zh=f"{one.issuer.party.name}：编号 {one.number} 自{zh_day(day)}起{label.zh}。{why}"[:300],
        en=f"{one.issuer.party.name_en or one.issuer.party.name}: number {one.number} is "
        f"{label.en} from {en_day(day)} on. {why}"[:400],
        link=proofs_page(),
    )


def _planned(old: Credential) -> Wanted:
    planned = Planner().again(old)
    if isinstance(planned, Refused):
        raise Conflict(planned.label.zh, planned.label.en)
    return planned


def _replace(actor: Actor, old: Credential, why: str) -> Credential:
    made = give_numbers(actor, [_planned(old)], why=why)
    sign(actor, made)
    return made[0]


def _require_live(one: Credential) -> None:
    if one.standing not in _FROM[Standing.SUSPENDED]:
        raise _no_longer(one)


def _no_longer(one: Credential) -> Conflict:
    label = STANDINGS[Standing(one.standing)]
    return Conflict(
        f"该证书现为“{label.zh}”，不能这样办理；请刷新后再看。",
        f"It is {label.en} now, so that this cannot be done; reload the page.",
    )


def _require_reason(why: str) -> None:
    if not why.strip():
        raise Invalid({"why": Label("请写明理由。", "Give the reason.")})

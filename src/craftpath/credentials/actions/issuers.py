"""Who issues, and with which keys.

A key signs from the day on which it is made until the next is made or it is retired; what it has
signed stays true, and it stays published. A broken one (stolen, or lost out of sight) is no longer
published, so that nothing signed with it is believed any more, whenever that was: a thief can put
any date. What it had signed is signed anew with the next key, in the background.
"""

from __future__ import annotations

import datetime as dt
import re

from django.db import IntegrityError, transaction

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotAllowed
from craftpath.access.may import require
from craftpath.access.regions import contains
from craftpath.access.roles import Actor
from craftpath.credentials import tasks
from craftpath.credentials.addresses import site
from craftpath.credentials.facts import certificates
from craftpath.credentials.fit_address import require_fit_address, settle
from craftpath.credentials.lists import touch
from craftpath.credentials.models import Issuer, IssuingKey, StatusList
from craftpath.credentials.queries import UNSIGNED, issuer_run_by, key_seen_by
from craftpath.credentials.signers import SEALED, key_maker, use_of
from craftpath.engine.rules import Label
from craftpath.programmes.locking import hold_rows
from craftpath.registry.queries import organisation_seen_by
from craftpath.registry.resuming import forget

__all__ = ["break_key", "make_key", "register_issuer", "retire_key"]

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def register_issuer(
    actor: Actor, party_id: int, *, slug: str, code: str = "", region: str = ""
) -> Issuer:
    """An organisation of the actor's region issues from now on. It needs a key before it can.

    slug    stands in its did:web and is never changed: lower case, digits, hyphens
    code    an assessment body's code of 13 characters; "": an office that gives out cards
    region  for whom; "": where the organisation is

    NotThere, NotAllowed. Invalid by field. Conflict: it issues already, or somebody has its slug
    or its code, or the site's address is not fit to stand in what lasts.
    """
    require(actor, "issuer.register")
    require_fit_address()
    party = organisation_seen_by(actor, party_id)
    region = region or party.region
    code, problems = _read_code(code)
    if not _SLUG.fullmatch(slug):
        problems["slug"] = Label(
            "请用小写字母、数字和连字符，首尾不是连字符，至多 40 个字符。",
            "Lower-case letters, digits and hyphens within, at most 40 characters.",
        )
    if not contains(actor.region, region):
        problems["region"] = Label(
            "请填写您办理范围内的地区代码。", "Give the code of a region within your own."
        )
    if problems:
        raise Invalid(problems)
    try:
        with transaction.atomic(), act(actor, "issuer.register", party=party.pk) as trace:
            issuer = Issuer.objects.create(
                party=party, slug=slug, code=code, region=region, site=site()
            )
            trace.on(issuer)
            trace.details = {"slug": slug, "code": code, "region": region, "site": issuer.site}
    except IntegrityError as trouble:
        raise Conflict(
            "该单位已经登记，或者网址名、机构代码已被使用。",
            "It is registered already, or its slug or its code is somebody's.",
        ) from trouble
    return issuer


def _read_code(typed: str) -> tuple[str, dict[str, Label]]:
    if not typed.strip():
        return "", {}
    paper = certificates().papers.get("certificate")
    if paper is None or not paper.number.body_length:
        what = Label("规则包没有证书编号规则。", "The pack has no rule for numbers.")
        return "", {"code": what}
    read = paper.number.read_body(typed)
    return ("", {"code": read}) if isinstance(read, Label) else (read, {})


def make_key(actor: Actor, issuer_id: int, *, signer: str = SEALED) -> IssuingKey:
    """The next key signs from now on; the one before, if there is any, is retired.

    signer  the class that makes it and signs with it, one of `settings.CRAFTPATH_SIGNERS`

    What a broken key had signed is signed anew with this one, in the background.
    NotThere, NotAllowed. Conflict: there is no such signer, or the site's address is not fit.
    """
    require(actor, "key.change")
    require_fit_address()
    issuer = issuer_run_by(actor, issuer_id)
    maker = key_maker(signer)
    with act(actor, "key.change", told_as="key.make", party=issuer.party_id) as trace:
        issuer = hold_rows(Issuer.objects.filter(pk=issuer.pk)).get()
        before = issuer.keys.filter(until=None).first()
        if before is not None:
            before.until = today()
            before.save(update_fields=["until"])
        key = IssuingKey(
            issuer=issuer,
            fragment=f"key-{issuer.keys.count() + 1}",
            signer=signer,
            since=today(),
        )
        settle([issuer])
        key.public, key.sealed = maker.new(use_of(key))
        key.save()
        trace.on(key)
        trace.details = {"fragment": key.fragment, "public": key.public, "signer": signer}
        if before is not None:
            trace.details["retired"] = before.fragment
        touch(_lists_of(issuer))
    if issuer.credentials.filter(UNSIGNED).exists():
        forget(tasks.sign)  # somebody has it begun again
        tasks.sign.enqueue()
    return key


def retire_key(actor: Actor, key_id: int, *, why: str) -> IssuingKey:
    """The key signs no more, and there is no other until one is made. NotThere, NotAllowed,
    Invalid (no reason), Conflict: it is retired already."""
    require(actor, "key.change")
    seen = key_seen_by(actor, key_id)
    _require_reason(why)
    with act(actor, "key.change", told_as="key.retire", why=why.strip()) as trace:
        key = _held(seen)
        if key.until is not None:
            raise Conflict("该密钥已经停用。", "This key is retired already.")
        key.until = today()
        key.save(update_fields=["until"])
        trace.on(key, key.issuer.party_id)
        trace.details = {"fragment": key.fragment}
    return key


def break_key(actor: Actor, key_id: int, *, since: dt.date, why: str) -> IssuingKey:
    """The key may be in somebody else's hands since a day: nothing signed with it is believed any
    more. Make the next one right away; what this one had signed is then signed anew.

    Only an official does so: it takes effect on every paper that the key has signed.
    NotThere, NotAllowed, Invalid by field. Conflict: it was declared broken already.
    """
    require(actor, "key.change")
    if not actor.role.is_official:
        raise NotAllowed(
            "密钥失密须由主管部门宣布，请立即联系。",
            "An official declares a key compromised; tell the authority at once.",
        )
    seen = key_seen_by(actor, key_id)
    _require_reason(why)
    if since > today():
        raise Invalid({"since": Label("日期在今天之后。", "The day is after today.")})
    with act(actor, "key.change", told_as="key.break", why=why.strip()) as trace:
        key = _held(seen)
        if key.broken is not None:
            raise Conflict("该密钥已宣布失密。", "This key was declared compromised already.")
        key.broken, key.until = since, key.until or today()
        key.save(update_fields=["broken", "until"])
        touch(_lists_of(key.issuer))
        trace.on(key, key.issuer.party_id)
        trace.details = {"fragment": key.fragment, "since": since}
    return key


def _held(seen: IssuingKey) -> IssuingKey:
    hold_rows(Issuer.objects.filter(pk=seen.issuer_id)).get()
    return IssuingKey.objects.select_related("issuer__party").get(pk=seen.pk)


def _lists_of(issuer: Issuer) -> set[int]:
    return set(StatusList.objects.filter(issuer=issuer).values_list("pk", flat=True))


def _require_reason(why: str) -> None:
    if not why.strip():
        raise Invalid({"why": Label("请写明理由。", "Give the reason.")})

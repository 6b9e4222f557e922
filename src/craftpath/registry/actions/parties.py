"""Add a person or an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.registry.identity import birth_and_sex, read_number, sealed_identifier
from craftpath.registry.kinds import BIRTH, FOUNDED, own_kinds, site_pack
from craftpath.registry.models import Identifier, Party, Record
from craftpath.registry.names import no_name
from craftpath.registry.queries import party_seen_by
from craftpath.registry.vouching import Word, told_by_number

__all__ = ["add_organisation", "add_person", "rename"]


def add_person(
    actor: Actor,
    *,
    name: str,
    scheme: str,
    number: str,
    born: dt.date | None = None,
    name_en: str = "",
    region: str = "",
    origin: str = "form",
) -> Party:
    """A new person with their birth record, and sex where the number tells it.

    Invalid by field: no name, a number that is none, no birth date where the number has none.
    Conflict: somebody has this number already.
    """
    problems = _wrong_words(name, name_en, region)
    if not name.strip():
        problems["name"] = Label("请填写姓名。", "Enter the name.")
    read = read_number(scheme, number)
    if isinstance(read, Label):
        raise Invalid(problems | {"number": read})
    told = birth_and_sex(read.text) if scheme == Identifier.Scheme.RIC else None
    if told is not None and born is not None and born != told[0]:
        problems["born"] = Label(
            f"与证件号码中的出生日期 {told[0]} 不符。",
            f"The number says {told[0]}.",
        )
    day = told[0] if told else born
    if day is None:
        problems["born"] = Label("请填写出生日期。", "Enter the date of birth.")
    elif day > today():
        problems["born"] = Label("出生日期在今天之后。", "The date of birth is after today.")
    if problems or day is None:
        raise Invalid(problems)
    with _one_of_a_number(), act(actor, "party.add", told_as="party.add-person") as trace:
        party = Party.objects.create(
            nature=Party.Nature.PERSON, name=name.strip(), name_en=name_en.strip(), region=region
        )
        sealed_identifier(party.pk, read).save()
        sure = Word(actor).is_sure(None, BIRTH, told=told is not None)
        records = [_record(party, BIRTH, day, origin, sure=sure)]
        sex = own_kinds().sex
        if told is not None and sex is not None:
            records.append(
                _record(party, sex, day, origin, subject=told[1], sure=told_by_number(sex))
            )
        Record.objects.bulk_create(records)
        trace.on(party, party.pk)
        trace.details = {"number": read.masked, "records": [r.pk for r in records]}
    return party


def add_organisation(
    actor: Actor,
    *,
    name: str,
    number: str,
    founded: dt.date,
    name_en: str = "",
    region: str = "",
    origin: str = "form",
) -> Party:
    """A new organisation with its founding record. Refuses as `add_person` does."""
    problems = _wrong_words(name, name_en, region)
    if not name.strip():
        problems["name"] = Label("请填写单位名称。", "Enter the name.")
    read = read_number(Identifier.Scheme.USCC, number)
    if isinstance(read, Label):
        raise Invalid(problems | {"number": read})
    if founded > today():
        problems["founded"] = Label("成立日期在今天之后。", "The day of founding is after today.")
    if problems:
        raise Invalid(problems)
    with _one_of_a_number(), act(actor, "party.add", told_as="party.add-organisation") as trace:
        party = Party.objects.create(
            nature=Party.Nature.ORGANISATION,
            name=name.strip(),
            name_en=name_en.strip(),
            region=region,
        )
        sealed_identifier(party.pk, read).save()
        word = Word(actor)
        records = [_record(party, FOUNDED, founded, origin, sure=word.is_sure(None, FOUNDED))]
        if region:
            place = own_kinds().organisation_places[0]
            sure = word.is_sure(None, place)
            records.append(_record(party, place, founded, origin, subject=region, sure=sure))
        Record.objects.bulk_create(records)
        trace.on(party, party.pk)
        trace.details = {"number": read.masked, "records": [r.pk for r in records]}
    return party


def rename(actor: Actor, party_id: int, *, name: str, name_en: str = "", why: str) -> Party:
    """Another name for a party within an official's region: misspelt, or changed by the law. It is
    found by the former one as well. An English name that is not said anew is given up: it was the
    spelling of the other.

    What bears the old one (a certificate that was printed) is not touched by it.
    NotThere. Invalid by field: no name, no reason. Conflict: it is called so already.
    """
    require(actor, "party.change")
    party = party_seen_by(actor, party_id, today())
    problems = _wrong_words(name, name_en, "")
    if not name.strip():
        problems["name"] = Label("请填写姓名或名称。", "Enter the name.")
    if not why.strip():
        problems["why"] = Label("请写明理由。", "Give the reason.")
    if problems:
        raise Invalid(problems)
    with act(
        actor, "party.change", party=party.pk, why=why.strip(), told_as="party.rename"
    ) as told:
        party = Party.objects.select_for_update().get(pk=party.pk)
        told.on(party)
        told.details = {"from": [party.name, party.name_en], "to": [name.strip(), name_en.strip()]}
        if (party.name, party.name_en) == (name.strip(), name_en.strip()):
            raise Conflict("名称没有变化。", "It is called so already.")
        before = [party.name, party.name_en]
        party.name, party.name_en = name.strip(), name_en.strip()
        kept = dict.fromkeys([*party.former, *before])
        party.former = [one for one in kept if one and one not in (party.name, party.name_en)]
        party.save(update_fields=["name", "name_en", "former"])
    return party


_NAME, _NAME_EN = 120, 160


def _wrong_words(name: str, name_en: str, region: str) -> dict[str, Label]:
    """What the table of parties would not hold, by field."""
    found: dict[str, Label] = {}
    for field, text, most in (("name", name, _NAME), ("name_en", name_en, _NAME_EN)):
        if len(text.strip()) > most:
            found[field] = Label(f"至多 {most} 字。", f"At most {most} characters.")
        elif text.strip() and (why := no_name(text)) is not None:
            found[field] = Label(
                f"{why.zh}，请照证件填写。", f"{why.en}; enter it as on the card or licence."
            )
    codes = site_pack().vocabulary.lists.get("region")
    if region and (codes is None or region not in codes.codes):
        found["region"] = Label("没有这个地区代码。", "There is no such code of a region.")
    return found


@contextmanager
def _one_of_a_number() -> Iterator[None]:
    """Turns the database's word on a double number into ours."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as trouble:
        raise Conflict(
            "这个证件号码已有登记，请按号码查找。",
            "Somebody is registered under this number already; search by it.",
        ) from trouble


def _record(
    party: Party,
    kind: str,
    start: dt.date,
    origin: str,
    *,
    sure: bool,
    subject: str | None = None,
) -> Record:
    return Record(
        party=party,
        kind=kind,
        subject=subject,
        start=start,
        status=Record.Status.VERIFIED if sure else Record.Status.CLAIMED,
        known=today(),
        origin=origin,
    )

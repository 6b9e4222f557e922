"""Certificates and cards of the city: those of past sittings, one suspended, one revoked, one lost
and replaced; talent cards with their use; a wallet for the worker who can log in, and a link.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from craftpath.credentials.actions.cards import renew_card, use_card
from craftpath.credentials.actions.changes import reissue, revoke, suspend
from craftpath.credentials.actions.issuers import make_key, register_issuer
from craftpath.credentials.actions.issuing import (
    issue,
    issue_for_programme,
    records_in_order,
)
from craftpath.credentials.actions.printing import work_on
from craftpath.credentials.actions.shares import make_share
from craftpath.credentials.models import Credential, Issuer
from craftpath.credentials.planning import Planner, Wanted
from craftpath.credentials.queries import lacking
from craftpath.demo_city.lives import CITY
from craftpath.demo_city.making import Making
from craftpath.demo_city.naming import OFFICE_NUMBER
from craftpath.programmes.models import Programme
from craftpath.registry.actions.parties import add_organisation
from craftpath.registry.actions.records import Entered, enter_record
from craftpath.registry.models import Party, Record

__all__ = ["proofs"]

#: Filed in the sample since then; what was awarded before has no certificate here.
_FILED = dt.date(2022, 1, 1)
_MOST = 120


def proofs(making: Making) -> None:
    with making.at(making.day(-230)):
        body = _body(making, making.cast.assessor, "assessor")
    made = _of_sittings(making)
    _of_the_workers(making, body)
    _become(making, made)
    _cards(making)
    _shared(making)


def _body(making: Making, party: int, slug: str) -> Issuer:
    """A body that issues, with its key. Its code: filed with the province, numbered here."""
    issuer = register_issuer(
        making.cast.actor("city"), party, slug=slug, code=f"S000044{party % 1_000_000:06}"
    )
    make_key(making.cast.actor("city"), issuer.pk)
    return issuer


def _of_sittings(making: Making) -> list[Credential]:
    """Those of the summer as a run with its PDF; those of the spring one by one."""
    clerk = making.cast.actor("assessor")
    with making.at(making.day(-120)):
        run = issue_for_programme(clerk, "level-4-sitting-summer", enqueue=False)
        work_on(run.pk)
    spring = Programme.objects.get(slug="electrician-4-spring")
    with making.at(making.day(-110)):
        made = issue(clerk, list(lacking(spring).values_list("pk", flat=True)))
    return [*Credential.objects.filter(run=run).order_by("pk"), *made]


def _of_the_workers(making: Making, body: Issuer) -> None:
    """What the body awarded before it was on this system, and what the two workers hold, whoever
    awarded it."""
    held = Record.objects.filter(
        kind="certificate", status="verified", known_until=None, start__gte=_FILED, credentials=None
    )
    workers = [making.cast.worker, making.cast.worker2]
    city = making.cast.actor("city")
    with making.at(making.day(-100)):
        theirs = held.filter(party__in=workers, other__isnull=False)
        for party in sorted(set(theirs.values_list("other", flat=True)) - {body.party_id}):
            if Party.objects.get(pk=party).region.startswith(CITY[:4]):
                _body(making, party, f"body-{party}")
        issuing = Issuer.objects.exclude(code="").values_list("party", flat=True)
        wanted = held.filter(other__in=issuing)
        first = wanted.filter(party__in=workers).values_list("pk", flat=True)
        rest = wanted.exclude(party__in=workers).order_by("pk").values_list("pk", flat=True)
        planned = Planner().plan(records_in_order([*first, *rest]))
        issue(city, [one.record.pk for one in planned if isinstance(one, Wanted)][:_MOST])


def _become(making: Making, made: Sequence[Credential]) -> None:
    clerk = making.cast.actor("assessor")
    with making.at(making.day(-60)):
        suspend(clerk, made[0].public_id, why="举报核查中。 A report is being looked into.")
        if len(made) > 2:
            reissue(clerk, made[1].public_id, why="证书遗失。 Lost.")
            revoke(clerk, made[2].public_id, why="查实由他人代考。 Somebody else sat for them.")


def _cards(making: Making) -> None:
    """Cards of last year, one of them renewed; what they were used for."""
    city, school = making.cast.actor("city"), making.cast.actor("school")
    with making.at(making.day(-400)):
        office = add_organisation(
            city,
            name="东莞市优才服务中心",
            name_en="Dongguan Talent Service Centre",
            number=OFFICE_NUMBER,
            founded=dt.date(2015, 1, 1),
            region=CITY,
        )
        issuer = register_issuer(city, office.pk, slug="talent-centre")
        make_key(city, issuer.pk)
        records = [
            enter_record(
                city,
                party,
                Entered("card", making.day(-400), subject=code, end=making.day(-400 + 365 * years)),
                verified=True,
            ).pk
            for party, code, years in (
                (making.cast.worker, "dongguan-citizen", 3),
                (making.cast.worker2, "dongguan-magnolia", 2),
            )
        ]
        mine, other = issue(city, records)
    with making.at(making.day(-90)):
        use_card(school, mine.token, "schooling", note="子女插班。 A place at school.")
        use_card(city, mine.number, "medical")
    with making.at(making.day(-30)):
        renew_card(city, other.public_id, until=making.day(-30 + 365 * 3), why="续期")


def _shared(making: Making) -> None:
    worker = making.worker(making.cast.worker)
    mine = Credential.objects.filter(holder=making.cast.worker).values_list("public_id", flat=True)
    with making.at(making.day(-5)):
        make_share(
            worker,
            list(mine),
            with_whom="应聘单位人事部 / HR of a possible employer",
            until=making.day(60),
        )

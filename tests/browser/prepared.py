"""The small city with something on every page: for each address, what stands in its place.

The cast is that of `tests.apps.city`; here they have applied, uploaded, been returned and objected
to, so that no page is looked at empty.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from craftpath.assessment.models import Room, Session, Sitting
from craftpath.assessment.standing import sheets_of
from craftpath.credentials.actions.cards import use_card
from craftpath.credentials.actions.issuing import issue, issue_for_programme
from craftpath.credentials.actions.shares import make_share
from craftpath.programmes.actions.applications import apply_for, start, submit
from craftpath.programmes.actions.documents import add_document
from craftpath.programmes.actions.draws import commit_draw
from craftpath.programmes.actions.notices import raise_objection
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.actions.reviews import review
from craftpath.programmes.fields import AskedDocument, GroupFields, StepFields
from craftpath.programmes.models import Application, Document
from craftpath.programmes.outcome_fields import OutcomeFields
from craftpath.registry.actions.imports import upload
from craftpath.registry.actions.records import Entered, enter_record
from craftpath.registry.models import Batch, Party, Record
from tests.apps.assessment.hall import build_hall, sitting_programme
from tests.apps.city import CHANGAN, DAY, WELDER, City
from tests.apps.credentials.conftest import open_office
from tests.apps.programmes.line_up import line_up
from tests.apps.programmes.line_up import programme as lined_up
from tests.apps.registry.sheets import RECORDS, STAFF, person_number, xlsx
from tests.apps.web.desk_cast import crowd, programme
from tests.apps.web.sitting_cast import HOURS, at_work

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
PHOTO = AskedDocument("photo", "作品照片", "Photographs of work")
#: The number of 林晓.
WORKER_NUMBER = person_number(122, "19920520")
#: Of an address: what stands in the place of each of its parameters.
Values = dict[str, Any]


def prepared(city: City) -> dict[str, list[Values]]:
    """For each login the parameters it can use; for the name of an address, several sets of them.

    A login's own are under its name, those of single addresses under "login:address" or the
    address alone.
    """
    photographed = {"documents": (PHOTO,), "way": "first-come", "places": 2}
    programme(city, "class", rule="skilled-talent.skilled", **photographed)
    programme(
        city,
        "school-class",
        host=city.school.pk,
        steps=(StepFields("institution", 5),),
        documents=(PHOTO,),
    )
    programme(
        city,
        "draft",
        published=False,
        groups=(GroupFields("east", "东片", "East", 3, CHANGAN),),
        outcome=OutcomeFields("certificate", "focus", 4),
        focus_list="occupation",
        **{**photographed, "places": 9},
    )
    programme(city, "school-draft", published=False, host=city.school.pk)
    programme(city, "town-draft", published=False, region=CHANGAN)
    programme(city, "firms", about="organisation", steps=(StepFields("city", 5),), outcome=None)
    programme(city, "drawn", way="lottery", places=2)
    commit_draw(city.actor("city"), "drawn")
    crowd(city, "drawn", ["王小明", "李大为", "欧阳建国"])

    mine = _applied(city, "class", "worker")
    theirs = _applied_by_employer(city, "class")
    hosted = _applied(city, "school-class", "worker")
    returned = _applied(city, "school-class", "colleague")
    review(
        city.actor("school"),
        returned.serial,
        seen_version=returned.version,
        verdict="return",
        note="照片看不清，请重拍。",
    )
    line_up(lined_up("noticed", notice_days=5), 4)
    share_out(city.actor("city"), "noticed")
    raise_objection(city.actor("stranger"), "noticed", text="名单里有人不符合条件。", contact="我")
    line_up(lined_up("ranked"), 3, points=False)
    line_up(lined_up("town-ranked", region=CHANGAN), 3, points=False)
    line_up(lined_up("marked", host=city.school, marked=True), 3)
    share_out(city.actor("city"), "marked")

    hall = build_hall(city)
    sittings = at_work(hall)
    sitting_programme(hall, "unplanned")
    own_sitting = {
        slug: Application.objects.get(party=city.worker, programme__slug=slug).serial
        for slug in ("welders-seated", "welders-published")
    }

    claimed = enter_record(
        city.actor("worker"), city.worker.pk, Entered("certificate", DAY, WELDER, level=2)
    )
    known = Record.objects.get(party=city.worker, kind="certificate", level=4)
    enter_record(
        city.actor("school"),
        city.colleague.pk,
        Entered("certificate", dt.date(2024, 5, 1), WELDER, level=2, other=city.school.pk),
    )
    batch = {who: _checked(city, who) for who in ("hr", "school", "town", "city", "province")}
    twice = Party.objects.create(nature="person", name="林晓", region=CHANGAN)
    born = dt.date(1992, 5, 20)
    Record.objects.create(
        party=twice, kind="birth", start=born, status="verified", known=born, origin="form"
    )

    proofs = _proofs(city)

    anywhere: Values = {
        **proofs["anywhere"],
        "slug": "class",
        "rule_id": "skill-level.senior",
        "list_id": "occupation",
        "party_id": city.worker.pk,
        "kind": "certificate",
        "template_id": "skill-level.senior",
        "left": city.worker.pk,
        "right": twice.pk,
        # Addresses that take a form alone; they are not opened.
        **dict.fromkeys(("objection_id", "override_id", "identifier_id"), 1),
    }

    def of(who: str, application: Application, record: Record, **more: Any) -> list[Values]:
        paper = Document.objects.filter(application=application).first()
        numbered = {"number": batch[who].pk, "sort": batch[who].sort} if who in batch else {}
        return [
            {
                **anywhere,
                "serial": application.serial,
                "record_id": record.pk,
                "document_id": paper.pk if paper else 0,
                **numbered,
                **more,
            }
        ]

    def slugs(*found: str) -> list[Values]:
        return [anywhere | {"slug": slug} for slug in found]

    def sat(*found: str, part: str = "theory") -> list[Values]:
        """Of sittings: the session of a part, its room, and the sheet that was brought in."""
        return [anywhere | {"slug": slug} | _sat(sittings[slug], part) for slug in found]

    return {
        "": [anywhere],
        "worker": of("worker", mine, claimed),
        "hr": of("hr", theirs, known),
        "school": of("school", hosted, known, slug="marked", party_id=city.colleague.pk),
        "expert": [anywhere],
        "auditor": [anywhere],
        "operator": [anywhere],
        **{who: of(who, mine, known) for who in ("town", "city", "province")},
        "my-application": [
            anywhere | {"serial": serial} for serial in (mine.serial, *own_sitting.values())
        ],
        "my-ticket": [anywhere | {"serial": own_sitting["welders-seated"]}],
        "hosted-programme": slugs("marked", "welders-marking"),
        "hosted-roll": slugs("marked", "welders-marking"),
        "hosted-room": sat("welders-planned"),
        "hosted-sitting": [*slugs("unplanned"), *sat(*HOURS)],
        "hosted-sessions": sat("welders-planned", "welders-seated"),
        "hosted-session": sat("welders-planned", "welders-seated", part="skill"),
        "hosted-session-roll": sat("welders-seated", "welders-marking"),
        "hosted-seats": sat("welders-planned", "welders-seated"),
        "hosted-part-marks": sat("welders-seated", "welders-marking", "welders-published"),
        "hosted-part-confirm": sat("welders-marking"),
        "hosted-compare": sat("welders-marking"),
        "hosted-publish": sat("welders-marking", "welders-published"),
        "hosted-appeals": sat("welders-published"),
        "hosted-archive": sat("welders-published"),
        **dict.fromkeys(
            ("hosted-doors", "hosted-sign-in", "hosted-tickets"), sat("welders-seated")
        ),
        "desk-sitting": sat("welders-planned", "welders-published"),
        "programme": slugs("class", "noticed", "drawn"),
        "desk-programme": slugs("class", "noticed", "drawn", "draft"),
        "desk-programme-edit": slugs("draft", "class"),
        "desk-programme-marks": slugs("ranked", "marked"),
        "hosted-edit": slugs("school-draft"),
        "staff-ourselves": slugs("firms"),
        # Proofs: issuers and runs by their own numbers, not those of batches.
        **{
            name: [anywhere | one for one in some]
            for name, some in proofs.items()
            if name != "anywhere"
        },
        # The town does not run what the city does, nor the school what it does not host.
        "town:desk-programme": slugs("town-draft", "town-ranked"),
        "town:desk-programme-edit": slugs("town-draft"),
        "town:desk-programme-marks": slugs("town-ranked"),
        "school:desk-programme-edit": slugs("school-draft"),
        "school:desk-programme-marks": slugs("marked"),
    }


def _proofs(city: City) -> dict[str, Any]:
    """Certificates and a card issued, one of them shown by a link, one used; two who lack theirs,
    of whom one cannot have it. "anywhere", and by the names of addresses as in `prepared`."""
    office = open_office(city)
    first, *_ = office.passed(2)
    paper = issue(office.actor("school"), [first.pk])[0]
    run = issue_for_programme(office.actor("school"), "sitting", note="八月")
    unfiled = office.passed(2, slug="second-sitting")[1]
    Record.objects.filter(pk=unfiled.pk).update(level=5)
    card = issue(office.actor("city"), [office.card_for(city.worker).pk])[0]
    use = use_card(office.actor("school"), card.number, "medical")
    until = DAY + dt.timedelta(days=30)
    made = make_share(
        office.actor("worker"), [paper.public_id, card.public_id], with_whom="某厂", until=until
    )
    return {
        "anywhere": {
            "public_id": paper.public_id,
            "token": paper.token,
            "secret": made.secret,
            "share_id": made.share.pk,
            "run_id": run.pk,
            "issuer_id": office.academy.pk,
            "key_id": office.academy.keys.get().pk,
            "use_id": use.pk,
            "purpose": "revocation",
        },
        "issuer": [{"slug": "academy"}, {"slug": "dongguan-cards"}],
        "issuer-did": [{"slug": "academy"}],
        "achievement": [
            {"kind": "certificate", "code": WELDER},
            {"kind": "card", "code": "dongguan-magnolia"},
        ],
        "code": [{"list_id": "occupation", "code": WELDER}],
        "city:issued": [{"public_id": paper.public_id}, {"public_id": card.public_id}],
        "issuing-programme": [{"slug": "second-sitting"}, {"slug": "sitting"}],
    }


def _sat(sitting: Sitting, part: str) -> Values:
    sheets = sheets_of(sitting)
    return {
        "session_id": Session.objects.get(sitting=sitting, part=part).pk,
        "room_id": Room.objects.filter(sessions__sitting=sitting).values_list("pk", flat=True)[0],
        "sha256": sheets[0].sha256 if sheets else "",
    }


def _applied(city: City, slug: str, who: str) -> Application:
    begun = start(city.actor(who), slug, note="照片是六月的工件。")
    _photograph(city, begun.serial, who)
    return submit(city.actor(who), begun.serial)


def _applied_by_employer(city: City, slug: str) -> Application:
    """A draft: its document is there, and it waits to be handed in."""
    (line,) = apply_for(city.actor("hr"), slug, [city.colleague.pk])
    assert line.serial is not None, line.refusal
    _photograph(city, line.serial, "hr")
    return Application.objects.get(serial=line.serial)


def _photograph(city: City, serial: str, who: str) -> None:
    add_document(city.actor(who), serial, "photo", SimpleUploadedFile("焊缝.pdf", PDF))


def _checked(city: City, who: str) -> Batch:
    """A sheet with a good row and a bad one."""
    if who == "hr":
        rows = [
            STAFF,
            ["赵国强", person_number(77), "焊工", "2019-07-01", "", "长安镇"],
            ["钱进", "44190019900307000X", "焊接大师", "去年", "", "朝阳区"],
        ]
        return upload(city.actor(who), "staff", "花名册.xlsx", xlsx(rows))
    rows = [
        RECORDS,
        [WORKER_NUMBER, "林晓", "职业技能等级证书", "焊工", "二级", "2025-06-01", "", "", ""],
        ["44190019900307000X", "周全", "证书", "焊工", "九级", "去年", "", "", ""],
    ]
    return upload(city.actor(who), "records", "记录.xlsx", xlsx(rows))

"""Programmes: seen by everybody, set up, shared out, drawn and finished by those who run them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.access.regions import within
from craftpath.api.call import Call, get, post, put
from craftpath.api.schemas.common import Code, Number, Paged, Paging, Region, Said, Slug, paged
from craftpath.api.schemas.programmes import (
    Closing,
    CommitDraw,
    Contact,
    Draw,
    FromTemplate,
    Listed,
    Marks,
    NewObjection,
    Objection,
    ObjectionAnswer,
    Points,
    Programme,
    ProgrammeIn,
    ProgrammeLine,
    PublishList,
    RowTold,
    RunDraw,
    Shared,
    ShareOut,
    Template,
)
from craftpath.engine.rules import Label
from craftpath.programmes import models
from craftpath.programmes.actions import draws, notices, outcomes, places
from craftpath.programmes.actions import programmes as actions
from craftpath.programmes.actions.marks import Told
from craftpath.programmes.choices import SORTS, STAGES, WAYS, Sort, Stage, Way
from craftpath.programmes.fields import (
    AskedDocument,
    GroupFields,
    ProgrammeFields,
    StepFields,
)
from craftpath.programmes.offers import places_left, with_taken
from craftpath.programmes.outcome_fields import OutcomeFields
from craftpath.programmes.queries import (
    ListedLine,
    objections_answered_by,
    programme_seen_by,
    programmes_run_by,
    programmes_seen_by,
    published_list,
)
from craftpath.registry.kinds import site_pack

__all__ = ["router"]

router = Router(tags=["项目 / programmes"])


def line_shown(one: models.Programme) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "name": one.name,
        "sort": one.sort,
        "sort_label": SORTS[Sort(one.sort)],
        "about": one.about,
        "region": one.region,
        "host": one.host_id,
        "host_name": "" if one.host is None else one.host.name,
        "opens": one.opens,
        "closes": one.closes,
        "open": one.is_open(today()),
        "way": one.way,
        "way_label": WAYS[Way(one.way)],
        "places": one.places,
        "left": places_left(one),
        "stage": one.stage,
        "stage_label": STAGES[Stage(one.stage)],
    }


def whole_shown(one: models.Programme) -> dict[str, Any]:
    return {
        **line_shown(one),
        "template": one.template,
        "summary": one.summary,
        "rule": one.rule,
        "focus": one.focus,
        "focus_list": one.focus_list,
        "judged_on": one.judged_on,
        "spare_open": one.spare_open,
        "waiting_list": one.waiting_list,
        "documents": one.documents,
        "marked": one.marked,
        "pass_mark": one.pass_mark,
        "full_mark": one.full_mark,
        "notice_days": one.notice_days,
        "notice_working": one.notice_working,
        "notice_from": one.notice_from,
        "notice_until": one.notice_until,
        "outcome": one.outcome,
        "groups": list(one.groups.all()),
        "steps": list(one.steps.all()),
    }


# --- for everybody -------------------------------------------------------------------------


@get(
    router,
    "/programmes",
    "view.public",
    Paged[ProgrammeLine],
    Label("项目列表", "The list of programmes"),
    Label(
        "open=true 只列正在受理的；region 列某地区之内的；run=true 列自己主管或主办的。",
        "open=true: whose window is open; region: those within it; run=true: those that one runs.",
    ),
)
def list_programmes(
    request: Call,
    paging: Query[Paging],
    open: bool = False,
    run: bool = False,
    region: Region | None = None,
    sort: Slug | None = None,
) -> dict[str, Any]:
    found = programmes_run_by(request.actor) if run else programmes_seen_by(request.actor)
    if open:
        day = today()
        found = found.filter(stage=Stage.PUBLISHED, opens__lte=day, closes__gt=day)
    if region is not None:
        found = found.filter(within(region))
    if sort is not None:
        found = found.filter(sort=sort)
    part = paged(with_taken(found.select_related("host").order_by("closes", "pk")), paging)
    return {**part, "items": [line_shown(one) for one in part["items"]]}


@get(
    router,
    "/templates",
    "view.public",
    list[Template],
    Label("规则包中的项目模板", "Programmes of the pack, to set one up from"),
)
def list_templates(request: HttpRequest) -> list[dict[str, Any]]:
    return [{"id": one.id, "label": one.label, "sort": one.sort} for one in site_pack().programmes]


@get(router, "/programmes/{slug}", "view.public", Programme, Label("一个项目", "One programme"))
def one_programme(request: Call, slug: Slug) -> dict[str, Any]:
    return whole_shown(programme_seen_by(request.actor, slug))


@get(
    router,
    "/programmes/{slug}/list",
    "view.public",
    Paged[Listed],
    Label("公示名单（公示期内）", "The list under public notice, on its days"),
)
def notice_list(request: Call, slug: Slug, paging: Query[Paging]) -> dict[str, Any]:
    found: list[ListedLine] = published_list(programme_seen_by(request.actor, slug), today())
    return paged(found, paging)


@get(
    router,
    "/programmes/{slug}/draw",
    "view.public",
    Draw,
    Label("抽签：承诺值、名单、结果", "The lottery: commitment, list, result"),
)
def one_draw(request: Call, slug: Slug) -> models.Draw:
    programme = programme_seen_by(request.actor, slug)
    found = models.Draw.objects.filter(programme=programme).first()
    if found is None:
        raise NotThere
    return found


@get(
    router,
    "/programmes/{slug}/draw/document",
    "view.public",
    None,
    Label("抽签文件，供 craftpath draw verify 核对", "The document for `craftpath draw verify`"),
    content={"application/json": {"schema": {"type": "object"}}},
)
def draw_document(request: Call, slug: Slug) -> HttpResponse:
    programme = programme_seen_by(request.actor, slug)
    return HttpResponse(draws.draw_document(programme.slug), content_type="application/json")


@post(
    router,
    "/programmes/{slug}/objections",
    "objection.raise",
    Objection,
    Label("公示期内提出异议", "Object, on the days of public notice"),
    status=201,
)
def raise_objection(request: Call, slug: Slug, sent: NewObjection) -> dict[str, Any]:
    found = notices.raise_objection(
        request.actor, slug, text=sent.text, contact=sent.contact, serial=sent.serial
    )
    return objection_shown(found)


# --- setting up ----------------------------------------------------------------------------


@post(
    router,
    "/programmes",
    "programme.edit",
    Programme,
    Label("新建项目草稿", "Set up a programme, as a draft"),
    status=201,
)
def add_programme(request: Call, sent: ProgrammeIn) -> dict[str, Any]:
    return whole_shown(actions.save_programme(request.actor, fields_of(sent)))


@post(
    router,
    "/templates/{template_id}/programmes",
    "programme.edit",
    Programme,
    Label("由模板新建项目草稿", "Set up a programme from a template"),
    status=201,
)
def add_from_template(request: Call, template_id: Code, sent: FromTemplate) -> dict[str, Any]:
    made = actions.from_template(
        request.actor,
        template_id,
        slug=sent.slug,
        opens=sent.opens,
        closes=sent.closes,
        region=sent.region,
        host=sent.host,
        places=sent.places,
    )
    return whole_shown(made)


@put(
    router,
    "/programmes/{slug}",
    "programme.edit",
    Programme,
    Label("修改项目", "Change a programme"),
)
def change_programme(request: Call, slug: Slug, sent: ProgrammeIn) -> dict[str, Any]:
    return whole_shown(actions.save_programme(request.actor, fields_of(sent), slug))


@post(
    router,
    "/programmes/{slug}/publish",
    "programme.publish",
    Programme,
    Label("发布项目", "Publish a programme"),
)
def publish_programme(request: Call, slug: Slug) -> dict[str, Any]:
    actions.publish_programme(request.actor, slug)
    return whole_shown(programme_seen_by(request.actor, slug))


@post(
    router,
    "/programmes/{slug}/close",
    "programme.close",
    Programme,
    Label("办结项目", "Close a programme for good"),
)
def close_programme(request: Call, slug: Slug, sent: Closing) -> dict[str, Any]:
    actions.close_programme(request.actor, slug, why=sent.why)
    return whole_shown(programme_seen_by(request.actor, slug))


def fields_of(sent: ProgrammeIn) -> ProgrammeFields:
    plain = sent.model_dump()
    outcome = plain.pop("outcome")
    mark, full = plain.pop("pass_mark"), plain.pop("full_mark")
    return ProgrammeFields(
        documents=tuple(AskedDocument(**one) for one in plain.pop("documents")),
        groups=tuple(GroupFields(**one) for one in plain.pop("groups")),
        steps=tuple(StepFields(**one) for one in plain.pop("steps")),
        outcome=None if outcome is None else OutcomeFields(**outcome),
        pass_mark=None if mark is None else Decimal(str(mark)),
        full_mark=Decimal(str(full)),
        **plain,
    )


# --- places --------------------------------------------------------------------------------


@post(
    router,
    "/programmes/{slug}/share-out",
    "places.share",
    Shared,
    Label("分配名额", "Share out the places"),
)
def share_out(request: Call, slug: Slug, sent: ShareOut) -> places.Shared:
    return places.share_out(request.actor, slug, leave_out=sent.leave_out)


@post(
    router,
    "/programmes/{slug}/points",
    "application.mark",
    list[RowTold],
    Label("录入排序分数", "Enter points to rank by"),
)
def enter_points(request: Call, slug: Slug, sent: Points) -> list[Told]:
    return places.enter_points(
        request.actor, slug, [(row.serial, Decimal(str(row.points))) for row in sent.rows]
    )


@post(
    router,
    "/programmes/{slug}/draw/commit",
    "draw.commit",
    Draw,
    Label("公布抽签承诺值", "Publish the commitment of a lottery"),
)
def commit_draw(request: Call, slug: Slug, sent: CommitDraw) -> models.Draw:
    return draws.commit_draw(
        request.actor, slug, public_source=sent.public_source, public_day=sent.public_day
    )


@post(
    router,
    "/programmes/{slug}/draw/list",
    "draw.publish",
    Draw,
    Label("公布参加抽签的名单", "Publish who takes part in the lottery"),
)
def publish_list(request: Call, slug: Slug, sent: PublishList) -> models.Draw:
    return draws.publish_list(request.actor, slug, leave_out=sent.leave_out)


@post(
    router,
    "/programmes/{slug}/draw/run",
    "draw.run",
    Shared,
    Label("抽签", "Draw"),
)
def run_draw(request: Call, slug: Slug, sent: RunDraw) -> places.Shared:
    return draws.run_draw(request.actor, slug, public_value=sent.public_value)


# --- outcomes ------------------------------------------------------------------------------


@post(
    router,
    "/programmes/{slug}/marks",
    "application.mark",
    list[RowTold],
    Label("录入成绩与出勤", "Enter marks and attendance"),
)
def enter_marks(request: Call, slug: Slug, sent: Marks) -> list[Told]:
    rows = [
        (row.serial, None if row.mark is None else Decimal(str(row.mark)), row.attended)
        for row in sent.rows
    ]
    return outcomes.enter_marks(request.actor, slug, rows)


@post(
    router,
    "/programmes/{slug}/finish",
    "outcome.write",
    Said,
    Label("公示结束后写入结果记录", "Write the outcomes, once the notice is over"),
)
def finish(request: Call, slug: Slug) -> dict[str, int]:
    return {"done": outcomes.finish(request.actor, slug)}


# --- objections ----------------------------------------------------------------------------


def objection_shown(one: models.Objection) -> dict[str, Any]:
    return {
        "id": one.pk,
        "programme": one.programme.slug,
        "serial": None if one.application is None else one.application.serial,
        "text": one.text,
        "at": one.at,
        "answer": one.answer,
        "upheld": one.upheld,
        "remedy": one.remedy,
        "answered_at": one.answered_at,
    }


@get(
    router,
    "/objections",
    "objection.answer",
    Paged[Objection],
    Label("待答复和已答复的异议", "Objections, answered or not"),
)
def list_objections(request: Call, paging: Query[Paging]) -> dict[str, Any]:
    part = paged(objections_answered_by(request.actor).order_by("-pk"), paging)
    return {**part, "items": [objection_shown(one) for one in part["items"]]}


@post(
    router,
    "/objections/{objection_id}/answer",
    "objection.answer",
    Objection,
    Label("答复异议", "Answer an objection"),
)
def answer_objection(request: Call, objection_id: Number, sent: ObjectionAnswer) -> dict[str, Any]:
    found = notices.answer_objection(
        request.actor,
        objection_id,
        upheld=sent.upheld,
        answer=sent.answer,
        remedy=sent.remedy or "",
        serial=sent.serial or "",
        points="" if sent.points is None else sent.points,
    )
    return objection_shown(found)


@post(
    router,
    "/objections/{objection_id}/contact",
    "objection.answer",
    Contact,
    Label("查看异议人联系方式（留痕）", "How to reach who objected; each look is in the audit"),
    reads=True,
)
def objection_contact(request: Call, objection_id: Number) -> dict[str, str]:
    return {"contact": notices.contact_of(request.actor, objection_id)}

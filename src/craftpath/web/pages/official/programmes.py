"""Programmes at the desk: the list, one programme with what can be done, its roll and its marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotAllowed, Refusal
from craftpath.access.words import say, told
from craftpath.engine.rules import Label
from craftpath.programmes.actions.draws import commit_draw, publish_list, run_draw
from craftpath.programmes.actions.notices import (
    answer_objection,
    contact_of,
    notice_runs,
)
from craftpath.programmes.actions.outcomes import enter_marks, finish
from craftpath.programmes.actions.places import Shared, enter_points, share_out
from craftpath.programmes.actions.programmes import close_programme, publish_programme
from craftpath.programmes.choices import (
    PLACES,
    SORTS,
    STAGES,
    STATES,
    TIERS,
    WAYS,
    Place,
    Stage,
    State,
    Way,
)
from craftpath.programmes.models import Application, Draw, Objection, Programme
from craftpath.programmes.queries import (
    applications_seen_by,
    objections_answered_by,
    programme_run_by,
    programme_seen_by,
    programmes_run_by,
)
from craftpath.programmes.queue import named
from craftpath.programmes.running import Numbers, Task, numbers_of, tasks_of
from craftpath.web.life import the_pack
from craftpath.web.page import Asked, View, page
from craftpath.web.pages.official.queue import focus_label
from craftpath.web.reading import day_in, page_of

__all__ = [
    "answer",
    "close",
    "commit",
    "contact",
    "finish_it",
    "list_entrants",
    "marks",
    "programme",
    "programmes",
    "publish",
    "run",
    "share",
]


@dataclass(frozen=True)
class _Listed:
    programme: Programme
    numbers: Numbers


@dataclass(frozen=True)
class _Button:
    """A task with the address that does it; `refused`: it was just tried, and was not done."""

    task: Task
    url: str
    refused: bool


@dataclass(frozen=True)
class _Objected:
    """`contact` once it was asked for; `refused`: the answer was just tried, and was not kept."""

    objection: Objection
    contact: str | None
    refused: bool


@page("view.desk")
def programmes(request: HttpRequest) -> HttpResponseBase:
    """By stage, what closes first at the top; a draft stands before what is published."""
    actor, text = cast(Asked, request).actor, request.GET.get("q", "").strip()[:80]
    runs = programmes_run_by(actor).order_by("closes", "pk")
    for word in text.split():
        runs = runs.filter(name_zh__icontains=word) | runs.filter(name_en__icontains=word)
    found = list(runs)
    numbers = numbers_of(found)
    stages = [
        (stage, label, [_Listed(p, numbers[p.pk]) for p in found if p.stage == stage])
        for stage, label in STAGES.items()
    ]
    return render(
        request,
        "official/programmes.html",
        {
            "stages": [one for one in stages if one[2]],
            "asked": request.GET,
            "sorts": SORTS,
            "ways": WAYS,
        },
    )


@page("view.desk")
def programme(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _shown(request, slug)


def _shown(
    request: HttpRequest,
    slug: str,
    *,
    at: str = "",
    problems: dict[str, Label] | None = None,
    contacts: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """`at`: the task whose button was refused, so that the page says it there."""
    actor, day = cast(Asked, request).actor, today()
    found = programme_seen_by(actor, slug)
    runs = programmes_run_by(actor).filter(pk=found.pk).exists()
    numbers = numbers_of([found])[found.pk]
    rolled = _roll(request, found)
    shown = page_of(request, rolled, 50)
    objections = objections_answered_by(actor).filter(programme=found) if runs else []
    return render(
        request,
        "official/programme.html",
        {
            "programme": found,
            "runs": runs,
            "numbers": numbers,
            "by_state": [
                (key, label, count)
                for key, label in STATES.items()
                if key != State.DRAFT and (count := asdict(numbers)[key])
            ],
            "by_place": [
                (key, label, count)
                for key, label in PLACES.items()
                if key != Place.NONE and (count := asdict(numbers)[key])
            ],
            "buttons": [
                _Button(one, reverse(f"desk-programme-{one.key}", args=[slug]), at == one.key)
                for one in (tasks_of(found, numbers, day) if runs else [])
            ],
            "draw": Draw.objects.filter(programme=found).first(),
            "takes_points": found.way == Way.RANKED and found.stage == Stage.PUBLISHED,
            "takes_marks": found.marked and not found.in_parts and found.stage == Stage.SHARED,
            "notice_runs": notice_runs(found),
            "objections": [
                _Objected(one, (contacts or {}).get(one.pk), at == f"objection-{one.pk}")
                for one in objections
            ],
            "found": shown,
            "asked": request.GET,
            "rule": the_pack().rule(found.rule) if found.rule else None,
            "focus_label": focus_label(found, found.focus),
            "stage_label": STAGES[Stage(found.stage)],
            "states": STATES,
            "places": PLACES,
            "sorts": SORTS,
            "ways": WAYS,
            "tiers": TIERS,
            "at": at,
            "problems": problems or {},
            "typed": request.POST,
        },
        status=status,
    )


def _roll(request: HttpRequest, found: Programme) -> Any:
    """The applications of a programme that the actor sees: in the order of the line once there
    is one, of arrival before."""
    seen = applications_seen_by(cast(Asked, request).actor).filter(programme=found)
    state, place = request.GET.get("state", ""), request.GET.get("place", "")
    if state in STATES:
        seen = seen.filter(state=state)
    if place in PLACES:
        seen = seen.filter(place=place)
    seen = named(seen, request.GET.get("q", "").strip()[:80])
    return seen.select_related("employer", "group").order_by(
        F("rank").asc(nulls_last=True), "order"
    )


# --- one button each -------------------------------------------------------------------------


def _task(name: str, key: str, do: Callable[[Asked, str], Label]) -> View:
    """A button of the programme's page: done, and said so; or refused, and said why there."""

    @require_POST
    @page(name)
    def task(request: HttpRequest, slug: str) -> HttpResponseBase:
        asked = cast(Asked, request)
        if request.POST.get("sure") != "yes":
            unsure = Label("请先勾选“我已核对”。", "Tick first that you have looked it over.")
            return _shown(request, slug, at=key, problems={"sure": unsure}, status=422)
        try:
            done = do(asked, slug)
        except Invalid as refused:
            return _shown(request, slug, at=key, problems=refused.problems, status=refused.status)
        except (Conflict, NotAllowed) as refused:
            return _refused(request, slug, key, refused)
        messages.success(request, told(done))
        return redirect("desk-programme", slug)

    return task


def _refused(request: HttpRequest, slug: str, at: str, refused: Refusal) -> HttpResponseBase:
    return _shown(request, slug, at=at, problems={"": refused.label}, status=refused.status)


def _publish(request: Asked, slug: str) -> Label:
    publish_programme(request.actor, slug)
    return Label("已发布。", "Published.")


def _close(request: Asked, slug: str) -> Label:
    close_programme(request.actor, slug, why=request.POST.get("why", ""))
    return Label("已办结。", "Closed.")


def _commit(request: Asked, slug: str) -> Label:
    draw = commit_draw(
        request.actor,
        slug,
        public_source=request.POST.get("public_source", ""),
        public_day=day_in(request.POST, "public_day"),
    )
    return Label(f"承诺值已公布：{draw.commitment}", f"Published: {draw.commitment}")


def _list(request: Asked, slug: str) -> Label:
    draw = publish_list(request.actor, slug, leave_out=_leaves_out(request))
    return Label(f"名单已公布，哈希 {draw.list_hash}", f"Published, with hash {draw.list_hash}")


def _run(request: Asked, slug: str) -> Label:
    return _said(run_draw(request.actor, slug, public_value=request.POST.get("public_value", "")))


def _share(request: Asked, slug: str) -> Label:
    return _said(share_out(request.actor, slug, leave_out=_leaves_out(request)))


def _finish(request: Asked, slug: str) -> Label:
    written = finish(request.actor, slug)
    return Label(
        f"已办结，写入 {written} 条记录，申请人已收到通知。",
        f"Finished: {written} records written, and the applicants told.",
    )


def _leaves_out(request: Asked) -> bool:
    return request.POST.get("leave_out") == "yes"


def _said(shared: Shared) -> Label:
    return Label(
        f"名额已分配：获得名额 {shared.placed}，候补 {shared.waiting}，"
        f"未获名额 {shared.unplaced}。",
        f"Shared out: {shared.placed} have a place, {shared.waiting} wait, "
        f"{shared.unplaced} have none.",
    )


publish = _task("programme.publish", "publish", _publish)
close = _task("programme.close", "close", _close)
commit = _task("draw.commit", "commit", _commit)
list_entrants = _task("draw.publish", "list", _list)
run = _task("draw.run", "run", _run)
share = _task("places.share", "share", _share)
finish_it = _task("outcome.write", "finish", _finish)


# --- objections ------------------------------------------------------------------------------


@require_POST
@page("objection.answer")
def answer(request: HttpRequest, slug: str, objection_id: int) -> HttpResponseBase:
    word, at = request.POST.get("upheld", ""), f"objection-{objection_id}"
    if word not in ("yes", "no"):
        which = Label("请选择异议是否成立。", "Say whether it is upheld.")
        return _shown(request, slug, at=at, problems={"upheld": which}, status=422)
    try:
        answer_objection(
            cast(Asked, request).actor,
            objection_id,
            upheld=word == "yes",
            answer=request.POST.get("answer", ""),
            remedy=request.POST.get("remedy", ""),
            serial=request.POST.get("serial", ""),
            points=request.POST.get("points", ""),
        )
    except Invalid as refused:
        return _shown(request, slug, at=at, problems=refused.problems, status=refused.status)
    except Conflict as refused:
        return _refused(request, slug, at, refused)
    messages.success(request, say("已答复。", "Answered."))
    return redirect("desk-programme", slug)


@require_POST
@page("objection.answer")
def contact(request: HttpRequest, slug: str, objection_id: int) -> HttpResponseBase:
    """How to reach who objected, on this one page; the look is in the audit."""
    said = contact_of(cast(Asked, request).actor, objection_id)
    shown = said or say("没有留联系方式", "no way to reach them was left")
    response = _shown(request, slug, contacts={objection_id: shown})
    response["Cache-Control"] = "no-store"
    return response


# --- points and marks ------------------------------------------------------------------------


@dataclass(frozen=True)
class _MarkRow:
    application: Application
    value: str
    absent: bool
    problem: Label | None


@page("application.mark")
def marks(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Points before the places are shared out, marks after it: a page of rows at a time."""
    found = programme_run_by(cast(Asked, request).actor, slug)
    by_points = found.way == Way.RANKED and found.stage != Stage.SHARED
    wanted = found.applications.select_related("party").order_by("order")
    if by_points:
        wanted = wanted.filter(state__in=(State.SUBMITTED, State.RETURNED, State.APPROVED))
    else:
        wanted = wanted.filter(place=Place.PLACED, state__in=(State.APPROVED, State.DONE))
    shown = page_of(request, wanted, 50)
    problems: dict[str, Label] = {}
    trouble: Label | None = None
    if request.method == "POST":
        try:
            problems, kept = _entered(request, found, by_points, [one.serial for one in shown])
        except Conflict as refused:
            trouble, kept = refused.label, 0
        if not problems and trouble is None:
            messages.success(
                request, say(f"已保存，{kept} 份有变动的已记入。", f"Saved: {kept} rows.")
            )
            return redirect(request.get_full_path())
    return render(
        request,
        "official/marks.html",
        {
            "programme": found,
            "by_points": by_points,
            "found": shown,
            "rows": [_mark_row(request, one, by_points, problems) for one in shown],
            "problems": problems,
            "trouble": trouble,
            "kept": request.method == "POST" and trouble is None,
        },
        status=422 if problems else 409 if trouble else 200,
    )


def _entered(
    request: HttpRequest, found: Programme, by_points: bool, serials: list[str]
) -> tuple[dict[str, Label], int]:
    """What is wrong by serial, and how many rows were kept; empty rows are left as they are."""
    actor, post = cast(Asked, request).actor, request.POST
    if by_points:
        points = [(s, post[f"value-{s}"].strip()) for s in serials if post.get(f"value-{s}")]
        lines = enter_points(actor, found.slug, points)
    else:
        lines = enter_marks(
            actor,
            found.slug,
            [
                (s, post.get(f"value-{s}", "").strip() or None, False if absent else None)
                for s in serials
                if (absent := bool(post.get(f"absent-{s}"))) or post.get(f"value-{s}", "").strip()
            ],
        )
    wrong = {line.serial: line.problem for line in lines if line.problem is not None}
    return wrong, len(lines) - len(wrong)


def _mark_row(
    request: HttpRequest, one: Application, by_points: bool, problems: dict[str, Label]
) -> _MarkRow:
    stored = one.points if by_points else one.mark
    value = "" if stored is None else f"{stored.normalize():f}"
    absent = one.attended is False
    if request.method == "POST":
        value = request.POST.get(f"value-{one.serial}", value)
        absent = bool(request.POST.get(f"absent-{one.serial}"))
    return _MarkRow(one, value, absent, problems.get(one.serial))

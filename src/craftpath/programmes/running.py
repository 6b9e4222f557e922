"""How a programme is run: its numbers, and what can be done with it today, or why not yet.

It reads only. What it says is said beforehand; each action asks again, under its lock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from django.db.models import Count, Q

from craftpath.access.errors import Conflict
from craftpath.engine.rules import Label
from craftpath.pack.programmes import Term
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.draws import terms_hold
from craftpath.programmes.actions.notices import notice_runs
from craftpath.programmes.actions.outcomes import pending_of
from craftpath.programmes.actions.places import require_over
from craftpath.programmes.actions.programmes import fields_of
from craftpath.programmes.choices import Place, Stage, State, Way
from craftpath.programmes.fields import problems_of
from craftpath.programmes.models import Application, Draw, Programme

__all__ = ["Numbers", "Task", "numbers_of", "tasks_of"]

_UNFINISHED = (State.SUBMITTED, State.RETURNED)


@dataclass(frozen=True)
class Numbers:
    """How many applications a programme has, by state and by place; drafts are not counted."""

    submitted: int = 0
    returned: int = 0
    approved: int = 0
    refused: int = 0
    withdrawn: int = 0
    done: int = 0
    placed: int = 0
    waiting: int = 0
    unplaced: int = 0
    without_points: int = 0

    @property
    def all(self) -> int:
        reviewed = self.submitted + self.returned + self.approved + self.refused
        return reviewed + self.withdrawn + self.done

    @property
    def unfinished(self) -> int:
        return self.submitted + self.returned


@dataclass(frozen=True)
class Task:
    """One thing that is done with a programme, with one button.

    key       "publish", "commit", "list", "run", "share", "finish" or "close"
    what      what will happen
    why_not   why it cannot be done today; None: it can
    done      it was done
    """

    key: str
    label: Label
    what: Label
    why_not: Label | None
    done: bool = False


def numbers_of(programmes: Iterable[Programme]) -> dict[int, Numbers]:
    """The numbers of each programme, in one look; by its primary key."""
    wanted = [one.pk for one in programmes]
    states = {s.value: Count("pk", filter=Q(state=s)) for s in State if s != State.DRAFT}
    standing = Q(state__in=(State.SUBMITTED, State.RETURNED, State.APPROVED, State.DONE))
    places = {p.value: Count("pk", filter=standing & Q(place=p)) for p in Place if p != Place.NONE}
    asked = (
        Application.objects.filter(programme__in=wanted)
        .order_by()
        .values("programme")
        .annotate(
            **states,
            **places,
            without_points=Count("pk", filter=Q(state=State.APPROVED, points=None)),
        )
    )
    # Django's types know the counts named one by one only.
    rows = cast(Iterable[dict[str, int]], asked)
    found = {
        row["programme"]: Numbers(**{key: n for key, n in row.items() if key != "programme"})
        for row in rows
    }
    return {pk: found.get(pk, Numbers()) for pk in wanted}


def tasks_of(programme: Programme, numbers: Numbers, day: dt.date) -> list[Task]:
    """Everything that is done with the programme, in its order."""
    tasks = [_publish(programme, day)]
    if programme.way == Way.LOTTERY:
        tasks += _lottery(programme, numbers, day)
    else:
        tasks.append(_share(programme, numbers))
    return [*tasks, _finish(programme), _close(programme, numbers)]


def _publish(programme: Programme, day: dt.date) -> Task:
    last = programme.closes - dt.timedelta(days=1)
    what = Label(
        f"公众从此看得到；{zh_day(programme.opens)}至{zh_day(last)}受理。"
        "之后只能延长时间、增加名额、改文字。",
        f"Everybody sees it from now on; applications are taken from {en_day(programme.opens)} "
        f"to {en_day(last)}. Later it can only be open longer, have more places or better words.",
    )
    done = programme.stage != Stage.DRAFT
    return Task(
        "publish",
        Label("发布", "Publish"),
        what,
        None if done else _first(_unpublishable(programme, day)),
        done,
    )


def _unpublishable(programme: Programme, day: dt.date) -> Iterator[Label]:
    if programme.closes <= day:
        yield Label(
            "受理期已过，请先改截止日。", "Its window is over; set another closing day first."
        )
    problems = list(problems_of(fields_of(programme)).values())
    if problems:
        yield Label(
            "请先改好：" + "；".join(one.zh.rstrip("。") for one in problems) + "。",
            "Mend first: " + "; ".join(one.en.rstrip(".") for one in problems) + ".",
        )


def _share(programme: Programme, numbers: Numbers) -> Task:
    how = {
        Way.OPEN: Label("全部给予名额", "each gets a place"),
        Way.FIRST_COME: Label(
            f"按到达次序给予 {programme.places} 个名额",
            f"the first {programme.places} to come get a place",
        ),
    }.get(
        Way(programme.way),
        Label(
            f"按分数排序，前 {programme.places} 名获得名额",
            f"they are ranked by points, and the first {programme.places} get a place",
        ),
    )
    what = Label(
        f"{numbers.approved} 份审核通过的申请，{how.zh}{_rest(programme).zh}。"
        f"{_notice(programme).zh}每人都会收到通知。",
        f"Of {numbers.approved} approved applications, {how.en}{_rest(programme).en}. "
        f"{_notice(programme).en}Everybody is told.",
    )
    done = programme.stage in (Stage.SHARED, Stage.CLOSED)
    reasons = () if done else (*_not_over(programme), *_pointless(programme, numbers))
    return Task("share", Label("分配名额", "Share out the places"), what, _first(reasons), done)


def _rest(programme: Programme) -> Label:
    if programme.way == Way.OPEN:
        return Label("", "")
    if programme.waiting_list:
        return Label("，其余依次候补", ", the others wait in turn")
    return Label("，其余没有名额", ", the others have none")


def _notice(programme: Programme) -> Label:
    if not programme.notice_days:
        return Label("不公示。", "There is no public notice. ")
    term = Term(programme.notice_days, programme.notice_working).label
    return Label(f"从今天起公示 {term.zh}。", f"Public notice begins today, for {term.en}. ")


def _not_over(programme: Programme) -> Iterator[Label]:
    try:
        require_over(programme)
    except Conflict as refused:
        yield refused.label


def _pointless(programme: Programme, numbers: Numbers) -> Iterator[Label]:
    if programme.way == Way.RANKED and numbers.without_points:
        yield Label(
            f"还有 {numbers.without_points} 份没有分数，请先录入。",
            f"{numbers.without_points} have no points yet; enter them first.",
        )


def _lottery(programme: Programme, numbers: Numbers, day: dt.date) -> list[Task]:
    draw = Draw.objects.filter(programme=programme).first()
    kept = draw is not None and terms_hold(programme)
    return [
        Task(
            "commit",
            Label("公布承诺值", "Publish the commitment"),
            Label(
                "生成一个谁也看不到的种子并封存，公布它的承诺值；种子到抽签时才公开。名额和受理期从此不能再动。",
                "A seed that nobody sees is drawn and sealed, and the commitment to it published; "
                "the seed is revealed with the draw. Places and window stand from then on.",
            ),
            None if kept else _first(_uncommittable(programme, day)),
            kept,
        ),
        Task(
            "list",
            Label("公布抽签名单", "Publish the list"),
            Label(
                f"{numbers.approved} 份审核通过的申请进入名单，公布名单和它的哈希；名单从此不变。",
                f"The {numbers.approved} approved applications make the list; it is published with "
                "its hash, and stands from then on.",
            ),
            _first(_unlistable(programme, draw, kept, day)),
            draw is not None and draw.listed_at is not None,
        ),
        Task(
            "run",
            Label("抽签", "Draw"),
            Label(
                f"公开种子，抽出 {programme.places} 个名额{_rest(programme).zh}。"
                f"{_notice(programme).zh}"
                "抽签文件随即公布，任何人都能用 craftpath draw verify 重算。抽过不能重来。",
                f"The seed is revealed and {programme.places} places are drawn"
                f"{_rest(programme).en}. {_notice(programme).en}The document is published, and "
                "anybody can work it out again by craftpath draw verify. It is drawn once.",
            ),
            _first(_undrawable(programme, draw, kept, day)),
            draw is not None and draw.drawn_at is not None,
        ),
    ]


def _uncommittable(programme: Programme, day: dt.date) -> Iterator[Label]:
    if programme.stage == Stage.DRAFT:
        yield Label("请先发布项目。", "Publish the programme first.")
    elif programme.stage != Stage.PUBLISHED:
        yield Label("名额已经分配。", "The places have been shared out already.")
    elif day >= programme.closes:
        yield Label(
            "受理期已结束：承诺值必须在此之前公布，请延长受理期。",
            "The window is over, and the commitment had to be published before; extend it.",
        )


def _unlistable(
    programme: Programme, draw: Draw | None, kept: bool, day: dt.date
) -> Iterator[Label]:
    if draw is not None and draw.listed_at is not None:
        return
    if draw is None:
        yield Label("请先公布承诺值。", "Publish the commitment first.")
        return
    yield from _not_over(programme)
    if not kept:
        yield _changed()
    if draw.public_day is not None and draw.public_day <= day:
        yield Label(
            f"约定的公开事件在{zh_day(draw.public_day)}，名单应在此之前公布。",
            f"The public event is of {en_day(draw.public_day)}; the list had to be "
            "published before.",
        )


def _undrawable(
    programme: Programme, draw: Draw | None, kept: bool, day: dt.date
) -> Iterator[Label]:
    if draw is not None and draw.drawn_at is not None:
        return
    if draw is None or draw.listed_at is None:
        yield Label("请先公布名单。", "Publish the list first.")
        return
    yield from _not_over(programme)
    if not kept:
        yield _changed()
    if draw.public_day is not None and day < draw.public_day:
        yield Label(
            f"约定的公开事件在{zh_day(draw.public_day)}，请届时再抽签。",
            f"The public event is of {en_day(draw.public_day)}; draw then.",
        )


def _changed() -> Label:
    return Label(
        "名额或日期在公布承诺值之后改过，请改回原样。",
        "Places or days were changed after the commitment; change them back.",
    )


def _finish(programme: Programme) -> Task:
    done = programme.stage == Stage.CLOSED
    gives = "写入记录" if programme.outcome else "办结"
    to_write = programme.applications.filter(
        state=State.APPROVED, place=Place.PLACED, outcome__isnull=True
    )
    pending = 0 if done else pending_of(programme).count()
    ready = 0 if done else to_write.count() - pending
    what = Label(
        f"{ready} 人{gives}并收到通知"
        + (f"；{pending} 人还缺成绩或金额，留待以后。" if pending else "，全部办完后项目关闭。"),
        f"{ready} are finished{' and get their record' if programme.outcome else ''}, and are told"
        + (
            f"; {pending} lack a mark or an amount and stay for later."
            if pending
            else "; when nobody is left the programme is closed."
        ),
    )
    reasons = () if done else _unfinishable(programme, ready, pending)
    return Task("finish", Label("写入成果", "Write the outcomes"), what, _first(reasons), done)


def _unfinishable(programme: Programme, ready: int, pending: int) -> Iterator[Label]:
    if programme.stage != Stage.SHARED:
        yield Label("请先分配名额。", "Share out the places first.")
        return
    if notice_runs(programme):
        yield Label(
            f"公示期还没有结束，{zh_day(programme.notice_until)}起才能办结。",
            f"The days of notice are not over; finish from {en_day(programme.notice_until)} on.",
        )
    still = programme.objections.filter(upheld__isnull=True).count()
    if still:
        yield Label(f"还有 {still} 条异议没有答复。", f"{still} objections are not answered.")
    if pending and not ready:
        yield Label(
            f"{pending} 人还缺成绩或金额，请先补齐。",
            f"{pending} lack a mark or an amount; enter them first.",
        )


def _close(programme: Programme, numbers: Numbers) -> Task:
    done = programme.stage == Stage.CLOSED
    what = Label(
        f"项目到此为止：{numbers.unfinished} 份未审结的申请不予通过，"
        "不再写入成果，申请人会收到您写的理由。",
        f"It ends here: {numbers.unfinished} undecided applications are refused, no outcome is "
        "written any more, and the applicants are told your reason.",
    )
    draft = programme.stage == Stage.DRAFT
    why_not = Label("草稿不用办结。", "A draft need not be closed.") if draft else None
    return Task("close", Label("提前办结", "Close it early"), what, why_not, done)


def _first(reasons: Iterable[Label]) -> Label | None:
    return next(iter(reasons), None)

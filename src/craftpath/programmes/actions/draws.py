"""The lottery of a programme, in the four steps of `craftpath.allotment.draw`.

    commit_draw    before the window closes: the commitment to a secret seed and to the terms
    publish_list   after it closed and the reviews ended: the entrants, and the list's hash
    (the public event, where one was named, on a later day)
    run_draw       the seed is revealed; places and ranks follow from it; the document is published

Each step is one transaction under the programme's lock: a process that is killed leaves the step
undone or done, and a step that is done cannot be done again.
"""

from __future__ import annotations

import datetime as dt
import secrets

from craftpath.access.act import act
from craftpath.access.clock import day_of, now, today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.allotment.draw import (
    SEED_BYTES,
    PublicEvent,
    Terms,
    commitment,
    hold_draw,
    is_line,
    list_hash,
)
from craftpath.allotment.draw_file import write_draw
from craftpath.allotment.nouns import Entrant
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.places import (
    Shared,
    require_over,
    settle_unfinished,
    write_places,
)
from craftpath.programmes.choices import Stage, State, Way
from craftpath.programmes.line import quota_of, standing
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Draw, Programme
from craftpath.programmes.queries import programme_run_by
from craftpath.registry.identity import open_bytes, seal_bytes

__all__ = ["commit_draw", "draw_document", "publish_list", "run_draw", "terms_hold"]


def commit_draw(
    actor: Actor, slug: str, *, public_source: str = "", public_day: dt.date | None = None
) -> Draw:
    """Draw a seed, keep it sealed, and publish the commitment to it and to the programme's terms.

    public_source  what will be read of a public event, to the letter, and `public_day` its day:
                   after the window closes, and after the list will be published

    A programme whose places or window changed since is committed to anew, while its window is
    open. NotThere, NotAllowed, Invalid by field, Conflict.
    """
    require(actor, "draw.commit")
    programme = programme_run_by(actor, slug)
    event = _event(programme, public_source.strip(), public_day)
    with act(actor, "draw.commit", on=programme) as trace:
        programme = hold(programme.pk)
        _require_lottery(programme)
        _require_open(programme)
        old = Draw.objects.filter(programme=programme).first()
        if old is not None and _kept(programme, old):
            raise Conflict(
                "承诺值已经公布，名额和日期也没有变动，不能再次承诺。",
                "The commitment is published, and places and days have not changed since: it "
                "stands.",
            )
        before = old.commitment if old else None
        seed = secrets.token_bytes(SEED_BYTES)
        draw = old or Draw(programme=programme)
        draw.committed_at = now()
        draw.public_source = event.source if event else ""
        draw.public_day = event.day if event else None
        draw.commitment = commitment(_terms(programme, draw), seed)
        draw.sealed_seed = seal_bytes(seed, _use(programme))
        trace.details = {
            "commitment": draw.commitment,
            "public_source": draw.public_source,
            "public_day": draw.public_day,
            "instead_of": before,
        }
        draw.save()
    return draw


def publish_list(actor: Actor, slug: str, *, leave_out: bool = False) -> Draw:
    """Fix who takes part: everybody approved, by serial and group, and the hash of that list.

    leave_out  as for `places.share_out`

    NotThere, NotAllowed, Conflict: the window is open, nothing was committed to, the terms have
    changed since, the public event was known before the list.
    """
    require(actor, "draw.publish")
    programme = programme_run_by(actor, slug)
    with act(actor, "draw.publish", on=programme) as trace:
        programme = hold(programme.pk)
        draw = _committed(programme)
        if draw.listed_at is not None:
            raise Conflict("名单已经公布。", "The list is published already.")
        require_over(programme)
        _require_terms(programme, draw)
        if draw.public_day is not None and draw.public_day <= today():
            raise Conflict(
                f"约定的公开事件在{zh_day(draw.public_day)}，名单应在此之前公布；"
                "这次抽签已不能取信，请延长受理期并重新承诺。",
                f"The public event is of {en_day(draw.public_day)}, and the list had to be "
                "published before it: nobody could trust this draw. Extend the window and commit "
                "anew.",
            )
        left_out = settle_unfinished(actor, programme, leave_out=leave_out)
        entrants = [
            one.entrant for one in standing(programme.applications.filter(state=State.APPROVED))
        ]
        draw.listed_at = now()
        draw.list = _written(entrants)
        listed = [(one.key, one.group) for one in entrants]
        draw.list_hash = list_hash(programme.slug, day_of(draw.listed_at), listed)
        draw.save(update_fields=["listed_at", "list", "list_hash"])
        trace.details = {
            "list_hash": draw.list_hash,
            "entrants": len(entrants),
            "left_out": left_out,
        }
    return draw


def run_draw(actor: Actor, slug: str, *, public_value: str = "") -> Shared:
    """Reveal the seed, draw, write places and ranks, and publish the document: all or nothing.

    public_value  what the public event turned out to be, where one was named

    Who was on the list and has withdrawn since is drawn all the same, and the place goes to the
    next. NotThere, NotAllowed, Invalid by field, Conflict: no list, drawn already, too early.
    """
    require(actor, "draw.run")
    programme = programme_run_by(actor, slug)
    with act(actor, "draw.run", on=programme) as trace:
        programme = hold(programme.pk)
        draw = _committed(programme)
        _require_undrawn(draw)
        require_over(programme)
        _require_terms(programme, draw)
        value = _value(draw, public_value.strip())
        entrants, gone = _listed(programme, draw)
        listed_on = day_of(draw.listed_at) if draw.listed_at else today()
        held, found = hold_draw(
            _terms(programme, draw), _seed(programme, draw), entrants, listed_on, value
        )
        if held.list_hash != draw.list_hash:
            raise _tampered()
        draw.public_value = value or ""
        draw.drawn_at = now()
        draw.document = write_draw(held)
        draw.save(update_fields=["public_value", "drawn_at", "document"])
        shared, digest = write_places(programme, found.line, quota_of(programme), gone)
        trace.details = {
            "placed": shared.placed,
            "waiting": shared.waiting,
            "unplaced": shared.unplaced,
            "gone": shared.gone,
            "list_hash": draw.list_hash,
            "public_value": draw.public_value,
            "list_sha256": digest,
        }
    return shared


def draw_document(slug: str) -> str:
    """The published document of a draw, for `craftpath draw verify`. NotThere: not drawn yet."""
    found = Draw.objects.filter(programme__slug=slug).exclude(document="").first()
    if found is None:
        raise NotThere
    return found.document


def terms_hold(programme: Programme) -> bool:
    """Whether a programme still is what was committed to; True where nothing was.

    Whoever would change places or window after the window has closed asks this before saving.
    """
    draw = Draw.objects.filter(programme=programme).first()
    return draw is None or _kept(programme, draw)


# --- what is committed to ------------------------------------------------------------------


def _terms(programme: Programme, draw: Draw) -> Terms:
    event = None
    if draw.public_day is not None:
        event = PublicEvent(draw.public_source, draw.public_day)
    quota = quota_of(programme)
    return Terms(programme.slug, day_of(draw.committed_at), programme.closes, quota, event)


def _seed(programme: Programme, draw: Draw) -> bytes:
    return open_bytes(draw.sealed_seed, _use(programme))


def _use(programme: Programme) -> str:
    return f"draw {programme.pk}"


def _kept(programme: Programme, draw: Draw) -> bool:
    return commitment(_terms(programme, draw), _seed(programme, draw)) == draw.commitment


def _event(programme: Programme, source: str, day: dt.date | None) -> PublicEvent | None:
    problems: dict[str, Label] = {}
    if source and not is_line(source):
        problems["public_source"] = Label(
            "请写成一行文字，至多 200 字。", "Write it on one line of at most 200 characters."
        )
    if len(source) > 200:
        problems["public_source"] = Label("至多 200 字。", "At most 200 characters.")
    if source and day is None:
        problems["public_day"] = Label(
            "请填写公开事件的日期。", "Give the day of the public event."
        )
    if day is not None and not source:
        problems["public_source"] = Label(
            "请写明读取哪个公开事件的什么数值。", "Say what will be read of which public event."
        )
    if day is not None and day <= programme.closes:
        problems["public_day"] = Label(
            "公开事件须晚于名单公布之日，最早为"
            f"{zh_day(programme.closes + dt.timedelta(days=1))}。",
            f"The event has to be after the list is published: after {en_day(programme.closes)}.",
        )
    if problems:
        raise Invalid(problems)
    return PublicEvent(source, day) if source and day else None


# --- what has to be so ---------------------------------------------------------------------


def _require_lottery(programme: Programme) -> None:
    if programme.way != Way.LOTTERY:
        raise Conflict("本项目不以抽签分配名额。", "Places of this programme are not drawn by lot.")


def _require_open(programme: Programme) -> None:
    if programme.stage != Stage.PUBLISHED:
        raise Conflict(
            "请先发布项目：承诺值要与项目一起公布。",
            "Publish the programme first: the commitment is published with it.",
        )
    if today() >= programme.closes:
        raise Conflict(
            f"受理期到{zh_day(programme.closes - dt.timedelta(days=1))}为止，现已结束；"
            "承诺值必须在此之前公布，请延长受理期。",
            f"The window was over on {en_day(programme.closes)}, and the commitment had to be "
            "published before; extend the window.",
        )


def _committed(programme: Programme) -> Draw:
    _require_lottery(programme)
    draw = Draw.objects.filter(programme=programme).first()
    if draw is None:
        raise Conflict(
            "受理期内没有公布承诺值，不能抽签；请延长受理期并先公布承诺值。",
            "No commitment was published while the window was open; extend it and commit first.",
        )
    return draw


def _require_terms(programme: Programme, draw: Draw) -> None:
    if not _kept(programme, draw):
        raise Conflict(
            "名额或日期在公布承诺值之后改过。请改回原样，或延长受理期并重新承诺。",
            "Places or days were changed after the commitment was published. Change them back, or "
            "extend the window and commit anew.",
        )


def _require_undrawn(draw: Draw) -> None:
    if draw.drawn_at is not None:
        raise Conflict("已经抽过签，结果不再改变。", "The draw was held; its result stands.")
    if draw.listed_at is None:
        raise Conflict("请先公布参加抽签的名单。", "Publish the list of entrants first.")


def _value(draw: Draw, value: str) -> str | None:
    """The public value as the draw takes it, None where no event was named."""
    if draw.public_day is None:
        if value:
            raise Invalid(
                {
                    "public_value": Label(
                        "事先没有约定公开事件，不能再加入数值。",
                        "No public event was named beforehand, so no value can be added now.",
                    )
                }
            )
        return None
    if today() < draw.public_day:
        raise Conflict(
            f"约定的公开事件在{zh_day(draw.public_day)}，请届时再抽签。",
            f"The public event is of {en_day(draw.public_day)}; draw then.",
        )
    if not is_line(value) or len(value) > 200:
        raise Invalid(
            {
                "public_value": Label(
                    f"请如实填写“{draw.public_source}”的数值，一行，至多 200 字。",
                    f"Enter what “{draw.public_source}” turned out to be, on one line of at most "
                    "200 characters.",
                )
            }
        )
    return value


# --- the list ------------------------------------------------------------------------------


def _written(entrants: list[Entrant]) -> str:
    """As it is hashed: key, tab, group or `-`, sorted by key, each line ended by a line feed."""
    lines = sorted((one.key, one.group or "-") for one in entrants)
    return "".join(f"{key}\t{group}\n" for key, group in lines)


def _listed(programme: Programme, draw: Draw) -> tuple[list[Entrant], set[int]]:
    """The entrants as they were listed, with our ids, and the ids of those who have left."""
    now_there = {
        one.entrant.key: one for one in standing(programme.applications.exclude(state=State.DRAFT))
    }
    entrants: list[Entrant] = []
    gone: set[int] = set()
    for line in draw.list.splitlines():
        key, group = line.split("\t")
        found = now_there.get(key)
        if found is None:
            raise _tampered()
        entrants.append(Entrant(found.entrant.id, key, None if group == "-" else group))
        if found.state != State.APPROVED:
            gone.add(found.entrant.id)
    return entrants, gone


def _tampered() -> Conflict:
    return Conflict(
        "公布的名单与数据库中的不符，抽签中止；请核对审计日志。",
        "The list as published does not agree with the database: nothing was drawn. See the "
        "audit log.",
    )

"""Marks, and what comes of a programme: a record for everybody who has a place and has passed.

Outcomes are written in slices, each in a transaction of its own. A process that is killed loses
the slice at hand and nothing else, and calling `finish` again goes on where it ended; nobody gets
a record twice, since an application has at most one outcome and its row says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from craftpath.access.act import act, act_all
from craftpath.access.clock import today
from craftpath.access.errors import Conflict
from craftpath.access.may import require
from craftpath.access.roles import Actor, Role
from craftpath.engine.days import add_months
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Kind
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.marks import Number, Told, Wanted, read_number, write_rows
from craftpath.programmes.actions.notices import notice_runs
from craftpath.programmes.actions.programmes import fields_of
from craftpath.programmes.choices import Place, Stage, State
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.outcome_fields import BY_ROUTE, levels_by_route, problems_of_outcome
from craftpath.programmes.queries import programme_run_by
from craftpath.programmes.ranking import RANKED, Ranking, ranking_of
from craftpath.programmes.telling import tell_all
from craftpath.programmes.writing import save_all
from craftpath.registry.actions.places import is_place, refresh_regions
from craftpath.registry.actions.records import take_back
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Record
from craftpath.registry.vouching import Statement, Word, may_come_of

__all__ = ["enter_marks", "finish", "pending_of", "put_right"]

_SLICE = 250
_NAMED = 5


def enter_marks(
    actor: Actor, slug: str, rows: Sequence[tuple[str, Number | None, bool | None]]
) -> list[Told]:
    """Marks and attendance of those who have a place, as (serial, mark, attended).

    mark      0 to the programme's full mark with at most one decimal place; None: none yet, or
              absent
    attended  None: whoever has a mark was there

    Until the outcome is written they can be entered anew; what stood before stays in the audit.
    One answer for each row; the good rows are kept. NotThere, NotAllowed, Conflict.
    """
    require(actor, "application.mark")
    programme = programme_run_by(actor, slug)
    return write_rows(
        actor,
        programme,
        [_mark_row(programme, *row) for row in rows],
        told_as="application.mark",
        ready=_takes_marks,
        refuses=_no_mark_for,
    )


def finish(actor: Actor, slug: str) -> int:
    """Write the outcome of everybody who has a place, once the notice is over and answered.

    Who failed, or was absent, is done without a record. Who has no mark yet, or no amount where
    the outcome is one, stays until there is: call it again then. When nobody is left the
    programme is closed. Returns how many records this call wrote.

    NotThere, NotAllowed, Conflict: notice still runs, an objection is open, or nobody can be
    finished, with who and why.
    """
    require(actor, "outcome.write")
    programme = programme_run_by(actor, slug)
    gives = _gives(programme)
    if gives is not None and actor.role == Role.INSTITUTION and not programme.in_parts:
        _require_filed(actor, programme, gives)
    written, moved = 0, False
    while True:
        count, some = _finish_slice(actor, programme.pk, gives)
        written, moved = written + count, moved or some
        if not some:
            break
    closed = _close(actor, programme.pk)
    if not moved and not closed:
        raise _nothing_to_finish(programme)
    return written


def put_right(
    actor: Actor, application_id: int, *, mark: Decimal | None, attended: bool, why: str
) -> tuple[Record | None, Record | None]:
    """Give one application another mark after all, and what comes of that; they are told.

    Who is done and passes now gets the outcome, dated today; who has it and passes no more loses
    it: its record is voided, for `why`. Who is not done yet waits for `finish` as before.

    Within a transaction of the caller's, which has seen to it that the actor runs the programme.
    Returns (the record written, the record voided). NotAllowed.
    """
    with act(actor, "outcome.write", why=why[:300], told_as="outcome.put-right") as trace:
        found = Application.objects.get(pk=application_id)
        programme = hold(found.programme_id)
        one = Application.objects.select_related("party", "outcome").get(pk=application_id)
        trace.on(one, one.party_id)
        trace.details = {"mark_before": one.mark, "mark": mark, "attended": attended}
        before = _passed(programme, one)
        one.mark, one.attended = mark, attended
        save_all([one], ["mark", "attended"])
        gives = _gives(programme)
        if gives is not None and gives.ranks and one.state == State.DONE:
            return _rank_anew(actor, programme, gives, one, why)
        passed, had = _passed(programme, one), _standing(one.outcome)
        if one.state != State.DONE or gives is None or passed == before:
            return None, None
        if had is None and passed:
            written = _write(programme, gives, [one])[one.pk].record
            one.outcome = written
            save_all([one], ["outcome"])
            tell_all(programme, [(one, _said(programme, one, gives, passed=True))])
            trace.details["record"] = written.pk
            return written, None
        if had is None or passed:
            return None, None
        take_back(actor, had, why=why)
        label = Label(
            f"成绩改正后未达到合格线，已写入的{gives.kind.label.zh}记录作废。",
            f"as put right it is no pass; the record ({gives.kind.label.en}) is void.",
        )
        tell_all(programme, [(one, label)])
        trace.details["voided"] = had.pk
    return None, had


def pending_of(programme: Programme) -> QuerySet[Application]:
    """Those who have a place and lack what the outcome needs: a mark, or an amount."""
    settled = _to_finish(programme).filter(_known(programme))
    # Not `exclude(_known)`: what is unknown of a missing amount would be unknown turned round.
    return _to_finish(programme).exclude(pk__in=settled.values("pk"))


# --- outcomes ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Gives:
    """The outcome that a programme gives; `kind` as the pack has it.

    level   a rank, or for each route of the rule its rank
    share   the kind of the record that says the same place as a share of all who took part
    """

    kind: Kind
    subject: str | None
    level: int | dict[str, int] | None
    quantity: float | str | None
    months: int | None
    share: str | None

    @property
    def ranks(self) -> bool:
        """Whether what one gets hangs on the marks of all."""
        return self.quantity in RANKED


@dataclass(frozen=True)
class _Written:
    record: Record
    share: Record | None = None


def _gives(programme: Programme) -> _Gives | None:
    """Conflict: what is set cannot be written, as programmes published before this was asked may
    have it; whoever runs it can put it right."""
    said: dict[str, Any] | None = programme.outcome
    if not said:
        return None
    pack = site_pack()
    for problem in problems_of_outcome(fields_of(programme), pack).values():
        raise Conflict(
            f"项目的成果设置写不成记录，请先更正：{problem.zh}",
            f"What is set as the programme's outcome cannot be written; put it right: {problem.en}",
        )
    kind, quantity = pack.vocabulary.kinds[said["kind"]], said.get("quantity")
    if not any(may_come_of(kind.id, hosted=hosted) for hosted in (False, True)):
        raise Conflict(
            f"“{kind.label.zh}”不能由项目写入，请先更正项目的成果设置。",
            f"No programme writes such a record ({kind.label.en}); put its outcome right.",
        )
    level = said.get("level")
    if level == BY_ROUTE:
        level = levels_by_route(programme.template, kind.id, pack)
    return _Gives(
        kind,
        said.get("subject"),
        level,
        quantity,
        said.get("months"),
        pack.registry.shares.get(kind.id) if quantity == "place" else None,
    )


def _require_filed(actor: Actor, programme: Programme, gives: _Gives) -> None:
    """Conflict: the institution that hosts it is not filed for what it would write. Where a sitting
    is planned, each session was asked on its own day."""
    word = Word(actor)
    for one in _to_finish(programme).filter(_settled(programme)):
        record = _record(programme, gives, one, gives.kind.id, None)
        fact = Statement(
            record.party_id, record.kind, actor.party, record.subject, record.level, record.start
        )
        if _passed(programme, one) and not word.comes_of_own(fact):
            raise Conflict(
                f"本机构没有备案，不能写入申请 {one.serial} 的“{gives.kind.label.zh}”；"
                "请先向主管部门备案，由其录入备案记录。",
                f"The institution is not filed for what application {one.serial} would get "
                f"({gives.kind.label.en}); file it with the authority, which enters the record.",
            )


def _finish_slice(actor: Actor, programme_id: int, gives: _Gives | None) -> tuple[int, bool]:
    """Finish the next few: how many records were written, and whether anybody was finished."""
    with transaction.atomic():
        programme = hold(programme_id)
        _require_final(programme)
        slice = list(
            _to_finish(programme)
            .filter(_settled(programme))
            .select_related("party")
            .order_by("rank", "pk")[:_SLICE]
        )
        passed = [one for one in slice if _passed(programme, one)]
        through = {one.pk for one in passed}
        written = _write(programme, gives, passed) if gives else {}
        _done(actor, slice, written, through)
        said = ((one, _said(programme, one, gives, passed=one.pk in through)) for one in slice)
        tell_all(programme, said)
        if gives and is_place(gives.kind.id):
            holders = [one.party.merged_into_id or one.party_id for one in passed]
            refresh_regions(holders, today())
    return len(written), bool(slice)


def _write(
    programme: Programme, gives: _Gives, passed: Sequence[Application]
) -> dict[int, _Written]:
    """The records of a slice, by application."""
    ranking = ranking_of(programme) if gives.ranks else None
    made = {
        one.pk: _Written(
            _record(programme, gives, one, gives.kind.id, _quantity(gives.quantity, one, ranking)),
            _record(programme, gives, one, gives.share, _quantity("percent", one, ranking))
            if gives.share
            else None,
        )
        for one in passed
    }
    Record.objects.bulk_create([one.record for one in made.values()])
    Record.objects.bulk_create([one.share for one in made.values() if one.share is not None])
    return made


def _record(
    programme: Programme, gives: _Gives, one: Application, kind: str, quantity: float | None
) -> Record:
    day = today()
    return Record(
        party_id=one.party_id,
        kind=kind,
        subject=(one.focus or programme.focus or None)
        if gives.subject == "focus"
        else gives.subject,
        level=gives.level.get(_route(one)) if isinstance(gives.level, dict) else gives.level,
        start=day,
        end=add_months(day, gives.months) if gives.months else None,
        quantity=quantity,
        other_id=programme.host_id if gives.kind.other else None,
        status=Record.Status.VERIFIED,
        known=day,
        origin="programme",
    )


def _route(one: Application) -> str:
    return str((one.check_final or {}).get("route") or "")


def _quantity(said: float | str | None, one: Application, ranking: Ranking | None) -> float | None:
    if said in RANKED:
        assert ranking is not None and one.mark is not None
        return ranking.place(one.mark) if said == "place" else ranking.percent(one.mark)
    if said == "mark":
        return None if one.mark is None else float(one.mark)
    if said == "amount":
        return float(one.check_final["amount"]) if one.check_final else None
    return None if said is None else float(said)


def _rank_anew(
    actor: Actor, programme: Programme, gives: _Gives, changed: Application, why: str
) -> tuple[Record | None, Record | None]:
    """One mark was put right, and with it the places of others: whose place is another now loses
    the record of the old one and gets that of the new one, and is told."""
    ranking = ranking_of(programme)
    done = programme.applications.filter(state=State.DONE, place=Place.PLACED)
    mine: tuple[Record | None, Record | None] = (None, None)
    for one in done.select_related("party", "outcome", "share").order_by("pk"):
        had = _standing(one.outcome)
        passed = _passed(programme, one)
        place = _quantity(gives.quantity, one, ranking) if passed else None
        if (None if had is None else had.quantity) == place:
            continue
        for record in filter(None, (had, _standing(one.share))):
            take_back(actor, record, why=why)
        if passed:
            written = _write(programme, gives, [one])[one.pk]
            one.outcome, one.share = written.record, written.share
            save_all([one], ["outcome", "share"])
        tell_all(programme, [(one, _said(programme, one, gives, passed=passed))])
        if one.pk == changed.pk:
            mine = (one.outcome, None) if passed else (None, had)
    return mine


def _standing(record: Record | None) -> Record | None:
    """The record that stands in its place today: itself, or what corrected it; None: void."""
    while record is not None and not record.stands:
        record = Record.objects.filter(supersedes=record).first()
    return record


def _done(
    actor: Actor, slice: Sequence[Application], written: dict[int, _Written], through: set[int]
) -> None:
    with act_all(actor, "outcome.write") as traces:
        for one in slice:
            one.state = State.DONE
            if one.pk in written:
                one.outcome, one.share = written[one.pk].record, written[one.pk].share
            traces.told(
                one,
                party=one.party_id,
                serial=one.serial,
                record=one.outcome_id,
                passed=one.pk in through,
            )
        save_all(slice, ["outcome", "share", "state"])


def _close(actor: Actor, programme_id: int) -> bool:
    """Close the programme once nobody with a place is left to finish; whether it was closed now.

    Whoever still waits then has no place: none will be freed any more.
    """
    with transaction.atomic():
        programme = hold(programme_id)
        _require_final(programme)
        if _to_finish(programme).exists():
            return False
        with act(actor, "outcome.write", on=programme, told_as="programme.finish") as trace:
            waiting = list(programme.applications.filter(state=State.APPROVED))
            for one in waiting:
                one.place, one.state = Place.UNPLACED, State.DONE
            save_all(waiting, ["place", "state"])
            label = Label(
                "项目已办结，您未获得名额。", "the programme is closed; you have no place."
            )
            tell_all(programme, ((one, label) for one in waiting))
            programme.stage = Stage.CLOSED
            programme.save(update_fields=["stage"])
            trace.details = {"without_place": len(waiting)}
    return True


def _to_finish(programme: Programme) -> QuerySet[Application]:
    return programme.applications.filter(
        state=State.APPROVED, place=Place.PLACED, outcome__isnull=True
    )


def _settled(programme: Programme) -> Q:
    """Those of whom it is known what comes of it; of a ranking nobody, before all are marked."""
    known = _known(programme)
    if _quantity_of(programme) in RANKED and pending_of(programme).exists():
        return Q(pk__in=[])
    return known


def _known(programme: Programme) -> Q:
    """Those who have what the outcome needs."""
    known, failed = Q(), Q(pk__in=[])
    if programme.marked:
        known &= Q(mark__isnull=False) | Q(attended=False)
        failed = Q(attended=False)
        if programme.pass_mark is not None:
            failed |= Q(mark__lt=programme.pass_mark)
    outcome = programme.outcome or {}
    if outcome.get("quantity") == "amount":
        # What is missing is not a zero: no check at all, a check without it, JSON's null.
        known &= failed | (Q(check_final__has_key="amount") & ~Q(check_final__amount=None))
    if outcome.get("level") == BY_ROUTE:
        levels = levels_by_route(programme.template, outcome["kind"], site_pack())
        known &= failed | Q(check_final__route__in=list(levels))
    return known


def _quantity_of(programme: Programme) -> float | str | None:
    return (programme.outcome or {}).get("quantity")


def _passed(programme: Programme, one: Application) -> bool:
    if not programme.marked:
        return True
    if one.attended is False or one.mark is None:
        return False
    return programme.pass_mark is None or one.mark >= programme.pass_mark


def _said(programme: Programme, one: Application, gives: _Gives | None, *, passed: bool) -> Label:
    if not passed:
        if one.attended is False:
            return Label("缺考（缺席），已办结。", "absent; it is done.")
        return Label(
            f"成绩 {one.mark}，未达到 {programme.pass_mark}，已办结。",
            f"mark {one.mark}, below {programme.pass_mark}; it is done.",
        )
    if gives is None:
        return Label("已办结。", "it is done.")
    kind = gives.kind.label
    return Label(
        f"已办结，“{kind.zh}”已记入您的记录。", f"it is done; your records now have: {kind.en}."
    )


def _require_final(programme: Programme) -> None:
    if programme.stage == Stage.CLOSED:
        raise Conflict("项目已经办结。", "The programme is closed already.")
    if programme.stage != Stage.SHARED:
        raise Conflict("请先分配名额。", "Share out the places first.")
    if notice_runs(programme):
        raise Conflict(
            f"公示期还没有结束，{zh_day(programme.notice_until)}起才能办结。",
            f"The days of notice are not over; finish from {en_day(programme.notice_until)} on.",
        )
    still = programme.objections.filter(upheld__isnull=True).count()
    if still:
        raise Conflict(
            f"还有 {still} 条异议没有答复，请先答复。",
            f"{still} objections are not answered; answer them first.",
        )


def _nothing_to_finish(programme: Programme) -> Conflict:
    pending = list(pending_of(programme).order_by("rank", "pk").values_list("serial", flat=True))
    named, more = pending[:_NAMED], "…" if len(pending) > _NAMED else ""
    what = (
        Label("成绩或出勤", "mark or attendance")
        if programme.marked
        else Label("核定的金额或等级", "the amount or level of the final check")
    )
    return Conflict(
        f"{len(pending)} 份申请缺少{what.zh}：{'、'.join(named)}{more}。请先补齐。",
        f"{len(pending)} applications lack {what.en}: {', '.join(named)}{more}. Settle them first.",
    )


# --- marks ---------------------------------------------------------------------------------


def _mark_row(
    programme: Programme, serial: str, mark: Number | None, attended: bool | None
) -> Wanted:
    if mark is None:
        if attended is None:
            return Wanted(
                serial,
                {},
                Label("请填写成绩，或注明缺席。", "Enter a mark, or say that they were absent."),
            )
        return Wanted(serial, {"mark": None, "attended": attended})
    if attended is False:
        return Wanted(
            serial,
            {},
            Label(
                "缺席的人不能有成绩，请核对。", "Who was absent has no mark; check which is right."
            ),
        )
    number = read_number(mark, places=1, most=programme.full_mark)
    if isinstance(number, Label):
        return Wanted(serial, {}, number)
    return Wanted(serial, {"mark": number, "attended": True})


def _takes_marks(programme: Programme) -> None:
    if not programme.marked:
        raise Conflict("本项目不录入成绩。", "This programme takes no marks.")
    if programme.in_parts:
        raise Conflict(
            "本项目按考试各部分登分，请在考试安排中录入。",
            "Its marks are those of a sitting's parts; enter them there.",
        )
    written = programme.applications.filter(state=State.DONE, place=Place.PLACED)
    if _quantity_of(programme) in RANKED and written.exists():
        raise Conflict(
            "名次已经写入，成绩不能再改；请更正由它产生的记录。",
            "The places are written and the marks stand; correct the records that came of them.",
        )
    if programme.stage != Stage.SHARED:
        raise Conflict(
            "名额分配之后、办结之前才能录入成绩。",
            "Marks are entered after places are shared out and before the programme is closed.",
        )


def _no_mark_for(one: Application) -> Label | None:
    if one.state == State.DONE:
        return Label(
            "已经办结，成绩不能再改；请更正由它产生的记录。",
            "It is done and its mark stands; correct the record that came of it.",
        )
    if one.state != State.APPROVED or one.place != Place.PLACED:
        return Label("这份申请没有名额。", "This application has no place.")
    return None

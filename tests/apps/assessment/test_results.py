"""Publication, resits, appeals and the archive."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from io import BytesIO
from typing import Any

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.access.models import Duty, User
from craftpath.access.roles import Actor
from craftpath.assessment.actions import results
from craftpath.assessment.actions.appeals import answer_appeal, raise_appeal
from craftpath.assessment.actions.archives import archive, open_archive
from craftpath.assessment.actions.marks import enter
from craftpath.assessment.actions.results import Published, publish
from craftpath.assessment.actions.rolls import take_roll
from craftpath.assessment.actions.seating import seat
from craftpath.assessment.actions.sessions import add_session
from craftpath.assessment.models import Appeal, Mark, Seat, Session, Sitting
from craftpath.assessment.queries import appeals_seen_by
from craftpath.assessment.refusals import NotReady
from craftpath.credentials.actions.issuers import make_key, register_issuer
from craftpath.credentials.actions.issuing import issue
from craftpath.programmes.actions.outcomes import finish
from craftpath.programmes.models import Application, Objection, Programme
from craftpath.registry.models import Message, Party, Record
from tests.apps.assessment.hall import (
    MORNING,
    NOON,
    TODAY,
    Hall,
    planned,
    rolled,
    room,
    staffed,
    typed,
    with_places,
)
from tests.apps.city import DUTIES

SLUG = "welders-3"


def worker(one: Application) -> Actor:
    user, _ = User.objects.get_or_create(username=f"candidate-{one.party_id}")
    return Duty.objects.create(user=user, role="worker", party=one.party, start=TODAY).actor()


def marked(hall: Hall, *marks: tuple[Any, Any], absent: tuple[int, ...] = ()) -> list[Application]:
    made = rolled(hall, count=len(marks), absent=absent)
    typed(
        hall,
        SLUG,
        [
            (one.serial, part, mark)
            for one, own in zip(made, marks, strict=True)
            for part, mark in zip(("theory", "skill"), own, strict=True)
            if mark is not None
        ],
    )
    return made


def fresh(one: Application) -> Application:
    return Application.objects.select_related("outcome").get(pk=one.pk)


# --- publication -----------------------------------------------------------------------------


def test_passes_who_passes_each_part_and_not_on_the_average(hall: Hall) -> None:
    made = marked(hall, (60, 60), (100, "59.9"), (80, None), absent=(2,))
    assert publish(hall.clerk, SLUG) == Published(1, 1, 1, 1)
    passed, failed, absent = (fresh(one) for one in made)
    assert (passed.mark, failed.mark, absent.mark) == (60, failed.mark, None)
    assert str(failed.mark) == "59.9"
    assert [one.attended for one in (passed, failed, absent)] == [True, True, False]
    assert [one.outcome is not None for one in (passed, failed, absent)] == [True, False, False]
    assert {one.state for one in (passed, failed, absent)} == {"done"}
    told = " ".join(Message.objects.filter(party=absent.party).values_list("zh", flat=True))
    assert "理论知识考试 80.0 分，技能考核缺考" in told and "9月2日前申请复核" in told


def test_publishes_nothing_while_a_mark_is_not_settled(hall: Hall) -> None:
    one, other = marked(hall, (80, 70), (80, None))
    enter(hall.clerk, SLUG, "first", [(other.serial, "skill", 70)])
    enter(hall.second, SLUG, "second", [(other.serial, "skill", 71)])
    with pytest.raises(NotReady) as refused:
        publish(hall.clerk, SLUG)
    assert [reason.zh for reason in refused.value.reasons] == [
        f"技能考核：1 人成绩未定：{other.serial}。"
    ]
    assert fresh(one).mark is None
    with pytest.raises(Conflict):
        finish(hall.clerk, SLUG)  # nobody finishes it around the sitting


def test_publishes_nothing_while_the_places_are_open_to_objection(hall: Hall) -> None:
    marked(hall, (80, 70))
    told = Message.objects.count()
    Programme.objects.update(notice_from=TODAY, notice_until=TODAY + dt.timedelta(days=1))
    with pytest.raises(Conflict, match="publish then"):
        publish(hall.clerk, SLUG)
    Programme.objects.update(notice_until=TODAY)
    objection = Objection.objects.create(programme=Programme.objects.get(), text="不实")
    with pytest.raises(Conflict, match="objections are not answered"):
        publish(hall.clerk, SLUG)
    # To write the outcome is refused as well, but by then everybody would have been told.
    assert (Sitting.objects.get().stage, Message.objects.count()) == ("marking", told)
    Objection.objects.filter(pk=objection.pk).update(upheld=False)
    assert publish(hall.clerk, SLUG).records == 1


def test_locks_marks_and_rolls(hall: Hall) -> None:
    one, *_ = marked(hall, (80, 70))
    publish(hall.clerk, SLUG)
    with pytest.raises(Conflict, match="at the stage"):
        enter(hall.clerk, SLUG, "first", [(one.serial, "theory", 90)])
    with pytest.raises(Conflict, match="at the stage"):
        take_roll(hall.clerk, Session.objects.get(part="theory").pk, absent=[1])


def test_goes_on_where_it_was_killed(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    made = marked(hall, (80, 70), (90, 91))

    def killed(*args: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(results, "finish", killed)
        publish(hall.clerk, SLUG)
    assert Sitting.objects.get().stage == "published"
    assert not Record.objects.filter(kind="certificate", party=made[0].party).exists()
    assert publish(hall.clerk, SLUG).records == 2
    assert publish(hall.clerk, SLUG) == Published(2, 0, 0, 0)
    assert Record.objects.filter(kind="certificate", party__in=[o.party for o in made]).count() == 2


# --- resits ----------------------------------------------------------------------------------


def resit(
    hall: Hall, party: Party, *, carries: int = 24, slug: str = "resit", days: int = 1
) -> Application:
    """The same person with a place in another sitting, some days later."""
    planned(hall, slug, carries=carries)
    place, day = room(hall, slug).pk, TODAY + dt.timedelta(days=days)
    theory, skill = (
        add_session(hall.clerk, slug, part=part, room=place, day=day, starts=at, minutes=120)
        for part, at in (("theory", MORNING), ("skill", NOON))
    )
    staffed(hall, theory, skill)
    one = with_places(slug, 1)[0]
    Application.objects.filter(pk=one.pk).update(party=party)
    seat(hall.clerk, slug)
    return fresh(one)


def test_resits_the_failed_part_alone(hall: Hall, settings: Any) -> None:
    (failed,) = marked(hall, (91, 40))
    publish(hall.clerk, SLUG)
    again = resit(hall, failed.party)
    assert list(Seat.objects.filter(application=again).values_list("part", flat=True)) == ["skill"]
    carried = Mark.objects.get(application=again)
    assert (carried.part, carried.value, carried.origin) == ("theory", 91, "carried")
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=1)
    take_roll(hall.clerk, Seat.objects.get(application=again).session_id, absent=[])
    typed(hall, "resit", [(again.serial, "skill", 75)])
    assert publish(hall.clerk, "resit") == Published(1, 0, 0, 1)
    assert fresh(again).mark == 75


def test_carries_over_what_was_passed_at_a_body_that_was_merged_into_this(hall: Hall) -> None:
    """First seen: the part had to be sat again, since the host had another number then."""
    (failed,) = marked(hall, (91, 40))
    publish(hall.clerk, SLUG)
    before = Party.objects.create(
        nature="organisation", name="旧机构", region=hall.body.region, merged_into=hall.body
    )
    Programme.objects.filter(slug=SLUG).update(host=before)

    again = resit(hall, failed.party)

    assert list(Seat.objects.filter(application=again).values_list("part", flat=True)) == ["skill"]


def test_carries_nothing_over_that_is_too_old_or_was_passed_as_a_whole(hall: Hall) -> None:
    failed, passed = marked(hall, (91, 40), (91, 90))
    publish(hall.clerk, SLUG)
    assert Seat.objects.filter(application=resit(hall, passed.party)).count() == 2
    never = resit(hall, failed.party, carries=0, slug="never", days=2)
    assert Seat.objects.filter(application=never).count() == 2
    long_ago = Sitting.objects.get(programme__slug=SLUG)
    assert long_ago.published_at is not None
    Sitting.objects.filter(pk=long_ago.pk).update(
        published_at=long_ago.published_at - dt.timedelta(days=400)
    )
    old = resit(hall, failed.party, carries=12, slug="old", days=3)
    assert Seat.objects.filter(application=old).count() == 2


def test_carries_over_on_the_last_day_of_the_months_and_not_on_the_next(hall: Hall) -> None:
    (failed,) = marked(hall, (91, 40))
    publish(hall.clerk, SLUG)  # on 27 August, so for a month until 27 September
    last = resit(hall, failed.party, carries=1, slug="last", days=31)
    late = resit(hall, failed.party, carries=1, slug="late", days=32)
    assert [Seat.objects.filter(application=one).count() for one in (last, late)] == [1, 2]


def test_carries_over_from_the_day_the_part_was_sat_however_often(
    hall: Hall, settings: Any
) -> None:
    (failed,) = marked(hall, (91, 40))
    publish(hall.clerk, SLUG)
    again = resit(hall, failed.party, carries=1, days=20)
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=20)
    take_roll(hall.clerk, Seat.objects.get(application=again).session_id, absent=[])
    typed(hall, "resit", [(again.serial, "skill", 40)])
    publish(hall.clerk, "resit")
    third = resit(hall, failed.party, carries=1, slug="third", days=40)
    assert Seat.objects.filter(application=third).count() == 2


# --- appeals ---------------------------------------------------------------------------------


def test_writes_the_outcome_when_an_appeal_lets_somebody_pass(hall: Hall) -> None:
    one, *_ = marked(hall, (91, 58))
    publish(hall.clerk, SLUG)
    appeal = raise_appeal(worker(one), one.serial, part="skill", text="漏加一题")
    found = answer_appeal(hall.third, appeal.pk, upheld=True, answer="漏加 4 分", mark=62)
    assert found.written == fresh(one).outcome and found.voided is None
    assert fresh(one).mark == 62
    kept = Mark.objects.filter(part="skill").values_list("value", "replaced", "origin")
    assert list(kept) == [(58, True, "two-hands"), (62, False, "appeal")]
    assert Message.objects.filter(party=one.party, zh__contains="由 58.0 改为 62").exists()


def test_voids_the_outcome_when_an_appeal_ends_in_a_fail(hall: Hall) -> None:
    one, *_ = marked(hall, (60, 80))
    publish(hall.clerk, SLUG)
    record = fresh(one).outcome
    appeal = raise_appeal(worker(one), one.serial, part="theory", text="想再高一点")
    found = answer_appeal(hall.third, appeal.pk, upheld=True, answer="多加了 2 分", mark=58)
    assert found.voided == record and found.written is None
    assert record is not None
    record.refresh_from_db()
    assert (record.stands, record.why) == (False, "多加了 2 分")


def test_revokes_the_certificate_when_an_appeal_ends_in_a_fail(hall: Hall) -> None:
    one, *_ = marked(hall, (60, 80))
    publish(hall.clerk, SLUG)
    issuer = register_issuer(
        hall.city.actor("city"), hall.body.pk, slug="academy", code="S000044000123"
    )
    make_key(hall.clerk, issuer.pk)
    record = fresh(one).outcome
    assert record is not None
    (paper,) = issue(hall.clerk, [record.pk])
    appeal = raise_appeal(worker(one), one.serial, part="theory", text="想再高一点")
    answer_appeal(hall.third, appeal.pk, upheld=True, answer="多加了 2 分", mark=58)
    paper.refresh_from_db()
    assert paper.standing == "revoked"


def test_changes_nothing_where_it_is_not_upheld(hall: Hall) -> None:
    one, *_ = marked(hall, (91, 58))
    publish(hall.clerk, SLUG)
    appeal = raise_appeal(worker(one), one.serial, part="skill", text="不服")
    for said in ({"upheld": True}, {"upheld": False, "mark": 60}, {"upheld": True, "mark": 58}):
        with pytest.raises(Invalid):
            answer_appeal(hall.third, appeal.pk, answer="已复核", **said)
    answer_appeal(hall.third, appeal.pk, upheld=False, answer="评分无误")
    with pytest.raises(Conflict, match="answered already"):
        answer_appeal(hall.third, appeal.pk, upheld=False, answer="评分无误")
    with pytest.raises(Conflict, match="appealed against already"):
        raise_appeal(worker(one), one.serial, part="skill", text="还是不服")
    assert fresh(one).outcome is None


def test_is_answered_by_nobody_who_typed_the_mark_or_sat_for_it(hall: Hall) -> None:
    one, *_ = marked(hall, (91, 58))
    publish(hall.clerk, SLUG)
    appeal = raise_appeal(worker(one), one.serial, part="skill", text="不服")
    Duty.objects.create(
        user=User.objects.get(pk=hall.third.user), role="worker", party=one.party, start=TODAY
    )
    for hand in (hall.clerk, hall.second, hall.third):
        with pytest.raises(Conflict, match="neither typed nor settled"):
            answer_appeal(hand, appeal.pk, upheld=False, answer="评分无误")


def test_takes_appeals_of_ones_own_within_the_days_announced(hall: Hall, settings: Any) -> None:
    one, other = marked(hall, (91, 58), (70, 70))
    with pytest.raises(Conflict, match="at the stage"):
        raise_appeal(worker(one), one.serial, part="skill", text="不服")
    publish(hall.clerk, SLUG)
    with pytest.raises(NotThere):
        raise_appeal(worker(other), one.serial, part="skill", text="不服")
    with pytest.raises(NotAllowed):
        raise_appeal(hall.clerk, one.serial, part="skill", text="不服")
    with pytest.raises(Invalid):
        raise_appeal(worker(one), one.serial, part="skill", text=" ")
    with pytest.raises(Conflict, match="No mark of this part"):
        raise_appeal(worker(one), one.serial, part="review", text="不服")
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=6)
    with pytest.raises(Conflict, match="Appeals were taken before 2 September"):
        raise_appeal(worker(one), one.serial, part="skill", text="不服")
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=5)
    raise_appeal(worker(one), one.serial, part="skill", text="不服")


def test_shows_an_appeal_to_who_raised_it_who_answers_and_the_officials(hall: Hall) -> None:
    one, other = marked(hall, (91, 58), (70, 70))
    publish(hall.clerk, SLUG)
    raise_appeal(worker(one), one.serial, part="skill", text="不服")
    actors = {who: hall.city.actor(who) for who in DUTIES}
    seen = {who for who, actor in actors.items() if appeals_seen_by(actor).exists()}
    assert seen == {"school", "city", "province", "province-2"}
    assert appeals_seen_by(worker(one)).exists()
    assert not appeals_seen_by(worker(other)).exists()


def test_follows_a_mark_to_where_it_was_carried_over(hall: Hall, settings: Any) -> None:
    one, *_ = marked(hall, (62, 40))
    publish(hall.clerk, SLUG)
    appeal = raise_appeal(worker(one), one.serial, part="theory", text="想再高一点")
    again = resit(hall, one.party)
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=1)
    take_roll(hall.clerk, Seat.objects.get(application=again).session_id, absent=[])
    typed(hall, "resit", [(again.serial, "skill", 75)])
    publish(hall.clerk, "resit")
    record = fresh(again).outcome
    answer_appeal(hall.third, appeal.pk, upheld=True, answer="多加了 4 分", mark=58)
    assert record is not None
    record.refresh_from_db()
    assert (record.stands, fresh(again).mark) == (False, 58)


# --- the archive -------------------------------------------------------------------------------


def test_is_put_away_once_appeals_are_over_and_does_not_change(
    hall: Hall, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    one, *_ = marked(hall, (91, 58))
    publish(hall.clerk, SLUG)
    appeal = raise_appeal(worker(one), one.serial, part="skill", text="不服")
    with pytest.raises(Conflict, match="appeals are taken before"):
        archive(hall.clerk, SLUG)
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=6)
    with pytest.raises(Conflict, match="appeals are not answered"):
        archive(hall.clerk, SLUG)
    answer_appeal(hall.third, appeal.pk, upheld=False, answer="评分无误")
    put = archive(hall.clerk, SLUG)
    with pytest.raises(Conflict, match="at the stage"):
        archive(hall.clerk, SLUG)
    assert Appeal.objects.filter(upheld=None).count() == 0
    told = json.loads(zipfile.ZipFile(BytesIO(open_archive(hall.clerk, SLUG))).read("sitting.json"))
    assert [len(told[part]) for part in ("seats", "entries", "marks", "appeals")] == [2, 4, 2, 1]
    assert one.party.name not in json.dumps(told, ensure_ascii=False)
    (tmp_path / put.file.name).write_bytes(b"another")
    with pytest.raises(Conflict, match="restored from a backup"):
        open_archive(hall.clerk, SLUG)

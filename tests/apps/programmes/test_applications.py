from __future__ import annotations

import datetime as dt

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.programmes.actions.applications import amend, apply_for, start, submit, withdraw
from craftpath.programmes.actions.reviews import review
from craftpath.programmes.checks import check_party, told_of
from craftpath.programmes.models import Application
from craftpath.programmes.queries import overdue
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Message, Party, Record
from craftpath.registry.outlook import rules_told
from tests.apps.city import CHANGAN, DAY, QINGYUAN, WELDER, City
from tests.apps.programmes.conftest import make_programme

STEPS = (("grassroots", 5), ("city", 5))


def handed_in(city: City, slug: str, who: str = "worker", **said: str) -> Application:
    started = start(city.actor(who), slug, **said)
    return submit(city.actor(who), started.serial)


# --- starting ----------------------------------------------------------------------------------


def test_takes_a_worker_for_herself_alone(city: City) -> None:
    slug = make_programme().slug
    with pytest.raises(NotThere):
        start(city.actor("worker"), slug, party=city.colleague.pk)
    assert start(city.actor("worker"), slug).party == city.worker


def test_takes_an_employer_for_its_running_staff(city: City) -> None:
    slug = make_programme().slug
    with pytest.raises(NotThere):
        start(city.actor("rival-hr"), slug, party=city.worker.pk)
    started = start(city.actor("hr"), slug, party=city.worker.pk)
    assert (started.party, started.employer_id) == (city.worker, city.works.pk)


def test_takes_an_employer_for_itself_where_employers_apply(city: City) -> None:
    with pytest.raises(Invalid, match="for people"):
        start(city.actor("hr"), make_programme().slug)
    started = start(city.actor("hr"), make_programme(about="organisation").slug)
    assert (started.party, started.employer_id) == (city.works, None)


def test_takes_an_institution_for_itself_alone(city: City) -> None:
    slug = make_programme(about="organisation", host=city.school).slug
    with pytest.raises(NotThere):
        start(city.actor("school"), slug, party=city.works.pk)
    assert start(city.actor("school"), slug).party == city.school


def test_takes_an_official_for_people_of_the_region(city: City) -> None:
    slug = make_programme().slug
    with pytest.raises(NotThere):
        start(city.actor("other-city"), slug, party=city.worker.pk)
    with pytest.raises(Invalid, match="Choose who"):
        start(city.actor("town"), slug)
    assert start(city.actor("town"), slug, party=city.worker.pk).party == city.worker


def test_takes_people_of_its_region_alone(city: City) -> None:
    with pytest.raises(Conflict, match="not registered there"):
        start(city.actor("stranger"), make_programme().slug)
    assert start(city.actor("stranger"), make_programme(region=QINGYUAN).slug)


def test_opens_and_closes_by_the_day(city: City) -> None:
    for opens, closes in ((1, 5), (-5, 0)):
        early_or_late = make_programme(
            opens=DAY + dt.timedelta(days=opens), closes=DAY + dt.timedelta(days=closes)
        )
        with pytest.raises(Conflict, match="Applications are taken from"):
            start(city.actor("worker"), early_or_late.slug)
    last_day = make_programme(opens=DAY, closes=DAY + dt.timedelta(days=1))
    assert start(city.actor("worker"), last_day.slug)


def test_keeps_one_live_application_of_a_party(city: City) -> None:
    slug = make_programme().slug
    first = start(city.actor("worker"), slug)
    with pytest.raises(Conflict, match=first.serial):
        start(city.actor("worker"), slug)
    withdraw(city.actor("worker"), first.serial)
    assert start(city.actor("worker"), slug).serial != first.serial


def test_asks_what_for_where_the_applicant_chooses(city: City) -> None:
    chosen = make_programme(focus_list="occupation")
    for wrong in ("", "9-99-99-99"):
        with pytest.raises(Invalid, match="Choose what"):
            start(city.actor("worker"), chosen.slug, focus=wrong)
    assert start(city.actor("worker"), chosen.slug, focus=WELDER).focus == WELDER
    with pytest.raises(Invalid, match="leave it empty"):
        start(city.actor("worker"), make_programme().slug, focus=WELDER)


def test_finds_the_group_of_the_applicants_region(city: City) -> None:
    groups = {"city": 3, "town": 2, "elsewhere": 1}
    by_region = make_programme(way="ranked", places=6, groups=groups)
    for key, region in (("city", "441900"), ("town", CHANGAN), ("elsewhere", QINGYUAN)):
        by_region.groups.filter(key=key).update(region=region)
    started = start(city.actor("worker"), by_region.slug)
    assert started.group is not None
    assert started.group.key == "town"
    with pytest.raises(Invalid, match="not of it"):
        amend(city.actor("worker"), started.serial, group="elsewhere")


# --- handing in --------------------------------------------------------------------------------


def test_goes_to_the_first_step_with_its_working_days(city: City) -> None:
    slow = make_programme(steps=(("grassroots", 3),))
    slow.steps.update(working=True)
    found = handed_in(city, slow.slug)  # a Wednesday; the third working day is Monday
    assert (found.state, found.step, found.due) == ("submitted", 1, dt.date(2025, 9, 1))
    assert Message.objects.filter(party=city.worker, en__contains=found.serial).exists()


def test_approves_at_once_where_there_is_no_step(city: City) -> None:
    found = handed_in(city, make_programme().slug)
    assert (found.state, found.due) == ("approved", None)
    assert found.check_final == found.check_first


def test_refuses_with_what_is_missing_where_the_rule_does_not_hold(city: City) -> None:
    hard = make_programme(rule="skill-level.technician", focus=WELDER)
    started = start(city.actor("worker"), hard.slug)
    with pytest.raises(Conflict, match="Missing") as refused:
        submit(city.actor("worker"), started.serial)
    assert "尚缺" in refused.value.label.zh
    easy = make_programme(rule="skilled-talent.skilled")
    found = handed_in(city, easy.slug)
    assert found.check_first["verdict"] == "qualifies"
    assert found.check_first["receipt"]["hash"]


def test_lets_in_whom_the_engine_cannot_tell_and_marks_it(city: City) -> None:
    found = handed_in(city, make_programme(rule="card.dongguan", steps=STEPS).slug)
    assert found.check_first["verdict"] == "unknown"
    assert found.state == "submitted"


def test_is_handed_in_once(city: City) -> None:
    found = handed_in(city, make_programme(steps=STEPS).slug)
    with pytest.raises(Conflict, match="already"):
        submit(city.actor("worker"), found.serial)


def test_takes_nothing_in_after_the_window(city: City, on) -> None:
    programme = make_programme()
    late = start(city.actor("worker"), programme.slug)
    timely = handed_in(city, programme.slug, "colleague")
    on(programme.closes)
    for change in (
        lambda: submit(city.actor("worker"), late.serial),
        lambda: amend(city.actor("worker"), late.serial, note="late"),
        lambda: amend(city.actor("colleague"), timely.serial, note="late"),
    ):
        with pytest.raises(Conflict, match="Applications are taken"):
            change()
    on(programme.closes - dt.timedelta(days=1))
    assert amend(city.actor("colleague"), timely.serial, note="on the last day").note


# --- first come ----------------------------------------------------------------------------------


def test_gives_the_place_to_who_hands_in_first_not_to_who_starts_first(city: City) -> None:
    one = make_programme(way="first-come", places=1, steps=STEPS)
    draft = start(city.actor("worker"), one.slug)
    quick = handed_in(city, one.slug, "colleague")
    slow = submit(city.actor("worker"), draft.serial)
    assert (quick.place, slow.place) == ("placed", "waiting")
    assert quick.order < slow.order


def test_closes_the_channel_where_no_waiting_list_is_kept(city: City) -> None:
    one = make_programme(way="first-come", places=1, waiting_list=False)
    handed_in(city, one.slug, "colleague")
    with pytest.raises(Conflict, match="channel is closed"):
        start(city.actor("worker"), one.slug)
    assert not Application.objects.filter(party=city.worker).exists()
    assert handed_in(city, make_programme(way="first-come", places=1).slug).place == "placed"


def test_refuses_whom_a_place_is_not_left_for_and_keeps_a_draft_begun_before(city: City) -> None:
    one = make_programme(way="first-come", places=1, waiting_list=False)
    draft = start(city.actor("worker"), one.slug)
    handed_in(city, one.slug, "colleague")
    with pytest.raises(Conflict, match="channel is closed"):
        submit(city.actor("worker"), draft.serial)
    group = make_programme(way="first-come", places=2, groups={"young": 1}, waiting_list=False)
    handed_in(city, group.slug, "colleague")
    with pytest.raises(Conflict, match="channel is closed"):
        start(city.actor("worker"), group.slug)  # the open place is taken
    assert start(city.actor("worker"), group.slug, group="young").state == "draft"


@pytest.mark.parametrize(
    ("rule", "level"), [("skill-level.intermediate", 3), ("skill-level.senior", 4)]
)
def test_refuses_what_the_party_has_reached_and_leaves_no_draft(
    city: City, rule: str, level: int
) -> None:
    made = make_programme(rule=rule, focus=WELDER)
    with pytest.raises(Conflict, match="this level or a higher one"):
        start(city.actor("worker"), made.slug)
    assert not Application.objects.exists()
    Record.objects.filter(kind="certificate", level__gte=level).update(status="claimed")
    assert start(city.actor("worker"), made.slug).state == "draft"


def test_counts_a_level_that_an_absorbed_party_has(city: City) -> None:
    Record.objects.filter(kind="certificate").update(party=city.stranger)
    made = make_programme(rule="skill-level.senior", focus=WELDER)
    assert start(city.actor("worker"), made.slug).state == "draft"
    Party.objects.filter(pk=city.stranger.pk).update(merged_into=city.colleague)
    with pytest.raises(Conflict, match="this level or a higher one"):
        start(city.actor("colleague"), made.slug)


def test_says_who_of_a_group_waits(city: City) -> None:
    one = make_programme(way="first-come", places=1)
    lines = apply_for(city.actor("hr"), one.slug, [city.worker.pk, city.colleague.pk])
    assert [line.place for line in lines] == ["placed", "waiting"]


def test_takes_a_place_of_the_group_before_an_open_one(city: City) -> None:
    two = make_programme(way="first-come", places=2, groups={"young": 1})
    assert handed_in(city, two.slug, "worker", group="young").place == "placed"
    assert handed_in(city, two.slug, "colleague", group="young").place == "placed"
    kept = make_programme(way="first-come", places=1, groups={"young": 1})
    assert handed_in(city, kept.slug, "worker").place == "waiting"
    assert handed_in(city, kept.slug, "colleague", group="young").place == "placed"


def test_keeps_its_place_in_the_line_when_it_is_amended(city: City) -> None:
    one = make_programme(way="first-come", places=1, steps=STEPS)
    first = handed_in(city, one.slug, "colleague")
    changed = amend(city.actor("colleague"), first.serial, note="my new number")
    assert (changed.order, changed.place) == (first.order, "placed")
    assert changed.version == first.version + 1


def test_keeps_the_place_it_has_where_the_other_group_is_full(city: City) -> None:
    two = make_programme(way="first-come", places=2, groups={"young": 1, "new": 1})
    handed_in(city, two.slug, "colleague", group="new")
    mine = handed_in(city, two.slug, "worker", group="young")
    with pytest.raises(Conflict, match="you keep the one you have"):
        amend(city.actor("worker"), mine.serial, group="new")
    mine.refresh_from_db()
    assert (mine.place, mine.group.key) == ("placed", "young")


def test_passes_a_withdrawn_place_on(city: City) -> None:
    one = make_programme(way="first-come", places=1, steps=STEPS)
    first = handed_in(city, one.slug, "colleague")
    next_one = handed_in(city, one.slug, "worker")
    withdraw(city.actor("colleague"), first.serial)
    next_one.refresh_from_db()
    assert next_one.place == "placed"
    assert Message.objects.filter(party=city.worker, en__contains="became free").exists()


def test_passes_on_the_place_of_who_is_refused(city: City) -> None:
    one = make_programme(way="first-come", places=1, steps=STEPS)
    first = handed_in(city, one.slug, "colleague")
    next_one = handed_in(city, one.slug, "worker")
    review(
        city.actor("town"), first.serial, seen_version=first.version, verdict="refuse", note="no"
    )
    next_one.refresh_from_db()
    assert next_one.place == "placed"


# --- changing one's mind -----------------------------------------------------------------------


def test_goes_back_to_the_first_step_when_changed_after_a_review(city: City) -> None:
    found = handed_in(city, make_programme(steps=STEPS).slug)
    passed = review(city.actor("town"), found.serial, seen_version=found.version, verdict="pass")
    assert passed.step == 2
    changed = amend(city.actor("worker"), found.serial, note="one more thing")
    assert (changed.state, changed.step) == ("submitted", 1)


def test_is_mended_after_the_window_until_its_own_deadline(city: City, on) -> None:
    programme = make_programme(steps=(("grassroots", 5),))
    found = handed_in(city, programme.slug)
    returned = review(
        city.actor("town"), found.serial, seen_version=found.version, verdict="return", note="dim"
    )
    assert returned.due == DAY + dt.timedelta(days=5)
    on(returned.due)
    assert amend(city.actor("worker"), found.serial, note="clear now").state == "returned"
    on(returned.due + dt.timedelta(days=1))
    with pytest.raises(Conflict, match="had to be corrected"):
        submit(city.actor("worker"), found.serial)
    assert list(Application.objects.filter(overdue(returned.due))) == []
    assert Application.objects.filter(overdue(returned.due + dt.timedelta(days=1))).exists()
    on(returned.due)
    assert submit(city.actor("worker"), found.serial).state == "submitted"


def test_is_withdrawn_until_the_programme_is_closed(city: City) -> None:
    programme = make_programme()
    found = handed_in(city, programme.slug)
    programme.stage = "closed"
    programme.save()
    with pytest.raises(Conflict, match="too late"):
        withdraw(city.actor("worker"), found.serial)
    programme.stage = "shared"
    programme.save()
    assert withdraw(city.actor("worker"), found.serial).state == "withdrawn"


def test_is_changed_by_those_alone_whose_it_is(city: City) -> None:
    found = handed_in(city, make_programme(steps=STEPS).slug)
    for who in ("colleague", "hr", "other-city", "school"):
        with pytest.raises(NotThere):
            amend(city.actor(who), found.serial, note="not mine")
    with pytest.raises(NotThere):
        amend(city.actor("auditor"), found.serial, note="not mine")
    assert amend(city.actor("town"), found.serial, note="at the counter")


# --- groups ------------------------------------------------------------------------------------


def test_applies_for_a_group_each_by_themselves(city: City) -> None:
    programme = make_programme(rule="skill-level.intermediate", focus=WELDER)
    lines = apply_for(
        city.actor("hr"), programme.slug, [city.colleague.pk, city.worker.pk, city.stranger.pk]
    )
    assert [line.state for line in lines] == ["approved", None, None]
    assert "has this level or a higher one" in lines[1].refusal.en
    assert "Not found" in lines[2].refusal.en
    assert Application.objects.filter(programme=programme).count() == 1
    with pytest.raises(NotAllowed):
        apply_for(city.actor("auditor"), programme.slug, [city.worker.pk])


def test_leaves_nothing_behind_of_who_is_refused(city: City) -> None:
    one = make_programme(way="first-come", places=1, waiting_list=False)
    lines = apply_for(city.actor("hr"), one.slug, [city.worker.pk, city.colleague.pk])
    assert [line.state for line in lines] == ["approved", None]
    assert Application.objects.filter(programme=one).count() == 1
    assert not list(verify())


def test_tells_the_audit_of_every_step(city: City) -> None:
    found = handed_in(city, make_programme(steps=STEPS).slug)
    amend(city.actor("worker"), found.serial, note="x")
    withdraw(city.actor("worker"), found.serial, why="moved away")
    told = Entry.objects.filter(object=f"application:{found.pk}").values_list("action", flat=True)
    assert list(told) == [
        "application.start",
        "application.submit",
        "application.amend",
        "application.withdraw",
    ]
    assert not list(verify())


# --- what an employer is told -------------------------------------------------------------------


def test_tells_an_employer_nothing_that_private_records_decide(city: City) -> None:
    tried = 0
    for rule in site_pack().rules:
        if rule.about.party != "person" or rule.about.focus or rule.id in rules_told():
            continue
        private = make_programme(rule=rule.id)
        checked = check_party(private, city.colleague.pk, "", DAY)
        if checked.verdict not in ("later", "never"):
            continue
        tried += 1
        (line,) = apply_for(city.actor("hr"), private.slug, [city.colleague.pk])
        assert line.refusal is not None and "请本人登录查看" in line.refusal.zh
        mine = start(city.actor("colleague"), private.slug)
        with pytest.raises(Conflict) as refused:
            submit(city.actor("colleague"), mine.serial)
        assert refused.value.label == checked.lacking
    assert tried


def test_tells_an_employer_what_is_missing_of_what_it_sees(city: City) -> None:
    hard = make_programme(rule="skill-level.technician", focus=WELDER)
    lines = apply_for(city.actor("hr"), hard.slug, [city.colleague.pk])
    assert lines[0].refusal is not None and "Missing" in lines[0].refusal.en


def test_tells_an_employer_the_verdict_of_a_check_and_not_its_reasons(city: City) -> None:
    easy = make_programme(rule="skill-level.intermediate", focus=WELDER)
    apply_for(city.actor("hr"), easy.slug, [city.colleague.pk])
    found = Application.objects.get(programme=easy)
    told = told_of(city.actor("hr"), found.check_first, found.party_id)
    assert told is not None and told["verdict"] == "qualifies"
    assert not {"sentence", "missing", "amount", "route", "receipt"} & told.keys()
    for who in ("colleague", "city"):
        assert told_of(city.actor(who), found.check_first, found.party_id) == found.check_first

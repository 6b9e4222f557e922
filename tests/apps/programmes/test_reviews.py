from __future__ import annotations

import datetime as dt

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.access.models import Duty
from craftpath.audit.chain import verify
from craftpath.engine.rules import Label
from craftpath.programmes.actions.applications import amend, start, submit
from craftpath.programmes.actions.reviews import (
    answer_override,
    ask_override,
    review,
    review_many,
)
from craftpath.programmes.admission import overridden
from craftpath.programmes.checks import Checked
from craftpath.programmes.models import Application, Review
from craftpath.registry.models import Message, Record
from tests.apps.city import DAY, WELDER, City
from tests.apps.programmes.conftest import make_programme

STEPS = (("grassroots", 5), ("city", 5))


def waiting(city: City, who: str = "worker", **said: object) -> Application:
    """An application at its first step."""
    slug = make_programme(**{"steps": STEPS, **said}).slug
    return submit(city.actor(who), start(city.actor(who), slug).serial)


def decide(city: City, who: str, found: Application, verdict: str = "pass", note: str = ""):
    found.refresh_from_db()
    return review(
        city.actor(who), found.serial, seen_version=found.version, verdict=verdict, note=note
    )


def test_passes_from_step_to_step_to_approval(city: City) -> None:
    found = waiting(city)
    assert (decide(city, "town", found).step, decide(city, "city", found).state) == (2, "approved")
    assert Message.objects.filter(party=city.worker, en__contains="approved").count() == 1
    assert not list(verify())


def test_is_decided_by_whose_step_it_is(city: City) -> None:
    found = waiting(city)
    with pytest.raises(NotAllowed, match="not yours"):
        decide(city, "province", found)
    with pytest.raises(NotAllowed, match="not yours"):
        decide(city, "city", found)
    with pytest.raises(NotThere):
        decide(city, "other-city", found)
    with pytest.raises(NotAllowed):
        decide(city, "worker", found)
    assert decide(city, "town", found).step == 2


def test_decides_what_was_seen_and_nothing_else(city: City) -> None:
    found = waiting(city)
    seen = found.version
    amend(city.actor("worker"), found.serial, note="something else")
    with pytest.raises(Conflict, match="changed since you looked"):
        review(city.actor("town"), found.serial, seen_version=seen, verdict="pass")
    assert decide(city, "town", found).step == 2


def test_decides_a_version_once(city: City) -> None:
    found = waiting(city)
    seen = found.version
    review(city.actor("town"), found.serial, seen_version=seen, verdict="pass")
    with pytest.raises(Conflict):
        review(city.actor("town"), found.serial, seen_version=seen, verdict="refuse", note="no")
    assert Review.objects.count() == 1


@pytest.mark.parametrize("verdict", ["return", "refuse"])
def test_says_why_it_is_returned_or_refused(city: City, verdict: str) -> None:
    found = waiting(city)
    with pytest.raises(Invalid, match="Say why"):
        decide(city, "town", found, verdict, "  ")
    decide(city, "town", found, verdict, "the contract is missing")
    assert Message.objects.filter(party=city.worker, en__contains="contract is missing").exists()


def test_knows_three_verdicts(city: City) -> None:
    with pytest.raises(Invalid, match="Choose"):
        decide(city, "town", waiting(city), "approve")


def test_lets_nobody_decide_their_own(city: City) -> None:
    found = waiting(city)
    hers = Duty.objects.create(user=city.user("town"), role="worker", party=city.worker, start=DAY)
    with pytest.raises(NotAllowed, match="yours"):
        decide(city, "town", found)
    hers.delete()
    assert decide(city, "town", found).step == 2


def test_lets_nobody_decide_what_they_took_in_at_the_counter(city: City) -> None:
    slug = make_programme(steps=(("grassroots", 5),)).slug
    found = start(city.actor("town"), slug, party=city.worker.pk)
    submit(city.actor("town"), found.serial)
    with pytest.raises(NotAllowed, match="entered by you"):
        decide(city, "town", found)
    other = waiting(city, "colleague", steps=(("grassroots", 5),))
    assert decide(city, "town", other).state == "approved"


def test_lets_the_host_decide_its_own_step(city: City) -> None:
    found = waiting(city, host=city.school, steps=(("institution", 5),))
    with pytest.raises(NotAllowed):
        decide(city, "town", found)
    assert decide(city, "school", found).state == "approved"


def test_asks_the_engine_again_before_it_approves(city: City) -> None:
    found = waiting(
        city,
        "colleague",
        rule="skill-level.intermediate",
        focus=WELDER,
        steps=(("grassroots", 5),),
    )
    gone = Record.objects.filter(party=city.colleague).exclude(kind="birth")
    gone.update(known_until=DAY)
    with pytest.raises(Conflict):
        decide(city, "town", found)
    found.refresh_from_db()
    assert (found.state, Review.objects.count()) == ("submitted", 0)
    gone.update(known_until=None)
    done = decide(city, "town", found)
    assert done.check_final["verdict"] == "qualifies"


def test_decides_many_each_by_itself(city: City) -> None:
    first, second = waiting(city), waiting(city, "colleague")
    lines = review_many(
        city.actor("town"),
        [(first.serial, first.version), (second.serial, second.version + 1), ("nothing", 1)],
        verdict="pass",
    )
    assert [line.problem is None for line in lines] == [True, False, False]
    with pytest.raises(NotAllowed):
        review_many(city.actor("auditor"), [], verdict="pass")


def test_refuses_what_was_not_mended_in_time(city: City, on) -> None:
    found = waiting(city)
    returned = decide(city, "town", found, "return", "the contract is missing")
    with pytest.raises(Conflict, match="no step of it is waiting"):
        decide(city, "town", found, "refuse", "not mended")
    on(returned.due + dt.timedelta(days=1))
    assert decide(city, "town", found, "refuse", "not mended").state == "refused"


# --- overrides -----------------------------------------------------------------------------------


def unsettled(city: City) -> Application:
    """One of whom the engine cannot tell, at its last step, the city's."""
    return waiting(city, rule="card.dongguan", steps=(("city", 5),))


def test_approves_what_cannot_be_told_by_two_alone(city: City) -> None:
    found = unsettled(city)
    with pytest.raises(Conflict, match="Missing"):
        decide(city, "city", found)
    asked = ask_override(city.actor("city"), found.serial, reason="papers seen")
    assert asked.verdict["verdict"] == "unknown"
    with pytest.raises(Conflict):
        decide(city, "city", found)
    with pytest.raises(Conflict, match="second person"):
        answer_override(city.actor("city"), asked.pk, agree=True)
    answer_override(city.actor("province"), asked.pk, agree=True)
    assert decide(city, "city", found).state == "approved"
    assert not list(verify())


def test_is_overridden_by_who_decides_the_step_and_agreed_by_no_smaller_scope(city: City) -> None:
    found = unsettled(city)
    for who in ("town", "province"):
        with pytest.raises(NotAllowed):
            ask_override(city.actor(who), found.serial, reason="papers seen")
    with pytest.raises(Invalid, match="reason"):
        ask_override(city.actor("city"), found.serial, reason=" ")
    asked = ask_override(city.actor("city"), found.serial, reason="papers seen")
    for who in ("town", "other-city"):
        with pytest.raises(NotThere):
            answer_override(city.actor(who), asked.pk, agree=True)
    assert answer_override(city.actor("province"), asked.pk, agree=True).agreed


def test_stays_where_it_was_when_the_second_does_not_agree(city: City) -> None:
    found = unsettled(city)
    asked = ask_override(city.actor("city"), found.serial, reason="papers seen")
    answer_override(city.actor("province"), asked.pk, agree=False)
    with pytest.raises(Conflict):
        decide(city, "city", found)
    with pytest.raises(Conflict, match="answered"):
        answer_override(city.actor("province-2"), asked.pk, agree=True)
    again = ask_override(city.actor("city"), found.serial, reason="more papers seen")
    assert answer_override(city.actor("province"), again.pk, agree=True).agreed


def test_overrides_a_draft_that_the_rule_keeps_out(city: City) -> None:
    slug = make_programme(rule="skill-level.senior", focus=WELDER, steps=STEPS).slug
    draft = start(city.actor("colleague"), slug)
    with pytest.raises(Conflict, match="10 years"):
        submit(city.actor("colleague"), draft.serial)
    asked = ask_override(city.actor("town"), draft.serial, reason="a month short, shop closes")
    answer_override(city.actor("city"), asked.pk, agree=True)
    assert submit(city.actor("colleague"), draft.serial).state == "submitted"


def test_covers_nothing_but_what_was_agreed_to(city: City) -> None:
    found = unsettled(city)
    asked = ask_override(city.actor("city"), found.serial, reason="papers seen")
    answer_override(city.actor("province"), asked.pk, agree=True)
    then = asked.verdict

    def covered(**changed: object) -> bool:
        plain = {**then, **changed}
        return overridden(found, Checked(plain["verdict"], Label("", ""), (), plain))

    assert covered()
    assert covered(missing=[])
    assert not covered(missing=[*then["missing"], {"id": "insured"}])
    assert not covered(verdict="never")
    assert not covered(focus="6-18-02-04")


def test_has_nothing_to_override_where_the_rule_holds(city: City) -> None:
    found = waiting(city, "colleague", rule="skill-level.intermediate", focus=WELDER)
    with pytest.raises(Conflict, match="nothing to override"):
        ask_override(city.actor("town"), found.serial, reason="to be sure")

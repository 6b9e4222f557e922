"""A body that was merged into another: whoever acts for it now has all that was its."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from craftpath.access.errors import Conflict
from craftpath.access.models import Duty
from craftpath.access.roles import Actor
from craftpath.assessment.actions.examiners import put_examiner, take_examiner
from craftpath.assessment.models import Examiner, Sitting
from craftpath.assessment.queries import candidates_of, rooms_of, sittings_run_by
from craftpath.programmes.queries import applications_seen_by, decides, programmes_run_by
from craftpath.registry.actions.merges import contradictions_between, merge
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import is_ours, people_seen_by
from craftpath.registry.vouching import own_parties
from tests.apps.assessment.hall import Hall, planned, rolled, seated, sessions
from tests.apps.city import DAY

LOOKS: dict[str, Callable[[Actor], int]] = {
    "sittings": lambda actor: sittings_run_by(actor).count(),
    "rooms": lambda actor: rooms_of(actor).count(),
    "programmes": lambda actor: programmes_run_by(actor).count(),
    "applications": lambda actor: applications_seen_by(actor).count(),
    "people": lambda actor: people_seen_by(actor, DAY).count(),
}


def test_has_everything_after_the_merge(hall: Hall) -> None:
    """First seen: 5 sittings → 0, 1 room → 0, 65 applications → 18."""
    seated(hall)
    city = hall.city
    Record.objects.create(
        party=city.worker,
        kind="study",
        start=DAY.replace(year=2024),
        known=DAY,
        other=city.school,
        status="verified",
    )
    before = {name: look(city.actor("school")) for name, look in LOOKS.items()}
    assert all(before.values())
    kept = Party.objects.create(
        nature="organisation", name="东莞技师学院", region=city.school.region
    )
    founded = Record.objects.get(party=city.school, kind="founded", known_until=None)
    Record.objects.create(
        party=kept, kind="founded", start=founded.start, known=DAY, status="verified"
    )

    merge(city.actor("city"), keep=kept.pk, absorb=city.school.pk)

    actor = Duty.objects.get(user=city.user("school")).actor("web")
    assert actor.party == kept.pk
    assert {name: look(actor) for name, look in LOOKS.items()} == before
    assert is_ours(actor, city.school.pk) and is_ours(actor, kept.pk)
    assert not is_ours(actor, city.works.pk) and not is_ours(actor, None)
    assert own_parties(actor) == {kept.pk, city.school.pk}
    application = applications_seen_by(actor).first()
    assert application is not None
    assert decides(actor, application, "institution")


def test_asks_which_seat_of_two_in_one_sitting_stands(hall: Hall) -> None:
    first, second, *_ = seated(hall)

    (asked,) = contradictions_between(hall.city.actor("city"), first.party_id, second.party_id)

    assert all(one.label.zh.count("号座") == 2 for one in asked.choices)
    assert "seat " in asked.choices[0].label.en
    merge(
        hall.city.actor("city"),
        keep=first.party_id,
        absorb=second.party_id,
        stands={asked.key: first.serial},
    )
    sitting = Sitting.objects.get(programme=first.programme)
    assert second.pk not in candidates_of(sitting).values_list("pk", flat=True)


def test_asks_where_an_examiner_looks_on(hall: Hall) -> None:
    """First seen: one person was both of the two who have to look on."""
    seated(hall)
    one, other = hall.examiners[:2]
    official = hall.city.actor("city")

    asked = contradictions_between(official, one.pk, other.pk)
    assert [len(contradiction.choices) for contradiction in asked] == [2, 2]

    row = merge(
        official,
        keep=one.pk,
        absorb=other.pk,
        stands={contradiction.key: contradiction.choices[0].key for contradiction in asked},
    )

    assert len(row.settled["examiners"]) == 2
    assert not Examiner.objects.filter(person=other).exists()
    assert Examiner.objects.filter(person=one).count() == 2


def test_leaves_who_looked_on_where_the_roll_is_taken(hall: Hall) -> None:
    rolled(hall)
    one, other = hall.examiners[:2]

    assert contradictions_between(hall.city.actor("city"), one.pk, other.pk) == []


def test_takes_an_examiner_out_by_either_number_and_puts_nobody_in_twice(hall: Hall) -> None:
    """First seen: not in this session, they said, and put the same person in once more."""
    planned(hall)
    theory, _ = sessions(hall)
    one, other = hall.examiners[:2]
    put_examiner(hall.clerk, theory.pk, person=one.pk, role="invigilator")
    merge(hall.city.actor("city"), keep=other.pk, absorb=one.pk)

    with pytest.raises(Conflict):
        put_examiner(hall.clerk, theory.pk, person=other.pk, role="invigilator")
    take_examiner(hall.clerk, theory.pk, person=other.pk)
    assert not Examiner.objects.exists()

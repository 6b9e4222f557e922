from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.audit.chain import verify
from craftpath.engine.days import add_months
from craftpath.pack.nouns import Pack
from craftpath.pack.programmes import ProgrammeTemplate
from craftpath.programmes.actions.applications import start, submit
from craftpath.programmes.actions.outcomes import enter_marks, finish
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.actions.programmes import (
    AskedDocument,
    GroupFields,
    OutcomeFields,
    ProgrammeFields,
    StepFields,
    close_programme,
    fields_of,
    from_template,
    publish_programme,
    save_programme,
)
from craftpath.programmes.models import Application, Draw, Programme
from craftpath.registry.models import Message, Party
from tests.apps.city import DAY, DONGGUAN, PROVINCE, QINGYUAN, WELDER, City, file_for
from tests.apps.programmes.line_up import line_up

SITTING = ProgrammeFields(
    sort="sitting",
    about="person",
    name_zh="高级焊工认定",
    name_en="Senior welder sitting",
    region=DONGGUAN,
    opens=DAY,
    closes=DAY + dt.timedelta(days=10),
    way="ranked",
    rule="skill-level.senior",
    focus=WELDER,
    places=10,
    documents=(AskedDocument("contract", "劳动合同", "contract"),),
    marked=True,
    pass_mark=Decimal(60),
    notice_days=5,
    outcome=OutcomeFields("certificate", "focus", 3, months=36),
    groups=(GroupFields("town", "长安", "Chang'an", 4, "441900119"),),
    steps=(StepFields("grassroots", 5, True), StepFields("city", 5)),
)


def published(city: City, fields: ProgrammeFields = SITTING) -> Programme:
    return publish_programme(city.actor("city"), save_programme(city.actor("city"), fields).slug)


def test_keeps_what_was_entered(city: City) -> None:
    made = save_programme(city.actor("city"), SITTING)
    assert made.slug == "senior-welder-sitting-2025"
    made = Programme.objects.get(pk=made.pk)
    assert fields_of(made) == replace(SITTING, slug=made.slug)
    assert save_programme(city.actor("city"), SITTING).slug == "senior-welder-sitting-2025-2"
    assert not list(verify())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_en": " "}, "name_en"),
        ({"sort": "party"}, "sort"),
        ({"closes": DAY}, "closes"),
        ({"region": "999999"}, "region"),
        ({"rule": "skill-level.none"}, "rule"),
        ({"about": "organisation"}, "about"),
        ({"focus": "9-99"}, "focus"),
        ({"focus": ""}, "focus"),
        ({"focus_list": "region"}, "focus_list"),
        ({"host": 10**6}, "host"),
        ({"way": "auction"}, "way"),
        ({"places": None}, "places"),
        ({"places": 3}, "groups"),
        ({"way": "open"}, "places"),
        ({"groups": (GroupFields("a", "a", "a", -1),)}, "groups.0.places"),
        (
            {"groups": (GroupFields("a", "a", "a", 1), GroupFields("a", "b", "b", 1))},
            "groups.1.key",
        ),
        ({"documents": (AskedDocument("a", "a", "a"),) * 2}, "documents.1.id"),
        ({"documents": (AskedDocument("A b", "a", "a"),)}, "documents.0.id"),
        ({"steps": (StepFields("city"), StepFields("grassroots"))}, "steps.1.tier"),
        ({"steps": (StepFields("institution"),)}, "steps.0.tier"),
        ({"steps": (StepFields("city", 0),)}, "steps.0.days"),
        ({"outcome": OutcomeFields("diploma-mill")}, "outcome.kind"),
        ({"outcome": OutcomeFields("founded")}, "outcome.kind"),
        ({"outcome": OutcomeFields("certificate", "focus", 9)}, "outcome.level"),
        ({"outcome": OutcomeFields("certificate", "9-99", 3)}, "outcome.subject"),
        ({"outcome": OutcomeFields("certificate", "focus", 3, 7.0)}, "outcome.quantity"),
        ({"outcome": OutcomeFields("certificate", "focus", 3, months=0)}, "outcome.months"),
        ({"pass_mark": Decimal(101)}, "pass_mark"),
        ({"full_mark": Decimal(50)}, "pass_mark"),
        ({"full_mark": Decimal(0)}, "full_mark"),
        ({"full_mark": Decimal("1000.1")}, "full_mark"),
        ({"slug": "Not an address"}, "slug"),
    ],
)
def test_names_each_field_that_cannot_be(city: City, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_programme(city.actor("city"), replace(SITTING, **changed))
    assert field in refused.value.problems
    assert refused.value.problems[field].zh != refused.value.problems[field].en
    assert save_programme(city.actor("city"), SITTING)


def test_is_set_up_by_whose_region_it_is(city: City) -> None:
    with pytest.raises(Invalid) as refused:
        save_programme(city.actor("city"), replace(SITTING, region=QINGYUAN, groups=()))
    assert list(refused.value.problems) == ["region"]
    with pytest.raises(NotAllowed):
        save_programme(city.actor("worker"), SITTING)
    assert save_programme(city.actor("province"), replace(SITTING, region=PROVINCE))


def test_lets_an_institution_set_up_what_it_hosts(city: City) -> None:
    own = replace(SITTING, host=city.school.pk)
    with pytest.raises(NotAllowed):
        save_programme(city.actor("school"), SITTING)
    with pytest.raises(Invalid) as refused:
        save_programme(city.actor("school"), replace(own, sort="grant", region=QINGYUAN))
    assert {"sort", "region"} <= set(refused.value.problems)
    made = save_programme(city.actor("school"), own)
    with pytest.raises(NotThere):
        publish_programme(city.actor("other-city"), made.slug)
    with pytest.raises(Invalid, match="not filed"):
        publish_programme(city.actor("school"), made.slug)
    file_for(city.school, level=3, end=own.closes)
    with pytest.raises(Invalid, match="not filed"):
        publish_programme(city.actor("school"), made.slug)
    file_for(city.school, level=3)
    assert publish_programme(city.actor("school"), made.slug).stage == "published"


def test_changes_a_draft_freely(city: City) -> None:
    made = save_programme(city.actor("city"), SITTING)
    other = replace(SITTING, way="open", places=None, groups=(), steps=(), slug="welders")
    save_programme(city.actor("city"), other, made.slug)
    assert fields_of(Programme.objects.get(pk=made.pk)) == other


def test_gives_more_and_never_less_once_published(city: City) -> None:
    made = published(city)
    more = replace(
        SITTING,
        slug=made.slug,
        summary_zh="带身份证",
        closes=SITTING.closes + dt.timedelta(days=1),
        places=12,
        groups=(replace(SITTING.groups[0], places=5),),
    )
    save_programme(city.actor("city"), more, made.slug)
    for changed, field in (
        ({"closes": SITTING.closes}, "closes"),
        ({"places": 11}, "places"),
        ({"groups": SITTING.groups}, "groups"),
        ({"opens": DAY - dt.timedelta(days=1)}, "opens"),
        ({"rule": "skill-level.junior"}, "rule"),
        ({"documents": ()}, "documents"),
        ({"steps": ()}, "steps"),
    ):
        with pytest.raises(Invalid) as refused:
            save_programme(city.actor("city"), replace(more, **changed), made.slug)
        assert list(refused.value.problems) == [field]
    assert fields_of(Programme.objects.get(pk=made.pk)) == more


def test_leaves_the_window_of_a_committed_lottery_alone(city: City) -> None:
    made = published(city, replace(SITTING, way="lottery", marked=False, pass_mark=None))
    longer = replace(fields_of(made), closes=SITTING.closes + dt.timedelta(days=1))
    made = save_programme(city.actor("city"), longer, made.slug)
    Draw.objects.create(
        programme=made, commitment="0" * 64, sealed_seed=b"", committed_at="2025-08-27T00:00Z"
    )
    still_longer = replace(longer, closes=longer.closes + dt.timedelta(days=1))
    with pytest.raises(Conflict, match="committed"):
        save_programme(city.actor("city"), still_longer, made.slug)
    assert save_programme(city.actor("city"), replace(longer, summary_en="new"), made.slug)


def test_is_published_once_and_in_time(city: City, on) -> None:
    made = save_programme(city.actor("city"), SITTING)
    on(SITTING.closes)
    with pytest.raises(Conflict, match="over"):
        publish_programme(city.actor("city"), made.slug)
    on(DAY)
    publish_programme(city.actor("city"), made.slug)
    with pytest.raises(Conflict, match="already"):
        publish_programme(city.actor("city"), made.slug)


def test_gives_added_places_to_those_who_wait(city: City) -> None:
    first_come = replace(SITTING, way="first-come", places=1, groups=(), documents=())
    made = published(city, replace(first_come, rule="", focus="", outcome=None))
    for who in ("worker", "colleague"):
        last = submit(city.actor(who), start(city.actor(who), made.slug).serial)
    assert last.place == "waiting"
    save_programme(city.actor("city"), replace(fields_of(made), places=2), made.slug)
    last.refresh_from_db()
    assert last.place == "placed"


def test_tells_everybody_why_it_is_closed(city: City) -> None:
    made = published(city, replace(SITTING, documents=(), rule="skill-level.intermediate"))
    found = submit(city.actor("colleague"), start(city.actor("colleague"), made.slug).serial)
    with pytest.raises(Invalid, match="Say why"):
        close_programme(city.actor("city"), made.slug, why=" ")
    close_programme(city.actor("city"), made.slug, why="the hall burnt down")
    found.refresh_from_db()
    assert found.state == "refused"
    assert Message.objects.filter(party=city.colleague, en__contains="burnt down").exists()
    with pytest.raises(Conflict):
        close_programme(city.actor("city"), made.slug, why="again")
    assert not list(verify())


def test_sets_up_every_template_of_the_pack(city: City, guangdong: Pack) -> None:
    """Whatever the texts leave open is asked about before anybody applies."""
    assert guangdong.programmes
    left_open = {}
    for template in guangdong.programmes:
        made = set_up(city, template)
        assert (made.stage, made.template, made.rule) == ("draft", template.id, template.rule or "")
        try:
            published = publish_programme(city.actor("province"), made.slug)
            assert published.stage == "published"
        except Invalid as refused:
            left_open[template.id] = list(refused.problems)
    assert left_open == {
        "degree-class.model-worker": ["outcome.subject"],
        "card.dongguan": ["outcome.subject"],
        "through-training.college-admission": ["outcome.subject"],
        "through-training.secondary-transfer": ["outcome.subject"],
        # A sitting assesses one occupation; of several none could be planned, and a programme that
        # is published names no other.
        "skill-level.junior": ["focus"],
        "skill-level.intermediate": ["focus"],
        "skill-level.senior": ["focus"],
        "skill-level.technician": ["focus"],
        "skill-level.senior-technician": ["focus"],
    }
    with pytest.raises(NotThere):
        from_template(
            city.actor("province"), "none", slug="x", opens=DAY, closes=DAY, region=PROVINCE
        )


def set_up(city: City, template: ProgrammeTemplate) -> Programme:
    return from_template(
        city.actor("province"),
        template.id,
        slug=template.id.replace(".", "-"),
        opens=DAY - dt.timedelta(days=30),
        closes=DAY + dt.timedelta(days=30),
        region=template.region or PROVINCE,
        host=city.school.pk,
        places=None if template.places else 100,
    )


#: What an official says where the texts leave it open.
SAID = {
    "in-service-study": "study-mode",
    "card": "card",
    "study": "major",
}


@pytest.mark.parametrize("at", range(23))
def test_runs_every_template_to_its_end_and_writes_what_it_says(
    at: int, city: City, guangdong: Pack
) -> None:
    """Every value was once dropped in silence for which a programme had no field."""
    template = guangdong.programmes[at]
    assert len(guangdong.programmes) == 23
    made = set_up(city, template)
    fields = fields_of(made)
    outcome, said = fields.outcome, template.outcome
    assert outcome is not None and said is not None
    words, kind = guangdong.vocabulary, guangdong.vocabulary.kinds[said.kind]
    if outcome.subject is None and kind.codes:
        outcome = replace(outcome, subject=next(iter(words.lists[SAID[kind.id]].codes)))
        fields = replace(fields, outcome=outcome)
    focus = next(iter(words.lists[template.about.focus].codes)) if template.about.focus else ""
    if fields.sort == "sitting":
        fields = replace(fields, focus=focus)
    save_programme(city.actor("province"), fields, made.slug)
    publish_programme(city.actor("province"), made.slug)
    # Its window is over; who draws lots is tests/apps/programmes/test_draws.
    way = "ranked" if made.way == "lottery" else made.way
    Programme.objects.update(closes=DAY, notice_days=0, way=way)
    made.refresh_from_db()
    route = next(iter(said.levels), "any")
    people = line_up(made, 4, focus=focus, check_final={"amount": 1500.0, "route": route})
    Party.objects.filter(name__startswith="张学").update(nature=template.about.party)
    share_out(city.actor("province"), made.slug)
    if made.marked:
        rows = [
            (one.serial, mark, None)
            for one, mark in zip(people, (template.full_mark, 80, 70, 60), strict=True)
        ]
        enter_marks(city.actor("province"), made.slug, rows)

    assert finish(city.actor("province"), made.slug) == 4

    second = Application.objects.select_related("outcome", "share").get(pk=people[1].pk)
    record, share = second.outcome, second.share
    assert record is not None
    scale = words.scales.get(kind.scale or "")
    code = said.levels.get(route, said.level)
    quantities = {"amount": 1500.0, "marks": 80.0, "place": 2.0, "percent": 50.0, None: None}
    assert (record.kind, record.status, record.quantity) == (
        said.kind,
        "verified",
        quantities.get(said.quantity, said.quantity),
    )
    assert record.subject == (focus if said.subject == "focus" else outcome.subject)
    assert record.level == (scale.by_code(code).rank if scale and code else None)
    assert record.end == (add_months(DAY, said.validity.months) if said.validity else None)
    assert record.other_id == (city.school.pk if kind.other else None)
    expected = guangdong.registry.shares.get(said.kind)
    assert (share.kind, share.quantity) == (expected, 50.0) if share else expected is None

"""What somebody can take part in, its places and its review."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from craftpath.engine.rules import Label
from craftpath.programmes.choices import SORTS, STAGES, TIERS, WAYS, Sort, Stage, Tier, Way
from craftpath.registry.models import Party

__all__ = ["Group", "Programme", "Step"]


class Programme(models.Model):
    """One round of a course, sitting, contest, class, card, grant or designation.

    slug        its address: /programmes/SLUG/
    template    the pack's programme that it was set up from, "" where set up by hand
    rule        the pack's rule that says who may take part; "": anybody within `region`
    focus       the code it is for (a sitting for welders); "" and `focus_list` "occupation": each
                applicant names one; both "": the rule has no focus
    host        the organisation that runs it (a school, an assessment body); None: the officials
    region      whose programme it is; officials whose region contains it run it, applicants lie
                within it
    opens, closes   the intake window, days [opens, closes)
    judged_on   the day on which the rule has to hold; None: the day of application
    places      None: no limit. Places by group are in `groups`
    spare_open  places that a group leaves over go to everybody; else they stay empty
    documents   asked for: [{"id", "zh", "en", "required"}]
    marked      a mark is entered before the outcome, from 0 to `full_mark`; `pass_mark` None: no
                pass or fail
    in_parts    its marks come of a sitting's parts, each typed twice; plain ones are not taken
    moves_on    a place that is freed goes to the next; not any more once a sitting has begun
    notice_days days of public notice before places are final, of working days where
                `notice_working`; 0: none
    outcome     the record that it gives: {"kind", "subject": code | "focus" | null, "level": rank
                | null, "quantity": number | "amount" | "mark" | null, "months": validity | null}
    """

    slug = models.SlugField(max_length=60, unique=True)
    template = models.CharField(max_length=60, blank=True)
    sort = models.CharField(max_length=16, choices=[(s.value, SORTS[s].zh) for s in Sort])
    about = models.CharField(max_length=12, choices=Party.Nature.choices)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    summary_zh = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    rule = models.CharField(max_length=80, blank=True)
    focus = models.CharField(max_length=40, blank=True)
    focus_list = models.CharField(max_length=40, blank=True)
    host = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="hosts")
    region = models.CharField(max_length=12, db_index=True)
    opens = models.DateField()
    closes = models.DateField()
    judged_on = models.DateField(null=True)
    way = models.CharField(max_length=12, choices=[(w.value, WAYS[w].zh) for w in Way])
    places = models.PositiveIntegerField(null=True)
    spare_open = models.BooleanField(default=True)
    waiting_list = models.BooleanField(default=True)
    documents = models.JSONField(default=list)
    marked = models.BooleanField(default=False)
    pass_mark = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    full_mark = models.DecimalField(max_digits=5, decimal_places=1, default=100)
    in_parts = models.BooleanField(default=False)
    moves_on = models.BooleanField(default=True)
    notice_days = models.PositiveSmallIntegerField(default=0)
    notice_working = models.BooleanField(default=False)
    outcome = models.JSONField(null=True)
    stage = models.CharField(
        max_length=10, choices=[(s.value, STAGES[s].zh) for s in Stage], default=Stage.DRAFT
    )
    notice_from = models.DateField(null=True)
    notice_until = models.DateField(null=True)
    #: Serials of applications and their order of arrival; raised under the programme's lock.
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["closes", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_window_closes_after_it_opens", condition=Q(closes__gt=F("opens"))
            ),
            models.CheckConstraint(
                name="who_shares_out_has_places", condition=Q(way="open") | Q(places__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> Label:
        return Label(self.name_zh, self.name_en)

    @property
    def summary(self) -> Label:
        return Label(self.summary_zh, self.summary_en or self.summary_zh)

    def is_open(self, day: dt.date) -> bool:
        return self.stage == Stage.PUBLISHED and self.opens <= day < self.closes


class Group(models.Model):
    """Places set aside for some: those of a region, or those whom the applicant says they are of.

    region  whose applicants belong to it; "": the applicant chooses it
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="groups")
    key = models.SlugField(max_length=40)
    zh = models.CharField(max_length=80)
    en = models.CharField(max_length=120)
    region = models.CharField(max_length=12, blank=True)
    places = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["programme", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "key"], name="one_group_of_a_name")
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.key}"

    @property
    def label(self) -> Label:
        return Label(self.zh, self.en)


class Step(models.Model):
    """One review step. Steps are passed in the order of `number`, 1 first.

    days      to decide in; None: no deadline. `working`: by the pack's calendar of working days
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    tier = models.CharField(max_length=12, choices=[(t.value, TIERS[t].zh) for t in Tier])
    days = models.PositiveSmallIntegerField(null=True)
    working = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["programme", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "number"], name="one_step_of_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} step {self.number}"

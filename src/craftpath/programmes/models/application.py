"""One party's way through a programme."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from craftpath.programmes.choices import LIVE, PLACES, STATES, Place, State
from craftpath.programmes.models.programme import Group, Programme
from craftpath.registry.models import Party, Record

__all__ = ["Application", "Document", "Override", "Review"]


class Application(models.Model):
    """One party's application. Every step is in the audit under its name.

    serial      what everybody may see of it: "QXYM-2024-000123"
    order       place in the order of arrival within the programme, from 1; kept when amended
    employer    the organisation that applied for one of its people; None: they did themselves
    state       where it stands in its review; `step` is the number of the step that is due, 0
                before submission
    version     raised by every change; who decides names the version they have seen
    check       what the engine said when it was submitted, with its receipt; `check_final` again
                when it was approved
    due         day by which the present step has to be decided
    place       whether it has a place; `rank` its place in the shared-out order, from 1
    points      what a ranked programme ranks by; `mark` the mark of a marked one
    outcome     the record that came of it: there is at most one, whatever is killed when; `share`
                the same place as a share of all who took part, where the pack has a kind for it
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="applications")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="applications")
    employer = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="group_applications"
    )
    focus = models.CharField(max_length=40, blank=True)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True)
    serial = models.CharField(max_length=40, unique=True)
    order = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, STATES[s].zh) for s in State], default=State.DRAFT
    )
    step = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField(null=True)
    due = models.DateField(null=True)
    check_first = models.JSONField(null=True)
    check_final = models.JSONField(null=True)
    place = models.CharField(
        max_length=10, choices=[(p.value, PLACES[p].zh) for p in Place], default=Place.NONE
    )
    rank = models.PositiveIntegerField(null=True)
    points = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    mark = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    attended = models.BooleanField(null=True)
    outcome = models.OneToOneField(
        Record, on_delete=models.PROTECT, null=True, related_name="came_of"
    )
    share = models.OneToOneField(Record, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["programme", "order"]
        indexes: ClassVar = [
            models.Index(fields=["programme", "state", "step"]),
            models.Index(fields=["programme", "place", "rank"]),
            models.Index(fields=["party", "state"]),
            models.Index(fields=["state", "due"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "party", "focus"],
                condition=Q(state__in=[s.value for s in LIVE]),
                name="one_live_application_of_a_party",
            ),
            models.UniqueConstraint(fields=["programme", "order"], name="one_arrival_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.serial


class Document(models.Model):
    """A file handed in. `key` is the id of what the programme asked for."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="documents/%Y/%m/")
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    replaced = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"document {self.pk}"


class Review(models.Model):
    """One decision at one step: at most one that stands for each version of an application."""

    class Verdict(models.TextChoices):
        PASS = "pass", "通过"
        RETURN = "return", "退回补正"
        REFUSE = "refuse", "不予通过"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reviews")
    step = models.PositiveSmallIntegerField()
    seen_version = models.PositiveIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    duty = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "seen_version"], name="one_decision_of_what_was_seen"
            )
        ]

    def __str__(self) -> str:
        return f"review {self.pk} {self.verdict}"


class Override(models.Model):
    """Letting pass what the engine does not: asked by one person with a reason, agreed by another.

    verdict  what the engine said, with what was missing, when it was asked for
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="overrides")
    reason = models.TextField()
    verdict = models.JSONField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    agreed = models.BooleanField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_second_person_agrees",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=models.F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"override {self.pk}"

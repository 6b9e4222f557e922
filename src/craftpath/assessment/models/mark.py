"""Marks: typed twice, settled, locked at publication, put right on appeal."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from craftpath.assessment.choices import HANDS, ORIGINS, PARTS, Hand, Origin, Part
from craftpath.programmes.models import Application

__all__ = ["Appeal", "Mark", "MarkEntry"]

_PARTS = [(p.value, PARTS[p].zh) for p in Part]


class MarkEntry(models.Model):
    """What one hand typed for one part. Append-only: the last of each hand counts.

    value  0 to 100 with at most one decimal place; None: absent
    sheet  SHA-256 of the file that it came in; "": typed. Who confirms a sheet is its other hand
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="mark_entries"
    )
    part = models.CharField(max_length=8, choices=_PARTS)
    hand = models.CharField(max_length=6, choices=[(h.value, HANDS[h].zh) for h in Hand])
    value = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    sheet = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["application", "part", "hand"])]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class Mark(models.Model):
    """The mark of a part. Append-only: a correction adds one and marks the old as `replaced`.

    value    None: absent
    carried  the mark of an earlier sitting that stands here too
    why      the reason of a correction, or the appeal's answer
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="marks")
    part = models.CharField(max_length=8, choices=_PARTS)
    value = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    origin = models.CharField(max_length=10, choices=[(o.value, ORIGINS[o].zh) for o in Origin])
    carried = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    replaced = models.BooleanField(default=False)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "part"],
                condition=Q(replaced=False),
                name="one_mark_of_a_part_stands",
            ),
            models.CheckConstraint(
                name="a_mark_is_of_a_hundred",
                condition=Q(value__isnull=True) | Q(value__gte=0, value__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class Appeal(models.Model):
    """A candidate asks for a mark to be looked at again; somebody else than who typed it does.

    upheld  None until answered; `mark` is the new one where it was
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="appeals")
    part = models.CharField(max_length=8, choices=_PARTS)
    text = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    upheld = models.BooleanField(null=True)
    mark = models.OneToOneField(Mark, on_delete=models.PROTECT, null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "part"],
                condition=Q(upheld__isnull=True),
                name="one_open_appeal_for_a_part",
            ),
            models.CheckConstraint(
                name="nobody_answers_their_own_appeal",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("by")),
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"

"""Two parties that are one, or that look so and are not."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from craftpath.registry.models.party import Party

__all__ = ["Distinct", "Merge"]


class Merge(models.Model):
    """`absorbed` was found to be `kept`. One click undoes it: no record was touched.

    Merges in force make a forest; `Party.merged_into` names the root, one level deep, and is
    worked out from them anew after each merge and each undoing.

    reasons      what made them look like one, as shown when it was decided
    settled      what did not stand and was taken back, as numbers of rows by what they are of:
                 {"records": [17]}
    kept_region  where the kept one was before, so that undoing puts it back
    """

    kept = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="merges_away")
    reasons = models.JSONField(default=list)
    settled = models.JSONField(default=dict)
    kept_region = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(undone_at__isnull=True),
                name="absorbed_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"merge of {self.absorbed_id} into {self.kept_id}"


class Distinct(models.Model):
    """Somebody looked at the two and said: not the same. They are not asked about again."""

    first = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="said_once"),
            models.CheckConstraint(
                name="the_lower_number_first", condition=Q(first__lt=models.F("second"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"

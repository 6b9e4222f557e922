"""The ledger: dated facts."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import F, Q

from craftpath.registry.models.batch import Batch
from craftpath.registry.models.party import Party

__all__ = ["Record"]


class Record(models.Model):
    """One dated fact about a party, in the columns of the records table (docs/records.md).

    Append-only. A correction is a new record that `supersedes` this one; a withdrawal gives it a
    `known_until` and a `why`. Nothing else of a record ever changes, and none is deleted.

    origin  how it came: form, import, programme, api
    """

    class Status(models.TextChoices):
        VERIFIED = "verified", "已核实"
        CLAIMED = "claimed", "自述"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, null=True)
    level = models.SmallIntegerField(null=True)
    start = models.DateField()
    end = models.DateField(null=True)
    quantity = models.FloatField(null=True)
    other = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="told_by_others"
    )
    status = models.CharField(max_length=8, choices=Status.choices)
    known = models.DateField()
    known_until = models.DateField(null=True)

    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    why = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=12)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="records")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["party", "kind"]),
            models.Index(fields=["other", "kind"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_record_ends_after_it_starts",
                condition=Q(end__isnull=True) | Q(end__gt=F("start")),
            ),
            models.CheckConstraint(
                name="a_record_is_known_before_it_is_not",
                condition=Q(known_until__isnull=True) | Q(known_until__gte=F("known")),
            ),
        ]

    def __str__(self) -> str:
        return f"record {self.pk} {self.kind}"

    @property
    def stands(self) -> bool:
        return self.known_until is None

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a record is never edited: supersede it or void it")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a record is never deleted: void it")

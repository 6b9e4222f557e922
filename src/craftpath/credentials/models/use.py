"""What is done with credentials: shown, checked, used."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from craftpath.credentials.choices import ANSWERS, WAYS, Answer, Way
from craftpath.credentials.models.credential import Credential
from craftpath.registry.models import Party

__all__ = ["CardUse", "Check", "Share"]


class Share(models.Model):
    """A link by which a holder shows some of her proofs to somebody, until a day.

    digest     SHA-256 of the link's secret: who reads the database cannot open it
    with_whom  in the holder's words; shown on the page, so that a link passed on says so
    until      first day on which it no longer opens
    """

    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="shares")
    digest = models.CharField(max_length=64, unique=True)
    with_whom = models.CharField(max_length=120)
    credentials = models.ManyToManyField(Credential, related_name="shares")
    made_at = models.DateTimeField()
    until = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"share {self.pk}"


class Check(models.Model):
    """Somebody asked whether a proof is real. What they typed is not kept."""

    at = models.DateTimeField(db_index=True)
    way = models.CharField(max_length=8, choices=[(w.value, WAYS[w].zh) for w in Way])
    answer = models.CharField(max_length=12, choices=[(a.value, ANSWERS[a].zh) for a in Answer])
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, null=True, related_name="checks"
    )
    address = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["credential", "at"])]

    def __str__(self) -> str:
        return f"check {self.pk} {self.answer}"


class CardUse(models.Model):
    """A card's benefit used, on a day.

    benefit   the pack's id
    at_party  the institution that granted it; None: an office
    """

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="uses")
    benefit = models.SlugField(max_length=60)
    at_party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="card_uses"
    )
    day = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    taken_back = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"use {self.pk}"

"""For whom a login acts, and until when."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from craftpath.access.roles import ROLES, Actor, Role

__all__ = ["Duty"]


class Duty(models.Model):
    """A role of a login: a worker is the person `party`, HR acts for the organisation `party`,
    an official for the `region`. Ended, never deleted: the audit goes on naming it.

    start, end  days, [start, end)
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duties"
    )
    role = models.CharField(max_length=12, choices=[(r.value, ROLES[r].zh) for r in Role])
    party = models.ForeignKey(
        "registry.Party", on_delete=models.PROTECT, null=True, related_name="duties"
    )
    region = models.CharField(max_length=12, blank=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_official_has_a_region",
                condition=~Q(role__in=["town", "city", "province"]) | ~Q(region=""),
            ),
            models.CheckConstraint(
                name="who_acts_for_a_party_names_it",
                condition=~Q(role__in=["worker", "employer", "institution"])
                | Q(party__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.party_id or self.region}"

    def actor(self, origin: str = "web", address: str = "") -> Actor:
        """Whoever was merged into another acts for them from then on."""
        merged = self.party.merged_into_id if self.party else None
        return Actor(
            user=self.user_id,
            name=self.user.shown_name,
            role=Role(self.role),
            party=merged or self.party_id,
            region=self.region,
            duty=self.pk,
            origin=origin,
            address=address,
        )

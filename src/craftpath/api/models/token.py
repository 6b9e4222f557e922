"""What lets a program act under somebody's duty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from craftpath.access.models import Duty

__all__ = ["Token"]


class Token(models.Model):
    """A secret that acts under a duty, for what `scopes` names, until a day.

    digest  SHA-256 of the secret, which is random and long: nothing here gives it back
    scopes  names of the permission table; never more than the duty may
    until   first day on which it no longer works
    """

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    until = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"token {self.pk}"
